/* SPDX-License-Identifier: MIT
 *
 * The cache as the pipeline sees it: entries and blobs of one state directory,
 * shared by all workers that use it.
 *
 * state_dir/
 *   locks         lock bytes: start, worker slots, blobs (lock_file.h)
 *   boot          which boot of the machine the state belongs to
 *   scoreboard    slots, recency table, history (scoreboard.h)
 *   clients       token buckets (limiter.h), where a rate is limited
 *   index.mdb     the index (index.h);      rebuildable
 *   run.mdb       leases (lease.h), breakers and fetches (gate.h), work for the
 *                 keeper (queue.h), names (names.h); worthless after a restart
 *   blobs/ab/..   blob files (blob.h)
 *   tmp/          blobs being written
 *
 * A blob's file and its record change together under the lock byte of the
 * digest's first byte: whoever inserts renames the file and commits the record,
 * whoever evicts commits first and then unlinks the file if still nothing refers
 * to it. Both leave the digest on the scoreboard meanwhile, so that after kill -9
 * the next worker puts it right.
 */
#ifndef VISAGE_CACHE_CACHE_H
#define VISAGE_CACHE_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/config.h"
#include "base/digest.h"
#include "cache/blob.h"
#include "cache/entry.h"
#include "cache/index.h"
#include "cache/scoreboard.h"

struct cache;

enum cache_role {
    CACHE_WORKER, /* takes a slot; creates what is missing */
    CACHE_KEEPER, /* the same */
    CACHE_TOOL,   /* the same: a command that changes something */
    CACHE_VISITOR /* looks only: no slot, nothing is created */
};

/* Opens the state directory; the configuration must outlive it. Returns 0 or a negative errno with
 * a message in `error`: -ENOENT for a visitor when there is no state yet, -EUSERS when all slots
 * are taken. Must be called after any fork, once in a process. */
int cache_open(const struct config *config, enum cache_role role, struct cache **out,
               char error[CONFIG_ERROR_MAX]);

/* Gives up the slot, frees *cache and clears the pointer; NULL is fine. */
void cache_close(struct cache **cache);

/* The key of a canonical text. Returns 0 or -EIO. */
int cache_key(const char *text, struct digest *key);

/* The entry of a key, copied. Returns 0, -ENOENT, or another negative errno, which a caller
 * may treat like -ENOENT. */
int cache_lookup(struct cache *cache, const struct digest *key, const char *text,
                 struct entry *out);

/* Notes a hit: one byte of shared memory. */
void cache_touch(struct cache *cache, const struct digest *key);

/* The counter of purges, to be read before an origin is asked: what comes of it carries it in
 * entry.generation. 0, which may be too old and is never too new, if it cannot be read. */
uint64_t cache_generation(struct cache *cache);

/* Makes everything of the scope a miss at once, for everybody: "source/id", a source's name, or
 * all. Returns 0 or a negative errno. */
int cache_purge(struct cache *cache, enum purge_scope scope, const char *name);

/* Purges the subject for who has what takes its place: it was begun at cache_generation() `since`. That
 * may be inserted with *generation; it is 0 if somebody else has purged the subject meanwhile, who may
 * know of something later. Returns 0 or a negative errno. */
int cache_replace(struct cache *cache, const char *subject, uint64_t since, uint64_t *generation);

/* Stores an entry with its blob. `writer` is finished, holds e->blob, and is ended by this
 * call in all cases; NULL for negative and bodiless entries and to renew an entry whose blob is in
 * the cache already (-ENOENT if it is not any more). Returns 0, or a negative errno, after which
 * the entry is not in the cache and nothing is left behind: -ENOSPC disk full (or down to
 * min_free), -EFBIG blob larger than the cache takes, -ESTALE purged since e->generation. */
int cache_insert(struct cache *cache, const struct digest *key, struct entry *e,
                 struct blob_writer *writer);

/* Links the picture where the web server looks for `url_path`, if publish_root is set: for a variant
 * that is in the cache under `key`, as it was looked up or inserted, and a path that is fit to name a
 * file (route/publishable.h). Where it is already that is one system call. Trouble is logged
 * and takes nothing away. */
void cache_publish(struct cache *cache, const struct digest *key, const struct entry *e,
                   const char *url_path);

/* Drops the entry if it is still the one that was looked up, with its blob if nothing else
 * uses it. Returns 0, -ENOENT or another negative errno. */
int cache_remove(struct cache *cache, const struct digest *key, const struct entry *e);

/* Drops an original's blob and keeps the entry, if it is still the one that was looked up. Returns
 * 0, -ENOENT or another negative errno. */
int cache_strip(struct cache *cache, const struct digest *key, const struct entry *e);

/* The entry's bytes from memory, reading the file if it is small enough to be kept: NULL if
 * it is not (use cache_open_blob()), and *error then 0, or -ENOENT if the file is missing or
 * damaged: remove the entry and treat it as a miss. Valid until the next call. */
const void *cache_blob_bytes(struct cache *cache, const struct entry *e, int *error);

/* The entry's file, open for reading, checked for its length and, once after a restart of the
 * machine, for its digest. Returns a descriptor, -ENOENT if the file is missing or damaged,
 * or another negative errno. */
int cache_open_blob(struct cache *cache, const struct entry *e);

/* The absolute path of a blob's file, for X-Sendfile. Returns 0 or -ENAMETOOLONG. */
int cache_blob_path(const struct cache *cache, const struct digest *blob, char *out, size_t size);

struct blob_store *cache_blobs(struct cache *cache);
struct scoreboard *cache_scoreboard(struct cache *cache);

