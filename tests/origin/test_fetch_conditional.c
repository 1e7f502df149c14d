/* SPDX-License-Identifier: MIT
 *
 * Conditional requests, 304, what answers say of their freshness, and fetches
 * that nobody waits for any more.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "base/clock.h"
#include "origin/fetch_rig.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define DATE "Sun, 06 Nov 1994 08:49:37 GMT"
#define DATE_S 784111777

static struct rig rig;
static struct origin *other;

static void start(void)
{
    rig_start(&rig);
    other = rig_second_origin(&rig);
}

static void stop(void)
{
    origin_stop(&other);
    rig_stop(&rig);
}

TestSuite(conditional, .init = start, .fini = stop, .timeout = 60);
TestSuite(freshness, .init = start, .fini = stop, .timeout = 60);
TestSuite(unwanted, .init = start, .fini = stop, .timeout = 60);

static void set_script(const char *steps)
{
    cr_assert_eq(origin_script(rig.origin, "x", steps), 0, "%s", steps);
}

static void validators(const char *etag, int64_t last_modified_s)
{
    rig.request.etag = etag;
    rig.request.last_modified_s = last_modified_s;
}

Test(conditional, validators_are_sent_as_they_came)
{
    static char long_tag[FETCH_ETAG_MAX];
    const struct {
        const char *etag;
        int64_t last_modified_s;
        const char *none_match, *modified_since; /* NULL: not sent */
    } cases[] = {
        {NULL, 0, NULL, NULL},
        {"", 0, NULL, NULL},
        {"\"a\"", 0, "\"a\"", NULL},
        {"W/\"a,b\xc3\xa9\"", 0, "W/\"a,b\xc3\xa9\"", NULL},
        {NULL, DATE_S, NULL, DATE},
        {NULL, -1, NULL, "Wed, 31 Dec 1969 23:59:59 GMT"},
        {"\"a\"", DATE_S, "\"a\"", DATE},
        {long_tag, DATE_S, long_tag, DATE},
        {"\"a\r\nX: y\"", DATE_S, NULL, DATE},
        {"a", 0, NULL, NULL},
    };

    memset(long_tag, 'x', sizeof long_tag - 1);
    long_tag[0] = long_tag[sizeof long_tag - 2] = '"';
    for (size_t i = 0; i < COUNT(cases); i++) {
        validators(cases[i].etag, cases[i].last_modified_s);
        cr_expect_eq(rig_fetch(&rig, "ok/x"), CAUSE_NONE, "row %zu", i);
        cr_expect(rig_sent(rig.origin, "/ok/x", "If-None-Match", cases[i].none_match));
        cr_expect(rig_sent(rig.origin, "/ok/x", "If-Modified-Since", cases[i].modified_since));
        cr_expect_not(rig.result.not_modified);
        cr_expect_eq(rig.received, rig.picture_length);
    }
}

Test(conditional, what_a_200_brought_makes_the_next_a_304)
{
    char etag[FETCH_ETAG_MAX];

    cr_assert_eq(rig_fetch(&rig, "etag/x"), CAUSE_NONE);
    cr_expect_not(rig.result.not_modified);
    strcpy(etag, rig.result.etag);
    validators(etag, rig.result.last_modified_s);
    cr_assert_eq(rig_fetch(&rig, "etag/x"), CAUSE_NONE);
    cr_expect(rig.result.not_modified);
    cr_expect_eq(rig.result.status, 304);
    cr_expect_eq(rig.received, 0);
    cr_expect_eq(rig.result.bytes, 0);
    cr_expect_str_eq(rig.result.etag, etag, "a 304 has them too");
    cr_expect_eq(rig.result.last_modified_s, DATE_S);
    cr_expect_eq(origin_count_status(rig.origin, "/etag/x", 304), 1);
}

