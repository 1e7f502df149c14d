/* SPDX-License-Identifier: MIT */
#include "serve/turn.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "cache/lease.h"

#define PAUSE_MIN_MS 1
#define PAUSE_MAX_MS 10

/* Returns TURN_DONE, TURN_LATE, or TURN_OURS when the lease is there for the taking. */
static enum turn wait_for_holder(struct cache *cache, const struct digest *key,
                                 int64_t deadline_ms, turn_done *done, void *context)
{
    int64_t pause_ms = PAUSE_MIN_MS;

    do {
        if (clock_boot_ms() >= deadline_ms)
            return TURN_LATE;
        clock_sleep_ms(pause_ms);
        pause_ms = 2 * pause_ms < PAUSE_MAX_MS ? 2 * pause_ms : PAUSE_MAX_MS;
        if (done(context))
            return TURN_DONE;
    } while (lease_look(cache, key) == LEASE_HELD);
    return TURN_OURS;
}

enum turn turn_take(struct cache *cache, const struct digest *key, int64_t duration_ms,
                    int64_t deadline_ms, turn_done *done, void *context)
{
    bool waited = false;

    for (;;) {
        int rc = lease_acquire(cache, key, duration_ms);
        enum turn turn;

        if (rc == LEASE_TAKEN) {
            if (!done(context))
                return TURN_OURS;
            lease_release(cache, key);
            return TURN_DONE;
        }
        if (rc != LEASE_HELD) {
            log_warn("lease", "error=\"%s\"", strerror(-rc));
            return TURN_ALONE;
        }
        if (!waited)
            cache_count(cache, COUNT_LEASE_WAITS, 1);
        waited = true;
        cache_state(cache, WORKER_WAITING);
        turn = wait_for_holder(cache, key, deadline_ms, done, context);
        if (turn != TURN_OURS)
            return turn;
    }
}
