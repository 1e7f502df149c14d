/* SPDX-License-Identifier: MIT
 *
 * The gate to the origins, which is one for all processes: slots, and what is
 * known of origins.
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "cache/gate_rig.h"
#include "cache/state.h"
#include "kv/kv.h"

TestSuite(gate, .init = gate_set_up, .fini = gate_tear_down);

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
    ASSERT_VERDICT(enter_here(2), GATE_FULL);
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
    ASSERT_VERDICT(enter_here(1), GATE_FULL);
    leave(&a[0], 0, CAUSE_NONE);
    ASSERT_VERDICT(enter_here(0), GATE_PASS);
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
    ASSERT_VERDICT(enter_here(0), GATE_FULL);
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
    ASSERT_VERDICT(enter_here(0), GATE_PASS);
}

Test(gate, a_worker_is_not_in_its_own_way)
{
    rules.slots = 1;
    ASSERT_VERDICT(enter_here(0), GATE_PASS);
    ASSERT_VERDICT(enter_here(1), GATE_PASS);
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
            tell_to_enter(&a[i], i);
        for (unsigned i = 0; i < RUSH; i++) {
            passed[i] = answer_of(&a[i]).verdict == GATE_PASS;
            count += passed[i];
        }
        cr_assert_eq(count, SLOTS);
        for (unsigned i = 0; i < RUSH; i++)
            if (passed[i])
                leave(&a[i], i, CAUSE_NONE);
    }
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
    struct entrance e = enter_here(origin);

    ASSERT_VERDICT(e, GATE_PASS);
    outcome.probe = e.probe;
    leave_here(origin, &outcome);
}

Test(gate, outcomes_are_counted_for_each_origin)
{
    int64_t before_ms = clock_wall_ms();
    struct gate_record r;

    cr_assert_eq(origins_on_record(), 0);
    visit(0, (struct gate_outcome){.cause = CAUSE_NONE, .elapsed_ms = 100, .bytes = 5000});
    visit(0, (struct gate_outcome){.not_modified = true, .elapsed_ms = 200, .bytes = 10});
    visit(0, (struct gate_outcome){.cause = CAUSE_ORIGIN_NOT_FOUND, .elapsed_ms = 1000});
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
    cr_assert_eq(r.mean_ms, 224, "(7 * 100 + 200) / 8 is 113, (7 * 113 + 1000) / 8 is 224");
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
    cr_assert_eq(r.mean_ms, 224, "of fetches that came to something");
    cr_assert_eq(r.breaker.failures, 0, "who denies access is well");

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
    ASSERT_VERDICT(enter_here(GATE_ORIGINS_MAX), GATE_PASS);
    leave_here(GATE_ORIGINS_MAX, &(struct gate_outcome){.cause = CAUSE_NONE});
    cr_assert_eq(origins_on_record(), GATE_ORIGINS_MAX);
    fail_here(0, 3);
    ASSERT_VERDICT(enter_here(0), GATE_REST);
    /* Its slots are counted all the same. */
    rules.slots = 1;
    start(a, 1);
    ASSERT_VERDICT(enter_here(GATE_ORIGINS_MAX), GATE_PASS);
    ASSERT_VERDICT(enter(&a[0], 1), GATE_FULL);
    leave_here(GATE_ORIGINS_MAX, &(struct gate_outcome){.cause = CAUSE_NONE});
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
    e = enter_here(0);
    leave_here(0, &(struct gate_outcome){.cause = CAUSE_ORIGIN_TIMEOUT});
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