Test(conditional, either_validator_may_bring_a_304)
{
    set_script("304 times=3 | 200");
    validators("\"a\"", 0);
    cr_expect_eq(rig_fetch(&rig, "script/x"), CAUSE_NONE);
    cr_expect(rig.result.not_modified);
    validators(NULL, DATE_S);
    cr_expect_eq(rig_fetch(&rig, "script/x"), CAUSE_NONE);
    cr_expect(rig.result.not_modified);
    cr_expect_str_eq(rig.result.etag, "");
    cr_expect_eq(rig.result.last_modified_s, 0);
    validators("\"a\"", DATE_S);
    cr_expect_eq(rig_fetch(&rig, "script/x"), CAUSE_NONE);
    cr_expect(rig.result.not_modified);
    cr_expect_eq(rig_fetch(&rig, "script/x"), CAUSE_NONE);
    cr_expect_not(rig.result.not_modified);
    cr_expect(rig.same && rig.received == rig.picture_length);
}

Test(conditional, unasked_304_is_a_bad_status)
{
    set_script("304 'ETag: \"a\"' 'Cache-Control: max-age=9'");
    cr_expect_eq(rig_fetch(&rig, "script/x"), CAUSE_ORIGIN_BAD_STATUS);
    cr_expect_eq(rig.result.status, 304);
    cr_expect_not(rig.result.not_modified);
    cr_expect_str_eq(rig.result.etag, "");
    cr_expect_not(rig.result.freshness.is_explicit);
    validators("not a tag", 0);
    cr_expect_eq(rig_fetch(&rig, "script/x"), CAUSE_ORIGIN_BAD_STATUS);
    cr_expect_eq(rig_fetch(&rig, "not-modified/x"), CAUSE_ORIGIN_BAD_STATUS);
}

Test(conditional, length_of_a_304_is_not_waited_for)
{
    validators("\"a\"", 0);
    cr_expect_eq(rig_fetch(&rig, "not-modified/x"), CAUSE_NONE);
    cr_expect(rig.result.not_modified);
    rig.config.fetch.max_bytes = 1;
    cr_expect_eq(rig_fetch(&rig, "not-modified/x"), CAUSE_NONE, "nor does it count");
    cr_expect(rig.result.not_modified);
}

Test(conditional, connection_survives_a_304)
{
    validators("\"a\"", DATE_S);
    set_script("304 | 200 | 304 times=5 | 200");
    for (unsigned i = 0; i < 8; i++) {
        cr_expect_eq(rig_fetch(&rig, "script/x"), CAUSE_NONE, "%u", i);
        cr_expect_eq(rig.result.not_modified, i != 1 && i != 7, "%u", i);
        cr_expect_eq(rig.received, rig.result.not_modified ? 0 : rig.picture_length, "%u", i);
        cr_expect(rig.same);
    }
    cr_expect_eq(origin_connections(rig.origin), 1);
}

Test(conditional, failures_stay_failures)
{
    static const struct {
        const char *step;
        enum cause expected;
    } cases[] = {
        {"404 'ETag: \"a\"'", CAUSE_ORIGIN_NOT_FOUND},
        {"412", CAUSE_ORIGIN_BAD_STATUS},
        {"500", CAUSE_ORIGIN_ERROR},
        {"reset", CAUSE_ORIGIN_UNREACHABLE},
        {"truncated", CAUSE_ORIGIN_TRUNCATED},
        {"garbage", CAUSE_ORIGIN_BAD_STATUS},
    };

    validators("\"a\"", DATE_S);
    for (size_t i = 0; i < COUNT(cases); i++) {
        set_script(cases[i].step);
        cr_expect_eq(rig_fetch(&rig, "script/x"), cases[i].expected, "%s", cases[i].step);
        cr_expect_not(rig.result.not_modified, "%s", cases[i].step);
        cr_expect_str_eq(rig.result.etag, "", "%s", cases[i].step);
    }
}

static bool sent_validators(struct origin *origin, const char *path)
{
    return rig_sent(origin, path, "If-None-Match", "\"a\"") &&
           rig_sent(origin, path, "If-Modified-Since", DATE);
}

static bool sent_none(struct origin *origin, const char *path)
{
    return rig_sent(origin, path, "If-None-Match", NULL) &&
           rig_sent(origin, path, "If-Modified-Since", NULL);
}

/* Makes /script/NAME of one origin redirect to a path of another one. */
static void redirect(struct origin *from, const char *name, const struct origin *to,
                     const char *path)
{
    char base[64], steps[256];

    snprintf(steps, sizeof steps, "302 'Location: %s%s' 'Cache-Control: max-age=5' 'ETag: \"r\"'",
             rig_base(to, base), path);
    cr_assert_eq(origin_script(from, name, steps), 0);
}

