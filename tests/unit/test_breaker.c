/* SPDX-License-Identifier: MIT
 *
 * The breaker's states. Each script is a row of steps with what must hold after
 * each; time is the test's own.
 */
#include "cache/breaker.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define PROBE_MS 5000
#define OPEN_MS 1000

static const struct breaker_rules rules = {.failures = 3, .open_ms = OPEN_MS};

enum act { ASK, NOTE, NOTE_PROBE };

struct step {
    int64_t now;
    enum act act;
    enum cause cause;               /* NOTE */
    int64_t retry_after;            /* NOTE */
    enum breaker_verdict verdict;   /* ASK */
    int64_t wait;                   /* ASK */
    enum breaker_state after;
};

#define PASSES(now, state) {now, ASK, 0, 0, BREAKER_PASS, 0, state}
#define PROBES(now) {now, ASK, 0, 0, BREAKER_PROBE, 0, BREAKER_HALF_OPEN}
#define RESTS(now, wait, state) {now, ASK, 0, 0, BREAKER_REST, wait, state}
#define FAILS(now, state) {now, NOTE, CAUSE_ORIGIN_ERROR, 0, 0, 0, state}
#define SAYS(now, cause, state) {now, NOTE, cause, 0, 0, 0, state}
#define SAYS_LATER(now, ms, state) {now, NOTE, CAUSE_ORIGIN_BUSY, ms, 0, 0, state}
#define PROBE_SAYS(now, cause, state) {now, NOTE_PROBE, cause, 0, 0, 0, state}
#define PROBE_SAYS_LATER(now, ms, state) {now, NOTE_PROBE, CAUSE_ORIGIN_BUSY, ms, 0, 0, state}

static void play(const struct breaker_rules *by, const struct step *steps, size_t count)
{
    struct breaker b = {.state = BREAKER_CLOSED};

    for (size_t i = 0; i < count; i++) {
        const struct step *s = &steps[i];

        if (s->act == ASK) {
            int64_t wait = -1;
            enum breaker_verdict verdict = breaker_ask(&b, by, s->now, PROBE_MS, &wait);

            cr_assert_eq(verdict, s->verdict, "step %zu: verdict %d", i, (int)verdict);
            cr_assert_eq(wait, s->wait, "step %zu: wait %lld", i, (long long)wait);
        } else {
            breaker_note(&b, by, s->act == NOTE_PROBE, s->cause, s->retry_after, s->now, 0);
        }
        cr_assert_eq(b.state, s->after, "step %zu: %s", i, breaker_state_name(b.state));
    }
}

#define OPENED \
    FAILS(0, BREAKER_CLOSED), FAILS(0, BREAKER_CLOSED), FAILS(0, BREAKER_OPEN)

Test(breaker, opens_at_the_limit)
{
    const struct step steps[] = {
        PASSES(0, BREAKER_CLOSED), FAILS(1, BREAKER_CLOSED),
        PASSES(2, BREAKER_CLOSED), FAILS(3, BREAKER_CLOSED),
        PASSES(4, BREAKER_CLOSED), FAILS(5, BREAKER_OPEN),
        RESTS(6, 999, BREAKER_OPEN),
    };

    play(&rules, steps, COUNT(steps));
}

Test(breaker, counts_failures_in_a_row)
{
    const struct step steps[] = {
        FAILS(0, BREAKER_CLOSED), FAILS(0, BREAKER_CLOSED), SAYS(0, CAUSE_NONE, BREAKER_CLOSED),
        FAILS(0, BREAKER_CLOSED), FAILS(0, BREAKER_CLOSED), SAYS(0, CAUSE_NONE, BREAKER_CLOSED),
        OPENED,
    };

    play(&rules, steps, COUNT(steps));
}

/* An origin that says no is well. */
Test(breaker, any_answer_ends_the_row)
{
    static const enum cause answers[] = {CAUSE_ORIGIN_NOT_FOUND, CAUSE_ORIGIN_DENIED};

    for (size_t i = 0; i < COUNT(answers); i++) {
        const struct step steps[] = {
            FAILS(0, BREAKER_CLOSED), FAILS(0, BREAKER_CLOSED), SAYS(0, answers[i], BREAKER_CLOSED),
            FAILS(0, BREAKER_CLOSED), FAILS(0, BREAKER_CLOSED), FAILS(0, BREAKER_OPEN),
        };

        play(&rules, steps, COUNT(steps));
    }
}

