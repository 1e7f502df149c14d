/* SPDX-License-Identifier: MIT */
#include "serve/ask.h"

#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/log.h"
#include "origin/backoff.h"

#define SLOT_PAUSE_MS 10
#define RETRY_SLICE_MS 50
#define LAST_TRY_SHARE 10 /* of the whole time has to be left for another try */

struct attempt {
    struct ask *ask;
    struct gate_request gate;
    bool probe;
};

static int pass_on(void *context, const void *bytes, size_t length)
{
    const struct attempt *a = context;

    return a->ask->fetch.sink(a->ask->context, bytes, length);
}

static bool is_wanted(void *context)
{
    const struct attempt *a = context;

    return job_is_wanted(a->ask->job);
}

/* Waits for a slot as long as the fetch itself may take. */
static enum cause enter(struct attempt *a)
{
    struct job *job = a->ask->job;
    struct cache *cache = job->server->cache;
    enum gate_verdict verdict;
    int64_t wait_ms;

    while ((verdict = gate_enter(cache, &a->gate, &a->probe, &wait_ms)) == GATE_FULL) {
        cache_state(cache, WORKER_WAITING);
        if (clock_boot_ms() + SLOT_PAUSE_MS >= a->ask->deadline_ms)
            return CAUSE_BUSY;
        clock_sleep_ms(SLOT_PAUSE_MS);
        if (!job_is_wanted(job))
            return CAUSE_CLIENT_GONE;
    }
    if (verdict == GATE_PASS)
        return CAUSE_NONE;
    cache_count(cache, COUNT_BREAKER_REFUSALS, 1);
    a->ask->retry_ms = wait_ms;
    return CAUSE_ORIGIN_RESTING;
}

static enum cause fetch(struct attempt *a)
{
    struct ask *ask = a->ask;
    struct cache *cache = ask->job->server->cache;
    struct fetch_request request = ask->fetch;
    enum cause cause;
    int rc = ask->begin(ask->context);

    if (rc) {
        log_error("download", "error=\"%s\"", strerror(-rc));
        return CAUSE_INTERNAL;
    }
    request.timeout_ms = ask->deadline_ms - clock_boot_ms();
    request.sink = pass_on;
    request.wanted = is_wanted;
    request.context = a;
    cache_state(cache, WORKER_FETCHING);
    cache_count(cache, COUNT_FETCHES, 1);
    cause = fetcher_fetch(ask->job->server->fetcher, &request, &ask->fetched);
    cache_state(cache, WORKER_SERVING); /* what follows is our own work, and quick */
    cache_count(cache, COUNT_FETCHED_BYTES, ask->fetched.bytes);
    if (cause != CAUSE_NONE && ask->judge)
        cause = ask->judge(ask->context, cause, &ask->fetched);
    if (cause != CAUSE_NONE || ask->fetched.not_modified)
        ask->drop(ask->context);
    return cause;
}

static enum cause try_once(struct attempt *a)
{
    struct ask *ask = a->ask;
    enum cause cause = enter(a);

    if (cause != CAUSE_NONE)
        return cause;
    cause = fetch(a);
    gate_leave(ask->job->server->cache, &a->gate,
               &(struct gate_outcome){.probe = a->probe,
                                      .not_modified = ask->fetched.not_modified,
                                      .cause = cause,
                                      .retry_after_ms = ask->fetched.retry_after_ms,
                                      .elapsed_ms = ask->fetched.elapsed_ms,
                                      .bytes = ask->fetched.bytes});
    ask->retry_ms = ask->fetched.retry_after_ms;
    return cause;
}

/* Object stores say 503 where they want it slower, and seldom for how long. */
static bool is_slowed_down(const struct ask *ask, enum cause cause)
{
    return cause == CAUSE_ORIGIN_BUSY && ask->fetch.source->config->s3.bucket;
}

/* Whether the pause is over with time left and somebody waiting. */
static bool pause_before_retry(struct attempt *a, unsigned failed)
{
    struct job *job = a->ask->job;
    uint64_t random = 0;
    int64_t pause_ms, until_ms;

    if (getrandom(&random, sizeof random, GRND_NONBLOCK) < 0)
        random = (uint64_t)clock_boot_us();
    pause_ms = backoff_pause_ms(failed, a->ask->fetched.retry_after_ms, random);
    until_ms = clock_boot_ms() + pause_ms;
    /* A try that would be cut short says nothing of the origin. */
    if (until_ms + a->gate.timeout_ms / LAST_TRY_SHARE >= a->ask->deadline_ms)
        return false;
    cache_state(job->server->cache, WORKER_WAITING);
    while (clock_boot_ms() < until_ms) {
        int64_t left_ms = until_ms - clock_boot_ms();

        clock_sleep_ms(left_ms < RETRY_SLICE_MS ? left_ms : RETRY_SLICE_MS);
        if (!job_is_wanted(job))
            return false;
    }
    return true;
}

enum cause ask_run(struct ask *ask)
{
    const struct config *config = ask->job->server->config;
    struct attempt a = {
        .ask = ask,
        .gate = {.origin = ask->origin,
                 .slots = config->fetch_slots,
                 .origin_slots = ask->fetch.source->config->fetch_slots,
                 .breaker = {.failures = config->fetch.breaker_failures,
                             .open_ms = config->fetch.breaker_open_ms},
                 .timeout_ms = config->fetch.timeout_ms},
    };
    enum cause cause, before = CAUSE_NONE;

    ask->retry_ms = 0;
    ask->fetched = (struct fetch_result){.status = 0};
    for (unsigned failed = 1;; failed++) {
        cause = try_once(&a);
        /* The breaker has opened over our own tries: what they met says more. */
        if (cause == CAUSE_ORIGIN_RESTING && before != CAUSE_NONE)
            return before;
        if (failed > config->fetch.retries ||
            !(backoff_may_pass(cause, ask->fetched.retry_after_ms) || is_slowed_down(ask, cause)) ||
            !pause_before_retry(&a, failed))
            return cause;
        before = cause;
        cache_count(ask->job->server->cache, COUNT_FETCH_RETRIES, 1);
    }
}
