/* SPDX-License-Identifier: MIT */
#include "http/range.h"

#include <stdbool.h>
#include <stddef.h>
#include <strings.h>

/* Digits into a number that stops at the largest one instead of wrapping: a
 * position that large is past the end of every picture anyway. False if there is
 * no digit. */
static bool scan_position(const char **p, uint64_t *value)
{
    if (**p < '0' || **p > '9')
        return false;
    *value = 0;
    for (; **p >= '0' && **p <= '9'; (*p)++) {
        uint64_t digit = (uint64_t)(**p - '0');

        if (*value > (UINT64_MAX - digit) / 10)
            *value = UINT64_MAX;
        else
            *value = *value * 10 + digit;
    }
    return true;
}

/* Optional whitespace, and the empty list elements that a recipient has to pass
 * over (RFC 9110 section 5.6.1.2). */
static void skip_separators(const char **p)
{
    while (**p == ' ' || **p == '\t' || **p == ',')
        (*p)++;
}

enum http_range http_range_parse(const char *field, uint64_t length, uint64_t *first,
                                 uint64_t *last)
{
    static const char unit[] = "bytes=";
    uint64_t from = 0, to = UINT64_MAX, tail = 0;
    bool suffix;
    const char *p = field;

    if (!p)
        return HTTP_RANGE_WHOLE;
    while (*p == ' ' || *p == '\t')
        p++;
    /* Range units are case-insensitive (section 14.1). */
    if (strncasecmp(p, unit, sizeof unit - 1) != 0)
        return HTTP_RANGE_WHOLE;
    p += sizeof unit - 1;
    skip_separators(&p);

    suffix = *p == '-';
    if (suffix) {
        p++;
        if (!scan_position(&p, &tail))
            return HTTP_RANGE_WHOLE;
    } else {
        if (!scan_position(&p, &from) || *p != '-')
            return HTTP_RANGE_WHOLE;
        p++;
        /* A range that ends before it begins makes the field invalid (section 14.1.1). */
        if (scan_position(&p, &to) && to < from)
            return HTTP_RANGE_WHOLE;
    }
    skip_separators(&p);
    if (*p)
        return HTTP_RANGE_WHOLE;

    /* Section 14.1.2: the last bytes, or all of them if there are fewer. Nothing
     * can be said about a part of nothing, so an empty body goes out whole. */
    if (suffix) {
        if (tail == 0)
            return HTTP_RANGE_UNSATISFIABLE;
        if (length == 0)
            return HTTP_RANGE_WHOLE;
        *first = tail < length ? length - tail : 0;
        *last = length - 1;
        return HTTP_RANGE_PART;
    }
    if (from >= length)
        return HTTP_RANGE_UNSATISFIABLE;
    *first = from;
    *last = to < length ? to : length - 1;
    return HTTP_RANGE_PART;
}
