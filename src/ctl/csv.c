/* SPDX-License-Identifier: MIT */
#include "ctl/csv.h"

#include <string.h>

#define FIELDS_KNOWN 32u /* bits of csv.quoted */

static const char mark[] = "\xef\xbb\xbf"; /* U+FEFF, as some programs begin each file */

#define MARK_LENGTH (sizeof mark - 1)
#define MARK_OVER (MARK_LENGTH + 1)

void csv_begin(struct csv *csv, const struct csv_events *events, void *context)
{
    *csv = (struct csv){.events = events, .context = context};
}

static void end_row(struct csv *csv)
{
    if (csv->row_begun)
        csv->events->row(csv->context, csv->field + 1, csv->trouble);
    csv->state = CSV_START;
    csv->field = 0;
    csv->quoted = 0;
    csv->trouble = CSV_FINE;
    csv->row_begun = 0;
}

static void emit(struct csv *csv, const char *bytes, size_t length)
{
    if (length > 0)
        csv->events->data(csv->context, csv->field, bytes, length);
}

/* Up to the next quote. Returns how many bytes were taken. */
static size_t feed_quoted(struct csv *csv, const char *bytes, size_t length)
{
    const char *quote = memchr(bytes, '"', length);
    size_t taken = quote ? (size_t)(quote - bytes) : length;

    emit(csv, bytes, taken);
    if (!quote)
        return taken;
    csv->state = CSV_CLOSED;
    return taken + 1;
}

static size_t plain_length(const char *bytes, size_t length)
{
    size_t i = 0;

    while (i < length && bytes[i] != ',' && bytes[i] != '\n' && bytes[i] != '\r' && bytes[i] != '"')
        i++;
    return i;
}

static void begin_quoted(struct csv *csv)
{
    csv->row_begun = 1;
    csv->state = CSV_QUOTED;
    if (csv->field < FIELDS_KNOWN)
        csv->quoted |= UINT32_C(1) << csv->field;
}

/* A byte that means something outside of quotes. */
static void feed_sign(struct csv *csv, char sign)
{
    if (sign == '"' && csv->state == CSV_CLOSED) {
        emit(csv, &sign, 1); /* two of them are one */
        csv->state = CSV_QUOTED;
    } else if (sign == '"' && csv->state == CSV_START) {
        begin_quoted(csv);
    } else if (sign == '"') {
        csv->trouble = CSV_QUOTE;
    } else if (sign == ',') {
        csv->row_begun = 1;
        csv->state = CSV_START;
        csv->field++;
    } else {
        csv->after_cr = sign == '\r';
        end_row(csv);
    }
}

static size_t feed_outside(struct csv *csv, const char *bytes, size_t length)
{
    size_t plain = plain_length(bytes, length);

    if (plain == 0) {
        feed_sign(csv, bytes[0]);
        return 1;
    }
    if (csv->state == CSV_CLOSED)
        csv->trouble = CSV_QUOTE;
    csv->row_begun = 1;
    csv->state = CSV_PLAIN;
    emit(csv, bytes, plain);
    return plain;
}

static void feed(struct csv *csv, const char *bytes, size_t length)
{
    while (length > 0) {
        size_t taken = 1;
        int after_cr = csv->after_cr;

        csv->after_cr = 0;
        if (!after_cr || bytes[0] != '\n')
            taken = csv->state == CSV_QUOTED ? feed_quoted(csv, bytes, length)
                                             : feed_outside(csv, bytes, length);
        bytes += taken;
        length -= taken;
        csv->offset += taken;
    }
}

/* What looked like a mark, and was none, is text. */
static void end_mark(struct csv *csv)
{
    size_t held = csv->mark;

    csv->mark = MARK_OVER;
    if (held < MARK_LENGTH)
        feed(csv, mark, held);
    else if (held == MARK_LENGTH)
        csv->offset += held;
}

void csv_feed(struct csv *csv, const char *bytes, size_t length)
{
    while (csv->mark < MARK_LENGTH && length > 0 && *bytes == mark[csv->mark]) {
        csv->mark++;
        bytes++;
        length--;
    }
    if (csv->mark != MARK_OVER && (csv->mark == MARK_LENGTH || length > 0))
        end_mark(csv);
    feed(csv, bytes, length);
}

void csv_finish(struct csv *csv)
{
    if (csv->mark != MARK_OVER)
        end_mark(csv);
    if (csv->state == CSV_QUOTED)
        csv->trouble = CSV_UNFINISHED;
    end_row(csv);
}
