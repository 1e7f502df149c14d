/* SPDX-License-Identifier: MIT
 *
 * The subjects that are asked for most, and those that take most room: all
 * entries of the index added up by subject, in memory that has a bound however
 * many there are.
 */
#ifndef VISAGE_CTL_TOP_SUBJECTS_H
#define VISAGE_CTL_TOP_SUBJECTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cache/cache.h"

#define TOP_MOST 1000 /* rows of a list */

enum top_order { TOP_BY_USES, TOP_BY_BYTES, TOP_ORDERS };

struct top_subject {
    uint64_t hash;    /* of the name */
    uint64_t uses;    /* of all its variants, since each of them came into the cache; about */
    uint64_t bytes;   /* of disk, originals included */
    uint32_t entries;
    char *name;       /* "source/id"; NULL if it has left the cache meanwhile */
};

struct top_list {
    struct top_subject *rows; /* the first ones first */
    size_t count, most;
};

/* Fills both lists with up to `most` rows each. Returns 0 or a negative errno; free them in both
 * cases. */
int top_subjects_find(struct cache *cache, size_t most, struct top_list lists[TOP_ORDERS]);
void top_subjects_free(struct top_list lists[TOP_ORDERS]);

#endif
