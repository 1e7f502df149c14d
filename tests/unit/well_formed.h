/* SPDX-License-Identifier: MIT
 *
 * Strict readers that tell whether a text is what it claims to be.
 */
#ifndef VISAGE_TESTS_UNIT_WELL_FORMED_H
#define VISAGE_TESTS_UNIT_WELL_FORMED_H

#include <stddef.h>

/* Where the text stops being one JSON value (RFC 8259, numbers and UTF-8 included) with white
 * space around it; NULL if it is one. */
const char *well_formed_json(const char *text, size_t length);

/* Where the document's tags stop being in order: each element is closed by its own end tag or is
 * void (HTML, section 13.1.2; "/>" within <svg>), attributes are in double quotes and none comes
 * twice, "&" begins a reference. NULL if all is well. */
const char *well_formed_html(const char *text);

#endif
