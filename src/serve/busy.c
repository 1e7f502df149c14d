/* SPDX-License-Identifier: MIT */
#include "serve/busy.h"

#include "base/clock.h"
#include "cache/gate.h"
#include "cache/lease.h"
#include "serve/locate.h"

#define YOUNG_MS 1000 /* a download that may be joined, and for how long */
#define STUCK_MS 1000 /* a worker that has been at it for longer makes no progress */
#define PATIENCE_MS 500 /* with an origin that is well */
#define PAUSE_MS 10 /* between two looks for a place if nobody is seen to leave one */

/* All but a quarter of the workers, and one at least is left; a single one has no choice. */
unsigned busy_limit(const struct config *config, unsigned alive)
{
    if (config->busy_limit > 0)
        return config->busy_limit;
    return alive < 2 ? 1 : alive < 8 ? alive - 1 : alive - alive / 4;
}

static bool is_young(struct cache *cache, const struct digest *key)
{
    int64_t age_ms;

    return lease_look(cache, key, &age_ms) == LEASE_HELD && age_ms < YOUNG_MS;
}

static bool may_join(const struct job *job, const struct digest *key)
{
    char text[PICTURE_CANONICAL_MAX];
    struct digest subject;

    if (is_young(job->server->cache, key))
        return true;
    picture_subject_text(job->picture, text);
    return cache_key(text, &subject) == 0 && is_young(job->server->cache, &subject);
}

/* How long to wait for a busy worker to come free: not at all where the last that was heard of the
 * origin was bad. How quick it has been says little: what was asked before may have been smaller, or
 * a 304. */
static int64_t patience_ms(const struct job *job)
{
    char origin[GATE_ORIGIN_MAX];
    struct gate_record record;

    if (locate_known(job->server->cache, job->picture, origin) != 0 ||
        gate_look(job->server->cache, origin, &record) != 0)
        return PATIENCE_MS;
    return record.breaker.failures > 0 ? 0 : PATIENCE_MS;
}

bool busy_may_fetch(struct job *job)
{
    struct cache_census census;

    if (job->joined)
        job->joined = !cache_become_busy(job->server->cache, busy_limit, &census);
    return !job->joined;
}

static void join(struct job *job)
{
    job->joined = true;
    job->join_until_ms = clock_boot_ms() + YOUNG_MS;
}

/* Whether it was worth waiting for a place, and a while of that is over. */
static bool wait_for_place(struct job *job, uint32_t departures, const struct cache_census *census,
                           int64_t *until_ms)
{
    int64_t now_ms = clock_boot_ms();

    if (*until_ms == 0)
        *until_ms = now_ms + patience_ms(job);
    if (census->longest_ms >= STUCK_MS || now_ms >= *until_ms) {
        cache_count(job->server->cache, COUNT_BUSY, 1);
        return false;
    }
    cache_await_departure(job->server->cache, departures, PAUSE_MS);
    return true;
}

/* Without a key there is nothing that could be joined. */
static bool admits(struct job *job, const struct digest *key)
{
    struct cache *cache = job->server->cache;
    struct cache_census census;
    int64_t until_ms = 0;
    uint32_t departures;

    do {
        departures = cache_departures(cache);
        if (cache_become_busy(cache, busy_limit, &census))
            return true;
        if (key && may_join(job, key)) {
            join(job);
            return true;
        }
    } while (wait_for_place(job, departures, &census, &until_ms));
    return false;
}

bool busy_admits(struct job *job, const struct digest *key)
{
    return admits(job, key);
}

bool busy_admits_change(struct job *job)
{
    return admits(job, NULL);
}
