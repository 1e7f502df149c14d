/* SPDX-License-Identifier: MIT */
#include "base/json_string.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* What is between the quotes, and what it means. */
static const struct {
    const char *raw, *text;
} meanings[] = {
    {"", ""},
    {"plain", "plain"},
    {"\\\"\\\\\\/\\b\\f\\n\\r\\t", "\"\\/\b\f\n\r\t"},
    {"avatar\\u0055rl", "avatarUrl"},
    {"\\u00e9\\u00E9", "\xc3\xa9\xc3\xa9"},
    {"\\u20ac x \\uFFFD", "\xe2\x82\xac x \xef\xbf\xbd"},
    {"\\uD83D\\uDE00", "\xf0\x9f\x98\x80"},
    {"\\ud800\\udc00\\udbff\\udfff", "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"},
    {"\\\\u0041", "\\u0041"},
    {"a\\\\", "a\\"},
    {"\xc3\xa9\\u0041\xf0\x9f\x98\x80", "\xc3\xa9"
                                        "A\xf0\x9f\x98\x80"},
    {"\x7f", "\x7f"},
};

static const char *const halves[] = {
    "\\ud800",
    "\\udc00",
    "\\uDFFF",
    "x\\udbffy",
    "\\ud800\\ud800",
    "\\udc00\\ud800",
    "\\ud83d\\n",
    "\\ud83d\\u0041",
    "\\ud83d\\\\ude00",
    "\\ud83d \\ude00",
    "\\ud83d\\ude00\\ude00",
    "\\udc00\\udc00",
    "\\ud83d\\ue000",
};

Test(json_string, what_it_means)
{
    for (size_t i = 0; i < COUNT(meanings); i++) {
        size_t length = strlen(meanings[i].raw);
        char *raw = malloc(length + 1);
        struct buffer out = {0};

        /* The closing quote is there in a document, too, but nothing may look past it. */
        memcpy(raw, meanings[i].raw, length);
        raw[length] = '"';
        cr_assert_eq(json_unescape(raw, length, &out), 0, "%s", meanings[i].raw);
        cr_expect_str_eq(out.data, meanings[i].text, "%s", meanings[i].raw);
        cr_expect_eq(out.length, strlen(meanings[i].text));
        buffer_free(&out);
        free(raw);
    }
}

Test(json_string, half_a_pair_means_nothing)
{
    for (size_t i = 0; i < COUNT(halves); i++) {
        struct buffer out = {0};

        buffer_puts(&out, "before");
        cr_expect_eq(json_unescape(halves[i], strlen(halves[i]), &out), -EILSEQ, "%s", halves[i]);
        cr_expect_str_eq(out.data, "before");
        cr_expect_eq(out.length, 6);
        buffer_free(&out);
    }
}

Test(json_string, a_nul_is_a_character_like_others)
{
    struct buffer out = {0};

    cr_assert_eq(json_unescape("a\\u0000b", 8, &out), 0);
    cr_assert_eq(out.length, 3);
    cr_expect_arr_eq(out.data, "a\0b", 3);
    buffer_clear(&out);
    cr_assert_eq(json_quote("a\0b", 3, &out), 0);
    cr_expect_str_eq(out.data, "\"a\\u0000b\"");
    buffer_free(&out);
}

static const struct {
    const char *text, *quoted;
} quotes[] = {
    {"", "\"\""},
    {"https://a.example/b?c=d&e", "\"https://a.example/b?c=d&e\""},
    {"\"", "\"\\\"\""},
    {"a\\b", "\"a\\\\b\""},
    {"\n\t", "\"\\n\\t\""},
    {"\x01\b\f\r\x1f\x7f", "\"\\u0001\\u0008\\u000c\\u000d\\u001f\x7f\""},
    {"1234567\"", "\"1234567\\\"\""},
    {"12345678\"", "\"12345678\\\"\""},
    {"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\""},
};

Test(json_string, how_a_text_is_written)
{
    for (size_t i = 0; i < COUNT(quotes); i++) {
        struct buffer out = {0};

        cr_assert_eq(json_quote(quotes[i].text, strlen(quotes[i].text), &out), 0);
        cr_expect_str_eq(out.data, quotes[i].quoted);
        buffer_free(&out);
    }
}

Test(json_string, what_is_not_utf8_is_not_written)
{
    static const char *const bad[] = {"\xff", "a\xc3", "a\xed\xa0\x80z", "\n\xc0\x80"};

    for (size_t i = 0; i < COUNT(bad); i++) {
        struct buffer out = {0};

        buffer_puts(&out, "before");
        cr_expect_eq(json_quote(bad[i], strlen(bad[i]), &out), -EILSEQ, "row %zu", i);
        cr_expect_str_eq(out.data, "before");
        buffer_free(&out);
    }
}

Test(json_string, every_byte_that_stops_is_found_wherever_it_stands)
{
    for (int c = 0; c < 256; c++) {
        for (size_t at = 0; at < 24; at++) {
            size_t length = at + 1;
            char *text = malloc(length);
            const char *p = text;
            bool escaped = true, ends;

            memset(text, 'x', length);
            text[at] = (char)c;
            ends = json_string_end(&p, text + length, &escaped);
            cr_assert_eq(ends, c == '"', "byte 0x%02x after %zu", c, at);
            cr_assert_eq(escaped, c == '\\');
            cr_assert_eq((size_t)(p - text),
                         c >= ' ' && c < 0x80 && c != '"' && c != '\\' ? length : at);
            free(text);
        }
    }
}

/* Eight bytes are looked at together: none may be taken for another because of its neighbour. */
Test(json_string, the_first_of_two_neighbours_counts)
{
    for (unsigned pair = 0; pair < 1u << 14; pair++) {
        char text[] = {'x', 'x', 'x', (char)(pair >> 7), (char)(pair & 0x7f), 'x', 'x',
                       'x', 'x', '"'};
        const char *p = text, *stop = text + 3;
        bool escaped;

        while (*stop >= ' ' && *stop != '"')
            stop++;
        if (text[3] == '\\' || text[4] == '\\')
            continue;
        cr_assert_eq(json_string_end(&p, text + sizeof text, &escaped), *stop == '"', "0x%04x",
                     pair);
        cr_assert_eq(p, stop, "0x%04x", pair);
    }
}
