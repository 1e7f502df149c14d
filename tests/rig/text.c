/* SPDX-License-Identifier: MIT */
#include "rig/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

unsigned text_replace(struct buffer *text, const char *from, const char *to)
{
    struct buffer out = {0};
    const char *rest = text->data ? text->data : "", *found;
    unsigned count = 0;

    while ((found = strstr(rest, from)) != NULL) {
        cr_assert_eq(buffer_append(&out, rest, (size_t)(found - rest)), 0);
        cr_assert_eq(buffer_puts(&out, to), 0);
        rest = found + strlen(from);
        count++;
    }
    cr_assert_eq(buffer_puts(&out, rest), 0);
    buffer_free(text);
    *text = out;
    return count;
}

void text_add(struct buffer *text, const char *format, ...)
{
    char *piece = NULL;
    va_list ap;
    int n;

    va_start(ap, format);
    n = vasprintf(&piece, format, ap);
    va_end(ap);
    cr_assert(n >= 0);
    cr_assert_eq(buffer_append(text, piece, (size_t)n), 0);
    free(piece);
}