Test(conditional, redirect_within_the_origin_keeps_the_validators)
{
    validators("\"a\"", DATE_S);
    cr_expect_eq(rig_fetch(&rig, "redirect/2/x"), CAUSE_NONE);
    cr_expect(sent_validators(rig.origin, "/redirect/2/x"));
    cr_expect(sent_validators(rig.origin, "/redirect/1/x"));
    cr_expect(sent_validators(rig.origin, "/redirect/0/x"));
    redirect(rig.origin, "x", rig.origin, "/script/y");
    cr_assert_eq(origin_script(rig.origin, "y", "304"), 0);
    cr_expect_eq(rig_fetch(&rig, "script/x"), CAUSE_NONE);
    cr_expect(rig.result.not_modified);
    cr_expect_eq(rig.result.redirects, 1);
}

Test(conditional, redirect_to_another_origin_drops_the_validators)
{
    validators("\"a\"", DATE_S);
    redirect(rig.origin, "x", other, "/ok/away");
    cr_expect_eq(rig_fetch(&rig, "script/x"), CAUSE_NONE);
    cr_expect_eq(rig.received, rig.picture_length);
    cr_expect(sent_validators(rig.origin, "/script/x"));
    cr_expect(sent_none(other, "/ok/away"));

    /* a 304 from there was not asked for */
    redirect(rig.origin, "x", other, "/script/y");
    cr_assert_eq(origin_script(other, "y", "304"), 0);
    cr_expect_eq(rig_fetch(&rig, "script/x"), CAUSE_ORIGIN_BAD_STATUS);
    cr_expect_not(rig.result.not_modified);

    /* nor are they sent where another redirect leads back */
    redirect(other, "y", rig.origin, "/ok/back");
    cr_expect_eq(rig_fetch(&rig, "script/x"), CAUSE_NONE);
    cr_expect_eq(rig.result.redirects, 2);
    cr_expect(sent_none(rig.origin, "/ok/back"));
}

Test(freshness, is_read_from_the_fields)
{
    static const struct {
        const char *fields;
        int64_t lifetime; /* seconds; -1: none given */
        bool no_store, is_private, no_cache, must_revalidate;
        int64_t while_revalidate, if_error;
    } cases[] = {
        {"", -1, false, false, false, false, -1, -1},
        {"'Cache-Control: max-age=60'", 60, false, false, false, false, -1, -1},
        {"'Cache-Control: no-store'", -1, true, false, false, false, -1, -1},
        {"'Cache-Control: public, s-maxage=5, max-age=60'", 5, false, false, false, true, -1, -1},
        {"'Cache-Control: max-age=9, stale-while-revalidate=30, stale-if-error=40'", 9, false,
         false, false, false, 30, 40},

        /* several fields are one list */
        {"'Cache-Control: max-age=60' 'Cache-Control: private' 'cache-control: stale-if-error=5'",
         60, false, true, false, false, -1, 5},
        {"'Cache-Control: public' 'X-A: b' 'CACHE-CONTROL: no-cache'", -1, false, false, true,
         true, -1, -1},
        {"'Cache-Control: x=\"a' 'Cache-Control: no-store'", -1, true, false, false, false, -1,
         -1},

        {"'Date: " DATE "' 'Expires: Sun, 06 Nov 1994 08:50:37 GMT'", 60, false, false, false,
         false, -1, -1},
        {"'Expires: 0'", 0, false, false, false, false, -1, -1},
        {"'Date: " DATE "' 'Expires: Sun, 06 Nov 1994 08:50:37 GMT' 'Expires: 0'", 0, false,
         false, false, false, -1, -1},
        {"'Pragma: no-cache'", -1, false, false, true, true, -1, -1},
        {"'Pragma: no-cache' 'Cache-Control: max-age=60'", 60, false, false, false, false, -1,
         -1},
    };

    for (unsigned round = 0; round < 2; round++) {
        validators(round ? "\"a\"" : NULL, 0);
        for (size_t i = 0; i < COUNT(cases); i++) {
            const struct freshness *f = &rig.result.freshness;
            int64_t lifetime = cases[i].lifetime, refresh = cases[i].while_revalidate;
            char steps[256];

            snprintf(steps, sizeof steps, "%d %s", round ? 304 : 200, cases[i].fields);
            set_script(steps);
            cr_assert_eq(rig_fetch(&rig, "script/x"), CAUSE_NONE, "%s", steps);
            cr_expect_eq(f->is_explicit, lifetime >= 0, "%s", steps);
            cr_expect_eq(f->lifetime_ms, lifetime < 0 ? 0 : lifetime * 1000, "%s", steps);
            cr_expect_eq(f->no_store, cases[i].no_store, "%s", steps);
            cr_expect_eq(f->is_private, cases[i].is_private, "%s", steps);
            cr_expect_eq(f->no_cache, cases[i].no_cache, "%s", steps);
            cr_expect_eq(f->must_revalidate, cases[i].must_revalidate, "%s", steps);
            cr_expect_eq(f->while_revalidate_ms, refresh < 0 ? -1 : refresh * 1000, "%s", steps);
            cr_expect_eq(f->if_error_ms, cases[i].if_error < 0 ? -1 : cases[i].if_error * 1000,
                         "%s", steps);
        }
    }
}

