/* SPDX-License-Identifier: MIT
 *
 * What json_edit() takes for JSON. What it does with it: test_json_edit.c.
 */
#include "base/json_edit.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "jansson_oracle.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define DEPTH 8

/* With its length, since some have a NUL. */
#define TEXT(text) \
    { \
        text, sizeof(text) - 1 \
    }

struct sample {
    const char *text;
    size_t length;
};

static int leave(void *context, const char *text, size_t length, struct buffer *out)
{
    (void)context, (void)text, (void)length, (void)out;
    return 0;
}

/* From a heap copy, so that a sanitizer sees a read past its end; what is taken comes out as it
 * went in. Every name "a" and every value that has it is looked at on the way. */
static int judge(const char *text, size_t length, size_t *where)
{
    static char *const names[] = {"a"};
    const struct json_edit rules = {names, COUNT(names), DEPTH, leave, NULL};
    char *copy = malloc(length ? length : 1);
    struct buffer out = {0};
    int rc;

    memcpy(copy, text, length);
    rc = json_edit(&rules, copy, length, &out, where);
    if (rc == 0)
        cr_assert(out.length == length && memcmp(out.data, text, length) == 0, "changed: %s", text);
    else
        cr_assert_eq(out.length, 0);
    buffer_free(&out);
    free(copy);
    return rc;
}

static const struct sample good[] = {
    /* values on their own, blanks around them */
    TEXT("null"), TEXT("true"), TEXT("false"), TEXT("\"\""), TEXT("0"), TEXT("[]"), TEXT("{}"),
    TEXT(" \t\r\n{ \t\r\n} \t\r\n"), TEXT(" [ ] "), TEXT("\n1\n"),
    /* arrays */
    TEXT("[1]"), TEXT("[ 1 , 2 ]"), TEXT("[[],[[]],{}]"), TEXT("[null,true,false]"),
    TEXT("[[[[[[[[]]]]]]]]"),
    /* objects */
    TEXT("{\"a\":1}"), TEXT("{ \"a\" : 1 , \"b\" : 2 }"), TEXT("{\"a\":1,\"a\":2}"),
    TEXT("{\"\":0}"), TEXT("{\"a\":{\"a\":{\"a\":[{}]}}}"), TEXT("{\"a\":[\"x\",[\"y\"]]}"),
    /* numbers */
    TEXT("-0"), TEXT("-1"), TEXT("10"), TEXT("1.0"), TEXT("0.10"), TEXT("-0.0"), TEXT("1e5"),
    TEXT("1E5"), TEXT("1e+5"), TEXT("1e-5"), TEXT("0e0"), TEXT("0E+00"), TEXT("-1.50e-07"),
    TEXT("[-0,1e0]"), TEXT("9223372036854775807"), TEXT("1e-999"),
    TEXT("0.00000000000000000000000000001"),
    /* strings */
    TEXT("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""), TEXT("\"\\u0041\\u00e9\\uD83D\\uDE00\""),
    TEXT("\"\\u0000\""), TEXT("{\"b\":\"\\u0000\"}"), TEXT("\"\x7f\""),
    TEXT("\"\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80\""), TEXT("\"\xef\xbb\xbf\""),
    TEXT("\"\xe2\x80\xa8\xef\xbf\xbf\xf4\x8f\xbf\xbf\""), TEXT("\"\xee\x80\x80\xed\x9f\xbf\""),
    TEXT("\"/*\""), TEXT("\"\\\\\""), TEXT("[\"]\",\"}\",\"{\",\"[\"]"),
    TEXT("{\"\xc3\xa9\":1,\"\\u0061\":\"\\u0061\"}"),
};

/* JSON, but more than jansson can hold. */
static const struct sample more[] = {
    TEXT("\"\\ud800\""), TEXT("\"\\udc00\""), TEXT("\"\\ud800\\ud800\""),
    TEXT("\"\\udc00\\ud800\""), TEXT("\"\\ud800x\""), TEXT("\"\\ud800\\n\""),
    TEXT("{\"a\":\"\\udfff\"}"), TEXT("{\"\\ud800\":1}"), TEXT("{\"\\u0000\":1}"),
    TEXT("{\"a\\u0000\":\"x\"}"), TEXT("9223372036854775808"), TEXT("-9223372036854775809"),
    TEXT("123456789012345678901234567890"), TEXT("1e400"), TEXT("-1.5E+999"),
};

