/* SPDX-License-Identifier: MIT
 *
 * The index: which key has which entry, in which order entries came, how many
 * entries share a blob, how much disk all of it takes, and what was purged. All
 * of it changes in one transaction or not at all.
 *
 * Tables of index.mdb (format 3):
 *   entries      SHA-256 of the canonical text   -> entry (entry.h)
 *   order        u64 sequence, big-endian        -> key; originals and variants
 *   negatives    u64 sequence, big-endian        -> key; remembered failures
 *   blobs        SHA-256 of the content          -> u64 length, u32 entries that use it
 *   meta         "totals"                        -> u32 format, u32 zero, u64 bytes on disk,
 *                u64 sequence, u64 positives, u64 negatives, u64 hand, u64 generation,
 *                u64 published
 *   generations  "a" | "s" source | "p" SHA-256 of the subject
 *                                                -> u64 generation, i64 when (ms, wall clock)
 *   published, published_of                      see published.h
 *
 * Generations: one counter for all; a purge raises it and notes its value under
 * what it purges. An entry carries the counter's value from before its origin was
 * asked; it is gone if anything that it belongs to was purged since.
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
#define INDEX_ENTRY_COST 640u   /* bytes of index that an entry is accounted with */
#define INDEX_PATH_COST (3u * 4096u + INDEX_ENTRY_COST) /* the same of a path at which it is published,
                                   with directories that most have for themselves */

struct kv;
struct index;
struct scoreboard;

/* Blobs that nothing refers to any more since a transaction: their files must go. */
struct index_victims {
    struct digest blobs[INDEX_VICTIMS_MAX];
    size_t count;
    uint64_t evicted; /* entries that were dropped to make room */
    uint64_t bytes;   /* of disk that became free */
    bool at_bound;    /* room had to be made */
};

/* Called inside the transaction, before it commits, with all victims: so that they are on
 * record should the process die between the commit and the unlinking. */
typedef void index_before_commit(const struct index_victims *victims, void *context);

/* `limit` in bytes of disk; `board` has the recency table. Returns 0, -EUCLEAN for a file of
 * another format or a damaged one, or another negative errno. */
int index_open(const char *path, unsigned mode, uint64_t limit, struct scoreboard *board,
               struct index **out);
void index_close(struct index **index);

/* Reads every page of the file in a child process; see kv_check(). */
int index_check(const char *path);

/* Returns 0, -ENOENT if there is none, the text differs, or it was purged, or another negative
 * errno. */
int index_lookup(struct index *index, const struct digest *key, const char *text,
                 struct entry *out);

/* Inserts or replaces the entry of `key`, and evicts until the bound holds. With `fresh_blob` the
 * blob's file has just been put in place; without, the blob must be known already (-ENOENT
 * otherwise). An entry that replaces one with the same blob keeps its place in the order.
 * -ESTALE: what it belongs to was purged since e->generation. -EAGAIN: more has to be evicted
 * than fits one transaction; call index_make_room() first. Sets e->sequence. */
int index_insert(struct index *index, const struct digest *key, struct entry *e, bool fresh_blob,
                 struct index_victims *victims, index_before_commit *before, void *context);

/* Evicts until no more than `target` bytes of disk are in use: at most INDEX_VICTIMS_MAX blobs,
 * and for at most `budget_us`. *more tells if another call is needed. SIEVE (Zhang et al., NSDI
 * 2024): the hand goes from the oldest to the youngest and evicts what has not been used since it
 * last came by. Of an original that is worth a conditional request only the blob goes at first. */
int index_shrink(struct index *index, uint64_t target, int64_t budget_us, bool *more,
                 struct index_victims *victims, index_before_commit *before, void *context);

/* Where insertions evict: files are in place before what they displace is gone, so it is a little
 * less than the limit. And where the keeper stops. */
uint64_t index_bound(const struct index *index);
uint64_t index_low_water(const struct index *index);

/* Bytes of disk in use, blobs and records; the last commit's. */
int index_usage(struct index *index, uint64_t *out);

/* Removes the entry of `key` if it still is this one: what has been renewed since a purge keeps its
 * sequence, but has another generation. */
