/* SPDX-License-Identifier: MIT
 *
 * What json_edit() does with JSON. What it takes for such: test_json_grammar.c.
 */
#include "base/json_edit.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

static char *const names[] = {"avatarUrl", "imageUrl", "a\"b", "\xc3\xa9", ""};

/* What was offered, each in <>. */
struct offers {
    struct buffer seen;
    size_t count;
};

/* "old..." becomes "new...", which needs escapes if it does. */
static int renew(void *context, const char *text, size_t length, struct buffer *out)
{
    struct offers *offers = context;

    cr_assert_eq(out->length, 0);
    offers->count++;
    buffer_puts(&offers->seen, "<");
    buffer_append(&offers->seen, text, length);
    buffer_puts(&offers->seen, ">");
    if (length < 3 || memcmp(text, "old", 3) != 0)
        return 0;
    cr_assert_eq(buffer_puts(out, "new"), 0);
    cr_assert_eq(buffer_append(out, text + 3, length - 3), 0);
    return 1;
}

static int edit(const char *json, size_t length, struct offers *offers, struct buffer *out)
{
    const struct json_edit rules = {names, COUNT(names), 64, renew, offers};
    char *copy = malloc(length ? length : 1);
    int rc;

    memcpy(copy, json, length);
    rc = json_edit(&rules, copy, length, out, NULL);
    free(copy);
    return rc;
}

