/* SPDX-License-Identifier: MIT
 *
 * JSON that strangers sent. Private to src/origin.
 */
#ifndef VISAGE_ORIGIN_BOUNDED_JSON_H
#define VISAGE_ORIGIN_BOUNDED_JSON_H

#include <stddef.h>

#include <jansson.h>

#define BOUNDED_JSON_DEPTH 32

/* Parses an object, to be released with json_decref(). NULL without memory and for anything else:
 * no JSON (RFC 8259), not an object, a name twice in one object, nested deeper than
 * BOUNDED_JSON_DEPTH. */
json_t *bounded_json_object(const char *text, size_t length);

/* The member's string, or NULL if there is none or it is something else. Borrowed. */
const char *bounded_json_string(const json_t *object, const char *name);

#endif
