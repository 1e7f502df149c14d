/* SPDX-License-Identifier: MIT
 *
 * The gate to the origins, which is one for all processes.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "cache/actor.h"
#include "cache/gate.h"
#include "cache/state.h"
#include "kv/kv.h"

#define OPEN_MS 60000
#define MARGIN_MS 5000 /* that the gate adds to a fetch's own time */

static struct fixture f;
static struct cache *cache;

/* What all requests of a test have in common; to be set before the actors start. */
static struct gate_request rules;

static void set_up(void)
{
    fixture_open(&f, 1 << 20);
    cache = fixture_worker(&f);
    rules = (struct gate_request){.slots = 100,
                                  .origin_slots = 100,
                                  .breaker = {.failures = 3, .open_ms = OPEN_MS},
                                  .timeout_ms = 10000};
}

static void tear_down(void)
{
    cache_close(&cache);
    fixture_close(&f);
}

TestSuite(gate, .init = set_up, .fini = tear_down);

/* ---- what the processes do ---- */

static const char *origin_name(unsigned origin)
{
    static char text[64];

    snprintf(text, sizeof text, "https://o%u.example:443", origin);
    return text;
}

struct entrance {
    enum gate_verdict verdict;
    bool probe;
    int64_t wait_ms;
};

static struct entrance enter_here(struct cache *c, unsigned origin)
{
    struct gate_request request = rules;
    struct entrance e;

    request.origin = origin_name(origin);
    e.verdict = gate_enter(c, &request, &e.probe, &e.wait_ms);
    return e;
}

static void leave_here(struct cache *c, unsigned origin, const struct gate_outcome *outcome)
{
    struct gate_request request = rules;

    request.origin = origin_name(origin);
    gate_leave(c, &request, outcome);
}

enum { ENTER = 0, LEAVE = 1 };

/* A command is what to do, by which origin, and with what cause. */
static int64_t obey(struct cache *c, int64_t command)
{
    static bool probe;
    unsigned origin = (unsigned)(command >> 1 & 0xff);
    struct entrance e;

    if ((command & 1) == LEAVE) {
        struct gate_outcome outcome = {.probe = probe, .cause = (enum cause)(command >> 9)};

        leave_here(c, origin, &outcome);
        return 0;
    }
    e = enter_here(c, origin);
    probe = e.probe;
    return e.verdict | (e.probe ? 4 : 0) | e.wait_ms << 3;
}

static struct entrance enter(struct actor *a, unsigned origin)
{
    int64_t answer = actor_ask(a, ENTER | (int64_t)origin << 1);

    return (struct entrance){
        .verdict = (enum gate_verdict)(answer & 3), .probe = answer & 4, .wait_ms = answer >> 3};
}

static void leave(struct actor *a, unsigned origin, enum cause cause)
{
    cr_assert_eq(actor_ask(a, LEAVE | (int64_t)origin << 1 | (int64_t)cause << 9), 0);
}

static void start(struct actor *actors, size_t count)
{
    for (size_t i = 0; i < count; i++)
        actor_start(&actors[i], &f, obey);
}

#define ASSERT_VERDICT(entrance, expected) cr_assert_eq((entrance).verdict, expected)

/* ---- slots ---- */

Test(gate, slots_are_bounded_in_all)
{
    struct actor a[4];

    rules.slots = 3;
    start(a, 4);
    ASSERT_VERDICT(enter(&a[0], 0), GATE_PASS);
    ASSERT_VERDICT(enter(&a[1], 1), GATE_PASS);
    ASSERT_VERDICT(enter(&a[2], 0), GATE_PASS);
    ASSERT_VERDICT(enter(&a[3], 2), GATE_FULL);
    ASSERT_VERDICT(enter_here(cache, 2), GATE_FULL);
    leave(&a[1], 1, CAUSE_NONE);
    ASSERT_VERDICT(enter(&a[3], 2), GATE_PASS);
    ASSERT_VERDICT(enter(&a[1], 1), GATE_FULL);
    leave(&a[3], 2, CAUSE_ORIGIN_TIMEOUT);
    ASSERT_VERDICT(enter(&a[1], 1), GATE_PASS);
}

