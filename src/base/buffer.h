/* SPDX-License-Identifier: MIT
 *
 * A growable byte buffer. The contents are always followed by a NUL byte that
 * is not counted, so `data` may be read as a C string once anything was added.
 * A zeroed struct is an empty buffer.
 */
#ifndef VISAGE_BASE_BUFFER_H
#define VISAGE_BASE_BUFFER_H

#include <stddef.h>
#include <stdint.h>

struct buffer {
    char *data;      /* owned by the buffer; NULL before the first append */
    size_t length;   /* bytes in use */
    size_t capacity; /* bytes allocated, the closing NUL included */
};

/* Appends `length` bytes. Returns 0, or -ENOMEM with the buffer unchanged. */
int buffer_append(struct buffer *b, const void *bytes, size_t length);

/* Appends a NUL-terminated string. Returns 0 or -ENOMEM. */
int buffer_puts(struct buffer *b, const char *s);

/* Appends strings up to a closing (char *)NULL. Returns 0 or -ENOMEM. */
int buffer_join(struct buffer *b, ...) __attribute__((sentinel));

/* Appends a number in decimal. Returns 0 or -ENOMEM. */
int buffer_number(struct buffer *b, int64_t number);

/* Appends printf output. Returns 0, -ENOMEM, or -EINVAL for a bad format. */
int buffer_printf(struct buffer *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Makes room for `extra` more bytes. Returns 0 or -ENOMEM. */
int buffer_reserve(struct buffer *b, size_t extra);

/* Drops what is after the first `length` bytes, which there are. */
void buffer_truncate(struct buffer *b, size_t length);

/* Forgets the contents and keeps the memory for the next use. */
void buffer_clear(struct buffer *b);

/* Frees the memory; the buffer is empty and usable afterwards. */
void buffer_free(struct buffer *b);

#endif