static const struct {
    const char *json, *edited;
    const char *offered;
} rows[] = {
    /* members */
    {"{\"avatarUrl\":\"old/1\"}", "{\"avatarUrl\":\"new/1\"}", "<old/1>"},
    {"{\"imageUrl\":\"old/1\"}", "{\"imageUrl\":\"new/1\"}", "<old/1>"},
    {"{\"avatarUrl\":\"else\"}", "{\"avatarUrl\":\"else\"}", "<else>"},
    {"{\"avatarUrl\":\"\"}", "{\"avatarUrl\":\"\"}", "<>"},
    {"{\"avatarUrl\":\"old\"}", "{\"avatarUrl\":\"new\"}", "<old>"},
    {"{\"other\":\"old\"}", "{\"other\":\"old\"}", ""},
    {"{\"avatarurl\":\"old\",\"avatarUr\":\"old\",\"avatarUrls\":\"old\",\" avatarUrl\":\"old\"}",
     "{\"avatarurl\":\"old\",\"avatarUr\":\"old\",\"avatarUrls\":\"old\",\" avatarUrl\":\"old\"}",
     ""},
    {"{\"avatarUrl\":\"old1\",\"avatarUrl\":\"old2\"}",
     "{\"avatarUrl\":\"new1\",\"avatarUrl\":\"new2\"}", "<old1><old2>"},
    {"{\"\":\"old\"}", "{\"\":\"new\"}", "<old>"},
    {"{\"\\u0000\":\"old\"}", "{\"\\u0000\":\"old\"}", ""},
    {"{\"avatarUrl\\u0000\":\"old\"}", "{\"avatarUrl\\u0000\":\"old\"}", ""},
    /* other values */
    {"{\"avatarUrl\":1,\"imageUrl\":null}", "{\"avatarUrl\":1,\"imageUrl\":null}", ""},
    {"{\"avatarUrl\":true,\"imageUrl\":{}}", "{\"avatarUrl\":true,\"imageUrl\":{}}", ""},
    {"{\"avatarUrl\":1,\"x\":\"old\"}", "{\"avatarUrl\":1,\"x\":\"old\"}", ""},
    {"\"old\"", "\"old\"", ""},
    {"\"avatarUrl\"", "\"avatarUrl\"", ""},
    {"[\"avatarUrl\",\"old\"]", "[\"avatarUrl\",\"old\"]", ""},
    {"{\"x\":\"avatarUrl\",\"y\":\"old\"}", "{\"x\":\"avatarUrl\",\"y\":\"old\"}", ""},
    {"{\"avatarUrl\":\"imageUrl\",\"y\":\"old\"}", "{\"avatarUrl\":\"imageUrl\",\"y\":\"old\"}",
     "<imageUrl>"},
    /* arrays and objects */
    {"{\"imageUrl\":[\"old1\",\"x\",\"old2\"]}", "{\"imageUrl\":[\"new1\",\"x\",\"new2\"]}",
     "<old1><x><old2>"},
    {"{\"imageUrl\":[],\"y\":\"old\"}", "{\"imageUrl\":[],\"y\":\"old\"}", ""},
    {"{\"imageUrl\":[\"old\"],\"y\":[\"old\"]}", "{\"imageUrl\":[\"new\"],\"y\":[\"old\"]}",
     "<old>"},
    {"{\"imageUrl\":[1,[\"old1\",[]],\"old2\"]}", "{\"imageUrl\":[1,[\"new1\",[]],\"new2\"]}",
     "<old1><old2>"},
    {"{\"imageUrl\":{\"x\":\"old\"}}", "{\"imageUrl\":{\"x\":\"old\"}}", ""},
    {"{\"imageUrl\":{\"x\":[\"old\"]}}", "{\"imageUrl\":{\"x\":[\"old\"]}}", ""},
    {"{\"imageUrl\":[{\"x\":\"old1\"},\"old2\"]}", "{\"imageUrl\":[{\"x\":\"old1\"},\"new2\"]}",
     "<old2>"},
    {"{\"imageUrl\":[{},\"old\"]}", "{\"imageUrl\":[{},\"new\"]}", "<old>"},
    {"{\"imageUrl\":{\"imageUrl\":\"old\"}}", "{\"imageUrl\":{\"imageUrl\":\"new\"}}", "<old>"},
    {"[{\"x\":[[{\"y\":{\"avatarUrl\":\"old\"}}]]}]",
     "[{\"x\":[[{\"y\":{\"avatarUrl\":\"new\"}}]]}]", "<old>"},
    {"[[\"old\"],{\"avatarUrl\":\"old\"},\"old\"]", "[[\"old\"],{\"avatarUrl\":\"new\"},\"old\"]",
     "<old>"},
    /* names in other spellings */
    {"{\"avatar\\u0055rl\":\"old\"}", "{\"avatar\\u0055rl\":\"new\"}", "<old>"},
    {"{\"\\u0061\\u0076atarUrl\":\"old\"}", "{\"\\u0061\\u0076atarUrl\":\"new\"}", "<old>"},
    {"{\"a\\\"b\":\"old\",\"a\\u0022b\":\"old\"}", "{\"a\\\"b\":\"new\",\"a\\u0022b\":\"new\"}",
     "<old><old>"},
    {"{\"\xc3\xa9\":\"old\",\"\\u00E9\":\"old\"}", "{\"\xc3\xa9\":\"new\",\"\\u00E9\":\"new\"}",
     "<old><old>"},
    {"{\"e\xcc\x81\":\"old\"}", "{\"e\xcc\x81\":\"old\"}", ""},
    {"{\"avatar\\\\u0055rl\":\"old\"}", "{\"avatar\\\\u0055rl\":\"old\"}", ""},
    {"{\"avatarUrl\\ud800\":\"old\"}", "{\"avatarUrl\\ud800\":\"old\"}", ""},
    /* values in other spellings */
    {"{\"imageUrl\":\"ol\\u0064\\/x\"}", "{\"imageUrl\":\"new/x\"}", "<old/x>"},
    {"{\"imageUrl\":\"x\\/\\u0079\"}", "{\"imageUrl\":\"x\\/\\u0079\"}", "<x/y>"},
    {"{\"imageUrl\":\"old\\n\\t\\\"\\\\\\u001f\\u007f\"}",
     "{\"imageUrl\":\"new\\n\\t\\\"\\\\\\u001f\x7f\"}", "<old\n\t\"\\\x1f\x7f>"},
    {"{\"imageUrl\":\"old\\ud83d\\ude00\xc3\xa9\"}",
     "{\"imageUrl\":\"new\xf0\x9f\x98\x80\xc3\xa9\"}", "<old\xf0\x9f\x98\x80\xc3\xa9>"},
    {"{\"imageUrl\":[\"old\\ud83d\",\"old\\ude00\\ud83d\",\"old\"]}",
     "{\"imageUrl\":[\"old\\ud83d\",\"old\\ude00\\ud83d\",\"new\"]}", "<old>"},
    /* all else stays */
    {" {\t\"x\" : 1.50E+01 ,\r\n\"imageUrl\"\n:\t\"old\" , \"\\u0078\":-0.0 } \n",
     " {\t\"x\" : 1.50E+01 ,\r\n\"imageUrl\"\n:\t\"new\" , \"\\u0078\":-0.0 } \n", "<old>"},
    {"{\"imageUrl\": [ \"old1\" ,\n\"old2\"\n] }", "{\"imageUrl\": [ \"new1\" ,\n\"new2\"\n] }",
     "<old1><old2>"},
};

