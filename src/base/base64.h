/* SPDX-License-Identifier: MIT
 *
 * Base64 (RFC 4648 section 4).
 */
#ifndef VISAGE_BASE_BASE64_H
#define VISAGE_BASE_BASE64_H

#include <stddef.h>
#include <sys/types.h>

/* Room for the encoding of `n` bytes, NUL included. */
#define BASE64_SIZE(n) (((n) + 2) / 3 * 4 + 1)

/* Writes BASE64_SIZE(length) bytes, with padding and NUL. */
void base64_encode(const void *bytes, size_t length, char *out);

/* Decodes `length` characters, padded to a multiple of four. Returns the bytes written, -EINVAL for
 * anything that no encoder writes (other characters, stray bits, missing padding), or -ENOSPC. */
ssize_t base64_decode(const char *text, size_t length, void *out, size_t size);

#endif
