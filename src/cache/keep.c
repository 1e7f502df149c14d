/* SPDX-License-Identifier: MIT
 *
 * What the keeper does to the cache, in steps that are short enough to let
 * workers in between.
 */
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "cache/lock_file.h"
#include "cache/state.h"
#include "kv/kv.h"

#define STEP_US 1000               /* of evicting: committing what it changed takes up to three times as long */
#define START_PAUSE_MS 1000        /* between two keepers that are started */
#define ENTRIES_AT_ONCE 500        /* that are looked at in one read transaction */
#define PURGES_KEPT_MS (INT64_C(60) * 60 * 1000) /* longer than any fetch */

int cache_become_keeper(struct cache *cache)
{
    for (int i = 0; i < LOCK_KEEPERS; i++) {
        int rc = lock_try(cache->lock_fd, LOCK_BYTE_KEEPER + i);

        if (rc == -EAGAIN)
            continue;
        if (!rc)
            cache->keeper = i;
        return rc ? rc : i;
    }
    return -EAGAIN;
}

bool cache_keeper_alive(struct cache *cache)
{
    return cache->keeper >= 0 || lock_is_held(cache->lock_fd, LOCK_BYTE_KEEPER);
}

/* A keeper asks for another one; everybody else for the first. */
bool cache_may_start_keeper(struct cache *cache)
{
    bool place = false;

    if (cache->keeper < 0)
        place = !lock_is_held(cache->lock_fd, LOCK_BYTE_KEEPER);
    else
        for (int i = 0; i < LOCK_KEEPERS && !place; i++)
            place = i != cache->keeper && !lock_is_held(cache->lock_fd, LOCK_BYTE_KEEPER + i);
    return place && scoreboard_may_start_keeper(cache->board, clock_boot_ms(), START_PAUSE_MS);
}

bool cache_wants_keeper(struct cache *cache)
{
    bool wants = cache->wants_keeper;

    cache->wants_keeper = false;
    return wants;
}

void cache_want_keeper(struct cache *cache)
{
    cache->wants_keeper = true;
}

static int queue_length_body(struct kv_txn *txn, void *context)
{
    return kv_count(txn, RUN_QUEUE, context);
}

int cache_queue_length(struct cache *cache, uint64_t *out)
{
    *out = 0;
    return kv_view(cache->run, queue_length_body, out);
}

int cache_shrink(struct cache *cache, bool *more)
{
    struct pending p = {.cache = cache};
    uint64_t target = index_low_water(cache->index), deficit = disk_deficit(cache, 0), usage;
    int rc = index_usage(cache->index, &usage);

    *more = false;
    if (rc)
        return rc;
    /* Between bound and mark nobody needs room yet: it would be evicted for nothing. */
    if (deficit == 0 && usage <= target)
        return 0;
    if (deficit > 0) {
        usage = usage > deficit ? usage - deficit : 0;
        target = usage < target ? usage : target;
    }
    rc = index_shrink(cache->index, target, STEP_US, more, &p.victims, pending_note, &p);
    if (rc)
        pending_settle(&p);
    else
        pending_unlink(&p);
    return rc;
}

struct purged {
    struct digest keys[ENTRIES_AT_ONCE];
    struct entry entries[ENTRIES_AT_ONCE];
    size_t count;
    struct digest last;
};

static int note_purged(const struct digest *key, const struct entry *e, bool purged,
                       void *context)
{
    struct purged *p = context;

    p->last = *key;
    if (purged) {
        p->keys[p->count] = *key;
        p->entries[p->count++] = *e;
    }
    return 0;
}

int cache_collect_purged(struct cache *cache, struct digest *from, bool *done)
{
    static struct purged p; /* a megabyte, which has no place on the stack */
    static const struct digest start;
    int removed = 0, rc;

    p.count = 0;
    p.last = *from;
    rc = index_walk_entries(cache->index, digest_equal(from, &start) ? NULL : from,
                            ENTRIES_AT_ONCE, note_purged, &p, done);
    if (rc)
        return rc;
    for (size_t i = 0; i < p.count; i++) {
        rc = cache_remove(cache, &p.keys[i], &p.entries[i]);
        /* Replaced or gone meanwhile is fine. But what stays would be back once its purge is
         * forgotten. */
        if (rc && rc != -ENOENT)
            return rc;
        removed += rc == 0;
    }
    *from = p.last;
    return removed;
}

int cache_forget_purges(struct cache *cache, uint64_t generation)
{
    return index_forget_purges(cache->index, generation, clock_wall_ms() - PURGES_KEPT_MS);
}

void cache_clear_readers(struct cache *cache)
{
    index_clear_readers(cache->index);
    kv_clear_dead_readers(cache->run);
}
