/* SPDX-License-Identifier: MIT */
#include "http/range.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

static const struct {
    const char *field;
    uint64_t length;
    enum http_range outcome;
    uint64_t first, last;
} rows[] = {
    /* RFC 9110 section 14.1.2's examples, for 10,000 bytes */
    {"bytes=0-499", 10000, HTTP_RANGE_PART, 0, 499},
    {"bytes=500-999", 10000, HTTP_RANGE_PART, 500, 999},
    {"bytes=-500", 10000, HTTP_RANGE_PART, 9500, 9999},
    {"bytes=9500-", 10000, HTTP_RANGE_PART, 9500, 9999},
    {"bytes=0-0,-1", 10000, HTTP_RANGE_WHOLE, 0, 0},
    {"bytes= 0-999, 4500-5499, -1000", 10000, HTTP_RANGE_WHOLE, 0, 0},
    {"bytes=500-600,601-999", 10000, HTTP_RANGE_WHOLE, 0, 0},

    {NULL, 100, HTTP_RANGE_WHOLE, 0, 0},
    {"", 100, HTTP_RANGE_WHOLE, 0, 0},
    {"bytes=0-", 100, HTTP_RANGE_PART, 0, 99},
    {"bytes=0-0", 100, HTTP_RANGE_PART, 0, 0},
    {"bytes=99-99", 100, HTTP_RANGE_PART, 99, 99},
    {"bytes=0-99", 100, HTTP_RANGE_PART, 0, 99},
    {"bytes=0-100", 100, HTTP_RANGE_PART, 0, 99},
    {"bytes=50-4000000000", 100, HTTP_RANGE_PART, 50, 99},
    {"bytes=007-010", 100, HTTP_RANGE_PART, 7, 10},
    {"Bytes=1-2", 100, HTTP_RANGE_PART, 1, 2},
    {"BYTES=1-2", 100, HTTP_RANGE_PART, 1, 2},
    {"  bytes=1-2  ", 100, HTTP_RANGE_PART, 1, 2},
    {"bytes=,1-2, ,", 100, HTTP_RANGE_PART, 1, 2},

    /* suffixes */
    {"bytes=-1", 100, HTTP_RANGE_PART, 99, 99},
    {"bytes=-100", 100, HTTP_RANGE_PART, 0, 99},
    {"bytes=-101", 100, HTTP_RANGE_PART, 0, 99},
    {"bytes=-0", 100, HTTP_RANGE_UNSATISFIABLE, 0, 0},
    {"bytes=-00000", 100, HTTP_RANGE_UNSATISFIABLE, 0, 0},

    /* beyond the end */
    {"bytes=100-", 100, HTTP_RANGE_UNSATISFIABLE, 0, 0},
    {"bytes=100-200", 100, HTTP_RANGE_UNSATISFIABLE, 0, 0},
    {"bytes=101-", 100, HTTP_RANGE_UNSATISFIABLE, 0, 0},

    /* numbers at and past 2^64 */
    {"bytes=18446744073709551615-", 100, HTTP_RANGE_UNSATISFIABLE, 0, 0},
    {"bytes=18446744073709551616-", 100, HTTP_RANGE_UNSATISFIABLE, 0, 0},
    {"bytes=18446744073709551617-18446744073709551618", 100, HTTP_RANGE_UNSATISFIABLE, 0, 0},
    {"bytes=0-18446744073709551615", 100, HTTP_RANGE_PART, 0, 99},
    {"bytes=0-18446744073709551616", 100, HTTP_RANGE_PART, 0, 99},
    {"bytes=1-99999999999999999999999999999999999999", 100, HTTP_RANGE_PART, 1, 99},
    {"bytes=-18446744073709551616", 100, HTTP_RANGE_PART, 0, 99},
    {"bytes=-18446744073709551617", 100, HTTP_RANGE_PART, 0, 99},
    {"bytes=18446744073709551616-1", 100, HTTP_RANGE_WHOLE, 0, 0},
    {"bytes=4294967296-4294967297", 4294967300, HTTP_RANGE_PART, 4294967296, 4294967297},
    {"bytes=-1", UINT64_MAX, HTTP_RANGE_PART, UINT64_MAX - 1, UINT64_MAX - 1},

    /* nothing to take a part of */
    {"bytes=0-", 0, HTTP_RANGE_UNSATISFIABLE, 0, 0},
    {"bytes=0-0", 0, HTTP_RANGE_UNSATISFIABLE, 0, 0},
    {"bytes=-5", 0, HTTP_RANGE_WHOLE, 0, 0},
    {"bytes=-0", 0, HTTP_RANGE_UNSATISFIABLE, 0, 0},
    {NULL, 0, HTTP_RANGE_WHOLE, 0, 0},

    /* malformed fields and other units are ignored */
    {"bytes", 100, HTTP_RANGE_WHOLE, 0, 0},
    {"bytes=", 100, HTTP_RANGE_WHOLE, 0, 0},
    {"bytes=-", 100, HTTP_RANGE_WHOLE, 0, 0},
    {"bytes=--1", 100, HTTP_RANGE_WHOLE, 0, 0},
    {"bytes=5", 100, HTTP_RANGE_WHOLE, 0, 0},
    {"bytes=5-4", 100, HTTP_RANGE_WHOLE, 0, 0},
    {"bytes=500-400", 100, HTTP_RANGE_WHOLE, 0, 0},
    {"bytes=1-2-3", 100, HTTP_RANGE_WHOLE, 0, 0},
    {"bytes=1-2x", 100, HTTP_RANGE_WHOLE, 0, 0},
    {"bytes=a-b", 100, HTTP_RANGE_WHOLE, 0, 0},
    {"bytes=+1-2", 100, HTTP_RANGE_WHOLE, 0, 0},
    {"bytes=1-+2", 100, HTTP_RANGE_WHOLE, 0, 0},
    {"bytes=0x1-0x2", 100, HTTP_RANGE_WHOLE, 0, 0},
    {"bytes=1.0-2", 100, HTTP_RANGE_WHOLE, 0, 0},
    {"bytes=1 - 2", 100, HTTP_RANGE_WHOLE, 0, 0},
    {"bytes =1-2", 100, HTTP_RANGE_WHOLE, 0, 0},
    {"bytes:1-2", 100, HTTP_RANGE_WHOLE, 0, 0},
    {"bytes 1-2/100", 100, HTTP_RANGE_WHOLE, 0, 0},
    {"byte=1-2", 100, HTTP_RANGE_WHOLE, 0, 0},
    {"bytess=1-2", 100, HTTP_RANGE_WHOLE, 0, 0},
    {"items=0-4", 100, HTTP_RANGE_WHOLE, 0, 0},
    {"none", 100, HTTP_RANGE_WHOLE, 0, 0},
    {"bytes=1-2;3-4", 100, HTTP_RANGE_WHOLE, 0, 0},
    {"bytes=,,,,", 100, HTTP_RANGE_WHOLE, 0, 0},
    {"bytes=1-2,", 100, HTTP_RANGE_PART, 1, 2},
    {"bytes=1-2,3-4", 100, HTTP_RANGE_WHOLE, 0, 0},
    {"bytes=200-,300-", 100, HTTP_RANGE_WHOLE, 0, 0},
    {"bytes=1-2\r\nX: y", 100, HTTP_RANGE_WHOLE, 0, 0},
};

