/* SPDX-License-Identifier: MIT */
#include "unit/observation_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOW_MS INT64_C(1749565925000) /* 2025-06-10 14:32:05 UTC */
#define BOOT_MS INT64_C(864000000)
#define MINUTE_MS INT64_C(60000)
#define QUARTER_MS (15 * MINUTE_MS)
#define GIB (UINT64_C(1) << 30)

static uint64_t state;

static uint64_t below(uint64_t limit) /* xorshift64 */
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return limit ? state % limit : 0;
}

static uint64_t about(uint64_t mean)
{
    return mean / 2 + below(mean + 1);
}

/* Hours of little and of much traffic, in hundredths. */
static uint64_t tide(int64_t at_ms)
{
    static const unsigned hours[24] = {30, 22, 18, 15, 14, 18, 30, 55, 85, 100, 105, 100,
                                       95, 100, 110, 105, 95, 85, 80, 75, 70, 60, 50, 40};

    return hours[at_ms / 3600000 % 24];
}

static void fill_latency(struct observed_step *s, enum latency_kind kind, uint64_t count,
                         unsigned peak)
{
    static const unsigned shape[] = {4, 12, 26, 28, 16, 8, 4, 2};

    for (unsigned i = 0; i < sizeof shape / sizeof *shape; i++) {
        uint64_t n = count * shape[i] / 100;

        s->latency[kind][peak - 2 + i] += n;
        s->latency_us[kind] += n * (UINT64_C(75) << (peak - 2 + i));
    }
}

static void fill_step(struct observed_step *s, int64_t from_ms, int64_t to_ms, uint64_t requests,
                      bool bad)
{
    uint64_t misses = about(requests * (bad ? 22 : 6) / 100);
    uint64_t *c = s->counters;

    s->known = true;
    s->from_ms = from_ms;
    s->to_ms = to_ms;
    c[COUNT_REQUESTS] = requests;
    c[COUNT_MISSES] = misses < requests ? misses : requests;
    c[COUNT_ERRORS] = bad ? about(c[COUNT_MISSES] / 3) : below(1 + requests / 400);
    if (c[COUNT_ERRORS] > requests - c[COUNT_MISSES])
        c[COUNT_ERRORS] = requests - c[COUNT_MISSES];
    c[COUNT_HITS] = requests - c[COUNT_MISSES] - (bad ? 0 : c[COUNT_ERRORS]);
    c[COUNT_STALE] = bad ? about(c[COUNT_MISSES] / 3) : below(1 + c[COUNT_MISSES] / 8);
    c[COUNT_NOT_MODIFIED] = c[COUNT_HITS] / 5;
    c[COUNT_FALLBACKS] = c[COUNT_ERRORS] / 2;
    c[COUNT_FETCHES] = c[COUNT_MISSES];
    c[COUNT_FETCH_FAILURES] = bad ? about(c[COUNT_MISSES] / 2) : c[COUNT_ERRORS] / 2;
    c[COUNT_SERVER_ERRORS] = bad ? c[COUNT_ERRORS] - c[COUNT_ERRORS] / 8 : c[COUNT_ERRORS] / 4;
    c[COUNT_NOT_FOUND] = c[COUNT_ERRORS] / 8;
    c[COUNT_REVALIDATED] = c[COUNT_MISSES] / 5;
    c[COUNT_FETCHED_BYTES] = c[COUNT_FETCHES] * 23456;
    c[COUNT_RENDERS] = c[COUNT_MISSES];
    c[COUNT_INSERTS] = c[COUNT_MISSES] * 3 / 2;
    c[COUNT_EVICTIONS] = about(c[COUNT_INSERTS]);
    c[COUNT_EVICTED_BYTES] = c[COUNT_EVICTIONS] * 8192;
    c[COUNT_REFRESHES] = c[COUNT_STALE];
    c[COUNT_UPLOADS] = requests / 300;
    c[COUNT_UPLOADS_REFUSED] = bad ? requests / 400 : 0;
    c[COUNT_DELETIONS] = requests / 3000;
    c[COUNT_BUSY] = bad ? below(3) : 0;
    c[COUNT_RENDERER_DEATHS] = bad && below(20) == 0;
    fill_latency(s, LATENCY_HIT, c[COUNT_HITS], 2);
    fill_latency(s, LATENCY_MISS, c[COUNT_MISSES], bad ? 12 : 10);
}

static void add_step(struct observed_step *sum, const struct observed_step *s)
{
    if (!s->known)
        return;
    if (!sum->known)
        sum->from_ms = s->from_ms;
    sum->known = true;
    sum->to_ms = s->to_ms;
    for (int c = 0; c < COUNTERS; c++)
        sum->counters[c] += s->counters[c];
    for (int k = 0; k < LATENCY_KINDS; k++) {
        for (int b = 0; b < LATENCY_BUCKETS; b++)
            sum->latency[k][b] += s->latency[k][b];
        sum->latency_us[k] += s->latency_us[k];
    }
}

