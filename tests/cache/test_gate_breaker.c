/* SPDX-License-Identifier: MIT
 *
 * The gate to the origins: its breakers, which all processes share.
 */
#include <criterion/criterion.h>
#include <unistd.h>

#include "base/clock.h"
#include "cache/gate_rig.h"

TestSuite(gate_breaker, .init = gate_set_up, .fini = gate_tear_down);

Test(gate_breaker, a_breaker_counts_the_failures_of_all_and_opens_for_all)
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
    ASSERT_VERDICT(enter_here(0), GATE_REST);
}

Test(gate_breaker, a_rest_takes_no_slot)
{
    struct actor a[1];

    rules.slots = 1;
    start(a, 1);
    fail_here(0, 3);
    ASSERT_VERDICT(enter_here(0), GATE_REST);
    ASSERT_VERDICT(enter(&a[0], 1), GATE_PASS);
}

Test(gate_breaker, a_success_in_between_starts_the_count_anew)
{
    fail_here(0, 2);
    ASSERT_VERDICT(enter_here(0), GATE_PASS);
    leave_here(0, &(struct gate_outcome){.cause = CAUSE_NONE});
    fail_here(0, 2);
    ASSERT_VERDICT(enter_here(0), GATE_PASS);
}

Test(gate_breaker, without_a_limit_no_breaker_opens)
{
    rules.breaker.failures = 0;
    fail_here(0, 50);
    ASSERT_VERDICT(enter_here(0), GATE_PASS);
}

/* The origin knows best when it wants to be asked again. */
Test(gate_breaker, retry_after_opens_it_for_all_at_once)
{
    struct actor a[1];
    struct entrance e;

    start(a, 1);
    ASSERT_VERDICT(enter_here(0), GATE_PASS);
    leave_here(0, &(struct gate_outcome){.cause = CAUSE_ORIGIN_BUSY, .retry_after_ms = 30000});
    e = enter(&a[0], 0);
    ASSERT_VERDICT(e, GATE_REST);
    cr_assert_gt(e.wait_ms, 0);
    cr_assert_leq(e.wait_ms, 30000);
}

/* Opens the breaker of origin 0 and waits until its time has come. */
static void open_for_a_moment(void)
{
    struct gate_record record;

    rules.breaker.open_ms = 20;
    fail_here(0, 3);
    /* Not asked whether one may pass: the moment may be over, and this would be the probe. */
    cr_assert_eq(gate_look(cache, origin_name(0), &record), 0);
    cr_assert_eq(record.breaker.state, BREAKER_OPEN);
    for (int64_t now_ms; (now_ms = clock_boot_ms()) < record.breaker.until_ms;)
        clock_sleep_ms(record.breaker.until_ms - now_ms);
}

Test(gate_breaker, one_probe_goes_first_and_closes_it_for_all)
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

Test(gate_breaker, a_probe_that_fails_opens_it_for_longer)
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
Test(gate_breaker, of_a_rush_one_is_the_probe)
{
    enum { RUSH = 8 };
    struct actor a[RUSH];
    unsigned passed = 0, probes = 0;

    rules.breaker.open_ms = 20;
    start(a, RUSH);
    open_for_a_moment();
    for (unsigned i = 0; i < RUSH; i++)
        tell_to_enter(&a[i], 0);
    for (unsigned i = 0; i < RUSH; i++) {
        struct entrance e = answer_of(&a[i]);

        passed += e.verdict == GATE_PASS;
        probes += e.probe;
    }
    cr_assert_eq(passed, 1);
    cr_assert_eq(probes, 1);
}

Test(gate_breaker, a_probe_that_gives_up_leaves_its_place_to_the_next)
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

Test(gate_breaker, a_probe_that_never_reports_is_replaced)
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
    e = enter_here(0);
    ASSERT_VERDICT(e, GATE_PASS);
    cr_assert(e.probe);
}

/* Who has to wait for a slot must not count as a probe that is under way. */
Test(gate_breaker, a_probe_that_finds_no_slot_is_none)
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
    e = enter_here(0);
    ASSERT_VERDICT(e, GATE_PASS);
    cr_assert(e.probe);
}