Test(breaker, what_says_nothing_neither_counts_nor_ends_the_row)
{
    const struct step steps[] = {
        FAILS(0, BREAKER_CLOSED),
        SAYS(0, CAUSE_CLIENT_GONE, BREAKER_CLOSED),
        FAILS(0, BREAKER_CLOSED),
        SAYS(0, CAUSE_INTERNAL, BREAKER_CLOSED),
        FAILS(0, BREAKER_OPEN),
    };

    play(&rules, steps, COUNT(steps));
}

Test(breaker, refuses_while_open_and_says_for_how_long)
{
    const struct step steps[] = {
        OPENED,
        RESTS(0, 1000, BREAKER_OPEN), RESTS(1, 999, BREAKER_OPEN), RESTS(999, 1, BREAKER_OPEN),
        PROBES(1000),
    };

    play(&rules, steps, COUNT(steps));
}

Test(breaker, half_open_lets_one_probe_pass)
{
    const struct step steps[] = {
        OPENED, PROBES(2000),
        RESTS(2000, 5000, BREAKER_HALF_OPEN), RESTS(2001, 4999, BREAKER_HALF_OPEN),
        PROBE_SAYS(2500, CAUSE_NONE, BREAKER_CLOSED),
        PASSES(2500, BREAKER_CLOSED), PASSES(2500, BREAKER_CLOSED),
    };

    play(&rules, steps, COUNT(steps));
}

Test(breaker, success_forgets_all)
{
    const struct step steps[] = {
        OPENED, PROBES(1000), PROBE_SAYS(1000, CAUSE_ORIGIN_ERROR, BREAKER_OPEN),
        PROBES(3000), PROBE_SAYS(3000, CAUSE_NONE, BREAKER_CLOSED),
        /* the whole limit again, and the first rest again */
        FAILS(4000, BREAKER_CLOSED), FAILS(4000, BREAKER_CLOSED), FAILS(4000, BREAKER_OPEN),
        RESTS(4000, 1000, BREAKER_OPEN),
    };

    play(&rules, steps, COUNT(steps));
}

Test(breaker, failed_probe_doubles_the_rest_up_to_the_maximum)
{
    struct breaker b = {.state = BREAKER_CLOSED};
    int64_t now = 0, expected = OPEN_MS, wait;

    for (unsigned i = 0; i < rules.failures; i++)
        breaker_note(&b, &rules, false, CAUSE_ORIGIN_TIMEOUT, 0, now, 0);
    for (unsigned i = 0; i < 100; i++) {
        cr_assert_eq(breaker_ask(&b, &rules, now, PROBE_MS, &wait), BREAKER_REST);
        cr_assert_eq(wait, expected, "opening %u: %lld", i, (long long)wait);
        now += wait;
        cr_assert_eq(breaker_ask(&b, &rules, now, PROBE_MS, &wait), BREAKER_PROBE);
        breaker_note(&b, &rules, true, CAUSE_ORIGIN_UNREACHABLE, 0, now, 0);
        expected = expected * 2 < BREAKER_OPEN_MAX_MS ? expected * 2 : BREAKER_OPEN_MAX_MS;
    }
    cr_expect_eq(expected, BREAKER_OPEN_MAX_MS);
}

Test(breaker, late_failures_of_others_are_no_news)
{
    const struct step steps[] = {
        OPENED,
        FAILS(900, BREAKER_OPEN), SAYS(900, CAUSE_ORIGIN_TIMEOUT, BREAKER_OPEN),
        RESTS(900, 100, BREAKER_OPEN),
        PROBES(1000), FAILS(1001, BREAKER_HALF_OPEN),
        RESTS(1001, 4999, BREAKER_HALF_OPEN),
        PROBE_SAYS(1002, CAUSE_ORIGIN_ERROR, BREAKER_OPEN),
        PROBE_SAYS(1003, CAUSE_ORIGIN_ERROR, BREAKER_OPEN), /* one that had been given up */
        RESTS(1003, 1999, BREAKER_OPEN),
    };

    play(&rules, steps, COUNT(steps));
}

