/* SPDX-License-Identifier: MIT
 *
 * What is to be purged, as people and programs name it.
 */
#ifndef VISAGE_SERVE_PURGE_H
#define VISAGE_SERVE_PURGE_H

#include "base/config.h"
#include "cache/cache.h"
#include "route/route.h"

#define PURGE_OTHER_MAX (CONFIG_NAME_MAX + 1 + 2 * DIGEST_SIZE + 1) /* NUL included */

struct purge {
    enum purge_scope scope;
    char name[PICTURE_CANONICAL_MAX]; /* "source/id" or "source"; "" for all */
    /* Of a URL that is looked for in several sources: the further subjects. */
    char others[CONFIG_CHAIN_MAX - 1][PURGE_OTHER_MAX];
    unsigned other_count;
};

/* Each fills *out and returns CAUSE_NONE; or CAUSE_NOT_FOUND for a source or URL that this
 * configuration does not have, or CAUSE_BAD_REQUEST, which an id is that no URL can name. */
enum cause purge_of_subject(const struct router *router, const char *subject, struct purge *out);
enum cause purge_of_source(const struct config *config, const char *name, struct purge *out);

/* A picture's URL, whole or from the path on, with the configured prefix: its subject, or one for
 * each of the sources in which it is looked for. */
enum cause purge_of_url(const struct router *router, const char *url, struct purge *out);

/* Makes it so for all workers' next requests. Returns 0 or a negative errno. */
int purge_run(struct cache *cache, const struct purge *purge);

#endif
