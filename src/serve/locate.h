/* SPDX-License-Identifier: MIT
 *
 * Where a picture is fetched: all that differs between the types of sources, from
 * id to URL, and what is known of the bytes before they come.
 */
#ifndef VISAGE_SERVE_LOCATE_H
#define VISAGE_SERVE_LOCATE_H

#include "base/digest.h"
#include "cache/gate.h"
#include "origin/source.h"
#include "serve/job.h"

struct located {
    char *url;                    /* owned; NULL: as the source's template says */
    char origin[GATE_ORIGIN_MAX];
    bool foreign;                 /* nobody who configures has named it */
    bool known;                   /* the bytes must have this digest */
    struct digest digest;
};

/* Finds out where the job's picture is, until `deadline_ms` (boot clock). Returns CAUSE_NONE with
 * *out filled, or why that is not known. locate_free() is due in both cases. */
enum cause locate(struct job *job, const struct source *source, int64_t deadline_ms,
                  struct located *out);

/* Writes "scheme://host:port" of where it would be fetched, as far as that is known without asking
 * anybody. Returns 0 or a negative errno. */
int locate_known(struct cache *cache, const struct picture_request *picture,
                 char out[GATE_ORIGIN_MAX]);

void locate_free(struct located *located);

/* What a failed try means where a protocol says more than HTTP does. */
enum cause locate_judge(const struct job *job, const struct located *located, enum cause cause,
                        const struct fetch_result *fetched);

/* After the last try: what was taken for known may have changed. */
void locate_doubt(struct job *job, enum cause cause);

/* Whether the source's ids name bytes for ever, so that what is kept needs no other look. */
bool locate_is_immutable(const struct config_source *source);

/* Whether originals of this type are taken from the source. */
bool locate_takes(const struct config_source *source, enum picture_type type);

#endif