Test(gate, slots_are_bounded_for_each_origin)
{
    struct actor a[4];

    rules.origin_slots = 2;
    start(a, 4);
    ASSERT_VERDICT(enter(&a[0], 0), GATE_PASS);
    ASSERT_VERDICT(enter(&a[1], 0), GATE_PASS);
    ASSERT_VERDICT(enter(&a[2], 0), GATE_FULL);
    ASSERT_VERDICT(enter(&a[2], 1), GATE_PASS);
    ASSERT_VERDICT(enter(&a[3], 1), GATE_PASS);
    ASSERT_VERDICT(enter_here(cache, 1), GATE_FULL);
    leave(&a[0], 0, CAUSE_NONE);
    ASSERT_VERDICT(enter_here(cache, 0), GATE_PASS);
}

Test(gate, a_killed_workers_slot_is_free_at_once)
{
    struct actor a[3];

    rules.slots = 2;
    start(a, 3);
    ASSERT_VERDICT(enter(&a[0], 0), GATE_PASS);
    ASSERT_VERDICT(enter(&a[1], 0), GATE_PASS);
    ASSERT_VERDICT(enter(&a[2], 0), GATE_FULL);
    actor_kill(&a[0]);
    ASSERT_VERDICT(enter(&a[2], 0), GATE_PASS);
    ASSERT_VERDICT(enter_here(cache, 0), GATE_FULL);
}

/* The next worker gets its place on the scoreboard, but is not fetching. */
Test(gate, a_killed_workers_fetch_is_not_inherited)
{
    struct actor a[2];

    rules.slots = 1;
    start(a, 1);
    ASSERT_VERDICT(enter(&a[0], 0), GATE_PASS);
    actor_kill(&a[0]);
    start(a, 2);
    ASSERT_VERDICT(enter(&a[1], 0), GATE_PASS);
    ASSERT_VERDICT(enter(&a[0], 0), GATE_FULL);
}

Test(gate, a_fetch_that_takes_too_long_has_lost_its_slot)
{
    struct actor a[1];

    rules.slots = 1;
    rules.timeout_ms = 10 - MARGIN_MS;
    start(a, 1);
    ASSERT_VERDICT(enter(&a[0], 0), GATE_PASS);
    usleep(20000);
    ASSERT_VERDICT(enter_here(cache, 0), GATE_PASS);
}

Test(gate, a_worker_is_not_in_its_own_way)
{
    rules.slots = 1;
    ASSERT_VERDICT(enter_here(cache, 0), GATE_PASS);
    ASSERT_VERDICT(enter_here(cache, 1), GATE_PASS);
}

/* Many at once want the same few slots: never more get them than there are. */
Test(gate, slots_hold_against_a_rush)
{
    enum { RUSH = 8, SLOTS = 3, ROUNDS = 40 };
    struct actor a[RUSH];

    rules.slots = SLOTS;
    start(a, RUSH);
    for (unsigned round = 0; round < ROUNDS; round++) {
        bool passed[RUSH];
        unsigned count = 0;

        for (unsigned i = 0; i < RUSH; i++)
            actor_tell(&a[i], ENTER | (int64_t)i << 1);
        for (unsigned i = 0; i < RUSH; i++) {
            passed[i] = (actor_answer(&a[i]) & 3) == GATE_PASS;
            count += passed[i];
        }
        cr_assert_eq(count, SLOTS);
        for (unsigned i = 0; i < RUSH; i++)
            if (passed[i])
                leave(&a[i], i, CAUSE_NONE);
    }
}

/* ---- breakers ---- */

static void fail_here(unsigned origin, unsigned times)
{
    for (unsigned i = 0; i < times; i++) {
        struct entrance e = enter_here(cache, origin);

        ASSERT_VERDICT(e, GATE_PASS);
        leave_here(cache, origin,
                   &(struct gate_outcome){.probe = e.probe, .cause = CAUSE_ORIGIN_TIMEOUT});
    }
}