Test(breaker, late_success_of_others_closes)
{
    const struct step steps[] = {
        OPENED, SAYS(500, CAUSE_NONE, BREAKER_CLOSED), PASSES(500, BREAKER_CLOSED),
        OPENED, PROBES(1000), SAYS(1001, CAUSE_NONE, BREAKER_CLOSED), PASSES(1001, BREAKER_CLOSED),
    };

    play(&rules, steps, COUNT(steps));
}

Test(breaker, vanished_probe_is_replaced_after_its_deadline)
{
    const struct step steps[] = {
        OPENED, PROBES(1000),
        RESTS(5999, 1, BREAKER_HALF_OPEN), PROBES(6000), RESTS(6001, 4999, BREAKER_HALF_OPEN),
        PROBE_SAYS(6002, CAUSE_NONE, BREAKER_CLOSED),
    };

    play(&rules, steps, COUNT(steps));
}

Test(breaker, probe_without_an_outcome_frees_its_place)
{
    static const enum cause nothing[] = {CAUSE_CLIENT_GONE, CAUSE_INTERNAL,
                                         CAUSE_ORIGIN_FORBIDDEN, CAUSE_BAD_REQUEST};

    for (size_t i = 0; i < COUNT(nothing); i++) {
        const struct step steps[] = {
            OPENED, PROBES(1000), RESTS(1001, 4999, BREAKER_HALF_OPEN),
            PROBE_SAYS(1002, nothing[i], BREAKER_HALF_OPEN),
            PROBES(1002), RESTS(1003, 4999, BREAKER_HALF_OPEN),
        };

        play(&rules, steps, COUNT(steps));
    }
}

Test(breaker, others_without_an_outcome_leave_the_probe_its_place)
{
    const struct step steps[] = {
        OPENED, PROBES(1000),
        SAYS(1001, CAUSE_CLIENT_GONE, BREAKER_HALF_OPEN),
        SAYS(1001, CAUSE_ORIGIN_NOT_FOUND, BREAKER_HALF_OPEN),
        RESTS(1001, 4999, BREAKER_HALF_OPEN),
    };

    play(&rules, steps, COUNT(steps));
}

Test(breaker, probe_that_gets_an_answer_closes)
{
    static const enum cause answers[] = {CAUSE_NONE, CAUSE_ORIGIN_NOT_FOUND, CAUSE_ORIGIN_DENIED,
                                         CAUSE_ORIGIN_BAD_STATUS, CAUSE_ORIGIN_TOO_LARGE,
                                         CAUSE_ORIGIN_REDIRECTS, CAUSE_ORIGIN_ENCODED,
                                         CAUSE_PICTURE_TYPE};

    for (size_t i = 0; i < COUNT(answers); i++) {
        const struct step steps[] = {
            OPENED, PROBES(1000), PROBE_SAYS(1001, answers[i], BREAKER_CLOSED),
            PASSES(1001, BREAKER_CLOSED),
        };

        play(&rules, steps, COUNT(steps));
    }
}

Test(breaker, retry_after_opens_at_once)
{
    const struct step steps[] = {
        SAYS_LATER(0, 7000, BREAKER_OPEN), RESTS(0, 7000, BREAKER_OPEN),
        SAYS_LATER(1000, 2000, BREAKER_OPEN), /* ends earlier: changes nothing */
        RESTS(1000, 6000, BREAKER_OPEN),
        SAYS_LATER(1000, 9000, BREAKER_OPEN), RESTS(1000, 9000, BREAKER_OPEN),
        PROBES(10000), PROBE_SAYS_LATER(10000, 30, BREAKER_OPEN), RESTS(10000, 30, BREAKER_OPEN),
        PROBES(10030), SAYS_LATER(10031, 400, BREAKER_OPEN), RESTS(10031, 400, BREAKER_OPEN),
        PROBES(10431), PROBE_SAYS(10432, CAUSE_NONE, BREAKER_CLOSED),
    };

    play(&rules, steps, COUNT(steps));
}

Test(breaker, retry_after_is_bounded)
{
    const struct step steps[] = {
        SAYS_LATER(0, INT64_C(3600000), BREAKER_OPEN), RESTS(0, BREAKER_OPEN_MAX_MS, BREAKER_OPEN),
    };

    play(&rules, steps, COUNT(steps));
}

