/* SPDX-License-Identifier: MIT
 *
 * A worker's own copies of the blobs it has served lately, by digest. Blobs are
 * immutable, so a copy is never wrong; whether it may be served is decided by the
 * index on every request. Bounded in bytes; the clock algorithm makes room.
 */
#ifndef VISAGE_CACHE_HOT_H
#define VISAGE_CACHE_HOT_H

#include <stddef.h>
#include <stdint.h>

#include "base/digest.h"

struct hot;

/* `capacity` in bytes; 0 keeps nothing. NULL without memory. */
struct hot *hot_new(size_t capacity);

/* Frees *hot and clears the pointer; NULL is fine. */
void hot_free(struct hot **hot);

/* The blob's bytes, owned by `hot` and valid until the next hot_put(), or NULL. */
const void *hot_get(struct hot *hot, const struct digest *blob, size_t *length);

/* Whether a blob of this size would be kept. */
int hot_fits(const struct hot *hot, uint64_t length);

/* Takes over `bytes` (malloc'ed), whatever happens: keeps it, or frees it if it does not
 * fit. Returns what hot_get() would. */
const void *hot_put(struct hot *hot, const struct digest *blob, void *bytes, size_t length);

#endif
