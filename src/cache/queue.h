/* SPDX-License-Identifier: MIT
 *
 * Work that can wait, left by workers for the keeper.
 *
 * Table of run.mdb:
 *   queue    u8 kind, key -> i64 when (ms since boot), canonical text of a variant
 */
#ifndef VISAGE_CACHE_QUEUE_H
#define VISAGE_CACHE_QUEUE_H

#include <stdint.h>

#include "base/digest.h"
#include "cache/entry.h"

struct cache;

#define QUEUE_MAX 20000 /* items; what does not fit is asked for again by the next request */

/* Values are stored: never renumber. */
enum queue_kind {
    QUEUE_REFRESH = 1, /* the variant has expired and was served, or will be asked for soon */
};

struct queue_item {
    enum queue_kind kind;
    struct digest key;           /* of the text */
    int64_t added_ms;            /* boot clock */
    char text[ENTRY_TEXT_MAX];   /* the variant's canonical text */
};

/* Adds an item unless it is there already, which costs no write. Returns 0, -ENOSPC when the
 * queue is full, or another negative errno. */
int queue_add(struct cache *cache, enum queue_kind kind, const struct digest *key,
              const char *text);

/* Takes some item out. Returns 0, -ENOENT when there is none, or another negative errno. Who dies
 * with it loses it, until somebody asks for the picture again. */
int queue_take(struct cache *cache, struct queue_item *out);

#endif
