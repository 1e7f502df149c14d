/* SPDX-License-Identifier: MIT
 *
 * Base64 (RFC 4648 section 4), and the form for URLs (section 5) without padding.
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

/* Room for the form for URLs of `n` bytes, NUL included. */
#define BASE64URL_SIZE(n) (((n) * 4 + 2) / 3 + 1)

/* Writes BASE64URL_SIZE(length) bytes, without padding, with NUL. */
void base64url_encode(const void *bytes, size_t length, char *out);

/* Decodes `length` characters without padding. Returns like base64_decode(): -EINVAL for padding,
 * too. */
ssize_t base64url_decode(const char *text, size_t length, void *out, size_t size);

#endif
