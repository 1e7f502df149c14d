/* SPDX-License-Identifier: MIT
 *
 * Text for other programs to read, which grows in a buffer: what comes from a
 * configuration or an origin is escaped for its place, and whether memory ran out
 * is asked once, at the end.
 *
 * Bytes that are not UTF-8, and control characters where a format cannot have
 * them, become U+FFFD: the text is valid whatever the names are.
 */
#ifndef VISAGE_SERVE_WRITER_H
#define VISAGE_SERVE_WRITER_H

#include <stdint.h>

#include "base/buffer.h"

struct writer {
    struct buffer *out; /* borrowed */
    int rc;             /* 0, or the first failure; nothing is added after it */
};

void writer_puts(struct writer *w, const char *s);
void writer_number(struct writer *w, uint64_t number);
void writer_printf(struct writer *w, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Thousandths or millionths as a decimal fraction without superfluous zeros: 1500 ms are "1.5".
 * What is below zero is written as 0. */
void writer_milli(struct writer *w, int64_t thousandths);
void writer_micro(struct writer *w, uint64_t millionths);

/* For HTML, between tags and in double-quoted attributes. */
void writer_html(struct writer *w, const char *s);

/* A JSON string (RFC 8259), its quotes included. */
void writer_json(struct writer *w, const char *s);

/* A label's value in OpenMetrics and in Prometheus' text, without its quotes. */
void writer_label(struct writer *w, const char *s);

#endif
