/* SPDX-License-Identifier: MIT
 *
 * The strings of JSON (RFC 8259 section 7).
 */
#ifndef VISAGE_BASE_JSON_STRING_H
#define VISAGE_BASE_JSON_STRING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"

/* Reads on from behind a string's opening quote. Returns whether it is a string that ends before
 * `end`; *p is then its closing quote, and else the first byte that cannot be. *escaped tells
 * whether there are escapes in it. Bytes that are not UTF-8 and bare control characters are
 * refused; escapes of surrogates that are no pair are good JSON and taken. */
bool json_string_end(const char **p, const char *end, bool *escaped);

/* Appends what a string means that json_string_end() took; `raw` is what is between its quotes.
 * Returns 0, -EILSEQ for a surrogate without its other half, which no UTF-8 can stand for, or
 * -ENOMEM; in both `out` is unchanged. */
int json_unescape(const char *raw, size_t length, struct buffer *out);

/* Appends a text as a string, its quotes included. Returns 0, -EILSEQ if it is not UTF-8, or
 * -ENOMEM; in both `out` is unchanged. */
int json_quote(const char *text, size_t length, struct buffer *out);

#endif
