/* SPDX-License-Identifier: MIT
 *
 * Keeping the store of uploads in order: what the keeper does from time to time and `visage gc` at
 * once. A round looks at every file's name and every earlier version, so there is one a day, or after
 * somebody was killed in an upload; what is shorter comes every few minutes.
 */
#ifndef VISAGE_SERVE_STORE_CARE_H
#define VISAGE_SERVE_STORE_CARE_H

#include "cache/cache.h"
#include "store/store.h"

/* How far it is; zero at the start. */
struct store_care {
    bool in_round;
    struct store_round round;
    int64_t looked_ms;        /* boot clock; when it was last asked what is due; 0: never */
    int64_t settle_ms;        /* boot clock; when what is to be unlinked is looked at next */
    bool held_up;             /* there is something, but a backup is being completed */
    struct digest next_entry; /* of the search for what is outdated in the cache */
    int64_t failed_ms;        /* boot clock; when that search failed; 0: never */
    uint64_t files, versions; /* removed so far */
    uint64_t purges;          /* that were owed */
    uint64_t outdated;        /* entries of the cache, removed so far */
};

/* One step of a few milliseconds of what is due. Returns true if there is more to do at once; while
 * care->held_up is true it is to be called again. Trouble is logged. */
bool store_care_step(const struct config *config, struct cache *cache, struct store *store,
                     struct store_care *care);

/* Everything, whether it is due or not. Returns 0 or a negative errno. */
int store_care_all(const struct config *config, struct cache *cache, struct store *store,
                   struct store_care *care);

/* For store_trim_all(): what the configuration says of a subject's source; STORE_KEEP_ALL where it says
 * nothing. The context is the configuration. */
uint32_t store_care_keep(const char *subject, void *config);

/* store_purge_owed() with the cache. Returns how many, or a negative errno. */
int store_care_purge(struct cache *cache, struct store *store, uint64_t until);

#endif