Test(freshness, age_is_what_was_said_and_what_it_took)
{
    static const struct {
        const char *step;
        int64_t least, most; /* ms */
    } cases[] = {
        {"200 'Age: 3600'", 3600000, 7200000},
        {"200 'Age: 3600' 'Age: 9999'", 3600000, 7200000},
        {"200 'Date: @-7200' 'Age: 3600'", 7200000, 9000000},
        {"200 'Date: @-7200'", 7200000, 9000000},
        {"200 'Date: @+7200'", 0, 3600000},
        {"200 'Date:'", 0, 3600000},
        {"200 delay=300", 300, 3600000},
        {"200 delay=300 'Age: 3600'", 3600300, 7200000},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        set_script(cases[i].step);
        cr_assert_eq(rig_fetch(&rig, "script/x"), CAUSE_NONE);
        cr_expect_geq(rig.result.freshness.age_ms, cases[i].least, "%s", cases[i].step);
        cr_expect_lt(rig.result.freshness.age_ms, cases[i].most, "%s", cases[i].step);
    }
}

Test(freshness, counts_from_the_header_section_on)
{
    int64_t before_ms = clock_wall_ms();

    cr_assert_eq(rig_fetch(&rig, "drip/20/x"), CAUSE_NONE);
    cr_expect_geq(rig.result.answered_ms, before_ms);
    cr_expect_leq(rig.result.answered_ms, clock_wall_ms() - 15 * 20, "the body came later");
    cr_assert_eq(rig_fetch(&rig, "status/404/x"), CAUSE_ORIGIN_NOT_FOUND);
    cr_expect_eq(rig.result.answered_ms, 0);
}

Test(freshness, expires_without_a_date_counts_from_the_answer)
{
    set_script("200 'Date:' 'Expires: @+7200'");
    cr_assert_eq(rig_fetch(&rig, "script/x"), CAUSE_NONE);
    cr_expect(rig.result.freshness.is_explicit);
    cr_expect_gt(rig.result.freshness.lifetime_ms, 3600000);
    cr_expect_leq(rig.result.freshness.lifetime_ms, 7201000);
}

Test(freshness, is_that_of_the_last_answer)
{
    redirect(rig.origin, "x", rig.origin, "/script/y");
    cr_assert_eq(origin_script(rig.origin, "y", "200 | 404 'Cache-Control: max-age=7'"), 0);
    cr_assert_eq(rig_fetch(&rig, "script/x"), CAUSE_NONE);
    cr_expect_not(rig.result.freshness.is_explicit);
    cr_expect_str_eq(rig.result.etag, "");
    cr_assert_eq(rig_fetch(&rig, "script/x"), CAUSE_ORIGIN_NOT_FOUND);
    cr_expect_not(rig.result.freshness.is_explicit, "of a picture, not of an error");

    /* the time that the first one took is not the second one's age */
    set_script("302 delay=1500 'Location: /ok/y'");
    cr_assert_eq(rig_fetch(&rig, "script/x"), CAUSE_NONE);
    cr_expect_geq(rig.result.elapsed_ms, 1500);
    cr_expect_lt(rig.result.freshness.age_ms, rig.result.elapsed_ms);
    /* In whole milliseconds of two clocks, of which one may have come to the next one. */
    cr_expect_leq(rig.result.freshness.age_ms, rig.result.elapsed_ms - 1500 + 1);
}