static const struct sample bad[] = {
    /* nothing, or no value */
    TEXT(""), TEXT(" "), TEXT("\n\n"), TEXT(","), TEXT(":"), TEXT("]"), TEXT("}"), TEXT("\0"),
    TEXT("*"), TEXT("'x'"), TEXT("x"),
    /* more than one */
    TEXT("1 2"), TEXT("{}{}"), TEXT("[],"), TEXT("[]]"), TEXT("{}}"), TEXT("\"a\"\"b\""),
    TEXT("null\0"), TEXT("{}\0"), TEXT("{} //"), TEXT("1,"), TEXT("nullnull"),
    TEXT("{}\xef\xbb\xbf"), TEXT("[]x"),
    /* byte order marks, other encodings, other blanks */
    TEXT("\xef\xbb\xbf{}"), TEXT("\xef\xbb\xbf"), TEXT("\xff\xfe{\0}\0"), TEXT("\0{\0}"),
    TEXT("\f1"), TEXT("[\v]"), TEXT("\xc2\xa0[]"), TEXT("[\xe2\x80\xa8]"), TEXT("[\xe3\x80\x80]"),
    TEXT("[\b1]"),
    /* literals */
    TEXT("nul"), TEXT("nulL"), TEXT("NULL"), TEXT("True"), TEXT("tru"), TEXT("truex"), TEXT("fals"),
    TEXT("n"), TEXT("t"), TEXT("f"), TEXT("undefined"), TEXT("NaN"), TEXT("Infinity"),
    TEXT("-Infinity"), TEXT("[tru]"), TEXT("[nul\0]"),
    /* arrays */
    TEXT("["), TEXT("[1"), TEXT("[1,"), TEXT("[1,]"), TEXT("[,1]"), TEXT("[,]"), TEXT("[1 2]"),
    TEXT("[1,,2]"), TEXT("[1}"), TEXT("[\"a\":1]"), TEXT("[1:2]"), TEXT("[[]"), TEXT("[]["),
    TEXT("[1;2]"), TEXT("[...]"), TEXT("[\"a\",\n4\n,1,"), TEXT("[/**/]"), TEXT("(1)"),
    /* objects */
    TEXT("{"), TEXT("{\"a\""), TEXT("{\"a\":"), TEXT("{\"a\":1"), TEXT("{\"a\":1,"),
    TEXT("{\"a\":1,}"), TEXT("{,}"), TEXT("{\"a\"}"), TEXT("{\"a\" 1}"), TEXT("{\"a\":1 \"b\":2}"),
    TEXT("{\"a\"::1}"), TEXT("{a:1}"), TEXT("{'a':1}"), TEXT("{1:1}"), TEXT("{null:1}"),
    TEXT("{[]:1}"), TEXT("{\"a\":1]"), TEXT("{\"a\":}"), TEXT("{:1}"), TEXT("{\"a\",1}"),
    TEXT("{\"a\":1,,\"b\":2}"), TEXT("{\"a\":1;\"b\":2}"), TEXT("{\"a\"=1}"),
    TEXT("{\"a\":1 /**/}"), TEXT("{\"a\":1}#"), TEXT("{\"a\":{}"), TEXT("{]"), TEXT("[}"),
    TEXT("{1}"), TEXT("{{}}"), TEXT("{\"a\":1,2}"),
    /* numbers */
    TEXT("-"), TEXT("+1"), TEXT("01"), TEXT("-01"), TEXT("00"), TEXT("1."), TEXT(".1"), TEXT("-.1"),
    TEXT("1.e1"), TEXT("0.e1"), TEXT("1e"), TEXT("1e+"), TEXT("1E-"), TEXT("1e5.0"), TEXT("1.2.3"),
    TEXT("--1"), TEXT("- 1"), TEXT("1 000"), TEXT("0x1"), TEXT("1a"), TEXT("1_000"), TEXT("[1e]"),
    TEXT("[-]"), TEXT("[0 1]"), TEXT("1e1e1"), TEXT("-x"), TEXT("[1.]"), TEXT("2\xd9\xa3"),
    TEXT("\xef\xbc\x91"),
    /* strings that do not end */
    TEXT("\""), TEXT("\"a"), TEXT("\"\\\""), TEXT("\"\\"), TEXT("\"\\u"), TEXT("\"\\u004"),
    TEXT("[\"a]"), TEXT("\"12345678"), TEXT("\"\xc3"),
    /* escapes */
    TEXT("\"\\x41\""), TEXT("\"\\a\""), TEXT("\"\\0\""), TEXT("\"\\'\""), TEXT("\"\\U0041\""),
    TEXT("\"\\u004\""), TEXT("\"\\u00g1\""), TEXT("\"\\u 041\""), TEXT("\"\\u-041\""),
    TEXT("\"\\\n\""), TEXT("\"\\\0\""), TEXT("\"\\\xc3\xa9\""), TEXT("\"\\ud83d\\u\""),
    TEXT("\"\\ud83d\\ude0\""), TEXT("{\"\\q\":1}"), TEXT("[\\n]"), TEXT("\\u0031"),
    /* bytes that a string must not have */
    TEXT("\"\n\""), TEXT("\"\t\""), TEXT("\"\0\""), TEXT("\"\x1f\""), TEXT("{\"a\n\":1}"),
    TEXT("\"1234567\r8\""), TEXT("\"\x80\""), TEXT("\"\xff\""), TEXT("\"\xc3(\""),
    TEXT("\"\xc0\xaf\""), TEXT("\"\xe0\x80\xaf\""), TEXT("\"\xed\xa0\x80\""),
    TEXT("\"\xed\xa0\xbd\xed\xb8\x80\""), TEXT("\"\xf4\x90\x80\x80\""),
    TEXT("\"\xf8\x88\x80\x80\x80\""), TEXT("{\"\xe9\":1}"), TEXT("\"\xe2\x82\""), TEXT("\xc3\xa9"),
    TEXT("[\xff]"),
};

