/* SPDX-License-Identifier: MIT
 *
 * The rules of RFC 9111 and RFC 5861, one row each. Times in the tables are
 * seconds unless they say otherwise.
 */
#include "http/freshness.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define NOW_S INT64_C(784111777) /* Sun, 06 Nov 1994 08:49:37 GMT */
#define NOW_MS (NOW_S * 1000)
#define NOW "Sun, 06 Nov 1994 08:49:37 GMT"
#define MINUTE_AGO "Sun, 06 Nov 1994 08:48:37 GMT"
#define IN_A_MINUTE "Sun, 06 Nov 1994 08:50:37 GMT"
#define IN_AN_HOUR "Sun, 06 Nov 1994 09:49:37 GMT"
#define MOST INT64_C(2147483648)
#define SAID_NOT (-1)

static struct freshness read_control(const char *cache_control)
{
    const struct freshness_fields fields = {.cache_control = cache_control};
    struct freshness out;

    memset(&out, 0xa5, sizeof out);
    freshness_read(&fields, NOW_MS, NOW_MS, &out);
    return out;
}

enum flag { STORE_NOT = 1, PRIVATE = 2, CACHE_NOT = 4, REVALIDATE = 8 };

static unsigned flags_of(const struct freshness *f)
{
    return (f->no_store ? STORE_NOT : 0u) | (f->is_private ? PRIVATE : 0u) |
           (f->no_cache ? CACHE_NOT : 0u) | (f->must_revalidate ? REVALIDATE : 0u);
}

