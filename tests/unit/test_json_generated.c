/* SPDX-License-Identifier: MIT
 *
 * json_edit() on documents made at random, whose edited form is written beside them,
 * and on large ones.
 */
#include "base/json_edit.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "jansson_oracle.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define TOO_LONG 60 /* seconds, for what takes less than one; with quadratic work it takes hours \
                     */

static char *const names[] = {"avatarUrl", "imageUrl"};

/* The same ones in every run (Marsaglia's xorshift). */
static unsigned draw(unsigned bound)
{
    static uint64_t state = 88172645463325252u;

    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)(state >> 33) % bound;
}

struct pair {
    struct buffer json, edited;
    unsigned edits;
};

static void add(struct pair *pair, const char *text)
{
    cr_assert_eq(buffer_puts(&pair->json, text), 0);
    cr_assert_eq(buffer_puts(&pair->edited, text), 0);
}

#define ADD_ONE_OF(pair, ...) \
    add(pair, \
        ((const char *const[]){__VA_ARGS__})[draw(COUNT(((const char *const[]){__VA_ARGS__})))])

static void add_blanks(struct pair *pair)
{
    while (draw(3) == 0)
        ADD_ONE_OF(pair, " ", "\n", "\t", "\r\n", "                 ");
}

/* In any of its spellings. */
static void spell(struct buffer *out, const char *text)
{
    for (; *text; text++) {
        if (draw(4) > 0)
            buffer_append(out, text, 1);
        else
            buffer_printf(out, draw(2) ? "\\u%04x" : "\\u%04X", (unsigned)*text);
    }
}

static void add_name(struct pair *pair, const char *name)
{
    struct buffer spelt = {0};

    spell(&spelt, name);
    add(pair, "\"");
    add(pair, spelt.length ? spelt.data : "");
    add(pair, "\"");
    buffer_free(&spelt);
}

static void add_string(struct pair *pair)
{
    add(pair, "\"");
    while (draw(4) > 0)
        ADD_ONE_OF(pair, "x", "some words ", "\\\"", "\\\\", "\\/\\b\\f\\n\\r\\t", "\xc3\xa9",
                   "\\u00e9", "\xf0\x9f\x98\x80", "\\ud83d\\uDE00", "old", "]}", ",", "\x7f",
                   "https://a.example/b?c=d&e");
    add(pair, "\"");
}

static void add_old(struct pair *pair)
{
    buffer_puts(&pair->json, "\"");
    spell(&pair->json, "old:");
    buffer_puts(&pair->json, "\\\"\"");
    buffer_puts(&pair->edited, "\"new:\\\"\"");
    pair->edits++;
}

static void add_value(struct pair *pair, unsigned depth, bool to_edit);

static void add_array(struct pair *pair, unsigned depth, bool to_edit)
{
    unsigned count = draw(5);

    add(pair, "[");
    add_blanks(pair);
    for (unsigned i = 0; i < count; i++) {
        if (i)
            add(pair, ",");
        add_value(pair, depth + 1, to_edit);
    }
    add(pair, "]");
}

static void add_object(struct pair *pair, unsigned depth)
{
    static const char *const others[] = {"id", "name", "avatarUr", "imageUrl2", "", "url"};
    unsigned count = draw(5);

    add(pair, "{");
    add_blanks(pair);
    for (unsigned i = 0; i < count; i++) {
        bool to_edit = draw(2);

        if (i)
            add(pair, ",");
        add_blanks(pair);
        add_name(pair, to_edit ? names[draw(COUNT(names))] : others[draw(COUNT(others))]);
        add_blanks(pair);
        add(pair, ":");
        add_value(pair, depth + 1, to_edit);
    }
    add(pair, "}");
}

static void add_value(struct pair *pair, unsigned depth, bool to_edit)
{
    unsigned kind = draw(depth < 8 ? 10 : 6);

    add_blanks(pair);
    if (kind == 0 && to_edit)
        add_old(pair);
    else if (kind <= 2)
        add_string(pair);
    else if (kind <= 4)
        ADD_ONE_OF(pair, "0", "-0", "1", "-12.50", "1E+2", "1.0e-10", "9007199254740993", "100");
    else if (kind == 5)
        ADD_ONE_OF(pair, "true", "false", "null");
    else if (kind <= 7)
        add_array(pair, depth, to_edit);
    else
        add_object(pair, depth);
    add_blanks(pair);
}

static int renew(void *context, const char *text, size_t length, struct buffer *out)
{
    unsigned *edits = context;

    if (length != 5 || memcmp(text, "old:\"", 5) != 0)
        return 0;
    ++*edits;
    return buffer_puts(out, "new:\"") ? -ENOMEM : 1;
}

static int edit(char *const *which, size_t count, const struct buffer *json, unsigned *edits,
                struct buffer *out)
{
    const struct json_edit rules = {which, count, 64, renew, edits};

    return json_edit(&rules, json->data, json->length, out, NULL);
}

static void expect(const struct buffer *out, const struct buffer *expected)
{
    cr_assert_eq(out->length, expected->length);
    cr_assert(memcmp(out->data, expected->data, out->length) == 0, "%s\nis not\n%s", out->data,
              expected->data);
}

static void check_one(unsigned *all_edits)
{
    struct pair pair = {.edits = 0};
    struct buffer out = {0};
    unsigned edits = 0;

    add_value(&pair, 0, false);
    cr_assert(jansson_takes(pair.json.data, pair.json.length), "%s", pair.json.data);

    cr_assert_eq(edit(NULL, 0, &pair.json, &edits, &out), 0);
    expect(&out, &pair.json);
    cr_assert_eq(edits, 0);

    buffer_clear(&out);
    cr_assert_eq(edit(names, COUNT(names), &pair.json, &edits, &out), 0, "%s", pair.json.data);
    expect(&out, &pair.edited);
    cr_assert_eq(edits, pair.edits);
    *all_edits += edits;

    buffer_free(&pair.json);
    buffer_free(&pair.edited);
    buffer_free(&out);
}

