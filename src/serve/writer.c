/* SPDX-License-Identifier: MIT */
#include "serve/writer.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

#define REPLACEMENT "\xEF\xBF\xBD" /* U+FFFD */
#define ESCAPE_MAX 8

static void append(struct writer *w, const void *bytes, size_t length)
{
    if (!w->rc)
        w->rc = buffer_append(w->out, bytes, length);
}

void writer_puts(struct writer *w, const char *s)
{
    append(w, s, strlen(s));
}

void writer_printf(struct writer *w, const char *format, ...)
{
    char *text;
    va_list ap;
    int n;

    va_start(ap, format);
    n = vasprintf(&text, format, ap);
    va_end(ap);
    if (n < 0) {
        if (!w->rc)
            w->rc = -ENOMEM;
        return;
    }
    append(w, text, (size_t)n);
    free(text);
}

static char *digits_before(char *end, uint64_t number)
{
    do
        *--end = (char)('0' + number % 10);
    while ((number /= 10) != 0);
    return end;
}

void writer_number(struct writer *w, uint64_t number)
{
    char digits[24];
    char *p = digits_before(digits + sizeof digits, number);

    append(w, p, (size_t)(digits + sizeof digits - p));
}

/* The whole part, and `places` digits of the rest without the zeros at their end. */
static void fraction(struct writer *w, uint64_t whole, uint32_t rest, unsigned places)
{
    char digits[8];
    unsigned used = 0;

    writer_number(w, whole);
    if (rest == 0)
        return;
    for (unsigned i = places; i-- > 0; rest /= 10) {
        digits[i] = (char)('0' + rest % 10);
        if (used == 0 && digits[i] != '0')
            used = i + 1;
    }
    append(w, ".", 1);
    append(w, digits, used);
}

void writer_milli(struct writer *w, int64_t thousandths)
{
    uint64_t value = thousandths > 0 ? (uint64_t)thousandths : 0;

    fraction(w, value / 1000, (uint32_t)(value % 1000), 3);
}

void writer_micro(struct writer *w, uint64_t millionths)
{
    fraction(w, millionths / 1000000, (uint32_t)(millionths % 1000000), 6);
}

/* What stands for an ASCII character: NULL for itself. `room` may hold the answer. */
typedef const char *escape_ascii(char c, char room[ESCAPE_MAX]);

static void escaped(struct writer *w, const char *s, escape_ascii *escape)
{
    const char *from = s;

    while (*s) {
        size_t length = utf8_length(s, 4); /* it ends at a NUL */
        char room[ESCAPE_MAX];
        const char *instead = length == 0 ? REPLACEMENT : length == 1 ? escape(*s, room) : NULL;
        const char *next = s + (length ? length : 1);

        if (instead) {
            append(w, from, (size_t)(s - from));
            writer_puts(w, instead);
            from = next;
        }
        s = next;
    }
    append(w, from, (size_t)(s - from));
}

static bool is_control(char c)
{
    return (c > 0 && c < ' ') || c == 0x7F;
}

static const char *escape_html(char c, char room[ESCAPE_MAX])
{
    (void)room;
    switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    default: return is_control(c) ? REPLACEMENT : NULL;
    }
}

void writer_html(struct writer *w, const char *s)
{
    escaped(w, s, escape_html);
}

static const char *escape_json(char c, char room[ESCAPE_MAX])
{
    if (c == '"')
        return "\\\"";
    if (c == '\\')
        return "\\\\";
    if (!is_control(c))
        return NULL;
    snprintf(room, ESCAPE_MAX, "\\u%04x", (unsigned)c);
    return room;
}

void writer_json(struct writer *w, const char *s)
{
    writer_puts(w, "\"");
    escaped(w, s, escape_json);
    writer_puts(w, "\"");
}

static const char *escape_label(char c, char room[ESCAPE_MAX])
{
    (void)room;
    switch (c) {
    case '\n': return "\\n";
    case '"': return "\\\"";
    case '\\': return "\\\\";
    default: return is_control(c) ? REPLACEMENT : NULL;
    }
}

void writer_label(struct writer *w, const char *s)
{
    escaped(w, s, escape_label);
}