static const struct {
    const char *cache_control;
    unsigned flags;
    int64_t lifetime; /* SAID_NOT: not explicit */
} controls[] = {
    /* nothing said */
    {NULL, 0, SAID_NOT},
    {"", 0, SAID_NOT},
    {" \t ", 0, SAID_NOT},
    {",,, ,", 0, SAID_NOT},
    {"public", 0, SAID_NOT},
    {"immutable, no-transform, public", 0, SAID_NOT},

    /* the response directives of section 5.2.2 */
    {"max-age=60", 0, 60},
    {"max-age=0", 0, 0},
    {"s-maxage=60", REVALIDATE, 60},
    {"no-store", STORE_NOT, SAID_NOT},
    {"private", PRIVATE, SAID_NOT},
    {"no-cache", CACHE_NOT | REVALIDATE, SAID_NOT},
    {"must-revalidate", REVALIDATE, SAID_NOT},
    {"proxy-revalidate", REVALIDATE, SAID_NOT},
    {"public, max-age=31536000, immutable", 0, 31536000},
    {"no-cache, no-store, must-revalidate", STORE_NOT | CACHE_NOT | REVALIDATE, SAID_NOT},

    /* section 5.2.2.10: for a shared cache s-maxage comes first */
    {"max-age=60, s-maxage=10", REVALIDATE, 10},
    {"s-maxage=600, max-age=60", REVALIDATE, 600},
    {"max-age=60, s-maxage=0", REVALIDATE, 0},

    /* section 5.2.2.3: 200 and 304 are understood */
    {"no-store, must-understand", 0, SAID_NOT},
    {"must-understand, no-store, max-age=5", 0, 5},
    {"must-understand, no-store, private", PRIVATE, SAID_NOT},

    /* names in any case, blanks and empty members wherever the grammar lets them be */
    {"MAX-AGE=60", 0, 60},
    {"No-Store", STORE_NOT, SAID_NOT},
    {"  max-age=60\t,\tprivate ", PRIVATE, 60},
    {",, ,max-age=60,,no-cache,", CACHE_NOT | REVALIDATE, 60},
    {"max-age=60,private", PRIVATE, 60},

    /* both forms of an argument */
    {"max-age=\"60\"", 0, 60},
    {"s-maxage=\"60\" ", REVALIDATE, 60},
    {"max-age=0060", 0, 60},

    /* with field names: as strict as without */
    {"private=\"set-cookie\"", PRIVATE, SAID_NOT},
    {"no-cache=\"set-cookie, x-a\", max-age=60", CACHE_NOT | REVALIDATE, 60},
    {"private=set-cookie", PRIVATE, SAID_NOT},
    {"private=\"\"", PRIVATE, SAID_NOT},
    {"no-store=1", STORE_NOT, SAID_NOT},

    /* what is unknown is passed over, whatever its argument holds */
    {"max-age=60, x-new", 0, 60},
    {"x-new=\"no-store, private\", max-age=60", 0, 60},
    {"x-new=\"a\\\", no-store, b\", max-age=60", 0, 60},
    {"x-new=\"\\\\\", no-store", STORE_NOT, SAID_NOT},
    {"community=\"UCI\", max-age=60", 0, 60},
    {"max-ages=60", 0, SAID_NOT},
    {"max-ag=60", 0, SAID_NOT},
    {"x-max-age=60", 0, SAID_NOT},
    {"no-stores, xprivate", 0, SAID_NOT},
    {"=60", 0, SAID_NOT},
    {"\"no-store\"", 0, SAID_NOT},

    /* of doubles the first counts; of what contradicts itself the strictest */
    {"max-age=60, max-age=600", 0, 60},
    {"max-age=600, max-age=60", 0, 600},
    {"s-maxage=1, s-maxage=9", REVALIDATE, 1},
    {"max-age=x, max-age=60", 0, 0},
    {"public, private", PRIVATE, SAID_NOT},
    {"max-age=600, no-cache", CACHE_NOT | REVALIDATE, 600},
    {"max-age=600, no-store", STORE_NOT, 600},
    {"public, max-age=600, no-store, private", STORE_NOT | PRIVATE, 600},

    /* a lifetime that cannot be read is over */
    {"max-age", 0, 0},
    {"max-age=", 0, 0},
    {"max-age=\"\"", 0, 0},
    {"max-age=-1", 0, 0},
    {"max-age=+60", 0, 0},
    {"max-age=60s", 0, 0},
    {"max-age=1.5", 0, 0},
    {"max-age=0x10", 0, 0},
    {"max-age=1 000", 0, 0},
    {"max-age=\"60\"x", 0, 0},
    {"max-age=\" 60 \"", 0, 0},
    {"max-age='60'", 0, 0},
    {"max-age=max-age=60", 0, 0},
    {"max-age=\xd9\xa1", 0, 0},
    {"s-maxage=soon, max-age=60", REVALIDATE, 0},
    {"max-age:60", 0, SAID_NOT},

    /* blanks around "=" are against the grammar, and what they mean is clear */
    {"max-age =60", 0, 60},
    {"max-age= 60", 0, 60},

    /* section 1.2.2: more than 2^31 counts as 2^31 */
    {"max-age=2147483647", 0, MOST - 1},
    {"max-age=2147483648", 0, MOST},
    {"max-age=2147483649", 0, MOST},
    {"max-age=18446744073709551617", 0, MOST},
    {"max-age=99999999999999999999999999999999999999999999999999", 0, MOST},

    /* a quote that is not closed hides nothing */
    {"x=\"abc, no-store", STORE_NOT, SAID_NOT},
    {"private=\"x, max-age=60", PRIVATE, 60},
    {"max-age=\"60", 0, 0},
    {"max-age=60\"", 0, 0},
    {"max-age=\"", 0, 0},
    {"x=\"\\\"", 0, SAID_NOT},
    {"x=\"\\", 0, SAID_NOT},
    {"x=\"\\, private", PRIVATE, SAID_NOT},

    /* control bytes and bytes beyond ASCII are part of something unknown */
    {"no-store\x01, max-age=60", 0, 60},
    {"\xc3\xa9, max-age=60", 0, 60},
    {"no-store;max-age=60", 0, SAID_NOT},
};

Test(freshness, cache_control)
{
    for (size_t i = 0; i < COUNT(controls); i++) {
        struct freshness f = read_control(controls[i].cache_control);
        const char *shown = controls[i].cache_control ? controls[i].cache_control : "(none)";

        cr_expect_eq(flags_of(&f), controls[i].flags, "[%s]: flags %u", shown, flags_of(&f));
        cr_expect_eq(f.is_explicit, controls[i].lifetime != SAID_NOT, "[%s]", shown);
        cr_expect_eq(f.lifetime_ms,
                     controls[i].lifetime == SAID_NOT ? 0 : controls[i].lifetime * 1000,
                     "[%s]: %lld ms", shown, (long long)f.lifetime_ms);
        cr_expect_eq(f.age_ms, 0, "[%s]", shown);
    }
}

