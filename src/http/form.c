/* SPDX-License-Identifier: MIT */
#include "http/form.h"

#include <errno.h>
#include <string.h>

#include "http/percent.h"

/* '+' stands for a blank here, and for itself in http_percent_decode(). */
static ssize_t decode(const char *text, size_t length, char *out, size_t size)
{
    size_t used = 0;

    while (length > 0) {
        const char *plus = memchr(text, '+', length);
        size_t piece = plus ? (size_t)(plus - text) : length;
        ssize_t n;

        if (used >= size)
            return -ENOSPC;
        n = http_percent_decode(text, piece, out + used, size - used);
        if (n < 0)
            return n;
        used += (size_t)n;
        if (plus) {
            if (used + 1 >= size)
                return -ENOSPC;
            out[used++] = ' ';
            piece++;
        }
        text += piece;
        length -= piece;
    }
    if (used >= size)
        return -ENOSPC;
    out[used] = '\0';
    return (ssize_t)used;
}

ssize_t http_form_get(const char *text, size_t length, const char *name, char *out, size_t size)
{
    size_t name_length = strlen(name);

    while (length > 0) {
        const char *end = memchr(text, '&', length);
        size_t pair = end ? (size_t)(end - text) : length;

        if (pair >= name_length && memcmp(text, name, name_length) == 0) {
            if (pair == name_length) /* without '=' the value is empty */
                return decode(text, 0, out, size);
            if (text[name_length] == '=')
                return decode(text + name_length + 1, pair - name_length - 1, out, size);
        }
        if (!end)
            break;
        text += pair + 1;
        length -= pair + 1;
    }
    return -ENOENT;
}