static void fill_steps(struct observed_step *steps, size_t count, int64_t step_ms,
                       uint64_t requests, bool bad, struct observed_step *sum)
{
    int64_t running = NOW_MS / step_ms * step_ms;

    for (size_t i = 0; i < count; i++) {
        int64_t from = running - (int64_t)(count - 1 - i) * step_ms;
        bool now = i + 1 == count, gap = bad && i > count / 6 && i < count / 4;
        uint64_t expected = about(requests * tide(from) / 100) * 2 / 3 + requests / 5;

        if (now)
            expected = expected * (uint64_t)(NOW_MS - running) / (uint64_t)step_ms;
        if (!gap)
            fill_step(&steps[i], from, now ? NOW_MS : from + step_ms, expected,
                      bad && i > count / 2);
        add_step(sum, &steps[i]);
    }
}

static void fill_traffic(struct observation *o, bool bad)
{
    fill_steps(o->hour, OBSERVED_HOUR, MINUTE_MS, 640, bad, &o->last_hour);
    fill_steps(o->day, OBSERVED_DAY, QUARTER_MS, 9600, bad, &o->last_day);
    o->total.at_ms = NOW_MS;
    memcpy(o->total.latency, o->last_day.latency, sizeof o->total.latency);
    for (int c = 0; c < COUNTERS; c++)
        o->total.counters[c] = 9 * o->last_day.counters[c];
    for (int k = 0; k < LATENCY_KINDS; k++)
        o->total.latency_us[k] = o->last_day.latency_us[k];
}

static void fill_origin(struct gate_record *g, const char *name, uint64_t fetched)
{
    snprintf(g->origin, sizeof g->origin, "%s", name);
    g->fetched = fetched;
    g->not_modified = fetched / 4;
    g->not_found = fetched / 20;
    g->failures = fetched / 300;
    g->bytes = fetched * 24000;
    g->mean_ms = 80 + (int64_t)below(300);
    g->last_success_ms = NOW_MS - (int64_t)below(90000);
    g->in_flight = (uint32_t)below(3);
}

static void origin_fails(struct gate_record *g, enum cause cause, int64_t ago_ms)
{
    g->last_failure = cause;
    g->last_failure_ms = NOW_MS - ago_ms;
}

static void fill_origins(struct observation *o, bool bad)
{
    static const char *const names[] = {
        "https://gravatar.com:443", "https://dev.azure.com:443", "http://pictures.example:8080",
        "https://avatars.example.org:443", "https://cdn.example.net:443"};

    for (size_t i = 0; i < o->origin_count && i < 5; i++)
        fill_origin(&o->origins[i], names[i], UINT64_C(81234) >> (2 * i));
    if (o->origin_count < 4)
        return;
    origin_fails(&o->origins[0], CAUSE_ORIGIN_TIMEOUT, 5 * 3600000);
    origin_fails(&o->origins[3], CAUSE_ORIGIN_DENIED, 3 * 86400000);
    if (!bad)
        return;
    o->origins[2].breaker = (struct breaker){BREAKER_OPEN, 9, 3, BOOT_MS + 42500};
    o->origins[2].failures = 812;
    origin_fails(&o->origins[2], CAUSE_ORIGIN_UNREACHABLE, 17000);
    o->origins[3].breaker = (struct breaker){BREAKER_HALF_OPEN, 5, 1, BOOT_MS + 9000};
    origin_fails(&o->origins[3], CAUSE_ORIGIN_ERROR, 63000);
    o->origins[1].breaker.failures = 1;
    origin_fails(&o->origins[1], CAUSE_ORIGIN_BUSY, 1000);
}

static void become_keeper(struct observed_worker *worker, size_t *busy_workers)
{
    *busy_workers -= worker->state == WORKER_FETCHING;
    worker->kind = KIND_KEEPER;
    worker->state = WORKER_EVICTING;
    worker->for_ms = 1800;
    worker->source = NULL;
}

static void fill_workers(struct observation *o, bool bad)
{
    static const uint32_t states[] = {WORKER_IDLE,    WORKER_FETCHING, WORKER_IDLE,
                                      WORKER_SERVING, WORKER_IDLE,     WORKER_RENDERING,
                                      WORKER_IDLE,    WORKER_WAITING};

    for (size_t i = 0; i < o->worker_count; i++) {
        struct observed_worker *worker = &o->workers[i];

        worker->slot = (unsigned)i;
        worker->pid = 4100 + (int64_t)i * 3;
        worker->kind = KIND_WORKER;
        worker->state = bad && i % 3 ? WORKER_FETCHING : states[i % 8];
        worker->for_ms = -1;
        worker->up_ms = (int64_t)below(40) * 3600000 + (int64_t)below(3600000);
        worker->requests = below(90000);
        if (worker->state == WORKER_FETCHING || worker->state == WORKER_WAITING ||
            worker->state == WORKER_RENDERING) {
            worker->for_ms = (int64_t)below(bad ? 9000 : 400);
            worker->source = i % 2 ? "gravatar" : "azure";
            o->busy_workers += worker->state != WORKER_RENDERING;
        }
        if (i == 8)
            become_keeper(worker, &o->busy_workers);
    }
}

