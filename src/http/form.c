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

/* Cuts the first parameter of this name off *text, with all before it. Returns its value, or NULL if
 * there is none. */
static const char *next_value(const char **text, size_t *length, const char *name,
                              size_t *value_length)
{
    size_t name_length = strlen(name);

    while (*length > 0) {
        const char *pair = *text, *end = memchr(*text, '&', *length);
        size_t pair_length = end ? (size_t)(end - pair) : *length;
        size_t step = end ? pair_length + 1 : pair_length;

        *text += step;
        *length -= step;
        if (pair_length < name_length || memcmp(pair, name, name_length) != 0)
            continue;
        *value_length = 0;
        if (pair_length == name_length) /* without '=' the value is empty */
            return pair;
        *value_length = pair_length - name_length - 1;
        if (pair[name_length] == '=')
            return pair + name_length + 1;
    }
    return NULL;
}

unsigned http_form_count(const char *text, size_t length, const char *name)
{
    size_t value_length;
    unsigned count = 0;

    while (next_value(&text, &length, name, &value_length))
        count++;
    return count;
}

ssize_t http_form_get(const char *text, size_t length, const char *name, char *out, size_t size)
{
    size_t value_length;
    const char *value = next_value(&text, &length, name, &value_length);

    return value ? decode(value, value_length, out, size) : -ENOENT;
}
