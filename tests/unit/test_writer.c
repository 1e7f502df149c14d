/* SPDX-License-Identifier: MIT */
#include "serve/writer.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <stdio.h>

#include "serve/human.h"

#define NBSP "\xC2\xA0"
#define MICRO "\xC2\xB5"
#define DASH "\xE2\x80\x93"
#define INSTEAD "\xEF\xBF\xBD"

static struct buffer out;
static struct writer w = {.out = &out};

static const char *taken(void)
{
    static char text[512];

    cr_assert_eq(w.rc, 0);
    snprintf(text, sizeof text, "%s", out.data ? out.data : "");
    buffer_free(&out);
    return text;
}

#define EXPECT(call, text) cr_expect_str_eq(((call), taken()), text)

Test(writer, writes_numbers_without_superfluous_digits)
{
    EXPECT(writer_number(&w, 0), "0");
    EXPECT(writer_number(&w, UINT64_MAX), "18446744073709551615");
    EXPECT(writer_milli(&w, 0), "0");
    EXPECT(writer_milli(&w, 1500), "1.5");
    EXPECT(writer_milli(&w, 1), "0.001");
    EXPECT(writer_milli(&w, 20), "0.02");
    EXPECT(writer_milli(&w, 3000), "3");
    EXPECT(writer_milli(&w, -1), "0");
    EXPECT(writer_milli(&w, INT64_MAX), "9223372036854775.807");
    EXPECT(writer_micro(&w, 100), "0.0001");
    EXPECT(writer_micro(&w, 26214400), "26.2144");
    EXPECT(writer_micro(&w, 1000001), "1.000001");
    EXPECT(writer_printf(&w, "%d %s", 7, "x"), "7 x");
}

Test(writer, escapes_for_html)
{
    EXPECT(writer_html(&w, "a<b>&\"c\"'d'"), "a&lt;b&gt;&amp;&quot;c&quot;&#39;d&#39;");
    EXPECT(writer_html(&w, "\n\x1B\x7F"), INSTEAD INSTEAD INSTEAD);
    EXPECT(writer_html(&w, ""), "");
}

Test(writer, escapes_for_json)
{
    EXPECT(writer_json(&w, "a\"b\\c/d"), "\"a\\\"b\\\\c/d\"");
    EXPECT(writer_json(&w, "\n\x01"), "\"\\u000a\\u0001\"");
    EXPECT(writer_json(&w, ""), "\"\"");
}

Test(writer, escapes_for_labels)
{
    EXPECT(writer_label(&w, "a\"b\\c\nd{}="), "a\\\"b\\\\c\\nd{}=");
    EXPECT(writer_label(&w, "\r\x01"), INSTEAD INSTEAD);
}

