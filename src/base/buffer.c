/* SPDX-License-Identifier: MIT */
#include "base/buffer.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int buffer_reserve(struct buffer *b, size_t extra)
{
    size_t need, capacity;
    char *data;

    if (extra >= SIZE_MAX - b->length)
        return -ENOMEM;
    need = b->length + extra + 1;
    if (need <= b->capacity)
        return 0;
    capacity = b->capacity ? b->capacity : 64;
    while (capacity < need) {
        if (capacity > SIZE_MAX / 2)
            return -ENOMEM;
        capacity *= 2;
    }
    data = realloc(b->data, capacity);
    if (!data)
        return -ENOMEM;
    b->data = data;
    b->capacity = capacity;
    return 0;
}

int buffer_append(struct buffer *b, const void *bytes, size_t length)
{
    int rc = buffer_reserve(b, length);

    if (rc)
        return rc;
    if (length)
        memcpy(b->data + b->length, bytes, length);
    b->length += length;
    b->data[b->length] = '\0';
    return 0;
}

int buffer_puts(struct buffer *b, const char *s)
{
    return buffer_append(b, s, strlen(s));
}

int buffer_join(struct buffer *b, ...)
{
    const char *s;
    va_list ap;
    int rc = 0;

    va_start(ap, b);
    while (!rc && (s = va_arg(ap, const char *)) != NULL)
        rc = buffer_puts(b, s);
    va_end(ap);
    return rc;
}

int buffer_number(struct buffer *b, int64_t number)
{
    char digits[24];
    char *p = digits + sizeof digits;
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;

    do
        *--p = (char)('0' + rest % 10);
    while ((rest /= 10) != 0);
    if (number < 0)
        *--p = '-';
    return buffer_append(b, p, (size_t)(digits + sizeof digits - p));
}

int buffer_printf(struct buffer *b, const char *format, ...)
{
    va_list ap;
    int n, rc;

    /* Most lines fit what is there already; only a long one is formatted twice. */
    rc = buffer_reserve(b, 64);
    if (rc)
        return rc;
    for (;;) {
        size_t room = b->capacity - b->length;

        va_start(ap, format);
        n = vsnprintf(b->data + b->length, room, format, ap);
        va_end(ap);
        if (n < 0) {
            b->data[b->length] = '\0';
            return -EINVAL;
        }
        if ((size_t)n < room)
            break;
        rc = buffer_reserve(b, (size_t)n);
        if (rc) {
            b->data[b->length] = '\0';
            return rc;
        }
    }
    b->length += (size_t)n;
    return 0;
}

void buffer_truncate(struct buffer *b, size_t length)
{
    b->length = length;
    if (b->data)
        b->data[length] = '\0';
}

void buffer_clear(struct buffer *b)
{
    buffer_truncate(b, 0);
}

void buffer_free(struct buffer *b)
{
    free(b->data);
    *b = (struct buffer){0};
}