Test(gate, a_breaker_counts_the_failures_of_all_and_opens_for_all)
{
    struct actor a[3];
    struct entrance e;

    start(a, 3);
    for (unsigned i = 0; i < 3; i++) {
        ASSERT_VERDICT(enter(&a[i], 0), GATE_PASS);
        leave(&a[i], 0, CAUSE_ORIGIN_UNREACHABLE);
    }
    for (unsigned i = 0; i < 3; i++) {
        e = enter(&a[i], 0);
        ASSERT_VERDICT(e, GATE_REST);
        cr_assert_gt(e.wait_ms, 0);
        cr_assert_leq(e.wait_ms, OPEN_MS + OPEN_MS / 10);
        cr_assert_not(e.probe);
        ASSERT_VERDICT(enter(&a[i], 1), GATE_PASS);
        leave(&a[i], 1, CAUSE_NONE);
    }
    /* Who comes later finds it open, too. */
    cache_close(&cache);
    cache = fixture_worker(&f);
    ASSERT_VERDICT(enter_here(cache, 0), GATE_REST);
}

Test(gate, a_rest_takes_no_slot)
{
    struct actor a[1];

    rules.slots = 1;
    start(a, 1);
    fail_here(0, 3);
    ASSERT_VERDICT(enter_here(cache, 0), GATE_REST);
    ASSERT_VERDICT(enter(&a[0], 1), GATE_PASS);
}

Test(gate, a_success_in_between_starts_the_count_anew)
{
    fail_here(0, 2);
    ASSERT_VERDICT(enter_here(cache, 0), GATE_PASS);
    leave_here(cache, 0, &(struct gate_outcome){.cause = CAUSE_NONE});
    fail_here(0, 2);
    ASSERT_VERDICT(enter_here(cache, 0), GATE_PASS);
}

Test(gate, without_a_limit_no_breaker_opens)
{
    rules.breaker.failures = 0;
    fail_here(0, 50);
    ASSERT_VERDICT(enter_here(cache, 0), GATE_PASS);
}

/* The origin knows best when it wants to be asked again. */
Test(gate, retry_after_opens_it_for_all_at_once)
{
    struct actor a[1];
    struct entrance e;

    start(a, 1);
    ASSERT_VERDICT(enter_here(cache, 0), GATE_PASS);
    leave_here(cache, 0,
               &(struct gate_outcome){.cause = CAUSE_ORIGIN_BUSY, .retry_after_ms = 30000});
    e = enter(&a[0], 0);
    ASSERT_VERDICT(e, GATE_REST);
    cr_assert_gt(e.wait_ms, 0);
    cr_assert_leq(e.wait_ms, 30000);
}

/* Opens the breaker of origin 0 and waits until its time has come. */
static void open_for_a_moment(void)
{
    struct entrance e;

    rules.breaker.open_ms = 20;
    fail_here(0, 3);
    e = enter_here(cache, 0);
    ASSERT_VERDICT(e, GATE_REST);
    cr_assert_gt(e.wait_ms, 0);
    clock_sleep_ms(e.wait_ms);
}

Test(gate, one_probe_goes_first_and_closes_it_for_all)
{
    struct actor a[3];
    struct entrance e;

    open_for_a_moment();
    start(a, 3);
    e = enter(&a[0], 0);
    ASSERT_VERDICT(e, GATE_PASS);
    cr_assert(e.probe);
    for (unsigned i = 1; i < 3; i++) {
        e = enter(&a[i], 0);
        ASSERT_VERDICT(e, GATE_REST);
        cr_assert_gt(e.wait_ms, 0, "as long as the probe may take");
        cr_assert_not(e.probe);
    }
    leave(&a[0], 0, CAUSE_NONE);
    for (unsigned i = 0; i < 3; i++) {
        e = enter(&a[i], 0);
        ASSERT_VERDICT(e, GATE_PASS);
        cr_assert_not(e.probe);
    }
}

Test(gate, a_probe_that_fails_opens_it_for_longer)
{
    struct actor a[2];
    struct entrance e;

    open_for_a_moment();
    rules.breaker.open_ms = OPEN_MS;
    start(a, 2);
    e = enter(&a[0], 0);
    cr_assert(e.probe);
    leave(&a[0], 0, CAUSE_ORIGIN_ERROR);
    e = enter(&a[1], 0);
    ASSERT_VERDICT(e, GATE_REST);
    cr_assert_gt(e.wait_ms, OPEN_MS, "twice as long as the first time");
    cr_assert_leq(e.wait_ms, 2 * OPEN_MS + 2 * OPEN_MS / 10);
}

