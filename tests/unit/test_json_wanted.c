/* SPDX-License-Identifier: MIT */
#include "serve/json_wanted.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "route/request.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define KNOWN(members) "{\"source\":\"u\",\"ids\":{" members "}}"

/* From memory that ends with the document. */
static int read_exactly(const char *json, size_t length, struct wanted *out)
{
    char *copy = malloc(length ? length : 1);
    int rc;

    cr_assert_not_null(copy);
    memcpy(copy, json, length);
    *out = (struct wanted){.count = 0};
    rc = wanted_read(copy, length, out);
    free(copy);
    return rc;
}

static int read_text(const char *json, struct wanted *out)
{
    return read_exactly(json, strlen(json), out);
}

Test(wanted, reads_source_and_ids)
{
    static const struct {
        const char *json, *source, *ids;
        size_t length, count;
    } rows[] = {
        {"{\"source\":\"users\",\"ids\":[\"1\",\"2\"]}", "users", "1\0" "2\0", 4, 2},
        {"{\"ids\":[\"1\"],\"source\":\"users\"}", "users", "1\0", 2, 1},
        {"\t{ \"source\" : \"u\" ,\r\n \"ids\" : [ \"a\" , \"b\" ] } \n", "u", "a\0b\0", 4, 2},
        {"{\"source\":\"u\",\"ids\":[]}", "u", "", 0, 0},
        {"{\"source\":\"u\",\"ids\":[ ]}", "u", "", 0, 0},
        {"{\"source\":\"\",\"ids\":[\"\"]}", "", "\0", 1, 1},
        {"{\"so\\u0075rce\":\"u\",\"ids\":[\"\\u00e9\\n\\ud83d\\ude00\"]}", "u",
         "\xc3\xa9\n\xf0\x9f\x98\x80\0", 8, 1},
        {"{\"source\":\"u\",\"ids\":[\"x\",\"y\",\"x\"]}", "u", "x\0y\0", 4, 2},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct wanted wanted;

        cr_assert_eq(read_text(rows[i].json, &wanted), 0, "%s", rows[i].json);
        cr_expect_str_eq(wanted.source.data, rows[i].source);
        cr_expect_eq(wanted.count, rows[i].count);
        cr_expect_not(wanted.has_known);
        cr_expect_eq(wanted.ids.length, rows[i].length, "%s", rows[i].json);
        cr_expect(rows[i].length == 0 ||
                  memcmp(wanted.ids.data, rows[i].ids, rows[i].length) == 0);
        wanted_free(&wanted);
    }
}

Test(wanted, refuses_anything_else)
{
    static const char *const bad[] = {
        "", " ", "null", "[]", "\"x\"", "{}", "{", "}",
        "{\"source\":\"u\"}",
        "{\"ids\":[\"1\"]}",
        "{\"source\":\"u\",\"ids\":[\"1\"]",
        "{\"source\":\"u\",\"ids\":[\"1\"}",
        "{\"source\":\"u\",\"ids\":[\"1\"],}",
        "{\"source\":\"u\",\"ids\":[\"1\",]}",
        "{\"source\":\"u\",\"ids\":[,\"1\"]}",
        "{\"source\":\"u\",\"ids\":[\"1\" \"2\"]}",
        "{\"source\":\"u\" \"ids\":[\"1\"]}",
        "{\"source\" \"u\",\"ids\":[\"1\"]}",
        "{\"source\":\"u\",\"ids\":[1]}",
        "{\"source\":\"u\",\"ids\":[null]}",
        "{\"source\":\"u\",\"ids\":[[\"1\"]]}",
        "{\"source\":\"u\",\"ids\":\"1\"}",
        "{\"source\":\"u\",\"ids\":{\"1\":\"2\"}}",
        KNOWN("\"1\":\"0123456789abcde\""),
        KNOWN("\"1\":\"0123456789abcdef0\""),
        KNOWN("\"1\":\"0123456789abcdeF\""),
        KNOWN("\"1\":\"\""),
        KNOWN("\"1\":1"),
        KNOWN("\"1\":nul"),
        KNOWN("\"1\":nulll"),
        KNOWN("\"1\":{\"version\":\"0123456789abcdef\"}"),
        KNOWN("\"1\""),
        KNOWN("\"1\",null"),
        KNOWN("1:null"),
        KNOWN("\"1\":null,"),
        KNOWN(",\"1\":null"),
        KNOWN("\"1\":null \"2\":null"),
        KNOWN("\"1\":null,\"1\":null"),
        KNOWN("\"1\":null,\"\\u0031\":\"0123456789abcdef\""),
        KNOWN("\"a\\u0000\":null"),
        "{\"source\":\"u\",\"ids\":{\"1\":null]}",
        "{\"source\":\"u\",\"ids\":{\"1\":null",
        "{\"source\":1,\"ids\":[\"1\"]}",
        "{\"source\":null,\"ids\":[\"1\"]}",
        "{\"source\":[\"u\"],\"ids\":[\"1\"]}",
        "{\"source\":\"u\",\"source\":\"v\"}",
        "{\"ids\":[],\"ids\":[]}",
        "{\"source\":\"u\",\"ids\":[\"1\"],\"more\":1}",
        "{\"source\":\"u\",\"id\":[\"1\"]}",
        "{\"Source\":\"u\",\"ids\":[\"1\"]}",
        "{source:\"u\",\"ids\":[\"1\"]}",
        "{'source':'u','ids':['1']}",
        "{\"source\":\"u\",\"ids\":[\"1\"]} x",
        "{\"source\":\"u\",\"ids\":[\"1\"]}{}",
        "\xef\xbb\xbf{\"source\":\"u\",\"ids\":[\"1\"]}",
        "{\"source\":\"u\",\"ids\":[\"\xff\"]}",
        "{\"source\":\"u\",\"ids\":[\"\n\"]}",
        "{\"source\":\"u\",\"ids\":[\"\\x\"]}",
        "{\"source\":\"u\",\"ids\":[\"\\ud83d\"]}",
        "{\"source\":\"u\",\"ids\":[\"a\\u0000b\"]}",
        "{\"source\":\"u\\u0000\",\"ids\":[\"a\"]}",
        "{\"source\":\"u\",\"ids\":[\"1]}",
        "{\"source\":\"u\",/**/\"ids\":[\"1\"]}",
    };

    for (size_t i = 0; i < COUNT(bad); i++) {
        struct wanted wanted;

        cr_expect_eq(read_text(bad[i], &wanted), -EINVAL, "%s", bad[i]);
        wanted_free(&wanted);
    }
}

