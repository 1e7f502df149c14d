/* SPDX-License-Identifier: MIT
 *
 * A state directory for a test, and short ways to fill it.
 */
#ifndef VISAGE_TESTS_CACHE_FIXTURE_H
#define VISAGE_TESTS_CACHE_FIXTURE_H

#include <limits.h>
#include <stdbool.h>
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

/* The same for an entry of any kind: what `like` says, with text, blob and length filled in. */
int fixture_insert_like(struct cache *cache, const struct entry *like, const char *text,
                        unsigned seed, size_t length);

/* An entry that has no blob: a failure, or an original that has lost its bytes. */
int fixture_insert_bare(struct cache *cache, const struct entry *like, const char *text);

/* Looks `text` up. */
int fixture_lookup(struct cache *cache, const char *text, struct entry *out);

/* Whether `text` is found. */
bool fixture_has(struct cache *cache, const char *text);

struct index_stats fixture_stats(struct cache *cache);

/* Regular files below state_dir/name, and the bytes in them. */
unsigned fixture_count_files(const struct fixture *f, const char *name, uint64_t *bytes);

/* Bytes of disk that the blobs' files take, in whole blocks. */
uint64_t fixture_disk_bytes(const struct fixture *f);

/* The index's totals, its entries, its blobs and the files agree, and nothing is in tmp/. */
void fixture_assert_consistent(const struct fixture *f, struct cache *cache);

#endif