static unsigned asked, gone_after;

static bool wanted(void *context)
{
    cr_assert_eq(context, &rig);
    return asked++ < gone_after;
}

/* The fetcher is good for the next one. */
static void expect_usable(void)
{
    gone_after = ~0u;
    cr_expect_eq(rig_fetch(&rig, "ok/x"), CAUSE_NONE);
    cr_expect(rig.same && rig.received == rig.picture_length);
}

Test(unwanted, hanging_fetch_ends)
{
    static const char *const ids[] = {"hang/x", "stall-mid/x", "drip/600000/x"};

    rig.config.fetch.timeout_ms = 600000;
    rig.request.wanted = wanted;
    for (size_t i = 0; i < COUNT(ids); i++) {
        asked = 0;
        gone_after = 1;
        cr_expect_eq(rig_fetch(&rig, ids[i]), CAUSE_CLIENT_GONE, "%s", ids[i]);
        cr_expect_eq(asked, gone_after + 1, "%s: once it is not, nobody asks again", ids[i]);
        expect_usable();
    }
}

Test(unwanted, moving_fetch_ends)
{
    rig.config.fetch.timeout_ms = 600000;
    rig.config.fetch.max_bytes = UINT64_C(1) << 50;
    rig.request.wanted = wanted;
    asked = 0;
    gone_after = 3;
    cr_expect_eq(rig_fetch(&rig, "endless/x"), CAUSE_CLIENT_GONE);
    cr_expect_gt(rig.received, 0);
    expect_usable();
}

Test(unwanted, redirects_end)
{
    rig.config.fetch.timeout_ms = 600000;
    rig.config.fetch.max_redirects = 1000000;
    rig.request.wanted = wanted;
    asked = 0;
    gone_after = 5;
    cr_expect_eq(rig_fetch(&rig, "redirect-loop/x"), CAUSE_CLIENT_GONE);
    expect_usable();
}

Test(unwanted, wanted_fetch_goes_on)
{
    rig.request.wanted = wanted;
    asked = 0;
    gone_after = ~0u;
    cr_expect_eq(rig_fetch(&rig, "drip/20/x"), CAUSE_NONE);
    cr_expect(rig.same && rig.received == rig.picture_length);
    cr_expect_gt(asked, 0);
}

static bool wanted_until_complete(void *context)
{
    const struct rig *r = context;

    return r->received < r->picture_length;
}

Test(unwanted, what_has_come_whole_is_kept)
{
    rig.request.wanted = wanted_until_complete;
    cr_expect_eq(rig_fetch(&rig, "drip/120/x"), CAUSE_NONE);
    cr_expect(rig.same && rig.received == rig.picture_length);
}

Test(unwanted, time_of_the_request_counts)
{
    rig.config.fetch.timeout_ms = 600000;
    rig.request.timeout_ms = 300;
    cr_expect_eq(rig_fetch(&rig, "hang/x"), CAUSE_ORIGIN_TIMEOUT);
    cr_expect_eq(rig_fetch(&rig, "stall-mid/x"), CAUSE_ORIGIN_TIMEOUT);
    rig.config.fetch.max_redirects = 1000000;
    cr_expect_eq(rig_fetch(&rig, "redirect-loop/x"), CAUSE_ORIGIN_TIMEOUT);
    rig.config.fetch.timeout_ms = 300;
    rig.request.timeout_ms = 600000;
    cr_expect_eq(rig_fetch(&rig, "hang/x"), CAUSE_ORIGIN_TIMEOUT, "at most fetch.timeout");
}

Test(unwanted, nothing_is_asked_when_no_time_is_left)
{
    static const int64_t times[] = {0, -1, INT64_MIN};

    for (size_t i = 0; i < COUNT(times); i++) {
        rig.request.timeout_ms = times[i];
        cr_expect_eq(rig_fetch(&rig, "ok/x"), CAUSE_ORIGIN_TIMEOUT);
        cr_expect_eq(rig.result.status, 0);
    }
    cr_expect_eq(origin_total(rig.origin), 0);
}