static const struct {
    const char *cache_control;
    int64_t while_revalidate, if_error;
} windows[] = {
    {"max-age=1", SAID_NOT, SAID_NOT},
    {"max-age=1, stale-while-revalidate=30", 30, SAID_NOT},
    {"max-age=1, stale-if-error=40", SAID_NOT, 40},
    {"stale-if-error=\"40\", Stale-While-Revalidate=\"30\"", 30, 40},
    {"stale-while-revalidate=0, stale-if-error=0", 0, 0},
    {"stale-while-revalidate=1, stale-while-revalidate=2", 1, SAID_NOT},
    {"stale-while-revalidate=99999999999999999999", MOST, SAID_NOT},
    {"stale-while-revalidate, stale-if-error=", SAID_NOT, SAID_NOT},
    {"stale-while-revalidate=-5, stale-if-error=soon", SAID_NOT, SAID_NOT},
    {"stale=5", SAID_NOT, SAID_NOT},
};

Test(freshness, stale_windows)
{
    for (size_t i = 0; i < COUNT(windows); i++) {
        struct freshness f = read_control(windows[i].cache_control);
        int64_t refresh = windows[i].while_revalidate, error = windows[i].if_error;

        cr_expect_eq(f.while_revalidate_ms, refresh < 0 ? -1 : refresh * 1000, "[%s]",
                     windows[i].cache_control);
        cr_expect_eq(f.if_error_ms, error < 0 ? -1 : error * 1000, "[%s]",
                     windows[i].cache_control);
    }
}

static const struct {
    const char *cache_control, *expires, *date;
    int64_t lifetime;
} expirations[] = {
    {NULL, IN_A_MINUTE, NOW, 60},
    {NULL, IN_AN_HOUR, IN_A_MINUTE, 3540},
    {NULL, IN_A_MINUTE, MINUTE_AGO, 120},
    {NULL, NOW, NOW, 0},
    {NULL, MINUTE_AGO, NOW, 0},
    {NULL, "Sunday, 06-Nov-94 08:50:37 GMT", NOW, 60},
    {NULL, "Sun Nov  6 08:50:37 1994", NOW, 60},
    {NULL, "Fri, 31 Dec 9999 23:59:59 GMT", NOW, MOST},
    {NULL, "Fri, 31 Dec 9999 23:59:59 GMT", "Sat, 01 Jan 0000 00:00:00 GMT", MOST},
    {NULL, "Sat, 01 Jan 0000 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT", 0},

    /* without a date that can be read: the time it came */
    {NULL, IN_A_MINUTE, NULL, 60},
    {NULL, IN_A_MINUTE, "yesterday", 60},
    {NULL, IN_A_MINUTE, "", 60},
    {NULL, IN_A_MINUTE, NOW ", " MINUTE_AGO, 60},
    {NULL, MINUTE_AGO, NULL, 0},

    /* section 5.3: what is no date lies in the past */
    {NULL, "0", NOW, 0},
    {NULL, "-1", NULL, 0},
    {NULL, "", NOW, 0},
    {NULL, "never", NOW, 0},
    {NULL, "784111837", NOW, 0},
    {NULL, "Sun, 06 Nov 1994 08:50:37 CET", NOW, 0},
    {NULL, "Sun, 06 Nov 1994 08:50:37", NOW, 0},
    {NULL, IN_A_MINUTE ", " IN_A_MINUTE, NOW, 0},

    /* section 5.3: max-age and s-maxage come first, even where they say less */
    {"max-age=10", IN_AN_HOUR, NOW, 10},
    {"max-age=10", "0", NOW, 10},
    {"s-maxage=10", IN_AN_HOUR, NOW, 10},
    {"max-age=x", IN_AN_HOUR, NOW, 0},
    {"public", IN_A_MINUTE, NOW, 60},
    {"stale-if-error=5", IN_A_MINUTE, NOW, 60},
    {"", IN_A_MINUTE, NOW, 60},

    {NULL, NULL, NOW, SAID_NOT},
    {"public", NULL, MINUTE_AGO, SAID_NOT},
};

Test(freshness, expires)
{
    for (size_t i = 0; i < COUNT(expirations); i++) {
        const struct freshness_fields fields = {.cache_control = expirations[i].cache_control,
                                                .expires = expirations[i].expires,
                                                .date = expirations[i].date};
        int64_t expected = expirations[i].lifetime;
        struct freshness f;

        freshness_read(&fields, NOW_MS, NOW_MS, &f);
        cr_expect_eq(f.is_explicit, expected != SAID_NOT, "row %zu", i);
        cr_expect_eq(f.lifetime_ms, expected == SAID_NOT ? 0 : expected * 1000,
                     "row %zu: %lld ms", i, (long long)f.lifetime_ms);
    }
}

