/* SPDX-License-Identifier: MIT */
#include "http/date.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define NOW INT64_C(1767225600) /* 2026-01-01 00:00:00 */

static const struct {
    const char *text;
    int64_t seconds;
} good[] = {
    /* RFC 9110 section 5.6.7: one moment in three forms */
    {"Sun, 06 Nov 1994 08:49:37 GMT", 784111777},
    {"Sunday, 06-Nov-94 08:49:37 GMT", 784111777},
    {"Sun Nov  6 08:49:37 1994", 784111777},

    {"Thu, 01 Jan 1970 00:00:00 GMT", 0},
    {"Thu Jan  1 00:00:00 1970", 0},
    {"Thu, 01 Jan 1970 00:00:01 GMT", 1},
    {"Wed, 31 Dec 1969 23:59:59 GMT", -1},
    {"Tue, 19 Jan 2038 03:14:08 GMT", INT64_C(2147483648)},
    {"Fri, 13 Dec 1901 20:45:51 GMT", INT64_C(-2147483649)},
    {"Fri, 31 Dec 9999 23:59:59 GMT", INT64_C(253402300799)},
    {"Sat, 01 Jan 0000 00:00:00 GMT", INT64_C(-62167219200)},
    {"Mon, 01 Jan 0001 00:00:00 GMT", INT64_C(-62135596800)},
    {"Wed Nov 16 08:49:37 1994", 784975777},

    /* leap years: every fourth, not the hundredth, but the four hundredth */
    {"Thu, 29 Feb 2024 12:00:00 GMT", 1709208000},
    {"Fri, 01 Mar 2024 00:00:00 GMT", 1709251200},
    {"Tue, 29 Feb 2000 00:00:00 GMT", 951782400},
    {"Wed, 01 Mar 2000 00:00:00 GMT", 951868800},
    {"Thu, 01 Mar 1900 00:00:00 GMT", INT64_C(-2203891200)},
    {"Mon, 01 Mar 2100 00:00:00 GMT", INT64_C(4107542400)},
    {"Thursday, 29-Feb-24 00:00:00 GMT", 1709164800},
    {"Thu Feb 29 00:00:00 2024", 1709164800},

    /* a leap second is the next minute's first */
    {"Sat, 31 Dec 2016 23:59:60 GMT", 1483228800},

    /* the day's name is not what the moment is told by */
    {"Mon, 06 Nov 1994 08:49:37 GMT", 784111777},

    {"  Sun, 06 Nov 1994 08:49:37 GMT", 784111777},
    {"Sun, 06 Nov 1994 08:49:37 GMT \t", 784111777},
};

Test(date, reads_all_three_forms)
{
    for (size_t i = 0; i < COUNT(good); i++) {
        int64_t seconds = -77;
        int rc = http_date_parse(good[i].text, NOW, &seconds);

        cr_expect_eq(rc, 0, "%s: %d", good[i].text, rc);
        cr_expect_eq(seconds, good[i].seconds, "%s: %" PRId64, good[i].text, seconds);
    }
}