/* Of many that come at once when the time is over, one may ask. */
Test(gate, of_a_rush_one_is_the_probe)
{
    enum { RUSH = 8 };
    struct actor a[RUSH];
    unsigned passed = 0, probes = 0;

    rules.breaker.open_ms = 20;
    start(a, RUSH);
    open_for_a_moment();
    for (unsigned i = 0; i < RUSH; i++)
        actor_tell(&a[i], ENTER);
    for (unsigned i = 0; i < RUSH; i++) {
        int64_t answer = actor_answer(&a[i]);

        passed += (answer & 3) == GATE_PASS;
        probes += (answer & 4) != 0;
    }
    cr_assert_eq(passed, 1);
    cr_assert_eq(probes, 1);
}

Test(gate, a_probe_that_gives_up_leaves_its_place_to_the_next)
{
    struct actor a[2];
    struct entrance e;

    open_for_a_moment();
    start(a, 2);
    e = enter(&a[0], 0);
    cr_assert(e.probe);
    leave(&a[0], 0, CAUSE_CLIENT_GONE);
    e = enter(&a[1], 0);
    ASSERT_VERDICT(e, GATE_PASS);
    cr_assert(e.probe);
}

Test(gate, a_probe_that_never_reports_is_replaced)
{
    struct actor a[1];
    struct entrance e;

    open_for_a_moment();
    rules.timeout_ms = 10 - MARGIN_MS;
    start(a, 1);
    e = enter(&a[0], 0);
    cr_assert(e.probe);
    actor_kill(&a[0]);
    usleep(20000);
    e = enter_here(cache, 0);
    ASSERT_VERDICT(e, GATE_PASS);
    cr_assert(e.probe);
}

/* Who has to wait for a slot must not count as a probe that is under way. */
Test(gate, a_probe_that_finds_no_slot_is_none)
{
    struct actor a[2];
    struct entrance e;

    open_for_a_moment();
    rules.slots = 1;
    start(a, 2);
    ASSERT_VERDICT(enter(&a[0], 1), GATE_PASS);
    e = enter(&a[1], 0);
    ASSERT_VERDICT(e, GATE_FULL);
    cr_assert_not(e.probe);
    leave(&a[0], 1, CAUSE_NONE);
    e = enter_here(cache, 0);
    ASSERT_VERDICT(e, GATE_PASS);
    cr_assert(e.probe);
}

/* ---- what is known of origins ---- */

struct search {
    const char *origin;
    struct gate_record record;
    unsigned seen, found;
};

static int compare(const struct gate_record *record, void *context)
{
    struct search *s = context;

    s->seen++;
    if (s->origin && strcmp(record->origin, s->origin) == 0) {
        s->found++;
        s->record = *record;
    }
    return 0;
}

static struct gate_record record_of(unsigned origin)
{
    struct search s = {.origin = origin_name(origin)};

    cr_assert_eq(gate_walk(cache, compare, &s), 0);
    cr_assert_eq(s.found, 1);
    return s.record;
}

static unsigned origins_on_record(void)
{
    struct search s = {.origin = NULL};

    cr_assert_eq(gate_walk(cache, compare, &s), 0);
    return s.seen;
}

static void visit(unsigned origin, struct gate_outcome outcome)
{
    struct entrance e = enter_here(cache, origin);

    ASSERT_VERDICT(e, GATE_PASS);
    outcome.probe = e.probe;
    leave_here(cache, origin, &outcome);
}

