/* SPDX-License-Identifier: MIT
 *
 * Waiting for what another worker does under a lease. The scoreboard says who waits
 * for which key; a futex in the waiter's slot ends the pause between two looks. It is
 * a hint: whoever is woken looks in the cache, and who is not looks a little later.
 */
#include <limits.h>
#include <linux/futex.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
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

void cache_pause(struct cache *cache, int64_t ms)
{
    const struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = (ms % 1000) * 1000000};

    if (!cache->slot) {
        clock_sleep_ms(ms);
        return;
    }
    /* Not private: the others have the file mapped, too. However it ends, the caller looks. */
    (void)syscall(SYS_futex, &cache->slot->wakes, FUTEX_WAIT, cache->wakes_seen, &t, NULL, 0);
    cache->wakes_seen = atomic_load(&cache->slot->wakes);
}

void cache_wake(struct cache *cache, const struct digest *key)
{
    uint64_t mark = mark_of(key);

    for (unsigned i = 0; i < SCOREBOARD_SLOTS; i++) {
        struct scoreboard_slot *slot = scoreboard_slot(cache->board, i);

        if (slot == cache->slot || atomic_load(&slot->waits_for) != mark)
            continue;
        atomic_fetch_add(&slot->wakes, 1);
        (void)syscall(SYS_futex, &slot->wakes, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
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
