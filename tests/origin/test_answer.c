/* SPDX-License-Identifier: MIT
 *
 * What statuses and header fields mean, and where redirects may lead, without a
 * network.
 */
#include "origin/answer.h"

#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "origin/target.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define NOW 784111777 /* Sun, 06 Nov 1994 08:49:37 GMT */

Test(answer, status_has_a_cause)
{
    static const struct {
        long status;
        const char *type;
        enum cause expected;
    } cases[] = {
        {404, NULL, CAUSE_ORIGIN_NOT_FOUND},
        {410, "image/png", CAUSE_ORIGIN_NOT_FOUND},
        {401, NULL, CAUSE_ORIGIN_DENIED},
        {403, NULL, CAUSE_ORIGIN_DENIED},
        {407, NULL, CAUSE_ORIGIN_DENIED},
        {203, "text/html", CAUSE_ORIGIN_DENIED},
        {203, "Text/HTML; charset=utf-8", CAUSE_ORIGIN_DENIED},
        {203, "text/htmlx", CAUSE_ORIGIN_BAD_STATUS},
        {203, "image/png", CAUSE_ORIGIN_BAD_STATUS},
        {203, NULL, CAUSE_ORIGIN_BAD_STATUS},
        {429, NULL, CAUSE_ORIGIN_BUSY},
        {503, NULL, CAUSE_ORIGIN_BUSY},
        {500, NULL, CAUSE_ORIGIN_ERROR},
        {502, NULL, CAUSE_ORIGIN_ERROR},
        {504, NULL, CAUSE_ORIGIN_ERROR},
        {599, NULL, CAUSE_ORIGIN_ERROR},
        {600, NULL, CAUSE_ORIGIN_BAD_STATUS},
        {201, NULL, CAUSE_ORIGIN_BAD_STATUS},
        {204, NULL, CAUSE_ORIGIN_BAD_STATUS},
        {206, "image/png", CAUSE_ORIGIN_BAD_STATUS},
        {300, NULL, CAUSE_ORIGIN_BAD_STATUS},
        {304, NULL, CAUSE_ORIGIN_BAD_STATUS},
        {400, NULL, CAUSE_ORIGIN_BAD_STATUS},
        {451, NULL, CAUSE_ORIGIN_BAD_STATUS},
        {999, NULL, CAUSE_ORIGIN_BAD_STATUS},
    };

    for (size_t i = 0; i < COUNT(cases); i++)
        cr_expect_eq(answer_cause(cases[i].status, cases[i].type), cases[i].expected, "%ld %s",
                     cases[i].status, cases[i].type ? cases[i].type : "-");
}

Test(answer, retry_after_is_bounded)
{
    static const struct {
        const char *value;
        int64_t expected;
    } cases[] = {
        {NULL, 0},
        {"", 0},
        {"0", 0},
        {"1", 1000},
        {"120", 120000},
        {"3600", 3600000},
        {"3601", 3600000},
        {"99999999999999999999999999", 3600000},
        {"-5", 0},
        {"1.5", 0},
        {"5 ", 0},
        {"soon", 0},
        {"Sun, 06 Nov 1994 08:50:07 GMT", 30000},
        {"Sun, 06 Nov 1994 08:49:37 GMT", 0},
        {"Sun, 06 Nov 1994 08:00:00 GMT", 0},
        {"Mon, 07 Nov 1994 08:49:37 GMT", 3600000},
        {"Sun Nov  6 08:49:47 1994", 10000},
    };

    for (size_t i = 0; i < COUNT(cases); i++)
        cr_expect_eq(answer_retry_after_ms(cases[i].value, NOW), cases[i].expected, "%s",
                     cases[i].value ? cases[i].value : "(none)");
}

Test(answer, etag_is_kept_if_well_formed)
{
    static char long_tag[FETCH_ETAG_MAX + 1], full_tag[FETCH_ETAG_MAX];
    const struct {
        const char *value;
        const char *expected;
    } cases[] = {
        {"\"a\"", "\"a\""},
        {"\"\"", "\"\""},
        {"W/\"a\"", "W/\"a\""},
        {"\"\xc3\xa9!#~\"", "\"\xc3\xa9!#~\""},
        {NULL, ""},
        {"", ""},
        {"\"", ""},
        {"W/\"", ""},
        {"W/", ""},
        {"w/\"a\"", ""},
        {"a", ""},
        {"\"a", ""},
        {"a\"", ""},
        {"\"a b\"", ""},
        {"\"a\"b\"", ""},
        {"\"a\x7f\"", ""},
        {"\"a\tb\"", ""},
        {full_tag, full_tag},
        {long_tag, ""},
    };

    memset(full_tag, 'x', sizeof full_tag - 1);
    full_tag[0] = full_tag[sizeof full_tag - 2] = '"';
    memset(long_tag, 'x', sizeof long_tag - 1);
    long_tag[0] = long_tag[sizeof long_tag - 2] = '"';
    for (size_t i = 0; i < COUNT(cases); i++) {
        char etag[FETCH_ETAG_MAX];

        answer_etag(cases[i].value, etag);
        cr_expect_str_eq(etag, cases[i].expected);
    }
}

