/* SPDX-License-Identifier: MIT
 *
 * The index: which key has which entry, in which order entries came, how many
 * entries share a blob, and how much disk all blobs take together. All of it
 * changes in one transaction or not at all.
 *
 * Tables of index.mdb (format 1):
 *   entries    SHA-256 of the canonical text   -> entry (entry.h)
 *   order      u64 sequence, big-endian        -> key; originals and variants
 *   negatives  u64 sequence, big-endian        -> key; remembered failures
 *   blobs      SHA-256 of the content          -> u64 length, u32 entries that use it
 *   meta       "totals"                        -> u32 format, u32 zero, u64 bytes on disk,
 *                                                 u64 next sequence, u64 negatives
 */
#ifndef VISAGE_CACHE_INDEX_H
#define VISAGE_CACHE_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/digest.h"
#include "cache/entry.h"

#define INDEX_VICTIMS_MAX 24    /* blobs that one transaction may free */
#define INDEX_NEGATIVES_MAX 10000

struct kv;
struct index;

/* Blobs that nothing refers to any more since a transaction: their files must go. */
struct index_victims {
    struct digest blobs[INDEX_VICTIMS_MAX];
    size_t count;
    uint64_t evicted; /* entries that were dropped to make room */
};

/* Called inside the transaction, before it commits, with all victims: so that they are on
 * record should the process die between the commit and the unlinking. */
typedef void index_before_commit(const struct index_victims *victims, void *context);

/* `limit` in bytes of disk. Returns 0, -EUCLEAN for a file of another format or a damaged
 * one, or another negative errno. */
int index_open(const char *path, unsigned mode, uint64_t limit, struct index **out);
void index_close(struct index **index);

/* Reads every page of the file in a child process; see kv_check(). */
int index_check(const char *path);

/* Returns 0, -ENOENT if there is none or the text differs, or another negative errno. */
int index_lookup(struct index *index, const struct digest *key, const char *text,
                 struct entry *out);

/* Inserts or replaces the entry of `key`, and evicts the oldest until the limit holds. With
 * `fresh_blob` the blob's file has just been put in place; without, the blob must be known
 * already (-ENOENT otherwise). -EAGAIN: more has to be evicted than fits one transaction;
 * call index_make_room() first. Sets e->sequence. */
int index_insert(struct index *index, const struct digest *key, struct entry *e, bool fresh_blob,
                 struct index_victims *victims, index_before_commit *before, void *context);

/* Evicts the oldest entries until `bytes` more would fit, at most INDEX_VICTIMS_MAX blobs.
 * *more tells if another call is needed. */
int index_make_room(struct index *index, uint64_t bytes, bool *more,
                    struct index_victims *victims, index_before_commit *before, void *context);

/* Removes the entry of `key` if it still is the one with this sequence. */
int index_remove(struct index *index, const struct digest *key, uint64_t sequence,
                 struct index_victims *victims, index_before_commit *before, void *context);

/* Whether any entry refers to the blob: 1, 0 or a negative errno. */
int index_uses_blob(struct index *index, const struct digest *blob);

struct index_stats {
    uint64_t entries;   /* of all kinds */
    uint64_t negatives;
    uint64_t blobs;
    uint64_t bytes;     /* of disk that blobs and records are accounted with */
    uint64_t limit;
    uint64_t low_water; /* where the keeper stops evicting */
    uint64_t file_bytes; /* of the index itself */
    uint64_t map_bytes;
    unsigned readers;
};
int index_stats(struct index *index, struct index_stats *out);

/* Calls `each` with every blob on record until it returns other than 0. */
typedef int index_each_blob(const struct digest *blob, uint64_t length, uint32_t uses,
                            void *context);
int index_walk_blobs(struct index *index, index_each_blob *each, void *context);

#endif