int index_remove(struct index *index, const struct digest *key, const struct entry *e,
                 struct index_victims *victims, index_before_commit *before, void *context);

/* Drops the blob of an original and keeps the entry, if it still is the one with this
 * sequence. */
int index_strip(struct index *index, const struct digest *key, uint64_t sequence,
                struct index_victims *victims, index_before_commit *before, void *context);

/* Whether any entry refers to the blob: 1, 0 or a negative errno. */
int index_uses_blob(struct index *index, const struct digest *blob);

/* ---- generations ---- */

enum purge_scope { PURGE_SUBJECT, PURGE_SOURCE, PURGE_ALL };

/* The counter's value now. Returns 0 or a negative errno. */
int index_generation(struct index *index, uint64_t *out);

/* Takes everything that is published out of `root`, in a moment. Returns 0 or a negative errno. */
typedef int index_move_away(const char *root, void *context);

/* Purges "source/id", the source of this name, or all (`name` does not count). One small write,
 * whatever hangs on it; what is published of it has been unlinked, or moved away with all the rest,
 * before that is committed. Returns 0 or a negative errno. */
int index_purge(struct index *index, enum purge_scope scope, const char *name, int64_t now_ms,
                index_move_away *move_away, void *context);

/* Purges the subject "source/id" for who has what takes its place, and has known so since the
 * generation `since`. *generation is what that may be inserted with; 0 if somebody else has purged
 * it meanwhile, and may know of something later. Returns 0 or a negative errno. */
int index_replace(struct index *index, const char *subject, uint64_t since, int64_t now_ms,
                  uint64_t *generation);

/* Forgets the purges of before `before_ms` whose generation is at most `generation`: nothing of
 * before them may be left, and no fetch that began before them. */
int index_forget_purges(struct index *index, uint64_t generation, int64_t before_ms);

/* ---- publishing (publish_file.h) ---- */

/* This process is to publish below `root` (NULL: not at all) as `configuration` says. What another
 * configuration has published is moved away; with `anew` all, whoever has. Returns 0 or a negative
 * errno. */
int index_set_publisher(struct index *index, const char *root,
                        const struct digest *configuration, bool anew,
                        index_move_away *move_away, void *context);

/* Notes and then links the entry's blob at root + `url_path`; for `e` as it was looked up. It may
 * evict others for the room. Returns 0, or a negative errno, after which nothing is published:
 * -ENOENT the entry is another one by now, -ESTALE purged, or another configuration publishes,
 * -EMLINK the blob has too many links. */
struct blob_store;
int index_publish(struct index *index, const struct digest *key, const struct entry *e,
                  const char *url_path, const struct blob_store *store,
                  struct index_victims *victims, index_before_commit *before, void *context);

/* Calls `each` with every path on record, whole, and the key of its entry until it returns other than 0,
 * which is returned. All in one read transaction. */
typedef int index_each_path(const struct digest *key, const char *path, void *context);
int index_walk_published(struct index *index, index_each_path *each, void *context);

/* Unlinks a path and takes it off the record. Returns 0, also if it was not there, or a negative
 * errno. */
int index_unpublish(struct index *index, const struct digest *key, const char *path);
/* At how many paths there is something of "source/id". Returns 0 or a negative errno. */
int index_count_published(struct index *index, const char *subject, uint64_t *out);

struct index_stats {
    uint64_t entries;   /* of all kinds */
    uint64_t negatives;
    uint64_t blobs;
    uint64_t published; /* paths */
    uint64_t bytes;     /* of disk that blobs, records and paths are accounted with */
    uint64_t blob_bytes; /* of that: the blobs */
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

/* Calls `each` with up to `count` entries in the order of their keys, the first one after `from`
 * (NULL: from the start); `purged` ones are gone already but take up room. `each` returns 0 to go
 * on. All in one read transaction: keep `count` small where writers are busy. Returns what `each`
 * returned, or 0 with *done telling if the end was reached, or a negative errno. */
typedef int index_each_entry(const struct digest *key, const struct entry *e, bool purged,
                             void *context);
int index_walk_entries(struct index *index, const struct digest *from, size_t count,
                       index_each_entry *each, void *context, bool *done);

/* Frees the reader slots of processes that died. */
void index_clear_readers(struct index *index);

#endif