Test(gate, outcomes_are_counted_for_each_origin)
{
    int64_t before_ms = clock_wall_ms();
    struct gate_record r;

    cr_assert_eq(origins_on_record(), 0);
    visit(0, (struct gate_outcome){.cause = CAUSE_NONE, .elapsed_ms = 100, .bytes = 5000});
    visit(0, (struct gate_outcome){.not_modified = true, .elapsed_ms = 200, .bytes = 10});
    visit(0, (struct gate_outcome){.cause = CAUSE_ORIGIN_NOT_FOUND, .elapsed_ms = 113});
    r = record_of(0);
    cr_assert_eq(r.fetched, 1);
    cr_assert_eq(r.not_modified, 1);
    cr_assert_eq(r.not_found, 1);
    cr_assert_eq(r.failures, 0);
    cr_assert_eq(r.bytes, 5010);
    cr_assert_eq(r.last_failure, CAUSE_NONE);
    cr_assert_eq(r.last_failure_ms, 0);
    cr_assert_geq(r.last_success_ms, before_ms);
    cr_assert_leq(r.last_success_ms, clock_wall_ms());
    cr_assert_eq(r.mean_ms, 113, "the last ones count most: (7 * 100 + 200) / 8, then no change");
    cr_assert_eq(r.breaker.state, BREAKER_CLOSED);

    visit(0, (struct gate_outcome){.cause = CAUSE_ORIGIN_TRUNCATED, .elapsed_ms = 9000,
                                   .bytes = 7});
    visit(0, (struct gate_outcome){.cause = CAUSE_ORIGIN_DENIED, .elapsed_ms = 9000});
    r = record_of(0);
    cr_assert_eq(r.failures, 2);
    cr_assert_eq(r.last_failure, CAUSE_ORIGIN_DENIED);
    cr_assert_geq(r.last_failure_ms, before_ms);
    cr_assert_leq(r.last_failure_ms, clock_wall_ms());
    cr_assert_eq(r.bytes, 5017);
    cr_assert_eq(r.mean_ms, 113, "of fetches that came to something");
    cr_assert_eq(r.breaker.failures, 1, "only the one that says trouble");

    /* What says nothing about the origin is not held against it. */
    visit(0, (struct gate_outcome){.cause = CAUSE_CLIENT_GONE, .elapsed_ms = 9000, .bytes = 3});
    visit(0, (struct gate_outcome){.cause = CAUSE_INTERNAL, .elapsed_ms = 9000});
    r = record_of(0);
    cr_assert_eq(r.failures, 2);
    cr_assert_eq(r.fetched + r.not_modified + r.not_found, 3);
    cr_assert_eq(r.last_failure, CAUSE_ORIGIN_DENIED);
    cr_assert_eq(r.bytes, 5020);

    visit(1, (struct gate_outcome){.cause = CAUSE_NONE, .elapsed_ms = 7, .bytes = 1});
    r = record_of(1);
    cr_assert_eq(r.fetched, 1);
    cr_assert_eq(r.bytes, 1);
    cr_assert_eq(r.mean_ms, 7);
    cr_assert_eq(origins_on_record(), 2);
}

Test(gate, an_open_breaker_is_seen)
{
    fail_here(0, 3);
    cr_assert_eq(record_of(0).breaker.state, BREAKER_OPEN);
    cr_assert_gt(record_of(0).breaker.until_ms, clock_boot_ms());
    cr_assert_eq(record_of(0).failures, 3);
}

Test(gate, fetches_under_way_are_counted)
{
    struct actor a[3];

    start(a, 3);
    ASSERT_VERDICT(enter(&a[0], 0), GATE_PASS);
    ASSERT_VERDICT(enter(&a[1], 0), GATE_PASS);
    ASSERT_VERDICT(enter(&a[2], 1), GATE_PASS);
    cr_assert_eq(record_of(0).in_flight, 2);
    cr_assert_eq(record_of(1).in_flight, 1);
    leave(&a[0], 0, CAUSE_NONE);
    cr_assert_eq(record_of(0).in_flight, 1);
    actor_kill(&a[1]);
    cr_assert_eq(record_of(0).in_flight, 0);
    cr_assert_eq(record_of(1).in_flight, 1);
}

static int stop(const struct gate_record *record, void *context)
{
    (void)record;
    return ++*(int *)context == 2 ? 7 : 0;
}

Test(gate, a_walk_ends_when_told_to)
{
    int seen = 0;

    for (unsigned i = 0; i < 5; i++)
        visit(i, (struct gate_outcome){.cause = CAUSE_NONE});
    cr_assert_eq(gate_walk(cache, stop, &seen), 7);
    cr_assert_eq(seen, 2);
}

