/* SPDX-License-Identifier: MIT */
#include "http/conditional.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define NOW INT64_C(1767225600)
#define MODIFIED INT64_C(784111777) /* Sun, 06 Nov 1994 08:49:37 GMT */

static const struct {
    const char *field;
    const char *etag;
    bool matches;
} lists[] = {
    /* RFC 9110 section 13.1.2's examples */
    {"\"xyzzy\"", "\"xyzzy\"", true},
    {"W/\"xyzzy\"", "\"xyzzy\"", true},
    {"\"xyzzy\", \"r2d2xxxx\", \"c3piozzzz\"", "\"r2d2xxxx\"", true},
    {"W/\"xyzzy\", W/\"r2d2xxxx\", W/\"c3piozzzz\"", "\"c3piozzzz\"", true},
    {"*", "\"xyzzy\"", true},

    /* section 8.8.3.2: weak comparison */
    {"W/\"1\"", "W/\"1\"", true},
    {"W/\"1\"", "W/\"2\"", false},
    {"\"1\"", "W/\"1\"", true},

    {"\"xyzzy\", \"r2d2xxxx\"", "\"c3piozzzz\"", false},
    {"\"XYZZY\"", "\"xyzzy\"", false},
    {"\"xyzz\"", "\"xyzzy\"", false},
    {"\"xyzzyy\"", "\"xyzzy\"", false},
    {"\"\"", "\"\"", true},
    {"\"\"", "\"a\"", false},

    /* separators */
    {"\"a\",\"b\"", "\"b\"", true},
    {"\"a\" ,\t\"b\"", "\"b\"", true},
    {",, \"a\" ,,\"b\",", "\"b\"", true},
    {"  \"b\"  ", "\"b\"", true},
    {"  *  ", "\"b\"", true},

    /* commas, stars and marks inside of a tag belong to it */
    {"\"a,b\"", "\"a,b\"", true},
    {"\"a,b\"", "\"a\"", false},
    {"\"a,\", \"b\"", "\"b\"", true},
    {"\"x\",\"a,\\\"", "\"a,\\\"", true},
    {"\"*\"", "\"b\"", false},
    {"\"*\"", "\"*\"", true},
    {"\"W/\"", "\"W/\"", true},
    {"\"\xc3\xa9\"", "\"\xc3\xa9\"", true},

    /* nothing there */
    {"", "\"a\"", false},
    {" ", "\"a\"", false},
    {",", "\"a\"", false},
    {",,,,", "\"a\"", false},

    /* malformed: what precedes the fault counts */
    {"a", "\"a\"", false},
    {"\"a", "\"a\"", false},
    {"a\"", "\"a\"", false},
    {"\"", "\"\"", false},
    {"W/", "\"a\"", false},
    {"W/a", "\"a\"", false},
    {"w/\"a\"", "\"a\"", false},
    {"W\"a\"", "\"a\"", false},
    {"W/ \"a\"", "\"a\"", false},
    {"'a'", "\"a\"", false},
    {"\"a\" \"b\"", "\"a\"", true},
    {"\"a\" \"b\"", "\"b\"", false},
    {"\"a\"; \"b\"", "\"b\"", false},
    {"\"b\", junk", "\"b\"", true},
    {"junk, \"b\"", "\"b\"", false},
    {"\"a b\", \"b\"", "\"b\"", false},
    {"\"a\"\"b\"", "\"b\"", false},
    {"\"a\x7f\", \"b\"", "\"b\"", false},
    {"**", "\"b\"", false},
    {"*, \"a\"", "\"b\"", false},
    {"\"a\", *", "\"b\"", false},
};

Test(conditional, if_none_match_list)
{
    for (size_t i = 0; i < COUNT(lists); i++)
        cr_expect_eq(http_etag_list_matches(lists[i].field, lists[i].etag), lists[i].matches,
                     "[%s] and %s", lists[i].field, lists[i].etag);
}

/* ---- changes ---- */

#define THERE "0123456789abcdef"
#define DATE "Sun, 06 Nov 1994 08:49:37 GMT"
#define BEFORE "Sun, 06 Nov 1994 08:49:36 GMT"
#define DATE_S INT64_C(784111777)