Test(answer, only_identity_is_plain)
{
    cr_expect(answer_is_plain(NULL));
    cr_expect(answer_is_plain(""));
    cr_expect(answer_is_plain("identity"));
    cr_expect(answer_is_plain("Identity"));
    cr_expect_not(answer_is_plain("gzip"));
    cr_expect_not(answer_is_plain("identity, gzip"));
    cr_expect_not(answer_is_plain("x"));
}

Test(target, redirect_is_judged)
{
    static const struct {
        const char *from;
        const char *location;
        enum cause expected;
        const char *url; /* NULL: does not matter */
    } cases[] = {
        {"http://a/b/c?d", "/e", CAUSE_NONE, "http://a/e"},
        {"http://a/b/c?d", "e", CAUSE_NONE, "http://a/b/e"},
        {"http://a/b/c?d", "../e", CAUSE_NONE, "http://a/e"},
        {"http://a/b/c?d", "?e", CAUSE_NONE, "http://a/b/c?e"},
        {"http://a:81/b", "//c/d", CAUSE_NONE, "http://c/d"},
        {"https://a/b", "//c/d", CAUSE_NONE, "https://c/d"},
        {"http://a/b", "https://c:444/d", CAUSE_NONE, "https://c:444/d"},
        {"http://a/b", "HTTP://C/d e\xc3\xa9", CAUSE_NONE, "http://C/d%20e%c3%a9"},
        {"https://a/b", "http://a/b", CAUSE_ORIGIN_FORBIDDEN, NULL},
        {"https://a/b", "https://a/c", CAUSE_NONE, "https://a/c"},
        {"http://a/b", "ftp://a/b", CAUSE_ORIGIN_FORBIDDEN, NULL},
        {"http://a/b", "file:///etc/hostname", CAUSE_ORIGIN_FORBIDDEN, NULL},
        {"http://a/b", "gopher://a:70/_x", CAUSE_ORIGIN_FORBIDDEN, NULL},
        {"http://a/b", "dict://a/d", CAUSE_ORIGIN_FORBIDDEN, NULL},
        {"http://a/b", "unheard-of://a/d", CAUSE_ORIGIN_FORBIDDEN, NULL},
        {"http://a/b", "http://user@c/", CAUSE_ORIGIN_REDIRECTS, NULL},
        {"http://a/b", "http://user:pass@c/", CAUSE_ORIGIN_REDIRECTS, NULL},
        {"http://a/b", "http://:pass@c/", CAUSE_ORIGIN_REDIRECTS, NULL},
        {"http://a/b", "http://c\x01/", CAUSE_ORIGIN_REDIRECTS, NULL},
        {"http://a/b", "http://c:99999/", CAUSE_ORIGIN_REDIRECTS, NULL},
        {"http://a/b", "http://c:x/", CAUSE_ORIGIN_REDIRECTS, NULL},
        {"http://a/b", "http://[::1/", CAUSE_ORIGIN_REDIRECTS, NULL},
        {"http://a/b", "http:///", CAUSE_ORIGIN_REDIRECTS, NULL},
        {"http://a/b", "", CAUSE_ORIGIN_REDIRECTS, NULL},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        CURLU *target;
        char *url = NULL;

        cr_assert_eq(target_open(cases[i].from, &target), CAUSE_NONE);
        cr_expect_eq(target_redirect(target, cases[i].location), cases[i].expected, "%s",
                     cases[i].location);
        if (cases[i].url) {
            cr_assert_eq(curl_url_get(target, CURLUPART_URL, &url, 0), CURLUE_OK);
            cr_expect_eq(strcasecmp(url, cases[i].url), 0, "%s, not %s", url, cases[i].url);
        }
        curl_free(url);
        curl_url_cleanup(target);
    }
}