Test(json_edit, what_is_replaced_and_what_is_not)
{
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct offers offers = {.count = 0};
        struct buffer out = {0};

        buffer_puts(&offers.seen, "");
        cr_expect_eq(edit(rows[i].json, strlen(rows[i].json), &offers, &out), 0, "%s",
                     rows[i].json);
        cr_expect_str_eq(out.data, rows[i].edited, "%s became %s", rows[i].json, out.data);
        cr_expect_str_eq(offers.seen.data, rows[i].offered, "%s offered %s", rows[i].json,
                         offers.seen.data);
        buffer_free(&offers.seen);
        buffer_free(&out);
    }
}

Test(json_edit, is_added_to_what_was_there)
{
    static const char json[] = "{\"imageUrl\":\"old\"}";
    struct offers offers = {.count = 0};
    struct buffer out = {0};

    buffer_puts(&out, "before ");
    cr_expect_eq(edit(json, strlen(json), &offers, &out), 0);
    cr_expect_str_eq(out.data, "before {\"imageUrl\":\"new\"}");
    buffer_free(&offers.seen);
    buffer_free(&out);
}

Test(json_edit, a_nul_is_offered_and_written)
{
    static const char json[] = "{\"imageUrl\":\"old\\u0000x\"}";
    struct offers offers = {.count = 0};
    struct buffer out = {0};

    cr_expect_eq(edit(json, strlen(json), &offers, &out), 0);
    cr_expect_str_eq(out.data, "{\"imageUrl\":\"new\\u0000x\"}");
    cr_expect_eq(offers.seen.length, 7);
    cr_expect_arr_eq(offers.seen.data, "<old\0x>", 7);
    buffer_free(&offers.seen);
    buffer_free(&out);
}

static const char people[] =
    "{\"imageUrl\":\"old1\",\"x\":[{\"avatarUrl\":\"old2\"},{\"avatarUrl\":\"old3\"}]}";

Test(json_edit, nothing_is_written_of_a_document_that_turns_out_bad)
{
    for (size_t length = 0; length < sizeof people - 1; length++) {
        struct offers offers = {.count = 0};
        struct buffer out = {0};

        buffer_puts(&out, "before");
        cr_assert_eq(edit(people, length, &offers, &out), -EINVAL, "%zu bytes", length);
        cr_assert_eq(out.length, 6);
        cr_assert_str_eq(out.data, "before");
        buffer_free(&offers.seen);
        buffer_free(&out);
    }
}

struct answer {
    unsigned good; /* so many are taken before */
    int rc;
    const char *text;
};

static int answer(void *context, const char *text, size_t length, struct buffer *out)
{
    struct answer *answer = context;

    (void)text, (void)length;
    if (answer->good > 0) {
        answer->good--;
        return buffer_puts(out, "fine") ? -ENOMEM : 1;
    }
    if (answer->text)
        cr_assert_eq(buffer_puts(out, answer->text), 0);
    return answer->rc;
}

/* What comes of it, with "before" in the buffer. */
static int ask(struct answer how, const char *json, struct buffer *out)
{
    const struct json_edit rules = {names, COUNT(names), 64, answer, &how};

    buffer_puts(out, "before");
    return json_edit(&rules, json, strlen(json), out, NULL);
}

Test(json_edit, an_error_of_the_editor_ends_it)
{
    for (unsigned good = 0; good < 3; good++) {
        struct buffer out = {0};

        cr_expect_eq(ask((struct answer){good, -EPERM, "x"}, people, &out), -EPERM);
        cr_expect_str_eq(out.data, "before");
        buffer_free(&out);
    }
}

Test(json_edit, a_new_text_that_is_not_utf8_ends_it)
{
    for (unsigned good = 0; good < 3; good++) {
        struct buffer out = {0};

        cr_expect_eq(ask((struct answer){good, 1, "x\xff"}, people, &out), -EILSEQ);
        cr_expect_str_eq(out.data, "before");
        buffer_free(&out);
    }
}

Test(json_edit, a_text_that_is_not_wanted_after_all_is_forgotten)
{
    struct buffer out = {0};

    cr_expect_eq(ask((struct answer){1, 0, "not this"}, "{\"imageUrl\":[\"a\",\"b\",\"c\"]}", &out),
                 0);
    cr_expect_str_eq(out.data, "before{\"imageUrl\":[\"fine\",\"b\",\"c\"]}");
    buffer_free(&out);
}