Test(json_generated, only_what_is_to_be_edited_changes)
{
    unsigned edits = 0;

    for (unsigned i = 0; i < 20000; i++)
        check_one(&edits);
    cr_expect_gt(edits, 1000, "only %u edits", edits);
}

static void check_changed(void)
{
    static const char changes[] = "[]{}:,\" \n\\x/-.\x1f\x80\xc3";
    struct pair pair = {.edits = 0};
    struct buffer out = {0};
    unsigned edits = 0;

    add_value(&pair, 0, false);
    /* No half of a pair must come of it: jansson does not take that. */
    if (!strstr(pair.json.data, "\\ud83d")) {
        pair.json.data[draw((unsigned)pair.json.length)] = changes[draw(sizeof changes - 1)];
        cr_assert_eq(edit(names, COUNT(names), &pair.json, &edits, &out) == 0,
                     jansson_takes(pair.json.data, pair.json.length), "%s", pair.json.data);
    }
    buffer_free(&pair.json);
    buffer_free(&pair.edited);
    buffer_free(&out);
}

Test(json_generated, any_byte_changed_is_what_jansson_says)
{
    for (unsigned i = 0; i < 20000; i++)
        check_changed();
}

/* ---- large ones ---- */

#define LARGE 5000000
#define LARGE_STRINGS 1667000 /* empty ones with their commas, in thousands */

/* At least `length` bytes of it. */
static void add_many(struct buffer *out, const char *text, size_t length)
{
    struct buffer thousand = {0};

    for (unsigned i = 0; i < 1000; i++)
        cr_assert_eq(buffer_puts(&thousand, text), 0);
    for (size_t done = 0; done < length; done += thousand.length)
        cr_assert_eq(buffer_append(out, thousand.data, thousand.length), 0);
    buffer_free(&thousand);
}

static int accept_all(void *context, const char *text, size_t length, struct buffer *out)
{
    ++*(unsigned *)context;
    return buffer_append(out, text, length) ? -ENOMEM : 1;
}

/* Edited, where each text is put in place of itself; that changes spellings at most. */
static void edit_large(const struct buffer *json, unsigned edits, struct buffer *out)
{
    unsigned count = 0;
    const struct json_edit rules = {names, COUNT(names), 64, accept_all, &count};

    cr_assert_eq(json_edit(&rules, json->data, json->length, out, NULL), 0);
    cr_expect_eq(count, edits);
}

/* A string of 5 MB of one thing over and over: as a value, as a name, unfinished. */
static void check_large_string(const char *of)
{
    struct buffer json = {0}, out = {0};

    buffer_puts(&json, "{\"imageUrl\":\"");
    add_many(&json, of, LARGE);
    buffer_puts(&json, "\",\"");
    add_many(&json, of, LARGE);
    buffer_puts(&json, "\":\"\"}");
    edit_large(&json, 1, &out);
    expect(&out, &json);

    json.length -= 5;
    buffer_clear(&out);
    cr_expect_eq(edit(names, COUNT(names), &json, &(unsigned){0}, &out), -EINVAL);
    buffer_free(&json);
    buffer_free(&out);
}

Test(json_generated, a_string_of_megabytes, .timeout = TOO_LONG)
{
    static const char *const of[] = {
        "x", "\\\"", "\\\\", "\xc3\xa9", "\\u0001", "\xf0\x9f\x98\x80", "a\\n"};

    for (size_t i = 0; i < COUNT(of); i++)
        check_large_string(of[i]);
}

Test(json_generated, half_a_pair_at_the_end_of_megabytes, .timeout = TOO_LONG)
{
    struct buffer json = {0}, out = {0};

    buffer_puts(&json, "{\"imageUrl\":[\"");
    add_many(&json, "\\ud83d\\ude00", LARGE);
    buffer_puts(&json, "\\ud83d\",\"x\"]}");
    edit_large(&json, 1, &out);
    expect(&out, &json);
    buffer_free(&json);
    buffer_free(&out);
}

Test(json_generated, a_hundred_thousand_members, .timeout = TOO_LONG)
{
    struct buffer json = {0}, out = {0};

    for (unsigned i = 0; i < 100000; i++) {
        buffer_puts(&json, i ? ",\"" : "{\"");
        buffer_puts(&json, i % 2 ? "imageUrl" : "x\\u0079");
        buffer_puts(&json, "\":\"https://a.example/");
        buffer_number(&json, i);
        buffer_puts(&json, "\"");
    }
    buffer_puts(&json, "}");
    edit_large(&json, 50000, &out);
    expect(&out, &json);
    buffer_free(&json);
    buffer_free(&out);
}

Test(json_generated, megabytes_of_blanks_numbers_and_brackets, .timeout = TOO_LONG)
{
    static const char *const of[] = {" ", "\r\n\t", "[],", "{ },", "[[],{}],", "\"\",", "null,"};

    for (size_t i = 0; i < COUNT(of); i++) {
        struct buffer json = {0}, out = {0};

        buffer_puts(&json, "{\"imageUrl\":[");
        add_many(&json, of[i], LARGE);
        add_many(&json, "9", 1000000);
        buffer_puts(&json, "]}");
        edit_large(&json, strcmp(of[i], "\"\",") == 0 ? LARGE_STRINGS : 0, &out);
        expect(&out, &json);
        buffer_free(&json);
        buffer_free(&out);
    }
}