static const struct {
    const char *if_match, *if_unmodified_since, *if_none_match;
    bool there, absent; /* whether it allows a change of what is there, and where nothing is */
} changes[] = {
    {NULL, NULL, NULL, true, true},
    {"*", NULL, NULL, true, false},
    {"\"" THERE "\"", NULL, NULL, true, false},
    {"\"other\", \"" THERE "\"", NULL, NULL, true, false},
    {"\"" THERE "-5b83153c\"", NULL, NULL, true, false},
    {"\"" THERE "-\"", NULL, NULL, true, false},
    /* Whoever is about to overwrite must have seen these very bytes. */
    {"W/\"" THERE "\"", NULL, NULL, false, false},
    {"W/\"" THERE "\", \"" THERE "\"", NULL, NULL, true, false},
    {"\"" THERE "5\"", NULL, NULL, false, false},
    {"\"0123456789abcde\"", NULL, NULL, false, false},
    {"\"x" THERE "\"", NULL, NULL, false, false},
    {"\"other-" THERE "\"", NULL, NULL, false, false},
    {"\"\"", NULL, NULL, false, false},
    {THERE, NULL, NULL, false, false},
    {"", NULL, NULL, false, false},

    {NULL, NULL, "*", false, true},
    {NULL, NULL, " * ", false, true},
    {NULL, NULL, "\"" THERE "\"", false, true},
    {NULL, NULL, "W/\"" THERE "\"", false, true},
    {NULL, NULL, "\"other\", W/\"" THERE "-5b\"", false, true},
    {NULL, NULL, "\"other\"", true, true},

    {"\"" THERE "\"", NULL, "\"other\"", true, false},
    {"\"" THERE "\"", NULL, "\"" THERE "\"", false, false},
    {"*", NULL, "*", false, false},

    {NULL, DATE, NULL, true, true},
    {NULL, BEFORE, NULL, false, true},
    {NULL, "yesterday", NULL, true, true},
    {NULL, DATE, "*", false, true},
    {NULL, BEFORE, "\"other\"", false, true},
    {"\"" THERE "\"", BEFORE, NULL, true, false},
    {"\"other\"", DATE, NULL, false, false},
};

Test(conditional, changes)
{
    for (size_t i = 0; i < COUNT(changes); i++) {
        struct http_request request = {.method = HTTP_PUT,
                                       .if_match = changes[i].if_match,
                                       .if_unmodified_since = changes[i].if_unmodified_since,
                                       .if_none_match = changes[i].if_none_match};

        cr_expect_eq(http_is_conditional_change(&request), i > 0, "%zu", i);
        cr_expect_eq(http_may_change(&request, THERE, DATE_S, DATE_S + 1), changes[i].there, "%zu", i);
        cr_expect_eq(http_may_change(&request, NULL, 0, DATE_S + 1), changes[i].absent, "%zu", i);
    }
}

Test(conditional, a_long_list_is_read_to_its_end)
{
    size_t count = 1000, n = 0, size = count * 16 + 16;
    char *field = malloc(size);

    cr_assert_not_null(field);
    for (size_t i = 0; i < count; i++)
        n += (size_t)snprintf(field + n, size - n, "\"tag-%zu\", ", i);
    cr_expect_not(http_etag_list_matches(field, "\"wanted\""));
    snprintf(field + n, size - n, "\"wanted\"");
    cr_expect(http_etag_list_matches(field, "\"wanted\""));
    free(field);
}

