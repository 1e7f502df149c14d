/* SPDX-License-Identifier: MIT
 *
 * Who is busy, and who waits for whom. The scoreboard says who waits for which key; a
 * futex in the waiter's slot ends the pause between two looks, and another one that of
 * those who wait for a place among the busy. They are hints: whoever is woken looks
 * again, and who is not looks a little later.
 */
#include <linux/futex.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "cache/lock_file.h"
#include "cache/state.h"

/* Eight bytes of a digest tell any two keys apart that are in work at one time. */
static uint64_t mark_of(const struct digest *key)
{
    uint64_t mark;

    memcpy(&mark, key->bytes, sizeof mark);
    return mark ? mark : 1;
}

void cache_waits_for(struct cache *cache, const struct digest *key)
{
    if (!cache->slot)
        return;
    cache->wakes_seen = atomic_load(&cache->slot->wakes);
    atomic_store(&cache->slot->waits_for, key ? mark_of(key) : 0);
}

/* Not private: the others have the file mapped, too. However it ends, the caller looks. */
static void futex_wait(_Atomic uint32_t *word, uint32_t seen, int64_t ms)
{
    const struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = (ms % 1000) * 1000000};

    (void)syscall(SYS_futex, word, FUTEX_WAIT, seen, &t, NULL, 0);
}

static void futex_raise(_Atomic uint32_t *word)
{
    atomic_fetch_add(word, 1);
    (void)syscall(SYS_futex, word, FUTEX_WAKE, 1, NULL, NULL, 0);
}

void cache_pause(struct cache *cache, int64_t ms)
{
    if (!cache->slot) {
        clock_sleep_ms(ms);
        return;
    }
    futex_wait(&cache->slot->wakes, cache->wakes_seen, ms);
    cache->wakes_seen = atomic_load(&cache->slot->wakes);
}

void cache_wake(struct cache *cache, const struct digest *key)
{
    uint64_t mark = mark_of(key);

    for (unsigned i = 0; i < SCOREBOARD_SLOTS; i++) {
        struct scoreboard_slot *slot = scoreboard_slot(cache->board, i);

        if (slot != cache->slot && atomic_load(&slot->waits_for) == mark)
            futex_raise(&slot->wakes);
    }
}

bool cache_is_awaited(struct cache *cache, const struct digest *key)
{
    uint64_t mark = mark_of(key);

    for (unsigned i = 0; i < SCOREBOARD_SLOTS; i++) {
        struct scoreboard_slot *slot = scoreboard_slot(cache->board, i);

        if (slot != cache->slot && atomic_load(&slot->waits_for) == mark &&
            cache_slot_alive(cache, i))
            return true;
    }
    return false;
}

/* ---- places among the busy ---- */

bool cache_is_busy_state(uint32_t state)
{
    return state == WORKER_FETCHING || state == WORKER_WAITING;
}

/* Busy states carry the time when they began; the others come with every hit. */
void cache_state(struct cache *cache, enum worker_state state)
{
    struct scoreboard_slot *slot = cache->slot;
    uint32_t before;

    if (!slot)
        return;
    if (state > WORKER_SERVING)
        atomic_store_explicit(&slot->since_ms, clock_boot_ms(), memory_order_relaxed);
    before = atomic_load_explicit(&slot->state, memory_order_relaxed);
    atomic_store_explicit(&slot->state, state, memory_order_relaxed);
    if (cache_is_busy_state(before) && !cache_is_busy_state(state))
        futex_raise(scoreboard_departures(cache->board));
}

void cache_census(struct cache *cache, struct cache_census *out)
{
    int64_t now_ms = clock_boot_ms();

    *out = (struct cache_census){.alive = 1};
    for (unsigned i = 0; i < SCOREBOARD_SLOTS; i++) {
        struct scoreboard_slot *slot = scoreboard_slot(cache->board, i);
        uint32_t state = atomic_load_explicit(&slot->state, memory_order_relaxed);
        int64_t for_ms = now_ms - atomic_load_explicit(&slot->since_ms, memory_order_relaxed);

        if (slot == cache->slot || state == WORKER_GONE ||
            atomic_load_explicit(&slot->kind, memory_order_relaxed) != KIND_WORKER ||
            !cache_slot_alive(cache, i))
            continue;
        out->alive++;
        if (!cache_is_busy_state(state))
            continue;
        out->busy++;
        out->longest_ms = for_ms > out->longest_ms ? for_ms : out->longest_ms;
    }
}

/* One after the other: of several that come at the same moment, as when an origin's answers time out
 * together, none misses the others. */
bool cache_become_busy(struct cache *cache, cache_busy_limit *limit, struct cache_census *census)
{
    int rc = lock_take(cache->lock_fd, LOCK_BYTE_BUSY);
    bool place;

    cache_census(cache, census);
    place = census->busy < limit(cache->config, census->alive);
    if (place)
        cache_state(cache, WORKER_WAITING);
    if (rc == 0)
        lock_release(cache->lock_fd, LOCK_BYTE_BUSY);
    return place;
}

uint32_t cache_departures(struct cache *cache)
{
    return atomic_load(scoreboard_departures(cache->board));
}

void cache_await_departure(struct cache *cache, uint32_t seen, int64_t ms)
{
    futex_wait(scoreboard_departures(cache->board), seen, ms);
}
