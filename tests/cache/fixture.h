/* SPDX-License-Identifier: MIT
 *
 * A state directory for a test, and short ways to fill it.
 */
#ifndef VISAGE_TESTS_CACHE_FIXTURE_H
#define VISAGE_TESTS_CACHE_FIXTURE_H

#include <limits.h>
#include <stdint.h>

#include "cache/cache.h"

struct fixture {
    char directory[PATH_MAX / 2];
    struct config config;
};

/* Makes an empty state directory; `cache_size` in bytes. */
void fixture_open(struct fixture *f, uint64_t cache_size);

/* Removes it. */
void fixture_close(struct fixture *f);

/* Opens the cache as a worker; fails the test if that fails. */
struct cache *fixture_worker(struct fixture *f);

/* The entry of a variant called `text` with a blob of `length` bytes made from `seed`, inserted.
 * Returns what cache_insert() did. */
int fixture_insert(struct cache *cache, const char *text, unsigned seed, size_t length);

/* Looks `text` up. */
int fixture_lookup(struct cache *cache, const char *text, struct entry *out);

/* Regular files below state_dir/name, and the bytes in them. */
unsigned fixture_count_files(const struct fixture *f, const char *name, uint64_t *bytes);

#endif
