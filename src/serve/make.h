/* SPDX-License-Identifier: MIT
 *
 * Making a variant: original, renderer, cache. What is done with it is the
 * caller's: a worker answers with it, the keeper only wants it there.
 */
#ifndef VISAGE_SERVE_MAKE_H
#define VISAGE_SERVE_MAKE_H

#include "serve/original.h"
#include "serve/variant.h"

enum made_kind {
    MADE_BYTES,  /* `entry` describes what is in server->rendered */
    MADE_FILE,   /* the same of what is behind `fd` */
    MADE_RENEWED, /* the expired variant is good for another while: `renewed`, in the cache */
    MADE_STALE,  /* the origin fails; the expired variant may stand in as it is */
};

struct made {
    enum made_kind kind;
    enum reply_way way;      /* how it came about */
    enum cause failing;      /* WAY_STALE: what is wrong with the origin */
    struct entry entry;      /* MADE_BYTES and MADE_FILE */
    int fd;                  /* MADE_FILE: the caller's to close */
    struct variant renewed;  /* MADE_RENEWED */
};

/* Makes the job's variant, or finds that `stale` (the expired one, or NULL) will do. To be called
 * with the variant's lease, or without any. `text` is the variant's canonical text, under which a
 * failure to draw it is remembered. Returns CAUSE_NONE with *out filled, or the failure and
 * *retry_ms (0: unknown). */
enum cause make_variant(struct job *job, const struct variant *stale, const char *text,
                        struct made *out, int64_t *retry_ms);

/* A variant is as good as its original, and for as long. */
void make_copy_times(struct entry *variant, const struct entry *original);

#endif
