/* SPDX-License-Identifier: MIT */
#include "ctl/csv.h"

#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define SEEN_MAX 256
#define MARK "\xef\xbb\xbf"

/* What was seen, as a text: "a|b;" is a row of two fields, "!1" and "!2" are troubles before its end. */
struct seen {
    char text[SEEN_MAX];
    size_t length;
    unsigned field;
};

static void put(struct seen *s, const char *bytes, size_t length)
{
    cr_assert_lt(s->length + length, sizeof s->text);
    memcpy(s->text + s->length, bytes, length);
    s->length += length;
    s->text[s->length] = '\0';
}

static void go_to(struct seen *s, unsigned field)
{
    for (; s->field < field; s->field++)
        put(s, "|", 1);
}

static void see_data(void *context, unsigned field, const char *bytes, size_t length)
{
    cr_assert_gt(length, 0u);
    go_to(context, field);
    put(context, bytes, length);
}

static void see_row(void *context, unsigned fields, enum csv_trouble trouble)
{
    struct seen *s = context;
    char mark[4] = {'!', (char)('0' + trouble), '\0', '\0'};

    go_to(s, fields - 1);
    if (trouble != CSV_FINE)
        put(s, mark, 2);
    put(s, ";", 1);
    s->field = 0;
}

static void parse(const char *text, size_t length, size_t piece, struct seen *seen)
{
    static const struct csv_events events = {.data = see_data, .row = see_row};
    struct csv csv;

    *seen = (struct seen){.length = 0};
    csv_begin(&csv, &events, seen);
    for (size_t at = 0; at < length; at += piece)
        csv_feed(&csv, text + at, length - at < piece ? length - at : piece);
    csv_finish(&csv);
    cr_expect_eq(csv.offset, length);
}

Test(csv, gives_the_same_fields_however_it_is_cut)
{
    static const struct {
        const char *text, *seen;
    } rows[] = {
        {"", ""},
        {"a", "a;"},
        {"a,b,c\n", "a|b|c;"},
        {"a,b\r\nc,d\r\n", "a|b;c|d;"},
        {"a\rb\n\nc", "a;b;c;"},
        {"\n\r\n\r", ""},
        {",,\n", "||;"},
        {"\"\"\n", ";"},
        {"\"a,b\nc\",d\n", "a,b\nc|d;"},
        {"\"say \"\"a\"\"\",\"\"\"\"\n", "say \"a\"|\";"},
        {"a\"b,c\n", "ab|c!1;"},
        {"\"a\"b,c\nd,e\n", "ab|c!1;d|e;"},
        {"\"a\"b\"c\n", "abc!1;"},
        {"\"a\" \n", "a !1;"},
        {"a,\"b\nc", "a|b\nc!2;"},
        {"a,\"", "a|!2;"},
        {"\"a\"", "a;"},
        {" a , b \n", " a | b ;"},
        {MARK, ""},
        {MARK "a,b\n" MARK "\n", "a|b;" MARK ";"},
        {MARK "\"a\"\n", "a;"},
        {MARK "\n" MARK, MARK ";"},
        {MARK MARK "a", MARK "a;"},
        {"\xef", "\xef;"},
        {"\xef\xbb,a", "\xef\xbb|a;"},
        {"\xef\xbb\xbe\n", "\xef\xbb\xbe;"},
        {"\xef\"", "\xef!1;"},
    };

    for (size_t i = 0; i < COUNT(rows); i++)
        for (size_t piece = 1; piece < 20; piece++) {
            struct seen seen;

            parse(rows[i].text, strlen(rows[i].text), piece, &seen);
            cr_expect_str_eq(seen.text, rows[i].seen, "%zu in pieces of %zu: %s", i, piece,
                             seen.text);
        }
}

Test(csv, passes_on_every_byte_that_is_no_mark)
{
    for (int byte = 0; byte < 256; byte++) {
        char text[] = {'\"', 'a', (char)byte, '\"', ',', 'b'};
        struct seen seen;

        if (byte == '"')
            continue;
        parse(text, sizeof text, 1, &seen);
        cr_expect_eq(seen.length, 5u, "0x%02x", (unsigned)byte);
        cr_expect_eq(seen.text[1], (char)byte);
    }
}

/* ---- quotes ---- */

struct quoted {
    const struct csv *csv;
    uint32_t rows[4];
    size_t count;
};

static void pass_over(void *context, unsigned field, const char *bytes, size_t length)
{
    (void)context;
    (void)field;
    (void)bytes;
    (void)length;
}

static void see_quoted(void *context, unsigned fields, enum csv_trouble trouble)
{
    struct quoted *q = context;

    (void)fields;
    cr_expect_eq(trouble, CSV_FINE);
    cr_assert_lt(q->count, COUNT(q->rows));
    q->rows[q->count++] = q->csv->quoted;
}

Test(csv, tells_what_was_empty_from_what_was_nothing)
{
    static const struct csv_events events = {.data = pass_over, .row = see_quoted};
    static const char text[] = "a,,\n\"a\",b,\"\"\na,\"b\"\"\",c\n\"\"";
    static const uint32_t expected[] = {0, 5, 2, 1};

    for (size_t piece = 1; piece < sizeof text; piece++) {
        struct csv csv;
        struct quoted q = {.csv = &csv};

        csv_begin(&csv, &events, &q);
        for (size_t at = 0; at < sizeof text - 1; at += piece)
            csv_feed(&csv, text + at, sizeof text - 1 - at < piece ? sizeof text - 1 - at : piece);
        csv_finish(&csv);
        cr_assert_eq(q.count, COUNT(expected));
        for (size_t i = 0; i < q.count; i++)
            cr_expect_eq(q.rows[i], expected[i], "row %zu in pieces of %zu", i, piece);
    }
}

Test(csv, knows_the_quotes_of_the_first_fields_alone)
{
    static const struct csv_events events = {.data = pass_over, .row = see_quoted};
    struct csv csv;
    struct quoted q = {.csv = &csv};

    csv_begin(&csv, &events, &q);
    for (unsigned i = 0; i < 40; i++)
        csv_feed(&csv, "\"\",", 3);
    csv_finish(&csv);
    cr_expect_eq(q.count, 1u);
    cr_expect_eq(q.rows[0], UINT32_MAX);
}
