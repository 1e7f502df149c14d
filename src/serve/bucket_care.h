/* SPDX-License-Identifier: MIT
 *
 * What the cache has of uploads in buckets. Another machine may delete them, and this one learns of it when
 * somebody asks for the picture. What nobody has asked for until it could not even stand in for a store
 * that is away is of no use any more, and perhaps should be nowhere: it goes, once a day.
 */
#ifndef VISAGE_SERVE_BUCKET_CARE_H
#define VISAGE_SERVE_BUCKET_CARE_H

#include "base/config.h"
#include "cache/cache.h"

/* How far it is; zero at the start. */
struct bucket_care {
    bool in_round;
    struct digest next_entry;
    int64_t failed_ms; /* boot clock; it is not tried again at once; 0: it went well */
    uint64_t removed;  /* entries so far */
};

/* Whether a round is due, as far as can be seen without a look at the index. */
bool bucket_care_is_due(const struct config *config, struct cache *cache);

/* One step of a few milliseconds of what is due. Returns true if there is more to do at once. Trouble is
 * logged. */
bool bucket_care_step(const struct config *config, struct cache *cache, struct bucket_care *care);

/* A whole round, whether it is due or not. Returns 0 or a negative errno. */
int bucket_care_all(const struct config *config, struct cache *cache, struct bucket_care *care);

#endif