static void fill_extreme(struct observation *o)
{
    const uint64_t most = UINT64_MAX;

    fill_traffic(o, false);
    for (int c = 0; c < COUNTERS; c++) {
        o->last_hour.counters[c] = o->last_day.counters[c] = most;
        o->total.counters[c] = most;
        o->hour[30].counters[c] = most;
        o->day[7].counters[c] = most / 3;
    }
    for (int k = 0; k < LATENCY_KINDS; k++) {
        o->last_hour.latency_us[k] = o->total.latency_us[k] = most;
        for (int b = 0; b < LATENCY_BUCKETS; b++)
            o->last_hour.latency[k][b] = o->total.latency[k][b] = most / LATENCY_BUCKETS;
    }
    for (size_t i = 0; i < o->origin_count; i++) {
        char name[GATE_ORIGIN_MAX];

        snprintf(name, sizeof name, "https://host-%zu.%0*d.example:443", i,
                 i % 7 == 0 ? 200 : 3, 0);
        fill_origin(&o->origins[i], name, i % 3 ? most / (i + 1) : below(100000));
        if (i % 9 == 4)
            o->origins[i].breaker = (struct breaker){BREAKER_OPEN, UINT32_MAX, 40, INT64_MAX};
        o->origins[i].mean_ms = i % 5 ? o->origins[i].mean_ms : INT64_MAX;
        o->origins[i].bytes = i % 4 ? o->origins[i].bytes : most;
        if (i % 2)
            origin_fails(&o->origins[i], CAUSE_ORIGIN_TRUNCATED, NOW_MS - INT64_MIN / 2);
    }
    for (size_t i = 0; i < o->worker_count; i++) {
        o->workers[i].requests = most - i;
        o->workers[i].up_ms = INT64_MAX;
        o->workers[i].pid = INT64_MAX;
    }
}

static void *allocated(size_t count, size_t size)
{
    void *memory = calloc(count ? count : 1, size);

    if (!memory)
        abort();
    return memory;
}

static void fill_room(struct observation *o, enum observed_day day)
{
    o->index = (struct index_stats){.entries = 43321, .negatives = 1204, .blobs = 38112,
                                    .published = 2718,
                                    .bytes = GIB * 2 * 71 / 100, .limit = 2 * GIB,
                                    .low_water = GIB * 2 * 9 / 10, .file_bytes = 24 << 20,
                                    .map_bytes = GIB, .readers = 5};
    o->has_store = true;
    o->store = (struct store_stats){.subjects = 812, .versions = 1377, .blobs = 1350,
                                    .bytes = 91234567};
    o->disk_free = 34 * GIB;
    o->disk_size = 100 * GIB;
    if (day == DAY_BAD) {
        o->index.bytes = 2 * GIB + (37 << 20);
        o->disk_free = 600 << 20;
    }
    if (day == DAY_EXTREME) {
        o->index = (struct index_stats){UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX,
                                        UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX,
                                        UINT32_MAX};
        o->store = (struct store_stats){UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX};
        o->disk_free = o->disk_size = UINT64_MAX;
    }
}

struct observed *observed_make(enum observed_day day)
{
    static const size_t workers[] = {1, 9, 12, 500}, origins[] = {0, 5, 5, 200};
    struct observed *made = allocated(1, sizeof *made);
    struct observation *o = &made->o;

    state = UINT64_C(0x9E3779B97F4A7C15);
    made->config.state_dir = strdup("/var/lib/visage");
    if (!made->config.state_dir)
        abort();
    made->config.min_free = GIB;
    o->now_ms = NOW_MS;
    o->boot_ms = BOOT_MS;
    o->worker_count = workers[day];
    o->workers = allocated(o->worker_count, sizeof *o->workers);
    o->origin_count = origins[day];
    o->origins = allocated(o->origin_count, sizeof *o->origins);
    fill_workers(o, day == DAY_BAD);
    o->busy_limit = o->worker_count - o->worker_count / 4;
    if (day == DAY_EMPTY) {
        o->index.limit = 2 * GIB;
        return made;
    }
    fill_room(o, day);
    o->keeper_alive = day == DAY_QUIET;
    o->queued = day == DAY_EXTREME ? UINT64_MAX : day == DAY_BAD ? 231 : 12;
    if (day == DAY_EXTREME) {
        fill_extreme(o);
        return made;
    }
    fill_origins(o, day == DAY_BAD);
    fill_traffic(o, day == DAY_BAD);
    return made;
}

void observed_free(struct observed *observed)
{
    if (!observed)
        return;
    free(observed->config.state_dir);
    free(observed->o.workers);
    free(observed->o.origins);
    free(observed);
}
