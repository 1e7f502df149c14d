/* SPDX-License-Identifier: MIT
 *
 * What an observation says of a scoreboard that was filled by hand.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "cache/fixture.h"
#include "cache/gate.h"
#include "cache/queue.h"
#include "serve/observation.h"

#define MINUTE INT64_C(60000)
#define QUARTER (15 * MINUTE)

static struct fixture f;
static struct cache *cache;
static struct observation o;
static int64_t now; /* the beginning of the running minute; another may begin while a test runs */

static void set_up(void)
{
    static struct config_source sources[] = {{.name = "demo"}, {.name = "azure"}};

    fixture_open(&f, 1 << 20);
    f.config.sources = sources;
    f.config.source_count = 2;
    cache = fixture_worker(&f);
    now = clock_wall_ms() / MINUTE * MINUTE;
}

static void tear_down(void)
{
    observation_free(&o);
    cache_close(&cache);
    fixture_close(&f);
}

TestSuite(observe, .init = set_up, .fini = tear_down);

static void look(void)
{
    cr_assert_eq(observation_take(&f.config, cache, NULL, &o), 0);
}

/* Somebody comes in the minute that began so many minutes ago, and then there are requests. */
static void come(int64_t minutes_ago, uint64_t requests)
{
    scoreboard_tick(cache_scoreboard(cache), now - minutes_ago * MINUTE + 100);
    cache_count(cache, COUNT_REQUESTS, requests);
}

static const struct observed_step *step_from(const struct observed_step *steps, size_t count,
                                             int64_t from_ms)
{
    for (size_t i = 0; i < count; i++)
        if (steps[i].from_ms == from_ms)
            return &steps[i];
    return NULL;
}

/* The requests in the minute that began so many minutes ago; -1 if they are unknown. */
static int64_t requests_in(int64_t minutes_ago)
{
    const struct observed_step *step = step_from(o.hour, OBSERVED_HOUR,
                                                 now - minutes_ago * MINUTE);

    cr_assert_not_null(step, "%ld minutes ago", (long)minutes_ago);
    return step->known ? (int64_t)step->counters[COUNT_REQUESTS] : -1;
}

/* ---- what happened when ---- */

Test(observe, what_was_counted_shows_in_its_minute)
{
    for (int64_t m = 10; m >= 0; m--)
        come(m, (uint64_t)m);
    look();
    for (int64_t m = 10; m >= 0; m--)
        cr_assert_eq(requests_in(m), m, "%ld minutes ago", (long)m);
    cr_assert_eq(o.total.counters[COUNT_REQUESTS], 55);
}

Test(observe, steps_follow_each_other_up_to_now)
{
    look();
    for (int i = 1; i < OBSERVED_HOUR; i++)
        cr_assert_eq(o.hour[i].from_ms, o.hour[i - 1].to_ms);
    for (int i = 1; i < OBSERVED_DAY; i++)
        cr_assert_eq(o.day[i].from_ms, o.day[i - 1].to_ms);
    cr_assert_eq(o.hour[0].to_ms - o.hour[0].from_ms, MINUTE);
    cr_assert_eq(o.day[0].to_ms - o.day[0].from_ms, QUARTER);
    cr_assert_eq(o.hour[OBSERVED_HOUR - 1].to_ms, o.now_ms);
    cr_assert_eq(o.day[OBSERVED_DAY - 1].to_ms, o.now_ms);
    cr_assert_eq(o.hour[OBSERVED_HOUR - 1].from_ms, o.now_ms / MINUTE * MINUTE);
    cr_assert_eq(o.day[OBSERVED_DAY - 1].from_ms, o.now_ms / QUARTER * QUARTER);
}

Test(observe, a_gap_without_traffic_shows_none)
{
    come(30, 7);
    come(10, 3);
    look();
    cr_assert_eq(requests_in(30), 7, "in its minute, not in the one that ended the gap");
    for (int64_t m = 29; m > 10; m--)
        cr_assert_eq(requests_in(m), 0, "%ld minutes ago", (long)m);
    cr_assert_eq(requests_in(10), 3);
    for (int64_t m = 9; m >= 0; m--)
        cr_assert_eq(requests_in(m), 0, "%ld minutes ago", (long)m);
}

