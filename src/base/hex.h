/* SPDX-License-Identifier: MIT
 *
 * Hexadecimal digits.
 */
#ifndef VISAGE_BASE_HEX_H
#define VISAGE_BASE_HEX_H

#include <stddef.h>
#include <sys/types.h>

/* The value of a hexadecimal digit of either case, or -1. */
int hex_value(char digit);

/* Writes 2 * length lower-case digits and NUL. */
void hex_encode(const void *bytes, size_t length, char *out);

/* Decodes `length` digits of either case. Returns the bytes written, -EINVAL for an odd number of
 * digits or anything that is none, or -ENOSPC. */
ssize_t hex_decode(const char *text, size_t length, void *out, size_t size);

#endif
