/* SPDX-License-Identifier: MIT
 *
 * UTF-8 (RFC 3629).
 */
#ifndef VISAGE_BASE_UTF8_H
#define VISAGE_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* How many bytes the character has that `room` bytes at `s` begin with; 0 if they begin with none:
 * overlong forms, surrogates and what is past U+10FFFF are no characters. Reads no byte after the
 * first that is wrong, so that in a C string `room` may be 4. */
size_t utf8_length(const char *s, size_t room);

/* Writes a character, which is no surrogate and not past U+10FFFF. Returns the bytes written. */
size_t utf8_encode(uint32_t c, char out[4]);

#endif