Test(observe, what_was_before_the_first_sample_is_unknown)
{
    cache_count(cache, COUNT_REQUESTS, 1000);
    come(20, 1);
    look();
    for (int64_t m = 50; m > 20; m--)
        cr_assert_eq(requests_in(m), -1, "%ld minutes ago", (long)m);
    cr_assert_eq(requests_in(20), 1);
    cr_assert_eq(requests_in(19), 0);
    cr_assert_eq(o.last_hour.counters[COUNT_REQUESTS], 1);
    cr_assert_eq(o.total.counters[COUNT_REQUESTS], 1001);
}

Test(observe, a_scoreboard_without_history_knows_nothing)
{
    cache_count(cache, COUNT_REQUESTS, 5);
    look();
    for (int i = 0; i < OBSERVED_HOUR; i++)
        cr_assert_not(o.hour[i].known);
    for (int i = 0; i < OBSERVED_DAY; i++)
        cr_assert_not(o.day[i].known);
    cr_assert_not(o.last_hour.known);
    cr_assert_not(o.last_day.known);
    cr_assert_eq(o.total.counters[COUNT_REQUESTS], 5);
}

Test(observe, the_running_step_goes_up_to_now)
{
    come(1, 2);
    come(0, 3);
    look();
    cr_assert_eq(requests_in(0), 3);
    cache_count(cache, COUNT_REQUESTS, 4);
    observation_free(&o);
    look();
    cr_assert_eq(requests_in(0), 7);
    cr_assert_eq(requests_in(1), 2);
}

Test(observe, a_running_step_in_which_nobody_came_is_empty)
{
    come(3, 2);
    look();
    cr_assert_eq(requests_in(3), 2);
    cr_assert_eq(requests_in(0), 0);
    cr_assert(o.day[OBSERVED_DAY - 1].known || o.now_ms % QUARTER < 3 * MINUTE);
}

Test(observe, quarters_of_an_hour_hold_their_minutes)
{
    int64_t first = now / QUARTER * QUARTER - 2 * QUARTER; /* of a whole one, not the running */
    int64_t ago = (now - first) / MINUTE;
    const struct observed_step *step;

    come(ago + 1, 100);
    come(ago, 1);
    come(ago - 7, 10);
    come(ago - 14, 20);
    come(ago - 15, 1000);
    look();
    step = step_from(o.day, OBSERVED_DAY, first);
    cr_assert_not_null(step);
    cr_assert(step->known);
    cr_assert_eq(step->counters[COUNT_REQUESTS], 31);
    step = step_from(o.day, OBSERVED_DAY, first + QUARTER);
    cr_assert(step->known);
    cr_assert_eq(step->counters[COUNT_REQUESTS], 1000);
    step = step_from(o.day, OBSERVED_DAY, first - QUARTER);
    cr_assert(step->known, "the first sample lies in it");
    cr_assert_eq(step->counters[COUNT_REQUESTS], 100);
    cr_assert_not(step_from(o.day, OBSERVED_DAY, first - 2 * QUARTER)->known);
}

/* The observation's day begins up to a quarter of an hour later than a day ago. */
Test(observe, sums_are_of_the_last_hour_and_the_last_day)
{
    come(25 * 60 - 2, 1);
    come(23 * 60, 10);
    come(2 * 60, 100);
    come(50, 1000);
    come(0, 10000);
    look();
    cr_assert(o.last_hour.known && o.last_day.known);
    cr_assert_eq(o.last_hour.counters[COUNT_REQUESTS], 11000);
    cr_assert_eq(o.last_day.counters[COUNT_REQUESTS], 11110);
    cr_assert_eq(o.last_hour.from_ms, o.hour[0].from_ms);
    cr_assert_eq(o.last_hour.to_ms, o.now_ms);
    cr_assert_eq(o.last_day.from_ms, o.day[0].from_ms);
    cr_assert_eq(o.last_day.to_ms, o.now_ms);
}

Test(observe, sums_begin_with_the_first_step_that_is_known)
{
    come(20, 1);
    look();
    cr_assert(o.last_hour.known);
    cr_assert_eq(o.last_hour.from_ms, now - 20 * MINUTE);
}

