/* SPDX-License-Identifier: MIT */
#include "serve/download.h"

#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/log.h"
#include "cache/gate.h"
#include "origin/backoff.h"

#define SLOT_PAUSE_MS 10
#define RETRY_SLICE_MS 50
#define LAST_TRY_SHARE 10 /* of the whole time has to be left for another try */

struct attempt {
    struct download *d;
    struct gate_request gate;
    char origin[GATE_ORIGIN_MAX];
    const struct source *source;
    int64_t deadline_ms; /* boot clock */
    bool probe;
};

static int write_blob(void *context, const void *bytes, size_t length)
{
    struct attempt *a = context;

    return blob_writer_add(&a->d->writer, bytes, length);
}

static bool is_wanted(void *context)
{
    struct attempt *a = context;

    return job_is_wanted(a->d->job);
}

static int prepare(struct attempt *a)
{
    const struct job *job = a->d->job;
    const struct config *config = job->server->config;
    const struct config_source *source = job->picture->source;

    a->source = source_find(&job->server->sources, source);
    if (!a->source || source_origin(source, job->picture->id, a->origin, sizeof a->origin) != 0) {
        log_error("download", "source=%s reason=\"no credentials or no origin\"", source->name);
        return -1;
    }
    a->deadline_ms = clock_boot_ms() + config->fetch.timeout_ms;
    a->gate = (struct gate_request){.origin = a->origin,
                                    .slots = config->fetch_slots,
                                    .origin_slots = source->fetch_slots,
                                    .breaker = {.failures = config->fetch.breaker_failures,
                                                .open_ms = config->fetch.breaker_open_ms},
                                    .timeout_ms = config->fetch.timeout_ms};
    return 0;
}

/* Waits for a slot as long as the fetch itself may take. */
static enum cause enter(struct attempt *a)
{
    struct download *d = a->d;
    struct cache *cache = d->job->server->cache;
    enum gate_verdict verdict;
    int64_t wait_ms;

    while ((verdict = gate_enter(cache, &a->gate, &a->probe, &wait_ms)) == GATE_FULL) {
        cache_state(cache, WORKER_WAITING);
        if (clock_boot_ms() + SLOT_PAUSE_MS >= a->deadline_ms)
            return CAUSE_BUSY;
        clock_sleep_ms(SLOT_PAUSE_MS);
        if (!job_is_wanted(d->job))
            return CAUSE_CLIENT_GONE;
    }
    if (verdict == GATE_PASS)
        return CAUSE_NONE;
    cache_count(cache, COUNT_BREAKER_REFUSALS, 1);
    d->retry_ms = wait_ms;
    return CAUSE_ORIGIN_RESTING;
}

static enum cause fetch(struct attempt *a)
{
    struct download *d = a->d;
    const struct job *job = d->job;
    struct cache *cache = job->server->cache;
    const struct fetch_request request = {.source = a->source,
                                          .id = job->picture->id,
                                          .etag = d->etag,
                                          .last_modified_s = d->last_modified_s,
                                          .timeout_ms = a->deadline_ms - clock_boot_ms(),
                                          .sink = write_blob,
                                          .wanted = is_wanted,
                                          .context = a};
    enum cause cause;
    int rc = blob_writer_begin(&d->writer, cache_blobs(cache));

    if (rc) {
        log_error("download", "error=\"%s\"", strerror(-rc));
        return CAUSE_INTERNAL;
    }
    cache_state(cache, WORKER_FETCHING);
    cache_count(cache, COUNT_FETCHES, 1);
    cause = fetcher_fetch(job->server->fetcher, &request, &d->fetched);
    cache_state(cache, WORKER_SERVING); /* what follows is our own work, and quick */
    cache_count(cache, COUNT_FETCHED_BYTES, d->fetched.bytes);
    if (cause != CAUSE_NONE || d->fetched.not_modified)
        blob_writer_abort(&d->writer);
    return cause;
}

static enum cause try_once(struct attempt *a)
{
    struct download *d = a->d;
    struct cache *cache = d->job->server->cache;
    enum cause cause = enter(a);

    if (cause != CAUSE_NONE)
        return cause;
    cause = fetch(a);
    gate_leave(cache, &a->gate,
               &(struct gate_outcome){.probe = a->probe,
                                      .not_modified = d->fetched.not_modified,
                                      .cause = cause,
                                      .retry_after_ms = d->fetched.retry_after_ms,
                                      .elapsed_ms = d->fetched.elapsed_ms,
                                      .bytes = d->fetched.bytes});
    d->retry_ms = d->fetched.retry_after_ms;
    return cause;
}

/* Whether the pause is over with time left and somebody waiting. */
static bool pause_before_retry(struct attempt *a, unsigned failed)
{
    uint64_t random = 0;
    int64_t pause_ms, until_ms;

    if (getrandom(&random, sizeof random, GRND_NONBLOCK) < 0)
        random = (uint64_t)clock_boot_us();
    pause_ms = backoff_pause_ms(failed, a->d->fetched.retry_after_ms, random);
    until_ms = clock_boot_ms() + pause_ms;
    /* A try that would be cut short says nothing of the origin. */
    if (until_ms + a->gate.timeout_ms / LAST_TRY_SHARE >= a->deadline_ms)
        return false;
    cache_state(a->d->job->server->cache, WORKER_WAITING);
    while (clock_boot_ms() < until_ms) {
        int64_t left_ms = until_ms - clock_boot_ms();

        clock_sleep_ms(left_ms < RETRY_SLICE_MS ? left_ms : RETRY_SLICE_MS);
        if (!job_is_wanted(a->d->job))
            return false;
    }
    return true;
}

enum cause download_run(struct download *download)
{
    const struct config *config = download->job->server->config;
    struct cache *cache = download->job->server->cache;
    struct attempt a = {.d = download};
    enum cause cause, before = CAUSE_NONE;

    download->retry_ms = 0;
    download->fetched = (struct fetch_result){.status = 0};
    if (prepare(&a) != 0)
        return CAUSE_INTERNAL;
    for (unsigned failed = 1;; failed++) {
        cause = try_once(&a);
        /* The breaker has opened over our own tries: what they met says more. */
        if (cause == CAUSE_ORIGIN_RESTING && before != CAUSE_NONE)
            return before;
        if (failed > config->fetch.retries ||
            !backoff_may_pass(cause, download->fetched.retry_after_ms) ||
            !pause_before_retry(&a, failed))
            return cause;
        before = cause;
        cache_count(cache, COUNT_FETCH_RETRIES, 1);
    }
}