Test(writer, keeps_good_utf8_and_replaces_each_bad_byte)
{
    static const struct {
        const char *bytes, *text;
    } cases[] = {
        {"\xC3\xA9", "\xC3\xA9"},
        {"\xE2\x82\xAC", "\xE2\x82\xAC"},
        {"\xF0\x9F\x98\x80", "\xF0\x9F\x98\x80"},
        {"\xF4\x8F\xBF\xBF", "\xF4\x8F\xBF\xBF"},
        {"\xEE\x80\x80", "\xEE\x80\x80"},
        {"\x80", INSTEAD},
        {"\xC3", INSTEAD},
        {"\xC3(", INSTEAD "("},
        {"\xC0\xAF", INSTEAD INSTEAD},                 /* overlong */
        {"\xE0\x80\xAF", INSTEAD INSTEAD INSTEAD},     /* overlong */
        {"\xED\xA0\x80", INSTEAD INSTEAD INSTEAD},     /* a surrogate */
        {"\xF4\x90\x80\x80", INSTEAD INSTEAD INSTEAD INSTEAD}, /* past the end */
        {"\xE2\x82", INSTEAD INSTEAD},
        {"a\xFF" "b\xFE", "a" INSTEAD "b" INSTEAD},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        EXPECT(writer_html(&w, cases[i].bytes), cases[i].text);
}

Test(human, counts_have_three_digits_and_a_letter)
{
    EXPECT(human_count(&w, 0), "0");
    EXPECT(human_count(&w, 999), "999");
    EXPECT(human_count(&w, 1000), "1" NBSP "k");
    EXPECT(human_count(&w, 1234), "1.2" NBSP "k");
    EXPECT(human_count(&w, 9999), "9.9" NBSP "k");
    EXPECT(human_count(&w, 123456), "123" NBSP "k");
    EXPECT(human_count(&w, 999999), "999" NBSP "k");
    EXPECT(human_count(&w, 1200000), "1.2" NBSP "M");
    EXPECT(human_count(&w, UINT64_MAX), "18.4" NBSP "E");
}

Test(human, bytes_go_by_1024)
{
    EXPECT(human_bytes(&w, 0), "0" NBSP "B");
    EXPECT(human_bytes(&w, 1023), "1023" NBSP "B");
    EXPECT(human_bytes(&w, 1024), "1" NBSP "KiB");
    EXPECT(human_bytes(&w, UINT64_C(36560000000)), "34.0" NBSP "GiB");
    EXPECT(human_bytes(&w, UINT64_MAX), "15.9" NBSP "EiB");
}

Test(human, only_all_is_100_percent_and_only_nothing_is_0)
{
    EXPECT(human_percent(&w, 0, 0), DASH);
    EXPECT(human_percent(&w, 0, 5), "0" NBSP "%");
    EXPECT(human_percent(&w, 1, 1000000), "\xE2\x89\x88" "0" NBSP "%");
    EXPECT(human_percent(&w, 8, 10000), "0.08" NBSP "%");
    EXPECT(human_percent(&w, 9421, 10000), "94.2" NBSP "%");
    EXPECT(human_percent(&w, 999999, 1000000), "99.9" NBSP "%");
    EXPECT(human_percent(&w, 5, 5), "100" NBSP "%");
    EXPECT(human_percent(&w, 6, 5), "100" NBSP "%");
    EXPECT(human_percent(&w, UINT64_MAX - 1, UINT64_MAX), "99.9" NBSP "%");
}

Test(human, times_have_at_most_two_units)
{
    EXPECT(human_ms(&w, -5), "0" NBSP "ms");
    EXPECT(human_ms(&w, 12), "12" NBSP "ms");
    EXPECT(human_ms(&w, 4250), "4.2" NBSP "s");
    EXPECT(human_ms(&w, 42500), "42" NBSP "s");
    EXPECT(human_ms(&w, 200000), "3" NBSP "min");
    EXPECT(human_ms(&w, 7500000), "2" NBSP "h 5" NBSP "min");
    EXPECT(human_ms(&w, 7200000), "2" NBSP "h");
    EXPECT(human_ms(&w, 446400000), "5" NBSP "d 4" NBSP "h");
    EXPECT(human_ms(&w, INT64_MAX), "over 1000" NBSP "d");
    EXPECT(human_us(&w, 0), "0" NBSP MICRO "s");
    EXPECT(human_us(&w, 999), "999" NBSP MICRO "s");
    EXPECT(human_us(&w, 1000), "1" NBSP "ms");
    EXPECT(human_us(&w, 9990), "9.9" NBSP "ms");
    EXPECT(human_us(&w, 12900), "12" NBSP "ms");
    EXPECT(human_us(&w, UINT64_MAX), "over 1000" NBSP "d");
}

Test(human, moments_are_told_as_ages)
{
    EXPECT(human_ago(&w, 1000, 1000), "now");
    EXPECT(human_ago(&w, 5000, 1000), "now");
    EXPECT(human_ago(&w, 0, 4200), "4" NBSP "s ago");
    EXPECT(human_ago(&w, 0, 200000), "3" NBSP "min ago");
    EXPECT(human_ago(&w, 0, 7500000), "2" NBSP "h ago");
    EXPECT(human_ago(&w, 0, 446400000), "5" NBSP "d ago");
    EXPECT(human_ago(&w, INT64_MIN, INT64_MAX), "over 1000" NBSP "d ago");
    EXPECT(human_ago(&w, INT64_MAX, INT64_MIN), "now");
}

Test(human, moments_are_told_in_utc)
{
    EXPECT(human_time_of_day(&w, INT64_C(1749565925999)), "14:32:05");
    EXPECT(human_minute(&w, INT64_C(1749565925999)), "14:32");
    EXPECT(human_date(&w, INT64_C(1749565925999)), "10 June 2025");
    EXPECT(human_date(&w, INT64_MAX), "17 August 292278994");
}

Test(human, quantiles_are_estimated_within_their_bucket)
{
    uint64_t buckets[LATENCY_BUCKETS] = {0};

    EXPECT(human_quantile(&w, buckets, 500), DASH);
    buckets[3] = 10; /* 400 to 800 us */
    EXPECT(human_quantile(&w, buckets, 500), "600" NBSP MICRO "s");
    EXPECT(human_quantile(&w, buckets, 1000), "800" NBSP MICRO "s");
    EXPECT(human_quantile(&w, buckets, 0), "440" NBSP MICRO "s");
    buckets[LATENCY_BUCKETS - 1] = 1;
    EXPECT(human_quantile(&w, buckets, 500), "640" NBSP MICRO "s");
    EXPECT(human_quantile(&w, buckets, 950), "over 26" NBSP "s");
    for (int b = 0; b < LATENCY_BUCKETS; b++)
        buckets[b] = UINT64_MAX;
    EXPECT(human_quantile(&w, buckets, 500), "51" NBSP "ms");
}