/* corrected_initial_age = max(apparent_age, age_value + response_delay) */
static const struct {
    const char *age, *date;
    int64_t delay_ms, expected_ms;
} ages[] = {
    {NULL, NULL, 0, 0},
    {NULL, NOW, 0, 0},
    {NULL, MINUTE_AGO, 0, 60000},
    {NULL, IN_A_MINUTE, 0, 0}, /* its clock is ahead */
    {NULL, "yesterday", 0, 0},
    {"30", NULL, 0, 30000},
    {"30", MINUTE_AGO, 0, 60000},
    {"90", MINUTE_AGO, 0, 90000},
    {"0", MINUTE_AGO, 0, 60000},
    {" 30\t", NULL, 0, 30000},

    /* the delay adds to what was said, not to what is seen */
    {NULL, NOW, 1500, 1500},
    {"30", NULL, 1500, 31500},
    {"30", MINUTE_AGO, 1500, 60000},
    {"59", MINUTE_AGO, 1500, 60500},
    {NULL, NULL, -5000, 0}, /* our own clock was set back meanwhile */
    {"30", NULL, -5000, 30000},

    /* section 5.1: of a list the first; what cannot be read is ignored */
    {"30, 900", NULL, 0, 30000},
    {"x, 900", NULL, 0, 0},
    {"-30", NULL, 0, 0},
    {"3.5", NULL, 0, 0},
    {"\"30\"", NULL, 0, 0},
    {"", NULL, 0, 0},
    {",30", NULL, 0, 0},
    {"30 40", NULL, 0, 0},

    {"2147483648", NULL, 0, MOST * 1000},
    {"99999999999999999999", NULL, 0, MOST * 1000},
    {"2147483647", NULL, 5000, MOST * 1000},
    {NULL, "Sat, 01 Jan 0000 00:00:00 GMT", 0, MOST * 1000},
};

Test(freshness, age)
{
    for (size_t i = 0; i < COUNT(ages); i++) {
        const struct freshness_fields fields = {.age = ages[i].age, .date = ages[i].date};
        struct freshness f;

        freshness_read(&fields, NOW_MS - ages[i].delay_ms, NOW_MS, &f);
        cr_expect_eq(f.age_ms, ages[i].expected_ms, "row %zu: %lld ms", i, (long long)f.age_ms);
    }
}

Test(freshness, date_says_nothing_about_the_rest_of_its_second)
{
    const struct freshness_fields fields = {.cache_control = "max-age=1", .date = NOW};
    struct freshness f;

    freshness_read(&fields, NOW_MS + 999, NOW_MS + 999, &f);
    cr_expect_eq(f.age_ms, 0);
    freshness_read(&fields, NOW_MS + 1000, NOW_MS + 1000, &f);
    cr_expect_eq(f.age_ms, 1000);
}

/* What was made after it was asked for is as old as its way was long. */
Test(freshness, a_second_that_ends_on_the_way_makes_nothing_a_second_older)
{
    const struct freshness_fields fields = {.cache_control = "max-age=100", .date = NOW};
    const struct freshness_policy policy = {.ttl_ms = 3600000, .ttl_max_ms = 86400000};
    struct freshness_times t;
    struct freshness f;

    freshness_read(&fields, NOW_MS + 998, NOW_MS + 1003, &f);
    cr_expect_eq(f.age_ms, 5, "%lld ms", (long long)f.age_ms);
    freshness_apply(&f, &policy, NOW_MS + 1003, &t);
    cr_expect_eq(t.expires_ms, NOW_MS + 998 + 100000);
    freshness_read(&fields, NOW_MS, NOW_MS + 9000, &f);
    cr_expect_eq(f.age_ms, 9000);
    freshness_read(&fields, NOW_MS + 1000, NOW_MS + 1005, &f);
    cr_expect_eq(f.age_ms, 1000, "of the second before it was asked for");
    freshness_read(&fields, NOW_MS + 60998, NOW_MS + 61003, &f);
    cr_expect_eq(f.age_ms, 61000, "older anyway");
}