/* The worker's own slot; NULL for a visitor. */
struct scoreboard_slot *cache_slot(struct cache *cache);

/* Whether a live worker holds the slot. */
bool cache_slot_alive(struct cache *cache, unsigned slot);

/* Counts and names where we are; nothing for a visitor. */
void cache_count(struct cache *cache, enum counter counter, uint64_t amount);
void cache_state(struct cache *cache, enum worker_state state);

/* Which of the configuration's sources is worked on, by its place; -1: none. */
void cache_source(struct cache *cache, int source);

/* Says that this worker waits for the key's lease; NULL: no longer. */
void cache_waits_for(struct cache *cache, const struct digest *key);

/* For a worker that waits: sleeps for `ms`, or until somebody has called cache_wake() for the key
 * since the last look, a signal included. A visitor sleeps. */
void cache_pause(struct cache *cache, int64_t ms);

/* What the key's lease was held for is done, or given up: whoever waits for it looks now. */
void cache_wake(struct cache *cache, const struct digest *key);

/* Whether another worker waits for the key's lease. */
bool cache_is_awaited(struct cache *cache, const struct digest *key);

/* How busy the workers are, this one apart. */
struct cache_census {
    unsigned alive;      /* workers of all states, this one included */
    unsigned busy;       /* that fetch or wait */
    int64_t longest_ms;  /* for how long the slowest of them has been at it */
};
void cache_census(struct cache *cache, struct cache_census *out);

/* How many of so many living workers may be busy at one time. */
typedef unsigned cache_busy_limit(const struct config *config, unsigned alive);

/* True if the limit leaves a place among the busy, which this worker then has taken: it counts as
 * waiting. *census is what it has seen. */
bool cache_become_busy(struct cache *cache, cache_busy_limit *limit, struct cache_census *census);

/* How many times a worker has ended to be busy; wraps. */
uint32_t cache_departures(struct cache *cache);

/* Sleeps for `ms`, or until another one has done so since `seen`. One of those who sleep is woken. */
void cache_await_departure(struct cache *cache, uint32_t seen, int64_t ms);

/* Takes tokens from the client's bucket. Returns 0, or the milliseconds after which it will do;
 * 0 where no rate is limited. */
int64_t cache_limit(struct cache *cache, const unsigned char address[16], uint32_t tokens);

int cache_stats(struct cache *cache, struct index_stats *out);
int cache_count_published(struct cache *cache, const char *subject, uint64_t *out);
int cache_walk_blobs(struct cache *cache, index_each_blob *each, void *context);
int cache_walk_entries(struct cache *cache, const struct digest *from, size_t count,
                       index_each_entry *each, void *context, bool *done);

/* ---- for who checks (inspect.c) ---- */

int cache_walk_published(struct cache *cache, index_each_path *each, void *context);
int cache_unpublish(struct cache *cache, const struct digest *key, const char *path);

enum blob_state {
    BLOB_NOWHERE, /* neither file nor record, or it is being put in place or removed just now */
    BLOB_KEPT,    /* both */
    BLOB_MISSING, /* a record without a file */
    BLOB_ORPHAN   /* a file without a record */
};

/* How a blob's file and record stand to each other, at a moment when nobody changes them: a few
 * system calls, for what looked wrong without a lock. Returns an enum blob_state or a negative
 * errno. */
int cache_blob_state(struct cache *cache, const struct digest *blob);

/* The entry of a key, purged or not, whatever its text. Returns 0, -ENOENT or another negative
 * errno. */
int cache_peek(struct cache *cache, const struct digest *key, struct entry *out, bool *purged);

/* ---- for the keeper (keep.c) ---- */

/* Takes one of the keeper's places: 0 for the first one, up to LOCK_KEEPERS - 1. Returns it, or
 * -EAGAIN if all are taken, or another negative errno. Held until cache_close(). */
int cache_become_keeper(struct cache *cache);
bool cache_keeper_alive(struct cache *cache);

/* Whether a place is free and nobody else has started a keeper just now: then the caller may. */
bool cache_may_start_keeper(struct cache *cache);

/* Whether an insertion has met the bound, or something was purged, since the last call, or a keeper was
 * wanted in vain. */
bool cache_wants_keeper(struct cache *cache);
void cache_want_keeper(struct cache *cache);

int cache_queue_length(struct cache *cache, uint64_t *out);

/* One transaction of evicting to the low water mark, and below it as far as min_free demands.
 * *more tells if another is needed. Returns 0 or a negative errno. */
int cache_shrink(struct cache *cache, bool *more);

/* Removes the files of dead workers from tmp/, and, of the blobs whose digest begins with `first`,
 * those that the index does not know. Returns how many, or a negative errno. */
int cache_sweep_temporary(struct cache *cache);
int cache_sweep_blobs(struct cache *cache, unsigned char first);

/* Removes up to `budget` files and directories of what was published before a purge. *more tells if
 * some are left. Returns 0 or a negative errno. */
int cache_sweep_unpublished(struct cache *cache, unsigned budget, bool *more);

/* Goes on with removing what was purged: looks at some entries from *from on (zero: the start) and
 * moves it. *done at the end. Returns how many were removed, or a negative errno. */
int cache_collect_purged(struct cache *cache, struct digest *from, bool *done);

/* After a whole round of cache_collect_purged() that began at `generation`: forgets purges that
 * are an hour old. */
int cache_forget_purges(struct cache *cache, uint64_t generation);

/* Frees the places of dead processes among LMDB's readers. */
void cache_clear_readers(struct cache *cache);

#endif