static const struct {
    enum http_method method;
    const char *if_none_match;
    const char *if_modified_since;
    bool not_modified;
} preconditions[] = {
    {HTTP_GET, NULL, NULL, false},
    {HTTP_HEAD, NULL, NULL, false},
    {HTTP_GET, "\"tag\"", NULL, true},
    {HTTP_HEAD, "\"tag\"", NULL, true},
    {HTTP_GET, "W/\"tag\"", NULL, true},
    {HTTP_GET, "*", NULL, true},
    {HTTP_GET, "\"other\"", NULL, false},
    {HTTP_OTHER, "\"tag\"", NULL, false},
    {HTTP_OTHER, NULL, "Sun, 06 Nov 1994 08:49:37 GMT", false},

    {HTTP_GET, NULL, "Sun, 06 Nov 1994 08:49:37 GMT", true},
    {HTTP_HEAD, NULL, "Sun, 06 Nov 1994 08:49:37 GMT", true},
    {HTTP_GET, NULL, "Sunday, 06-Nov-94 08:49:37 GMT", true},
    {HTTP_GET, NULL, "Sun Nov  6 08:49:37 1994", true},
    {HTTP_GET, NULL, "Sun, 06 Nov 1994 08:49:38 GMT", true},
    {HTTP_GET, NULL, "Fri, 31 Dec 9999 23:59:59 GMT", true},
    {HTTP_GET, NULL, "Sun, 06 Nov 1994 08:49:36 GMT", false},
    {HTTP_GET, NULL, "Thu, 01 Jan 1970 00:00:00 GMT", false},
    {HTTP_GET, NULL, "", false},
    {HTTP_GET, NULL, "yesterday", false},
    {HTTP_GET, NULL, "1767225600", false},

    /* RFC 9110 section 13.2.2: the date is not looked at beside If-None-Match */
    {HTTP_GET, "\"other\"", "Sun, 06 Nov 1994 08:49:37 GMT", false},
    {HTTP_GET, "\"tag\"", "Thu, 01 Jan 1970 00:00:00 GMT", true},
    {HTTP_GET, "", "Sun, 06 Nov 1994 08:49:37 GMT", false},
    {HTTP_GET, "junk", "Sun, 06 Nov 1994 08:49:37 GMT", false},
};

Test(conditional, not_modified)
{
    for (size_t i = 0; i < COUNT(preconditions); i++) {
        struct http_request request = {
            .method = preconditions[i].method,
            .if_none_match = preconditions[i].if_none_match,
            .if_modified_since = preconditions[i].if_modified_since,
        };

        cr_expect_eq(http_not_modified(&request, "\"tag\"", MODIFIED, NOW),
                     preconditions[i].not_modified, "row %zu: [%s] [%s]", i,
                     request.if_none_match ? request.if_none_match : "-",
                     request.if_modified_since ? request.if_modified_since : "-");
    }
}

static const struct {
    const char *if_range;
    const char *etag;
    bool holds;
} if_ranges[] = {
    {NULL, "\"tag\"", true},
    {"\"tag\"", "\"tag\"", true},
    {" \"tag\" ", "\"tag\"", true},
    {"\"other\"", "\"tag\"", false},
    {"\"tag", "\"tag\"", false},
    {"\"ta\"", "\"tag\"", false},
    {"\"tagg\"", "\"tag\"", false},
    {"tag", "\"tag\"", false},
    {"*", "\"tag\"", false},
    {"", "\"tag\"", false},
    {"\"tag\", \"other\"", "\"tag\"", false},
    {"\"other\", \"tag\"", "\"tag\"", false},

    /* strong comparison (section 8.8.3.2) */
    {"W/\"tag\"", "\"tag\"", false},
    {"W/\"tag\"", "W/\"tag\"", false},
    {"\"tag\"", "W/\"tag\"", false},

    /* the exact date, neither earlier nor later */
    {"Sun, 06 Nov 1994 08:49:37 GMT", "\"tag\"", true},
    {"Sunday, 06-Nov-94 08:49:37 GMT", "\"tag\"", true},
    {"Sun, 06 Nov 1994 08:49:36 GMT", "\"tag\"", false},
    {"Sun, 06 Nov 1994 08:49:38 GMT", "\"tag\"", false},
    {"Sun, 06 Nov 1994", "\"tag\"", false},
};

Test(conditional, if_range)
{
    for (size_t i = 0; i < COUNT(if_ranges); i++) {
        struct http_request request = {.if_range = if_ranges[i].if_range};

        cr_expect_eq(http_if_range_holds(&request, if_ranges[i].etag, MODIFIED, NOW),
                     if_ranges[i].holds, "[%s] and %s",
                     request.if_range ? request.if_range : "-", if_ranges[i].etag);
    }
}