Test(breaker, failed_probe_after_retry_after_doubles_too)
{
    const struct step steps[] = {
        SAYS_LATER(0, 50, BREAKER_OPEN), PROBES(50),
        PROBE_SAYS(50, CAUSE_ORIGIN_ERROR, BREAKER_OPEN), RESTS(50, 2 * OPEN_MS, BREAKER_OPEN),
    };

    play(&rules, steps, COUNT(steps));
}

Test(breaker, limit_of_zero_never_opens)
{
    const struct breaker_rules never = {.failures = 0, .open_ms = OPEN_MS};
    struct breaker b = {.state = BREAKER_CLOSED};
    int64_t wait;

    for (unsigned i = 0; i < 1000; i++) {
        cr_assert_eq(breaker_ask(&b, &never, i, PROBE_MS, &wait), BREAKER_PASS);
        breaker_note(&b, &never, false, i % 2 ? CAUSE_ORIGIN_ERROR : CAUSE_ORIGIN_BUSY,
                     i % 3 ? 7000 : 0, i, i);
        cr_assert_eq(b.state, BREAKER_CLOSED);
    }
    /* nor does it keep one open that another configuration has opened */
    b = (struct breaker){.state = BREAKER_OPEN, .until_ms = 1000000};
    cr_expect_eq(breaker_ask(&b, &never, 0, PROBE_MS, &wait), BREAKER_PASS);
    cr_expect_eq(wait, 0);
}

Test(breaker, end_is_spread_by_up_to_a_tenth)
{
    static const struct {
        uint64_t random;
        int64_t wait;
    } cases[] = {{0, 1000}, {1, 1001}, {100, 1100}, {101, 1000}};
    const struct breaker_rules one = {.failures = 1, .open_ms = OPEN_MS};

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct breaker b = {.state = BREAKER_CLOSED};
        int64_t wait;

        breaker_note(&b, &one, false, CAUSE_ORIGIN_ERROR, 0, 0, cases[i].random);
        cr_expect_eq(breaker_ask(&b, &one, 0, PROBE_MS, &wait), BREAKER_REST);
        cr_expect_eq(wait, cases[i].wait, "%lld", (long long)wait);
    }
}

Test(breaker, which_outcomes_count)
{
    static const enum cause counting[] = {CAUSE_ORIGIN_ERROR, CAUSE_ORIGIN_BUSY,
                                          CAUSE_ORIGIN_UNREACHABLE, CAUSE_ORIGIN_TIMEOUT,
                                          CAUSE_ORIGIN_TRUNCATED};

    for (int cause = 0; cause < 100; cause++) {
        bool counts = false;

        for (size_t i = 0; i < COUNT(counting); i++)
            counts = counts || (int)counting[i] == cause;
        cr_expect_eq(breaker_counts((enum cause)cause), counts, "%d", cause);
    }
}

Test(breaker, counters_do_not_wrap)
{
    struct breaker b = {.state = BREAKER_HALF_OPEN, .failures = UINT32_MAX,
                        .openings = UINT32_MAX};
    const struct breaker_rules zero = {.failures = 1, .open_ms = 0};
    int64_t wait;

    breaker_note(&b, &rules, true, CAUSE_ORIGIN_ERROR, 0, 0, 0);
    cr_expect_eq(b.failures, UINT32_MAX);
    cr_expect_eq(b.openings, UINT32_MAX);
    cr_expect_eq(breaker_ask(&b, &rules, 0, PROBE_MS, &wait), BREAKER_REST);
    cr_expect_eq(wait, BREAKER_OPEN_MAX_MS);
    b.state = BREAKER_HALF_OPEN;
    breaker_note(&b, &zero, true, CAUSE_ORIGIN_ERROR, 0, 0, 0);
    cr_expect_eq(b.until_ms, BREAKER_OPEN_MAX_MS, "a rest of nothing grows too");
}

Test(breaker, states_have_names)
{
    cr_expect_str_eq(breaker_state_name(BREAKER_CLOSED), "closed");
    cr_expect_str_eq(breaker_state_name(BREAKER_OPEN), "open");
    cr_expect_str_eq(breaker_state_name(BREAKER_HALF_OPEN), "half-open");
}
