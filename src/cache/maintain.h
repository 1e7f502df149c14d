/* SPDX-License-Identifier: MIT
 *
 * Keeping the cache in order: what the keeper does from time to time and
 * `visage gc` at once.
 */
#ifndef VISAGE_CACHE_MAINTAIN_H
#define VISAGE_CACHE_MAINTAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/digest.h"
#include "cache/cache.h"

/* How far the long rounds are; zero at the start. */
struct maintenance {
    unsigned next_directory;  /* of blobs/, 0..255 */
    struct digest next_entry; /* of the search for what was purged */
    uint64_t generation;      /* when that search began */
    bool searching;
    bool unpublishing;        /* there is something in tmp/ that was published before */
    int64_t failed_ms;        /* boot clock; when a search failed: it is not tried at once again */
    int64_t swept_ms;         /* boot clock; when tmp/ and the readers were last looked at */
    struct scoreboard_rounds rounds; /* that ended, of all keepers */
    bool known;                      /* they have been asked for */

    uint64_t temporary, orphans, purged; /* removed so far */
};

/* One step of a few milliseconds of what is due. Returns true if there is more to do at once,
 * false if all is in order for now. Trouble is logged. */
bool maintain_step(struct cache *cache, struct maintenance *m);

/* Everything, whether it is due or not, calling `tell` (may be NULL) in between. Returns 0 or a
 * negative errno. */
typedef void maintain_tell(const char *what, unsigned done, unsigned all, void *context);
int maintain_all(struct cache *cache, struct maintenance *m, maintain_tell *tell, void *context);

#endif
