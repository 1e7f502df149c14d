/* SPDX-License-Identifier: MIT
 *
 * A byte that says how the table is cut, and the table: its fields, and what its third ones are
 * as base64. The same bytes as one field, and as base64, come back.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/base64_stream.h"
#include "base/buffer.h"
#include "ctl/csv.h"
#include "fuzz/fuzz.h"

#define DATA 2u /* the field with base64 */
#define LINE 76u

struct transcript {
    struct csv csv;
    struct buffer said;    /* all events */
    struct buffer fields;  /* data only */
    struct buffer decoded;
    unsigned field;        /* of the data last seen on the row */
    size_t rows;
    struct base64_stream base64;
};

static void say(struct transcript *t, char what, unsigned number)
{
    const char event[] = {'\n', what, (char)number, (char)(number >> 8)};

    REQUIRE(buffer_append(&t->said, event, sizeof event) == 0);
}

static void decode(struct transcript *t, const char *bytes, size_t length)
{
    unsigned char *out = malloc(BASE64_STREAM_SIZE(length));
    unsigned broken = t->base64.broken;
    ssize_t n;

    REQUIRE(out != NULL);
    n = base64_stream_feed(&t->base64, bytes, length, out);
    REQUIRE(n <= (ssize_t)BASE64_STREAM_SIZE(length) && (n >= 0 || n == -EINVAL));
    REQUIRE(n < 0 || !broken);
    if (n > 0)
        REQUIRE(buffer_append(&t->decoded, out, (size_t)n) == 0);
    free(out);
}

static void on_data(void *context, unsigned field, const char *bytes, size_t length)
{
    struct transcript *t = context;

    REQUIRE(length > 0 && field >= t->field);
    for (; t->field < field; t->field++)
        say(t, '|', 0);
    REQUIRE(buffer_append(&t->said, bytes, length) == 0);
    REQUIRE(buffer_append(&t->fields, bytes, length) == 0);
    if (field == DATA)
        decode(t, bytes, length);
}

static void on_row(void *context, unsigned fields, enum csv_trouble trouble)
{
    struct transcript *t = context;

    REQUIRE(fields > t->field && trouble <= CSV_UNFINISHED);
    REQUIRE(fields >= 32 || t->csv.quoted >> fields == 0);
    say(t, ';', fields);
    say(t, '!', trouble);
    say(t, '"', t->csv.quoted & 0xffff);
    /* Where it broke, what came before counts as far as it came, and how far that is may differ. */
    say(t, '=', base64_stream_finish(&t->base64) == 0);
    if (t->base64.broken)
        buffer_clear(&t->decoded);
    t->base64 = (struct base64_stream){0};
    t->field = 0;
    t->rows++;
}

static const struct csv_events events = {on_data, on_row};

/* In pieces of this size, each a heap copy of exactly it, so that reading past its end is seen. */
static void parse(const char *text, size_t length, size_t size, struct transcript *t)
{
    size_t left = length;

    memset(t, 0, sizeof *t);
    REQUIRE(buffer_puts(&t->said, "") == 0 && buffer_puts(&t->fields, "") == 0);
    REQUIRE(buffer_puts(&t->decoded, "") == 0);
    csv_begin(&t->csv, &events, t);
    while (left > 0) {
        size_t piece = size < left ? size : left;
        char *copy = malloc(piece);

        REQUIRE(copy != NULL);
        memcpy(copy, text, piece);
        csv_feed(&t->csv, copy, piece);
        free(copy);
        text += piece;
        left -= piece;
    }
    csv_finish(&t->csv);
    REQUIRE(t->csv.offset == length);
    REQUIRE(t->fields.length <= length && t->decoded.length <= t->fields.length);
    REQUIRE(t->rows <= length);
}

static void forget(struct transcript *t)
{
    buffer_free(&t->said);
    buffer_free(&t->fields);
    buffer_free(&t->decoded);
}

static bool same(const struct buffer *a, const struct buffer *b)
{
    return a->length == b->length && memcmp(a->data, b->data, a->length) == 0;
}

/* The same events, however it is cut. */
static void require_same(const char *text, size_t length, size_t size)
{
    struct transcript whole, pieces;

    parse(text, length, length, &whole);
    parse(text, length, size, &pieces);
    REQUIRE(same(&whole.said, &pieces.said));
    REQUIRE(same(&whole.decoded, &pieces.decoded));
    REQUIRE(whole.rows == pieces.rows);
    forget(&whole);
    forget(&pieces);
}

/* As export writes an id. */
static void put_quoted(struct buffer *to, const char *text, size_t length)
{
    REQUIRE(buffer_puts(to, "\"") == 0);
    for (size_t i = 0; i < length; i++)
        REQUIRE(buffer_append(to, text[i] == '"' ? "\"\"" : text + i, text[i] == '"' ? 2 : 1) == 0);
    REQUIRE(buffer_puts(to, "\"") == 0);
}

static void put_base64(struct buffer *to, const char *bytes, size_t length)
{
    char *text = malloc(BASE64_SIZE(length));
    size_t size;

    REQUIRE(text != NULL);
    base64_encode(bytes, length, text);
    size = strlen(text);
    for (size_t at = 0; at < size; at += LINE) {
        if (at > 0)
            REQUIRE(buffer_puts(to, "\n") == 0);
        REQUIRE(buffer_append(to, text + at, size - at < LINE ? size - at : LINE) == 0);
    }
    free(text);
}

static void require_way_back(const char *bytes, size_t length, size_t size)
{
    struct buffer row = {0};
    struct transcript t;

    put_quoted(&row, bytes, length);
    REQUIRE(buffer_puts(&row, "\n,,\"") == 0);
    put_base64(&row, bytes, length);
    REQUIRE(buffer_puts(&row, "\"\n") == 0);
    parse(row.data, row.length, size, &t);
    REQUIRE(t.rows == 2 && t.fields.length >= length && t.decoded.length == length);
    REQUIRE(memcmp(t.fields.data, bytes, length) == 0);
    REQUIRE(memcmp(t.decoded.data, bytes, length) == 0);
    forget(&t);
    buffer_free(&row);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input in = {data, size};
    size_t piece = 1 + fuzz_byte(&in) % 80;
    const char *text = (const char *)in.data;

    if (in.size > 0) {
        require_same(text, in.size, 1);
        require_same(text, in.size, piece);
        require_way_back(text, in.size, piece);
        require_way_back(text, in.size, 2 * in.size + 100);
    }
    return 0;
}
