/* SPDX-License-Identifier: MIT */
#include "origin/backoff.h"

#include <criterion/criterion.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

Test(backoff, what_may_pass)
{
    static const struct {
        enum cause cause;
        int64_t retry_after_ms;
        bool may;
    } cases[] = {
        {CAUSE_ORIGIN_UNREACHABLE, 0, true},
        {CAUSE_ORIGIN_TRUNCATED, 0, true},
        {CAUSE_ORIGIN_ERROR, 0, true},
        {CAUSE_ORIGIN_BUSY, 1000, true},
        {CAUSE_ORIGIN_BUSY, 0, false},
        {CAUSE_NONE, 0, false},
        {CAUSE_ORIGIN_TIMEOUT, 0, false},
        {CAUSE_ORIGIN_NOT_FOUND, 0, false},
        {CAUSE_ORIGIN_FORBIDDEN, 0, false},
        {CAUSE_ORIGIN_DENIED, 0, false},
        {CAUSE_ORIGIN_BAD_STATUS, 1000, false},
        {CAUSE_ORIGIN_TOO_LARGE, 0, false},
        {CAUSE_ORIGIN_REDIRECTS, 0, false},
        {CAUSE_ORIGIN_ENCODED, 0, false},
        {CAUSE_ORIGIN_RESTING, 1000, false},
        {CAUSE_PICTURE_TYPE, 0, false},
        {CAUSE_BUSY, 0, false},
        {CAUSE_INTERNAL, 0, false},
        {CAUSE_CLIENT_GONE, 0, false},
    };

    for (size_t i = 0; i < COUNT(cases); i++)
        cr_expect_eq(backoff_may_pass(cases[i].cause, cases[i].retry_after_ms), cases[i].may,
                     "%s", cause_info(cases[i].cause)->name);
}

Test(backoff, bound_doubles_up_to_two_seconds)
{
    static const struct {
        unsigned attempt;
        int64_t bound;
    } cases[] = {
        {0, 100},   {1, 100},   {2, 200},        {3, 400},  {4, 800},
        {5, 1600},  {6, 2000},  {7, 2000},       {64, 2000}, {65, 2000},
        {1000, 2000}, {~0u, 2000},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        unsigned attempt = cases[i].attempt;
        int64_t bound = cases[i].bound;

        cr_expect_eq(backoff_pause_ms(attempt, 0, 0), 0, "%u", attempt);
        cr_expect_eq(backoff_pause_ms(attempt, 0, (uint64_t)bound), bound, "%u", attempt);
        cr_expect_eq(backoff_pause_ms(attempt, 0, (uint64_t)bound + 1), 0, "%u", attempt);
    }
}

Test(backoff, jitter_is_full)
{
    uint64_t random = 88172645463325252u; /* xorshift64 (Marsaglia 2003) */
    unsigned tenths[10] = {0};

    for (unsigned i = 0; i < 10000; i++) {
        int64_t pause;

        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        pause = backoff_pause_ms(6, 0, random);
        cr_assert(pause >= 0 && pause <= 2000);
        tenths[pause == 2000 ? 9 : pause / 200]++;
    }
    for (unsigned i = 0; i < 10; i++)
        cr_expect(tenths[i] > 850 && tenths[i] < 1150, "%u: %u", i, tenths[i]);
}

Test(backoff, never_before_the_origin_says)
{
    cr_expect_eq(backoff_pause_ms(1, 7000, 0), 7000);
    cr_expect_eq(backoff_pause_ms(1, 7000, 100), 7100, "and not all of them at once");
    cr_expect_eq(backoff_pause_ms(1, -5, 50), 50);
    for (uint64_t random = 0; random < 5000; random++)
        cr_assert_geq(backoff_pause_ms(9, 3600000, random), 3600000);
}
