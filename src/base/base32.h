/* SPDX-License-Identifier: MIT
 *
 * Base32 (RFC 4648 section 6) in lower case and without padding, as multibase's
 * "b" writes it.
 */
#ifndef VISAGE_BASE_BASE32_H
#define VISAGE_BASE_BASE32_H

#include <stddef.h>
#include <sys/types.h>

/* Room for the encoding of `n` bytes, NUL included. */
#define BASE32_SIZE(n) (((n) * 8 + 4) / 5 + 1)

/* Writes BASE32_SIZE(length) bytes, with NUL. */
void base32_encode(const void *bytes, size_t length, char *out);

/* Decodes `length` characters. Returns the bytes written, -EINVAL for anything that
 * base32_encode() does not write (upper case, padding, stray bits, a length that no number of
 * bytes has), or -ENOSPC. */
ssize_t base32_decode(const char *text, size_t length, void *out, size_t size);

#endif