Test(date, refuses_what_is_no_date)
{
    static const char *const bad[] = {
        "",
        " ",
        "0",
        "784111777",
        "now",
        "Sun",
        "Sun,",
        "Sun, 06 Nov 1994",
        "Sun, 06 Nov 1994 08:49:37",
        "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 06 Nov 1994 08:49:37 +0000",
        "Sun, 06 Nov 1994 08:49:37 gmt",
        "Sun, 06 Nov 1994 08:49:37 GMT; length=1234",
        "Sun, 06 Nov 1994 08:49:37 GMTx",
        "Sun, 06 Nov 1994 08:49:37GMT",
        "Sun, 06 Nov 1994  08:49:37 GMT",
        "Sun,06 Nov 1994 08:49:37 GMT",
        "Sun 06 Nov 1994 08:49:37 GMT",
        "sun, 06 Nov 1994 08:49:37 GMT",
        "SUN, 06 NOV 1994 08:49:37 GMT",
        "Xyz, 06 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nox 1994 08:49:37 GMT",
        "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sun, 006 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 94 08:49:37 GMT",
        "Sun, 06 Nov 19940 08:49:37 GMT",
        "Sun, 06 Nov -994 08:49:37 GMT",
        "Sun, 06-Nov-1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 8:49:37 GMT",
        "Sun, 06 Nov 1994 08:49 GMT",
        "Sun, 06 Nov 1994 08.49.37 GMT",
        "Sun, 06 Nov 1994 24:00:00 GMT",
        "Sun, 06 Nov 1994 08:60:00 GMT",
        "Sun, 06 Nov 1994 08:49:61 GMT",
        "Sun, 06 Nov 1994 99:99:99 GMT",
        "Sun, 06 Nov 1994 -8:49:37 GMT",
        "Sun, 00 Nov 1994 08:49:37 GMT",
        "Sun, 31 Nov 1994 08:49:37 GMT",
        "Sun, 32 Dec 1994 08:49:37 GMT",
        "Sun, 30 Feb 2024 08:49:37 GMT",
        "Wed, 29 Feb 2023 08:49:37 GMT",
        "Thu, 29 Feb 1900 00:00:00 GMT",
        "Mon, 29 Feb 2100 00:00:00 GMT",
        "Sunday, 06-Nov-1994 08:49:37 GMT",
        "Sunday, 06 Nov 94 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37",
        "Sunday, 6-Nov-94 08:49:37 GMT",
        "Sunday, 29-Feb-23 08:49:37 GMT",
        "Sundae, 06-Nov-94 08:49:37 GMT",
        "Sun Nov 6 08:49:37 1994",
        "Sun Nov 06 08:49:37 94",
        "Sun Nov  6 08:49:37 1994 GMT",
        "Sun Nov  0 08:49:37 1994",
        "Sun Feb 30 08:49:37 1994",
        "Sun Nov  6 25:49:37 1994",
        "1994-11-06T08:49:37Z",
        "Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT",
        "\x01\x02\xff",
    };

    for (size_t i = 0; i < COUNT(bad); i++) {
        int64_t seconds = 0;

        cr_expect_eq(http_date_parse(bad[i], NOW, &seconds), -EINVAL,
                     "\"%s\" was taken as %" PRId64, bad[i], seconds);
    }
}

/* The last two digits, and the year they stand for at a given time. */
Test(date, two_digit_years_lie_at_most_fifty_years_ahead)
{
    static const struct {
        const char *text;
        const char *now;
        const char *meant;
    } rows[] = {
        {"Monday, 01-Jan-26 00:00:00 GMT", "Thu, 01 Jan 2026 00:00:00 GMT",
         "Thu, 01 Jan 2026 00:00:00 GMT"},
        {"Monday, 01-Jan-76 00:00:00 GMT", "Thu, 01 Jan 2026 00:00:00 GMT",
         "Wed, 01 Jan 2076 00:00:00 GMT"},
        {"Monday, 01-Jan-76 00:00:01 GMT", "Thu, 01 Jan 2026 00:00:00 GMT",
         "Thu, 01 Jan 1976 00:00:01 GMT"},
        {"Monday, 01-Jan-77 00:00:00 GMT", "Thu, 01 Jan 2026 00:00:00 GMT",
         "Sat, 01 Jan 1977 00:00:00 GMT"},
        {"Monday, 01-Jan-99 00:00:00 GMT", "Thu, 01 Jan 2026 00:00:00 GMT",
         "Fri, 01 Jan 1999 00:00:00 GMT"},
        {"Monday, 01-Jan-00 00:00:00 GMT", "Thu, 01 Jan 2026 00:00:00 GMT",
         "Sat, 01 Jan 2000 00:00:00 GMT"},
        {"Monday, 01-Jan-10 00:00:00 GMT", "Fri, 01 Jan 1999 00:00:00 GMT",
         "Fri, 01 Jan 2010 00:00:00 GMT"},
        {"Monday, 01-Jan-10 00:00:00 GMT", "Fri, 01 Jan 2088 00:00:00 GMT",
         "Wed, 01 Jan 2110 00:00:00 GMT"},
        {"Monday, 29-Feb-76 00:00:00 GMT", "Thu, 01 Jan 2026 00:00:00 GMT",
         "Sun, 29 Feb 1976 00:00:00 GMT"},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t now, meant, seconds = 0;

        cr_assert_eq(http_date_parse(rows[i].now, NOW, &now), 0);
        cr_assert_eq(http_date_parse(rows[i].meant, NOW, &meant), 0);
        cr_expect_eq(http_date_parse(rows[i].text, now, &seconds), 0, "%s", rows[i].text);
        cr_expect_eq(seconds, meant, "%s at %s: %" PRId64, rows[i].text, rows[i].now, seconds);
    }
}

