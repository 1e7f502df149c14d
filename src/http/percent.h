/* SPDX-License-Identifier: MIT
 *
 * Percent-encoding (RFC 3986 section 2.1).
 */
#ifndef VISAGE_HTTP_PERCENT_H
#define VISAGE_HTTP_PERCENT_H

#include <stddef.h>
#include <sys/types.h>

/* Decodes `length` bytes once into `out`, which has room for `size` bytes, and
 * ends it with NUL. '+' stays '+'. Returns the decoded length, -EINVAL for a
 * broken escape or a decoded NUL, -ENOSPC if it does not fit. */
ssize_t http_percent_decode(const char *text, size_t length, char *out, size_t size);

/* Encodes one path segment: all bytes but unreserved ones ("A-Za-z0-9-._~") and
 * ":", "@", "=", "+" become %XX, so '/' is encoded too. Returns the length written,
 * NUL not counted, or -ENOSPC. */
ssize_t http_percent_encode_segment(const char *text, size_t length, char *out, size_t size);

/* The same, with the unreserved ones alone left as they are: AWS Signature Version 4 wants paths so. */
ssize_t http_percent_encode_strictly(const char *text, size_t length, char *out, size_t size);

#endif