Test(json_edit, a_new_text_may_be_empty)
{
    struct buffer out = {0};

    cr_expect_eq(ask((struct answer){0, 1, NULL}, "{\"imageUrl\":\"a\"}", &out), 0);
    cr_expect_str_eq(out.data, "before{\"imageUrl\":\"\"}");
    buffer_free(&out);
}

Test(json_edit, without_names_nothing_is_offered)
{
    const struct json_edit rules = {NULL, 0, 64, NULL, NULL};
    struct buffer out = {0};

    cr_expect_eq(json_edit(&rules, people, sizeof people - 1, &out, NULL), 0);
    cr_expect_str_eq(out.data, people);
    buffer_free(&out);
}

/* ---- depth ---- */

/* So many arrays, or objects and arrays in turns, around an innermost member. */
static void nest(struct buffer *json, unsigned depth, bool mixed, const char *innermost)
{
    for (unsigned i = 0; i < depth; i++)
        buffer_puts(json, mixed && i % 2 ? "{\"x\":" : "[");
    buffer_puts(json, innermost);
    for (unsigned i = depth; i-- > 0;)
        buffer_puts(json, mixed && i % 2 ? "}" : "]");
}

static int edit_nested(unsigned max_depth, unsigned depth, bool mixed, const char *innermost)
{
    struct offers offers = {.count = 0};
    const struct json_edit rules = {names, COUNT(names), max_depth, renew, &offers};
    struct buffer json = {0}, out = {0};
    int rc;

    nest(&json, depth, mixed, innermost);
    rc = json_edit(&rules, json.data, json.length, &out, NULL);
    cr_expect_eq(out.length, rc ? 0 : json.length);
    if (rc == 0)
        cr_expect_eq(strstr(out.data, "new") != NULL, strstr(innermost, "old") != NULL);
    buffer_free(&offers.seen);
    buffer_free(&json);
    buffer_free(&out);
    return rc;
}

Test(json_edit, as_deep_as_allowed)
{
    static const unsigned depths[] = {0, 1, 2, 3, 63, 64, JSON_EDIT_DEPTH_MAX};

    for (size_t i = 0; i < COUNT(depths); i++) {
        unsigned depth = depths[i];

        for (int mixed = 0; mixed < 2; mixed++) {
            cr_expect_eq(edit_nested(depth, depth, mixed, "1"), 0, "%u", depth);
            cr_expect_eq(edit_nested(depth, depth, mixed, "[]"), -EOVERFLOW, "%u", depth);
            cr_expect_eq(edit_nested(depth, depth, mixed, "{}"), -EOVERFLOW, "%u", depth);
            cr_expect_eq(edit_nested(depth, depth + 1, mixed, "1"), -EOVERFLOW, "%u", depth);
            if (depth > 0)
                cr_expect_eq(edit_nested(depth, depth - 1, mixed, "{\"imageUrl\":\"old\"}"), 0,
                             "%u", depth);
        }
    }
    cr_expect_eq(edit_nested(~0u, JSON_EDIT_DEPTH_MAX, true, "1"), 0);
    cr_expect_eq(edit_nested(~0u, JSON_EDIT_DEPTH_MAX + 1, true, "1"), -EOVERFLOW);
}

Test(json_edit, depth_counts_what_is_open_and_not_what_was)
{
    struct offers offers = {.count = 0};
    struct buffer json = {0}, out = {0};

    buffer_puts(&json, "[");
    for (unsigned i = 0; i < 1000; i++) {
        nest(&json, 63, i % 2, "0");
        buffer_puts(&json, ",");
    }
    buffer_puts(&json, "{\"imageUrl\":[\"old\"]}]");
    cr_expect_eq(edit(json.data, json.length, &offers, &out), 0);
    cr_expect_eq(offers.count, 1);
    buffer_free(&offers.seen);
    buffer_free(&json);
    buffer_free(&out);
}

Test(json_edit, a_million_open_brackets)
{
    size_t length = 1000000;
    char *json = malloc(length);
    struct offers offers = {.count = 0};
    struct buffer out = {0};

    memset(json, '[', length);
    cr_expect_eq(edit(json, length, &offers, &out), -EOVERFLOW);
    cr_expect_eq(out.length, 0);
    free(json);
}