Test(range, one_range_is_read_and_the_rest_ignored)
{
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint64_t first = 0, last = 0;
        enum http_range outcome = http_range_parse(rows[i].field, rows[i].length, &first, &last);
        const char *field = rows[i].field ? rows[i].field : "(none)";

        cr_expect_eq(outcome, rows[i].outcome, "\"%s\" of %" PRIu64 ": outcome %d", field,
                     rows[i].length, (int)outcome);
        if (outcome != HTTP_RANGE_PART)
            continue;
        cr_expect_eq(first, rows[i].first, "\"%s\": first %" PRIu64, field, first);
        cr_expect_eq(last, rows[i].last, "\"%s\": last %" PRIu64, field, last);
    }
}

/* Whatever is asked for, what is sent lies within the picture. */
Test(range, a_part_lies_within)
{
    for (uint64_t length = 0; length < 6; length++) {
        for (int a = -1; a < 8; a++) {
            for (int b = -1; b < 8; b++) {
                char field[64], from[16] = "", to[16] = "";
                uint64_t first = 0, last = 0;

                if (a >= 0)
                    snprintf(from, sizeof from, "%d", a);
                if (b >= 0)
                    snprintf(to, sizeof to, "%d", b);
                snprintf(field, sizeof field, "bytes=%s-%s", from, to);
                if (http_range_parse(field, length, &first, &last) != HTTP_RANGE_PART)
                    continue;
                cr_expect(first <= last && last < length,
                          "%s of %" PRIu64 ": %" PRIu64 "..%" PRIu64, field, length, first, last);
            }
        }
    }
}