Test(observe, counters_that_went_backwards_are_unknown)
{
    come(6, 100);
    come(5, 100);
    atomic_store(&cache_slot(cache)->counters[COUNT_REQUESTS], 50);
    come(4, 3);
    come(3, 4);
    look();
    cr_assert_eq(requests_in(6), 100);
    cr_assert_eq(requests_in(5), -1);
    cr_assert_eq(requests_in(4), 3);
    cr_assert_eq(requests_in(3), 4);
    cr_assert_eq(o.last_hour.counters[COUNT_REQUESTS], 107);
}

Test(observe, latencies_show_in_their_minute_as_well)
{
    const struct observed_step *step;

    come(5, 1);
    scoreboard_latency(cache_slot(cache), LATENCY_HIT, 150);
    come(4, 1);
    scoreboard_latency(cache_slot(cache), LATENCY_HIT, 150);
    scoreboard_latency(cache_slot(cache), LATENCY_MISS, 90);
    come(3, 1);
    look();
    step = step_from(o.hour, OBSERVED_HOUR, now - 4 * MINUTE);
    cr_assert_eq(step->latency[LATENCY_HIT][1], 1);
    cr_assert_eq(step->latency[LATENCY_MISS][0], 1);
    cr_assert_eq(step->latency_us[LATENCY_MISS], 90);
    cr_assert_eq(o.last_hour.latency[LATENCY_HIT][1], 2);
    cr_assert_eq(o.last_hour.latency_us[LATENCY_HIT], 300);
    cr_assert_eq(o.total.latency_us[LATENCY_HIT], 300);
}

/* ---- who is there ---- */

struct other {
    pid_t pid;
    int leave; /* a byte tells it to go */
};

/* Another process of this role, that does this for the source until it may leave. */
static struct other start_other(enum cache_role role, enum worker_state state, int source)
{
    struct other other;
    int ready[2], leave[2];
    char byte;