static const struct {
    const char *cache_control, *pragma;
    bool no_cache;
} pragmas[] = {
    {NULL, "no-cache", true},
    {NULL, "No-Cache", true},
    {NULL, "x-a=\"b\", no-cache", true},
    {NULL, "no-cache=x", true},
    {NULL, "x-no-cache", false},
    {NULL, "cache", false},
    {NULL, "", false},
    {NULL, NULL, false},
    {"max-age=60", "no-cache", false},
    {"", "no-cache", false},
    {"no-cache", "cache", true},
};

Test(freshness, pragma_counts_only_without_cache_control)
{
    for (size_t i = 0; i < COUNT(pragmas); i++) {
        const struct freshness_fields fields = {.cache_control = pragmas[i].cache_control,
                                                .pragma = pragmas[i].pragma,
                                                .expires = IN_A_MINUTE};
        struct freshness f;

        freshness_read(&fields, NOW_MS, NOW_MS, &f);
        cr_expect_eq(f.no_cache, pragmas[i].no_cache, "row %zu", i);
        cr_expect_eq(f.must_revalidate, pragmas[i].no_cache, "row %zu", i);
    }
}

Test(freshness, a_long_field_is_read_to_its_end)
{
    static const char *const fillers[] = {",", "x, ", "x=\"", "a=\"b\", ", "max-age=1, ", "\\\"=",
                                          "=", "x=\"\\\",", "\"\"\"", "private=\"a,b\","};
    size_t size = 1024 * 1024;
    char *field = malloc(size);

    cr_assert_not_null(field);
    for (size_t i = 0; i < COUNT(fillers); i++) {
        size_t step = strlen(fillers[i]), n = 0;

        while (n + step + sizeof ",\", no-store" <= size) {
            memcpy(field + n, fillers[i], step);
            n += step;
        }
        strcpy(field + n, ",\", no-store");
        cr_expect(read_control(field).no_store, "%s", fillers[i]);
    }
    free(field);
}

/* ttl_min, ttl, ttl_max, stale, keep_private */
#define USUAL {0, 3600, 86400, 600, false}
#define KEEPING {0, 3600, 86400, 600, true}

static const struct {
    const char *cache_control, *age;
    struct {
        int64_t ttl_min, ttl, ttl_max, stale;
        bool keep_private;
    } policy;
    bool store;
    int64_t fresh, refresh, stand_in; /* the windows from the end of freshness on */
} meetings[] = {
    /* nothing said: ttl, from the answer on */
    {NULL, NULL, USUAL, true, 3600, 600, 600},
    {NULL, "60", USUAL, true, 3600, 600, 600},

    /* what is left of what is said */
    {"max-age=60", NULL, USUAL, true, 60, 600, 600},
    {"max-age=60", "20", USUAL, true, 40, 600, 600},
    {"max-age=60", "90", USUAL, true, 0, 600, 600},
    {"max-age=0", NULL, USUAL, true, 0, 600, 600},
    {"max-age=0", "2147483648", USUAL, true, 0, 600, 600},

    /* the operator's bounds hold for both */
    {"max-age=86400", NULL, USUAL, true, 86400, 600, 600},
    {"max-age=86401", NULL, USUAL, true, 86400, 600, 600},
    {"max-age=9999999999", NULL, {0, 3600, 315360000, 600, false}, true, 315360000, 600, 600},
    {"max-age=100000", "50000", USUAL, true, 50000, 600, 600},
    {NULL, NULL, {0, 3600, 60, 600, false}, true, 60, 600, 600},
    {"max-age=1", NULL, {30, 3600, 86400, 600, false}, true, 30, 600, 600},
    {"max-age=1", "2147483648", {30, 3600, 86400, 600, false}, true, 30, 600, 600},
    {NULL, NULL, {30, 1, 86400, 600, false}, true, 30, 600, 600},
    {"max-age=40", NULL, {30, 3600, 50, 600, false}, true, 40, 600, 600},
    {"max-age=40", NULL, {50, 50, 50, 600, false}, true, 50, 600, 600},

    /* no-cache is a lifetime of zero, and never stale */
    {"no-cache", NULL, USUAL, true, 0, 0, 0},
    {"no-cache, max-age=60", NULL, USUAL, true, 0, 0, 0},
    {"no-cache", NULL, {30, 3600, 86400, 600, false}, true, 30, 0, 0},

    /* what is stale may not be used */
    {"must-revalidate, max-age=60", NULL, USUAL, true, 60, 0, 0},
    {"proxy-revalidate", NULL, USUAL, true, 3600, 0, 0},
    {"s-maxage=60", NULL, USUAL, true, 60, 0, 0},
    {"must-revalidate, stale-while-revalidate=5, stale-if-error=5", NULL, USUAL, true, 3600, 0, 0},

    /* the origin shortens the windows, and does not lengthen them */
    {"stale-while-revalidate=5, stale-if-error=7", NULL, USUAL, true, 3600, 5, 7},
    {"stale-while-revalidate=5", NULL, USUAL, true, 3600, 5, 600},
    {"stale-if-error=7", NULL, USUAL, true, 3600, 600, 7},
    {"stale-while-revalidate=601, stale-if-error=99999999999", NULL, USUAL, true, 3600, 600, 600},
    {"stale-while-revalidate=0, stale-if-error=0", NULL, USUAL, true, 3600, 0, 0},
    {"stale-while-revalidate=5, stale-if-error=7", NULL, {0, 3600, 86400, 0, false}, true, 3600, 0,
     0},
    {"stale-while-revalidate=x, stale-if-error=-1", NULL, USUAL, true, 3600, 600, 600},

    /* not kept, but for an operator who says that it is for everybody */
    {"no-store", NULL, USUAL, false, 3600, 600, 600},
    {"private, max-age=60", NULL, USUAL, false, 60, 600, 600},
    {"no-store", NULL, KEEPING, true, 3600, 600, 600},
    {"private, max-age=60", "30", KEEPING, true, 3600, 600, 600},
    {"private, no-cache, no-store, must-revalidate, stale-if-error=0", NULL, KEEPING, true, 3600,
     600, 600},
    {"no-store", NULL, {0, 3600, 60, 600, true}, true, 60, 600, 600},
    {"no-cache, max-age=60", NULL, KEEPING, true, 0, 0, 0},
    {"max-age=60", NULL, KEEPING, true, 60, 600, 600},
};