static void expect_known(const char *json, size_t count, const char *ids, size_t ids_length,
                         const char *known, size_t known_length)
{
    struct wanted wanted;

    cr_assert_eq(read_text(json, &wanted), 0, "%s", json);
    cr_expect(wanted.has_known, "%s", json);
    cr_expect_eq(wanted.count, count, "%s", json);
    cr_expect(wanted.ids.length == ids_length &&
              (ids_length == 0 || memcmp(wanted.ids.data, ids, ids_length) == 0), "%s", json);
    cr_expect(wanted.known.length == known_length &&
              (known_length == 0 || memcmp(wanted.known.data, known, known_length) == 0),
              "%s", json);
    wanted_free(&wanted);
    cr_expect_not(wanted.has_known);
}

Test(wanted, reads_what_is_known_already)
{
    expect_known(KNOWN(""), 0, NULL, 0, NULL, 0);
    expect_known(KNOWN(" "), 0, NULL, 0, NULL, 0);
    expect_known(KNOWN("\"a\":null"), 1, "a\0", 2, "\0", 1);
    expect_known(KNOWN(" \"a\" : \"0123456789abcdef\" ,\n\"b\" : null ,"
                       " \"c\":\"\\u0066edcba9876543210\""),
                 3, "a\0b\0c\0", 6, "0123456789abcdef\0\0fedcba9876543210\0", 35);
    expect_known("{\"ids\":{\"\":null},\"source\":\"u\"}", 1, "\0", 1, "\0", 1);
}

/* Cut anywhere, and with a NUL behind it. */
Test(wanted, refuses_what_is_not_whole)
{
    static const char *const whole[] = {
        "{\"source\":\"u\",\"ids\":[\"1\",\"\\u00e9\"]}",
        KNOWN("\"1\":null,\"\\u00e9\":\"0123456789abcdef\",\"2\":null"),
    };
    struct wanted wanted;

    for (size_t i = 0; i < COUNT(whole); i++) {
        for (size_t length = 0; length < strlen(whole[i]); length++) {
            cr_expect_eq(read_exactly(whole[i], length, &wanted), -EINVAL, "%zu", length);
            wanted_free(&wanted);
        }
        cr_expect_eq(read_exactly(whole[i], strlen(whole[i]) + 1, &wanted), -EINVAL);
        wanted_free(&wanted);
    }
}

/* So many different ids of a length. */
static void make(struct buffer *out, size_t count, size_t length, bool known)
{
    buffer_clear(out);
    cr_assert_eq(buffer_puts(out, "{\"source\":\"u\",\"ids\":"), 0);
    cr_assert_eq(buffer_puts(out, known ? "{" : "["), 0);
    for (size_t i = 0; i < count; i++)
        cr_assert_eq(buffer_printf(out, "%s\"%0*zu\"%s", i ? "," : "", (int)length, i,
                                   known ? ":null" : ""), 0);
    cr_assert_eq(buffer_puts(out, known ? "}}" : "]}"), 0);
}

Test(wanted, is_bounded)
{
    static const struct {
        size_t count, length;
        int rc;
    } rows[] = {
        {WANTED_IDS_MAX, 4, 0},
        {WANTED_IDS_MAX + 1, 4, -E2BIG},
        {1, PICTURE_ID_MAX, 0},
        {1, PICTURE_ID_MAX + 1, -E2BIG},
        {2, PICTURE_ID_MAX + 1, -E2BIG},
    };
    struct buffer json = {0};

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct wanted wanted;

        for (int known = 0; known < 2; known++) {
            make(&json, rows[i].count, rows[i].length, known);
            cr_expect_eq(read_exactly(json.data, json.length, &wanted), rows[i].rc, "%zu of %zu",
                         rows[i].count, rows[i].length);
            cr_expect(rows[i].rc || wanted.count == rows[i].count);
            wanted_free(&wanted);
        }
    }
    buffer_free(&json);
}