    cr_assert_eq(pipe(ready), 0);
    cr_assert_eq(pipe(leave), 0);
    other.pid = fork();
    cr_assert_geq(other.pid, 0);
    if (other.pid == 0) {
        char error[CONFIG_ERROR_MAX];
        struct cache *own;

        close(leave[1]);
        if (cache_open(&f.config, role, &own, error) != 0)
            _exit(1);
        cache_state(own, state);
        cache_source(own, source);
        if (write(ready[1], "r", 1) != 1 || read(leave[0], &byte, 1) < 0)
            _exit(1);
        _exit(0);
    }
    close(ready[1]);
    close(leave[0]);
    cr_assert_eq(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    other.leave = leave[1];
    return other;
}

static void end_other(struct other *other)
{
    int status;

    cr_assert_eq(write(other->leave, "l", 1), 1);
    close(other->leave);
    cr_assert_eq(waitpid(other->pid, &status, 0), other->pid);
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static const struct observed_worker *worker_of(pid_t pid)
{
    for (size_t i = 0; i < o.worker_count; i++)
        if (o.workers[i].pid == pid)
            return &o.workers[i];
    return NULL;
}

Test(observe, a_worker_alone_is_idle)
{
    cache_count(cache, COUNT_REQUESTS, 9);
    look();
    cr_assert_eq(o.worker_count, 1);
    cr_assert_eq(o.workers[0].pid, getpid());
    cr_assert_eq(o.workers[0].slot, 0);
    cr_assert_eq(o.workers[0].kind, KIND_WORKER);
    cr_assert_eq(o.workers[0].state, WORKER_IDLE);
    cr_assert_eq(o.workers[0].for_ms, -1, "nobody looks at the clock for a hit");
    cr_assert_geq(o.workers[0].up_ms, 0);
    cr_assert_eq(o.workers[0].requests, 9);
    cr_assert_null(o.workers[0].source);
    cr_assert_eq(o.busy_workers, 0);
}

Test(observe, the_living_are_shown_with_what_they_do)
{
    struct other fetching = start_other(CACHE_WORKER, WORKER_FETCHING, 1);
    struct other waiting = start_other(CACHE_WORKER, WORKER_WAITING, 0);
    struct other rendering = start_other(CACHE_WORKER, WORKER_RENDERING, 0);
    struct other keeper = start_other(CACHE_KEEPER, WORKER_FETCHING, 0);
    const struct observed_worker *w;

    look();
    cr_assert_eq(o.worker_count, 5);
    cr_assert_eq(o.busy_workers, 2, "the keeper's fetches take no worker");
    w = worker_of(fetching.pid);
    cr_assert_not_null(w);
    cr_assert_eq(w->state, WORKER_FETCHING);
    cr_assert_geq(w->for_ms, 0);
    cr_assert_str_eq(w->source, "azure");
    w = worker_of(keeper.pid);
    cr_assert_not_null(w);
    cr_assert_eq(w->kind, KIND_KEEPER);
    cr_assert_str_eq(w->source, "demo");
    end_other(&fetching);
    end_other(&waiting);
    end_other(&rendering);
    end_other(&keeper);
}

Test(observe, the_dead_are_not_shown_but_what_they_counted_is)
{
    struct other other = start_other(CACHE_WORKER, WORKER_FETCHING, 0);

    scoreboard_count(scoreboard_slot(cache_scoreboard(cache), 1), COUNT_REQUESTS, 3);
    end_other(&other);
    look();
    cr_assert_eq(o.worker_count, 1);
    cr_assert_eq(o.busy_workers, 0);
    cr_assert_eq(o.total.counters[COUNT_REQUESTS], 3);
}

Test(observe, a_source_that_is_not_configured_has_no_name)
{
    cache_source(cache, 2);
    look();
    cr_assert_null(o.workers[0].source);
}

/* ---- the rest ---- */

static void fetch_from(const char *origin)
{
    const struct gate_request request = {
        .origin = origin, .slots = 100, .origin_slots = 100, .timeout_ms = 10000};
    const struct gate_outcome outcome = {.cause = CAUSE_NONE, .bytes = 123};
    int64_t wait_ms;
    bool probe;

    cr_assert_eq(gate_enter(cache, &request, &probe, &wait_ms), GATE_PASS);
    gate_leave(cache, &request, &outcome);
}

static const struct gate_record *origin_called(const char *origin)
{
    for (size_t i = 0; i < o.origin_count; i++)
        if (strcmp(o.origins[i].origin, origin) == 0)
            return &o.origins[i];
    return NULL;
}

Test(observe, every_origin_is_there)
{
    char origin[64];

    for (int i = 0; i < 50; i++) {
        snprintf(origin, sizeof origin, "https://host-%d.example:443", i);
        fetch_from(origin);
    }
    look();
    cr_assert_eq(o.origin_count, 50);
    for (int i = 0; i < 50; i++) {
        const struct gate_record *record;

        snprintf(origin, sizeof origin, "https://host-%d.example:443", i);
        record = origin_called(origin);
        cr_assert_not_null(record, "%s", origin);
        cr_assert_eq(record->fetched, 1);
        cr_assert_eq(record->bytes, 123);
    }
}

Test(observe, an_empty_cache_has_nothing_to_show)
{
    look();
    cr_assert_eq(o.origin_count, 0);
    cr_assert_null(o.origins);
    cr_assert_eq(o.queued, 0);
    cr_assert_not(o.keeper_alive);
    cr_assert_eq(o.index.entries, 0);
    cr_assert_eq(o.index.limit, 1 << 20);
}

Test(observe, work_and_who_does_it)
{
    struct digest key;

    cr_assert_eq(cache_key("demo/a", &key), 0);
    cr_assert_eq(queue_add(cache, QUEUE_REFRESH, &key, "demo/a"), 0);
    cr_assert_eq(fixture_insert(cache, "demo/b", 1, 100), 0);
    cr_assert_eq(cache_become_keeper(cache), 0);
    look();
    cr_assert_eq(o.queued, 1);
    cr_assert(o.keeper_alive);
    cr_assert_eq(o.index.entries, 1);
}

Test(observe, the_disk_of_the_state_directory)
{
    look();
    cr_assert_gt(o.disk_size, 0);
    cr_assert_leq(o.disk_free, o.disk_size);
}

Test(observe, a_disk_that_cannot_be_asked_spoils_nothing_else)
{
    struct config elsewhere = f.config;

    elsewhere.state_dir = "/nonexistent/state";
    cr_assert_eq(observation_take(&elsewhere, cache, NULL, &o), 0);
    cr_assert_eq(o.disk_size, 0);
    cr_assert_eq(o.disk_free, 0);
    cr_assert_eq(o.worker_count, 1);
}

Test(observe, can_be_freed_twice)
{
    fetch_from("https://host.example:443");
    look();
    observation_free(&o);
    observation_free(&o);
    cr_assert_eq(o.origin_count, 0);
    cr_assert_eq(o.worker_count, 0);
}