Test(json_grammar, good_ones)
{
    for (size_t i = 0; i < COUNT(good); i++) {
        cr_expect_eq(judge(good[i].text, good[i].length, NULL), 0, "refused: %s", good[i].text);
        cr_expect(jansson_takes(good[i].text, good[i].length), "jansson refuses: %s", good[i].text);
    }
}

Test(json_grammar, good_ones_that_jansson_refuses)
{
    for (size_t i = 0; i < COUNT(more); i++) {
        cr_expect_eq(judge(more[i].text, more[i].length, NULL), 0, "refused: %s", more[i].text);
        cr_expect_not(jansson_takes(more[i].text, more[i].length), "jansson takes: %s",
                      more[i].text);
    }
}

Test(json_grammar, bad_ones)
{
    for (size_t i = 0; i < COUNT(bad); i++) {
        cr_expect_eq(judge(bad[i].text, bad[i].length, NULL), -EINVAL, "row %zu: %s", i,
                     bad[i].text);
        cr_expect_not(jansson_takes(bad[i].text, bad[i].length), "row %zu: %s", i, bad[i].text);
    }
}

/* All texts of up to `room` more of the alphabet's bytes. */
static void agree_on_all(char *text, size_t length, size_t room, const char *alphabet)
{
    cr_assert_eq(judge(text, length, NULL) == 0, jansson_takes(text, length), "%.*s", (int)length,
                 text);
    if (room == 0)
        return;
    for (const char *c = alphabet; *c; c++) {
        text[length] = *c;
        agree_on_all(text, length + 1, room - 1, alphabet);
    }
}

Test(json_grammar, every_short_text_is_what_jansson_says)
{
    static const char *const alphabets[] = {"[]{},:\"a 1", "-+0.1eE ,]", "\"\\u0dn/\x7f",
                                            "\"\xc3\xa9\xed\xa0\x80\x1f"};
    char text[8];

    for (size_t i = 0; i < COUNT(alphabets); i++)
        agree_on_all(text, 0, 5, alphabets[i]);
}

static const char document[] =
    "{\"a\": [1.5e1, -0, true, null],\n \"b\\u0041\": {\"\": \"x\\n\xc3\xa9\"}, "
    "\"c\": [[], {}, false, \"\xf0\x9f\x98\x80 \\u00e9\"]}";

Test(json_grammar, every_changed_byte_is_what_jansson_says)
{
    char text[sizeof document];
    size_t length = sizeof document - 1;

    cr_assert_eq(judge(document, length, NULL), 0);
    for (size_t i = 0; i < length; i++) {
        memcpy(text, document, sizeof document);
        for (int c = 0; c < 256; c++) {
            text[i] = (char)c;
            cr_assert_eq(judge(text, length, NULL) == 0, jansson_takes(text, length),
                         "0x%02x at %zu", c, i);
        }
    }
}

Test(json_grammar, no_beginning_is_a_document_and_each_ends_where_it_ends)
{
    for (size_t length = 0; length < sizeof document - 1; length++) {
        size_t where = 0;

        cr_assert_eq(judge(document, length, &where), -EINVAL, "%zu bytes", length);
        /* A character or a literal that is cut off is wrong from its beginning. */
        cr_assert(where <= length && length - where <= 6, "%zu of %zu", where, length);
    }
}

static const struct {
    const char *text;
    size_t where;
} places[] = {
    {"", 0},           {" x", 1},           {"[1 2]", 3},       {"{\"a\" 1}", 5}, {"{\"a\":1,}", 7},
    {"\"ab\ncd\"", 3}, {"[\"\\ud8x\"]", 2}, {"[\"a\xff\"]", 3}, {"[01]", 2},      {"[1.x]", 3},
    {"[1] 2", 4},      {"{} ", 3},          {"[nulx]", 1},      {"[\"abc", 5},    {"[[[[[[[[[", 8},
};

Test(json_grammar, where_it_is_wrong)
{
    for (size_t i = 0; i < COUNT(places); i++) {
        size_t where = 99;

        judge(places[i].text, strlen(places[i].text), &where);
        cr_expect_eq(where, places[i].where, "%s: %zu", places[i].text, where);
    }
}
