/* SPDX-License-Identifier: MIT
 *
 * The initials of a name: one or two letters, where a letter is what people see as
 * one (a grapheme cluster of UAX #29, and a conjunct of an Indic script).
 */
#ifndef VISAGE_BASE_INITIALS_H
#define VISAGE_BASE_INITIALS_H

#include <stddef.h>

#define INITIALS_SIZE 64 /* room for any, with the closing NUL */

/* Writes the initials of a name of `length` bytes, which may be anything: the first letter
 * of its first and of its last word. One word has one initial, so a Chinese, Japanese or Korean
 * name, written without a space, has the first character of its family name: where that name
 * ends cannot be seen. Words in brackets are left out, and symbols and emoji unless there
 * is nothing else. What is case-less stays as it is, the rest has its title case.
 *
 * `out` becomes valid, composed (NFC) UTF-8 without control, formatting or unassigned characters
 * but those within emoji, the two letters separated by a blank. Returns its length, 0 if there
 * are no initials in it. */
size_t initials_of_name(const char *name, size_t length, char out[INITIALS_SIZE]);

/* The same where the initials themselves are given, as "ab": the first two letters. */
size_t initials_as_given(const char *text, size_t length, char out[INITIALS_SIZE]);

#endif
