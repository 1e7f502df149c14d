/* SPDX-License-Identifier: MIT */
#include "serve/busy.h"

#include <stdatomic.h>
#include <sys/random.h>

#include "base/clock.h"
#include "cache/gate.h"
#include "cache/lease.h"

#define YOUNG_MS 1000 /* a download that may be joined, and for how long */
#define STUCK_MS 1000 /* a worker that has been at it for longer makes no progress */
#define PATIENCE_MS 500 /* with an origin that is well */
#define PAUSE_MS 5

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

    if (source_origin(job->picture->source, origin, sizeof origin) != 0 ||
        gate_look(job->server->cache, origin, &record) != 0)
        return PATIENCE_MS;
    return record.breaker.failures > 0 ? 0 : PATIENCE_MS;
}

/* Takes a place among the busy ones if there is one. Each is seen to be busy before it looks whether
 * the others leave room: of several that come at the same moment, as when an origin's answers time
 * out together, none can miss the others. They may all step back, then. */
static bool take_place(const struct job *job, struct cache_census *census)
{
    const struct config *config = job->server->config;
    struct cache *cache = job->server->cache;

    cache_census(cache, census);
    if (census->busy >= busy_limit(config, census->alive))
        return false;
    cache_state(cache, WORKER_WAITING);
    atomic_thread_fence(memory_order_seq_cst);
    cache_census(cache, census);
    if (census->busy < busy_limit(config, census->alive))
        return true;
    cache_state(cache, WORKER_SERVING);
    return false;
}

/* Of random length, so that those who have stepped back do not meet again. */
static void pause_a_little(void)
{
    unsigned char random = 0;

    if (getrandom(&random, sizeof random, GRND_NONBLOCK) < 0)
        random = 0;
    clock_sleep_ms(PAUSE_MS + random % PAUSE_MS);
}

bool busy_admits_now(const struct job *job)
{
    struct cache_census census;

    return take_place(job, &census);
}

static enum busy join(struct job *job)
{
    int64_t until_ms = clock_boot_ms() + YOUNG_MS;

    if (until_ms < job->deadline_ms)
        job->deadline_ms = until_ms;
    return BUSY_JOINED;
}

enum busy busy_admits(struct job *job, const struct digest *key)
{
    struct cache *cache = job->server->cache;
    int64_t until_ms = 0;

    for (;;) {
        struct cache_census census;
        int64_t now_ms;

        if (take_place(job, &census))
            return BUSY_ADMITTED;
        if (may_join(job, key))
            return join(job);
        now_ms = clock_boot_ms();
        if (until_ms == 0)
            until_ms = now_ms + patience_ms(job);
        if (census.longest_ms >= STUCK_MS || now_ms >= until_ms)
            break;
        pause_a_little();
    }
    cache_count(cache, COUNT_BUSY, 1);
    return BUSY_REFUSED;
}
