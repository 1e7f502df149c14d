/* SPDX-License-Identifier: MIT
 *
 * All that was made of somebody's picture goes at once, from disk, too, where purging alone makes it
 * a miss and leaves its room to the keeper.
 */
#ifndef VISAGE_SERVE_ERASE_H
#define VISAGE_SERVE_ERASE_H

#include <stdint.h>

#include "cache/cache.h"

struct erased {
    uint64_t variants;  /* entries that had a picture, or what is known of one */
    uint64_t published; /* files of them below publish_root */
};

/* Returns 0, or a negative errno: what is left then is a miss, or may still be shown if it failed at
 * once. Looks at all of the index. */
int erase_subject(struct cache *cache, const char *subject, struct erased *out);

#endif
