/* SPDX-License-Identifier: MIT
 *
 * Getting hold of an original: from the cache, by waiting for the worker that
 * fetches it, or by fetching it.
 */
#ifndef VISAGE_SERVE_ORIGINAL_H
#define VISAGE_SERVE_ORIGINAL_H

#include <stdbool.h>

#include "serve/job.h"

struct original {
    struct entry entry;
    int fd;      /* readable, not writable; closed by original_free() */
    bool stored; /* it is in the cache */
    bool stale;  /* expired, but the origin fails */
};

/* Returns CAUSE_NONE with *out filled, or why there is none; *retry_ms then tells how long
 * that is remembered (0: unknown). original_free() is due in both cases. */
enum cause original_get(const struct job *job, struct original *out, int64_t *retry_ms);

void original_free(struct original *original);

#endif
