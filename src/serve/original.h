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
    struct digest key;
    struct entry entry;
    int fd;           /* readable, not writable; closed by original_free(). -1 where what the caller
                         has was made from this very original, and its bytes were not needed */
    bool stored;      /* it is in the cache */
    bool stale;       /* expired, but the origin fails */
    enum cause failing; /* how, then */
    bool revalidated; /* this job asked the origin, which said 304 */
    bool unstorable;  /* the origin forbids to keep it */
};

/* `have` is the digest of the original that the caller's expired variant was made from, or NULL:
 * if it still is the same, its bytes need not be there. Returns CAUSE_NONE with *out filled, or
 * why there is none; *retry_ms then tells how long that is remembered (0: unknown).
 * original_free() is due in both cases. */
enum cause original_get(struct job *job, const struct digest *have, struct original *out,
                        int64_t *retry_ms);

/* To be called once it has been rendered: what is larger than keep_original_max goes. */
void original_used(struct job *job, struct original *original);

void original_free(struct original *original);

#endif