Test(date, an_absurd_clock_does_no_harm)
{
    static const int64_t clocks[] = {INT64_MIN, -1, 0, INT64_MAX};

    for (size_t i = 0; i < COUNT(clocks); i++) {
        int64_t seconds;
        char text[HTTP_DATE_SIZE];

        cr_expect_eq(http_date_parse("Sunday, 06-Nov-94 08:49:37 GMT", clocks[i], &seconds), 0);
        http_date_format(clocks[i], text);
        cr_expect_eq(strlen(text), (size_t)HTTP_DATE_SIZE - 1);
    }
}

Test(date, writes_fixdate)
{
    char text[HTTP_DATE_SIZE];

    http_date_format(784111777, text);
    cr_expect_str_eq(text, "Sun, 06 Nov 1994 08:49:37 GMT");
    http_date_format(0, text);
    cr_expect_str_eq(text, "Thu, 01 Jan 1970 00:00:00 GMT");
    http_date_format(-1, text);
    cr_expect_str_eq(text, "Wed, 31 Dec 1969 23:59:59 GMT");
    http_date_format(1709208000, text);
    cr_expect_str_eq(text, "Thu, 29 Feb 2024 12:00:00 GMT");
    http_date_format(INT64_MAX, text);
    cr_expect_str_eq(text, "Fri, 31 Dec 9999 23:59:59 GMT");
    http_date_format(INT64_MIN, text);
    cr_expect_str_eq(text, "Sat, 01 Jan 0000 00:00:00 GMT");
}

/* Days all over the calendar, each at another time of day, against the C library. */
Test(date, format_then_parse_is_identity)
{
    const int64_t first = INT64_C(-62167219200), last = INT64_C(253402300799);
    unsigned wrong = 0, seen = 0;

    for (int64_t t = first; t <= last; t += INT64_C(86400) * 13 + 4567, seen++) {
        char text[HTTP_DATE_SIZE], expected[64];
        int64_t back = 0;
        time_t c_time = (time_t)t;
        struct tm tm;

        http_date_format(t, text);
        if (http_date_parse(text, NOW, &back) != 0 || back != t)
            wrong++;
        cr_assert_not_null(gmtime_r(&c_time, &tm));
        cr_assert_gt(strftime(expected, sizeof expected, "%a, %d %b ", &tm), (size_t)0);
        if (strncmp(text, expected, strlen(expected)) != 0)
            wrong++;
    }
    cr_expect_gt(seen, 200000u);
    cr_expect_eq(wrong, 0u, "%u of %u moments came back changed", wrong, seen);
}

Test(date, fields_tell_no_date_that_is_still_to_come)
{
    static const char now[] = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                              "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n";
    static const char before[] = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                                 "Last-Modified: Sun, 06 Nov 1994 08:49:36 GMT\r\n";
    const int64_t now_s = 784111777;
    char fields[HTTP_DATE_FIELDS_SIZE];

    http_date_fields(now_s, now_s, fields);
    cr_expect_str_eq(fields, now);
    http_date_fields(now_s - 1, now_s, fields);
    cr_expect_str_eq(fields, before);
    http_date_fields(now_s + 1, now_s, fields);
    cr_expect_str_eq(fields, "");
    http_date_fields(INT64_MAX, now_s, fields);
    cr_expect_str_eq(fields, "");
    http_date_fields(INT64_MIN, INT64_MAX, fields);
    cr_expect_str_eq(fields, "Date: Fri, 31 Dec 9999 23:59:59 GMT\r\n"
                             "Last-Modified: Sat, 01 Jan 0000 00:00:00 GMT\r\n");
}
