/* SPDX-License-Identifier: MIT */
#include "http/percent.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

static const struct {
    const char *in;
    const char *out;
} decoded[] = {
    {"", ""},
    {"abc", "abc"},
    {"a%20b", "a b"},
    {"%41%62%2f", "Ab/"},
    {"%2F%2f", "//"},
    {"%c3%A9", "\xc3\xa9"},
    {"a+b", "a+b"},
    {"%2B", "+"},
    {"%25", "%"},
    {"%252e%252e", "%2e%2e"},
    {"%2525", "%25"},
    {"%ff%01%7f", "\xff\x01\x7f"},
    {"?&=#", "?&=#"},
};

Test(percent, decodes_each_escape_once)
{
    for (size_t i = 0; i < COUNT(decoded); i++) {
        char out[64];
        ssize_t n = http_percent_decode(decoded[i].in, strlen(decoded[i].in), out, sizeof out);

        cr_expect_eq(n, (ssize_t)strlen(decoded[i].out), "%s gave %zd", decoded[i].in, n);
        cr_expect_str_eq(out, decoded[i].out, "%s gave %s", decoded[i].in, out);
    }
}

Test(percent, refuses_broken_escapes)
{
    static const char *const bad[] = {
        "%",    "%4",   "a%",    "a%f",    "%zz",  "%4g",   "%g4",  "%%41",   "%-1",
        "% 41", "%+1",  "%0x41", "%u0041", "%4%31", "%\n1", "%4\t", "ok%2",   "%25%",
        "%00",  "a%00", "%00.jpg",
    };

    for (size_t i = 0; i < COUNT(bad); i++) {
        char out[64];

        cr_expect_eq(http_percent_decode(bad[i], strlen(bad[i]), out, sizeof out), -EINVAL,
                     "%s was taken", bad[i]);
    }
}

Test(percent, decode_refuses_a_raw_nul)
{
    char out[8];

    cr_expect_eq(http_percent_decode("a\0b", 3, out, sizeof out), -EINVAL);
}

Test(percent, decode_reads_no_further_than_told)
{
    char out[8];

    /* The escape is complete in memory, but not within the length. */
    cr_expect_eq(http_percent_decode("a%41", 3, out, sizeof out), -EINVAL);
    cr_expect_eq(http_percent_decode("a%41", 2, out, sizeof out), -EINVAL);
    cr_expect_eq(http_percent_decode("a%41", 1, out, sizeof out), 1);
    cr_expect_str_eq(out, "a");
}

Test(percent, decode_fits_exactly_or_says_so)
{
    char out[4];

    cr_expect_eq(http_percent_decode("abc", 3, out, sizeof out), 3);
    cr_expect_str_eq(out, "abc");
    cr_expect_eq(http_percent_decode("abcd", 4, out, sizeof out), -ENOSPC);
    cr_expect_eq(http_percent_decode("%61%62%63", 9, out, sizeof out), 3);
    cr_expect_str_eq(out, "abc");
    cr_expect_eq(http_percent_decode("", 0, out, 0), -ENOSPC);
    cr_expect_eq(http_percent_decode("", 0, out, 1), 0);
    cr_expect_str_eq(out, "");
}

static const struct {
    const char *in;
    const char *out;
} encoded[] = {
    {"", ""},
    {"ABCxyz0189", "ABCxyz0189"},
    {"-._~:@=+", "-._~:@=+"},
    {"a b", "a%20b"},
    {"a/b", "a%2Fb"},
    {"%", "%25"},
    {"../..", "..%2F.."},
    {"?#[]!$&'()*,;", "%3F%23%5B%5D%21%24%26%27%28%29%2A%2C%3B"},
    {"\xc3\xa9", "%C3%A9"},
    {"\"<>\\^`{|}", "%22%3C%3E%5C%5E%60%7B%7C%7D"},
    {"\r\n", "%0D%0A"},
    {"\x7f\xff", "%7F%FF"},
};

Test(percent, encodes_all_but_what_a_segment_may_hold)
{
    for (size_t i = 0; i < COUNT(encoded); i++) {
        char out[64];
        ssize_t n =
            http_percent_encode_segment(encoded[i].in, strlen(encoded[i].in), out, sizeof out);

        cr_expect_eq(n, (ssize_t)strlen(encoded[i].out), "row %zu gave %zd", i, n);
        cr_expect_str_eq(out, encoded[i].out, "row %zu gave %s", i, out);
    }
}

Test(percent, encode_fits_exactly_or_says_so)
{
    char out[5];

    memset(out, '!', sizeof out);
    cr_expect_eq(http_percent_encode_segment("a/", 2, out, sizeof out), 4);
    cr_expect_str_eq(out, "a%2F");
    cr_expect_eq(http_percent_encode_segment("ab/", 3, out, sizeof out), -ENOSPC);
    cr_expect_eq(http_percent_encode_segment("abcd", 4, out, sizeof out), 4);
    cr_expect_eq(http_percent_encode_segment("abcde", 5, out, sizeof out), -ENOSPC);
    cr_expect_eq(http_percent_encode_segment("", 0, out, 1), 0);
    cr_expect_eq(http_percent_encode_segment("", 0, out, 0), -ENOSPC);
    cr_expect_eq(http_percent_encode_segment("a", 1, out, 0), -ENOSPC);
}

/* Every pair of bytes, so that neighbours of an escape are covered as well. */
Test(percent, encode_then_decode_is_identity)
{
    unsigned wrong = 0;

    for (int a = 1; a < 256; a++) {
        for (int b = 1; b < 256; b++) {
            char text[] = {(char)a, (char)b}, middle[8], back[8];
            ssize_t n = http_percent_encode_segment(text, sizeof text, middle, sizeof middle);
            ssize_t m;

            cr_assert_gt(n, 0, "bytes %02x %02x", (unsigned)a, (unsigned)b);
            m = http_percent_decode(middle, (size_t)n, back, sizeof back);
            if (m != 2 || memcmp(text, back, 2) != 0)
                wrong++;
        }
    }
    cr_expect_eq(wrong, 0, "%u pairs came back changed", wrong);
}

Test(percent, encoded_text_holds_only_url_bytes)
{
    char all[255], out[3 * sizeof all + 1];
    ssize_t n;

    for (size_t i = 0; i < sizeof all; i++)
        all[i] = (char)(i + 1);
    n = http_percent_encode_segment(all, sizeof all, out, sizeof out);
    cr_assert_gt(n, 0);
    cr_expect_eq(strspn(out, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                             "-._~:@=+%"),
                 (size_t)n);
}

Test(percent, strictly_encoded_text_has_unreserved_bytes_alone)
{
    char out[64];

    cr_expect_eq(http_percent_encode_strictly("a:b@c=d+e/~-._", 14, out, sizeof out), 24);
    cr_expect_str_eq(out, "a%3Ab%40c%3Dd%2Be%2F~-._");
    cr_expect_eq(http_percent_encode_strictly("\xc3\xa9 %", 4, out, sizeof out), 12);
    cr_expect_str_eq(out, "%C3%A9%20%25");
    cr_expect_eq(http_percent_encode_strictly("a@", 2, out, 4), -ENOSPC);
}
