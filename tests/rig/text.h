/* SPDX-License-Identifier: MIT
 *
 * Replacing words in configuration texts.
 */
#ifndef VISAGE_TESTS_RIG_TEXT_H
#define VISAGE_TESTS_RIG_TEXT_H

#include "base/buffer.h"

/* Replaces every `from`; returns how many there were. Ends the test without memory. */
unsigned text_replace(struct buffer *text, const char *from, const char *to);

/* Appends printf output; ends the test without memory. */
void text_add(struct buffer *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