Test(target, opens_web_addresses_only)
{
    static const char *const refused[] = {
        "", "a", "/a", "ftp://a/", "file:///etc/hostname", "http://user@a/", "http://",
        "unheard-of://a/", "http://a b/",
    };
    CURLU *target;

    for (size_t i = 0; i < COUNT(refused); i++) {
        cr_expect_eq(target_open(refused[i], &target), CAUSE_INTERNAL, "%s", refused[i]);
        cr_expect_null(target);
    }
    cr_expect_eq(target_open("HTTPS://a/{x}", &target), CAUSE_NONE);
    curl_url_cleanup(target);
}

Test(target, origin_is_scheme_host_and_port)
{
    static const struct {
        const char *a;
        const char *b;
        bool same;
    } cases[] = {
        {"http://a/x", "http://a/y?z", true},       {"http://a/", "http://A:80/", true},
        {"https://a/", "https://a:443/", true},     {"http://a/", "https://a/", false},
        {"http://a:443/", "https://a/", false},     {"http://a/", "http://a:81/", false},
        {"http://a/", "http://b/", false},          {"http://a/", "http://a.b/", false},
        {"http://a:81/", "http://a:81/", true},     {"http://a/", "http://a./", false},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        CURLU *a, *b;

        cr_assert_eq(target_open(cases[i].a, &a), CAUSE_NONE);
        cr_assert_eq(target_open(cases[i].b, &b), CAUSE_NONE);
        cr_expect_eq(target_same_origin(a, b), cases[i].same, "%s %s", cases[i].a, cases[i].b);
        curl_url_cleanup(a);
        curl_url_cleanup(b);
    }
}

Test(target, knows_the_sign_in_page)
{
    static const struct {
        const char *url;
        bool is;
    } cases[] = {
        {"https://a/_signin", true},      {"https://a/_signin?realm=a", true},
        {"https://a/x/_signin/y", true},  {"https://a/_SignIn", true},
        {"https://a/_signings", false},   {"https://a/signin", false},
        {"https://a/?/_signin", false},   {"https://a/", false},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        CURLU *target;

        cr_assert_eq(target_open(cases[i].url, &target), CAUSE_NONE);
        cr_expect_eq(target_is_sign_in(target), cases[i].is, "%s", cases[i].url);
        curl_url_cleanup(target);
    }
}

Test(answer, lines_that_readers_read_differently_are_not_sound)
{
    static const struct {
        const char *line;
        bool sound;
    } cases[] = {
        {"HTTP/1.1 200 OK\r\n", true},
        {"HTTP/1.1 200\r\n", true},
        {"ETag: \"1\"\r\n", true},
        {"ETag:\"1\"\n", true},
        {"X-Empty:\r\n", true},
        {"X_(odd)@name: 1\r\n", true},
        {"X: a b : c\r\n", true},
        {" folded\r\n", true},
        {"\tfolded\r\n", true},
        {"\r\n", true},
        {"\n", true},
        {"", true},
        {"Cache-Control : no-store\r\n", false},
        {"Cache-Control\t: no-store\r\n", false},
        {"Cache Control: no-store\r\n", false},
        {": no-store\r\n", false},
        {"no-store\r\n", false},
        {"ETag: \"a\rb\"\r\n", false},
        {"ETag: \"1\"\r\r\n", false},
        {" folded\rtwice\r\n", false},
    };

    for (size_t i = 0; i < COUNT(cases); i++)
        cr_expect_eq(answer_line_is_sound(cases[i].line, strlen(cases[i].line)), cases[i].sound,
                     "%s", cases[i].line);
    cr_expect_not(answer_line_is_sound("A: b\0c\r\n", 8));
}

Test(answer, a_content_length_is_digits)
{
    static const struct {
        const char *value;
        bool good;
        uint64_t expected;
    } cases[] = {
        {"0", true, 0},
        {"35", true, 35},
        {"0035", true, 35},
        {"18446744073709551615", true, UINT64_MAX},
        {"18446744073709551616", true, UINT64_MAX},
        {"99999999999999999999999999", true, UINT64_MAX},
        {"", false, 0},
        {"+35", false, 0},
        {"-1", false, 0},
        {"35x", false, 0},
        {"0x23", false, 0},
        {"35, 35", false, 0},
        {"3 5", false, 0},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        uint64_t length;

        cr_expect_eq(answer_length(cases[i].value, &length), cases[i].good, "%s", cases[i].value);
        if (cases[i].good)
            cr_expect_eq(length, cases[i].expected, "%s", cases[i].value);
    }
}
