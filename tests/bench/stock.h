/* SPDX-License-Identifier: MIT
 *
 * Entries made up for benchmarks of the cache: what a worker would have stored for
 * /s128/bench/NUMBER.jpg, the number with eight digits.
 */
#ifndef VISAGE_BENCH_STOCK_H
#define VISAGE_BENCH_STOCK_H

#include "cache/cache.h"

#define STOCK_SOURCE "bench"
#define STOCK_SIDE 128

/* Reads the configuration and opens its cache. Returns 0, or -1 with a message on standard
 * error. */
int stock_open(const char *conf, struct config **config, struct cache **cache);
void stock_close(struct config **config, struct cache **cache);

/* The entry of a number, fresh for a day, without a blob yet, and its key. Returns 0 or a negative
 * errno. */
int stock_entry(const struct config *config, uint32_t number, struct entry *out,
                struct digest *key);

/* Stores the entry with `length` bytes of its own, which begin with `bytes` (of `given`) and go on
 * as nobody else's do. Returns 0 or a negative errno. */
int stock_insert(struct cache *cache, const struct config *config, uint32_t number,
                 const void *bytes, size_t given, size_t length);

/* A number's hit: its byte of the recency table. */
int stock_touch(struct cache *cache, const struct config *config, uint32_t number);

/* Marsaglia's xorshift64*; *state is not zero. */
uint64_t stock_random(uint64_t *state);

#endif
