/* SPDX-License-Identifier: MIT */
#include "serve/turn.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "cache/lease.h"

#define PAUSE_MIN_MS 1
#define PAUSE_MAX_MS 10

/* The last workers wait for another's work, but not for an origin that takes its time. */
static bool is_late(const struct job *job, const struct digest *key)
{
    int64_t now_ms = clock_boot_ms();

    return now_ms >= job->deadline_ms || (job->joined && now_ms >= job->join_until_ms &&
                                          lease_holder_is_busy(job->server->cache, key));
}

/* Returns TURN_DONE, TURN_LATE, TURN_GONE, or TURN_OURS when the lease is there for the taking. */
static enum turn wait_for_holder(struct job *job, const struct digest *key, turn_done *done,
                                 void *context)
{
    int64_t pause_ms = PAUSE_MIN_MS;

    do {
        if (is_late(job, key))
            return TURN_LATE;
        cache_pause(job->server->cache, pause_ms);
        pause_ms = 2 * pause_ms < PAUSE_MAX_MS ? 2 * pause_ms : PAUSE_MAX_MS;
        if (done(context))
            return TURN_DONE;
        if (!job_is_wanted(job))
            return TURN_GONE;
    } while (lease_look(job->server->cache, key, NULL) == LEASE_HELD);
    return TURN_OURS;
}

static void note_lease(struct job *job, const struct digest *key)
{
    if (job->lease_count < JOB_LEASES_MAX)
        job->leases[job->lease_count++] = *key;
}

void turn_end(struct job *job)
{
    const struct digest *key;

    if (job->lease_count == 0)
        return;
    key = &job->leases[--job->lease_count];
    lease_release(job->server->cache, key);
    cache_wake(job->server->cache, key);
}

static enum turn take(struct job *job, const struct digest *key, int64_t duration_ms,
                      turn_done *done, void *context)
{
    struct cache *cache = job->server->cache;
    bool waited = false;

    for (;;) {
        int rc = lease_acquire(cache, key, duration_ms);
        enum turn turn;

        if (rc == LEASE_TAKEN) {
            note_lease(job, key);
            if (!done(context))
                return TURN_OURS;
            turn_end(job);
            return TURN_DONE;
        }
        if (rc != LEASE_HELD) {
            log_warn("lease", "error=\"%s\"", strerror(-rc));
            return TURN_ALONE;
        }
        if (!waited) {
            cache_count(cache, COUNT_LEASE_WAITS, 1);
            cache_waits_for(cache, key);
            cache_state(cache, WORKER_WAITING);
            waited = true;
        }
        turn = wait_for_holder(job, key, done, context);
        if (turn != TURN_OURS)
            return turn;
    }
}

enum turn turn_take(struct job *job, const struct digest *key, int64_t duration_ms,
                    turn_done *done, void *context)
{
    enum turn turn = take(job, key, duration_ms, done, context);

    cache_waits_for(job->server->cache, NULL);
    return turn;
}