Test(freshness, both_sides_are_brought_together)
{
    for (size_t i = 0; i < COUNT(meetings); i++) {
        const struct freshness_fields fields = {.cache_control = meetings[i].cache_control,
                                                .age = meetings[i].age};
        const struct freshness_policy policy = {.ttl_min_ms = meetings[i].policy.ttl_min * 1000,
                                                .ttl_ms = meetings[i].policy.ttl * 1000,
                                                .ttl_max_ms = meetings[i].policy.ttl_max * 1000,
                                                .stale_ms = meetings[i].policy.stale * 1000,
                                                .keep_private = meetings[i].policy.keep_private};
        struct freshness_times t;
        struct freshness f;

        memset(&t, 0xa5, sizeof t);
        freshness_read(&fields, NOW_MS, NOW_MS, &f);
        freshness_apply(&f, &policy, NOW_MS, &t);
        cr_expect_eq(t.store, meetings[i].store, "row %zu", i);
        cr_expect_eq(t.expires_ms - NOW_MS, meetings[i].fresh * 1000, "row %zu: fresh for %lld", i,
                     (long long)(t.expires_ms - NOW_MS));
        cr_expect_eq(t.refresh_until_ms - t.expires_ms, meetings[i].refresh * 1000,
                     "row %zu: refresh for %lld", i,
                     (long long)(t.refresh_until_ms - t.expires_ms));
        cr_expect_eq(t.stale_until_ms - t.expires_ms, meetings[i].stand_in * 1000,
                     "row %zu: stale for %lld", i, (long long)(t.stale_until_ms - t.expires_ms));
    }
}

Test(freshness, from_fields_to_times)
{
    const struct freshness_fields fields = {
        .cache_control = "public, max-age=600, stale-while-revalidate=60, stale-if-error=120",
        .expires = "0",
        .date = MINUTE_AGO,
        .age = "30",
        .pragma = "no-cache",
    };
    const struct freshness_policy policy = {.ttl_ms = 3600000, .ttl_max_ms = 86400000,
                                            .stale_ms = 600000};
    struct freshness_times t;
    struct freshness f;

    freshness_read(&fields, NOW_MS - 250, NOW_MS, &f);
    freshness_apply(&f, &policy, NOW_MS, &t);
    cr_expect(t.store);
    cr_expect_eq(t.expires_ms, NOW_MS + 540000);
    cr_expect_eq(t.refresh_until_ms, NOW_MS + 600000);
    cr_expect_eq(t.stale_until_ms, NOW_MS + 660000);
}