/* What is on record of origins is bounded, fetching is not. */
Test(gate, too_many_origins_go_without_a_breaker, .timeout = 60)
{
    struct actor a[1];

    for (unsigned i = 0; i < GATE_ORIGINS_MAX; i++)
        visit(i, (struct gate_outcome){.cause = CAUSE_NONE});
    cr_assert_eq(origins_on_record(), GATE_ORIGINS_MAX);
    fail_here(GATE_ORIGINS_MAX, 5);
    ASSERT_VERDICT(enter_here(cache, GATE_ORIGINS_MAX), GATE_PASS);
    leave_here(cache, GATE_ORIGINS_MAX, &(struct gate_outcome){.cause = CAUSE_NONE});
    cr_assert_eq(origins_on_record(), GATE_ORIGINS_MAX);
    fail_here(0, 3);
    ASSERT_VERDICT(enter_here(cache, 0), GATE_REST);
    /* Its slots are counted all the same. */
    rules.slots = 1;
    start(a, 1);
    ASSERT_VERDICT(enter_here(cache, GATE_ORIGINS_MAX), GATE_PASS);
    ASSERT_VERDICT(enter(&a[0], 1), GATE_FULL);
    leave_here(cache, GATE_ORIGINS_MAX, &(struct gate_outcome){.cause = CAUSE_NONE});
    ASSERT_VERDICT(enter(&a[0], 1), GATE_PASS);
}

Test(gate, longer_names_than_fit_are_cut_and_not_confused)
{
    char long_name[2][GATE_ORIGIN_MAX + 100];
    struct gate_request request = rules;
    struct search s = {.origin = NULL};
    int64_t wait_ms;
    bool probe;

    for (unsigned i = 0; i < 2; i++) {
        memset(long_name[i], 'a', sizeof long_name[i] - 1);
        long_name[i][sizeof long_name[i] - 2] = (char)('0' + i);
        long_name[i][sizeof long_name[i] - 1] = '\0';
        request.origin = long_name[i];
        cr_assert_eq(gate_enter(cache, &request, &probe, &wait_ms), GATE_PASS);
        gate_leave(cache, &request, &(struct gate_outcome){.cause = CAUSE_NONE});
    }
    long_name[0][GATE_ORIGIN_MAX - 1] = '\0';
    s.origin = long_name[0];
    cr_assert_eq(gate_walk(cache, compare, &s), 0);
    cr_assert_eq(s.found, 2);
    cr_assert_eq(s.record.fetched, 1);
}

/* ---- trouble with the table ---- */

static void ignore(int signal)
{
    (void)signal;
}

/* A limit on file sizes stands in for a full disk. */
static void limit_file_size(rlim_t bytes)
{
    struct rlimit limit = {.rlim_cur = bytes, .rlim_max = RLIM_INFINITY};

    signal(SIGXFSZ, ignore);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* Pictures that could be had must not be missing because a note cannot be taken. */
Test(gate, a_table_that_cannot_be_written_lets_pass)
{
    struct entrance e;

    visit(0, (struct gate_outcome){.cause = CAUSE_NONE});
    limit_file_size(0);
    e = enter_here(cache, 0);
    leave_here(cache, 0, &(struct gate_outcome){.cause = CAUSE_ORIGIN_TIMEOUT});
    limit_file_size(RLIM_INFINITY);
    ASSERT_VERDICT(e, GATE_PASS);
    cr_assert_not(e.probe);
    cr_assert_eq(record_of(0).fetched, 1);
    cr_assert_eq(record_of(0).failures, 0, "it could not be noted");
}

static int spoil_body(struct kv_txn *txn, void *context)
{
    unsigned char bytes[600];
    const struct kv_slice *key = context;
    int rc;

    memset(bytes, 0xff, sizeof bytes);
    rc = kv_put(txn, RUN_ORIGINS, *key, (struct kv_slice){bytes, sizeof bytes});
    return rc ? rc
              : kv_put(txn, RUN_FETCHES, (struct kv_slice){"x", 1},
                       (struct kv_slice){bytes, sizeof bytes});
}

Test(gate, records_of_no_format_we_know_are_replaced)
{
    struct digest digest;
    struct kv_slice key = {digest.bytes, DIGEST_SIZE};
    struct search s = {.origin = NULL};

    cr_assert_eq(digest_of(origin_name(0), strlen(origin_name(0)), &digest), 0);
    cr_assert_eq(kv_update(cache->run, spoil_body, &key), 0);
    cr_assert_eq(gate_walk(cache, compare, &s), 0);
    cr_assert_eq(s.seen, 0);
    rules.slots = 1;
    visit(0, (struct gate_outcome){.cause = CAUSE_NONE});
    cr_assert_eq(record_of(0).fetched, 1);
}
