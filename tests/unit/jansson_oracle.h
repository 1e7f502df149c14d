/* SPDX-License-Identifier: MIT
 *
 * Another parser's judgement.
 */
#ifndef VISAGE_TESTS_UNIT_JANSSON_ORACLE_H
#define VISAGE_TESTS_UNIT_JANSSON_ORACLE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include <jansson.h>

/* jansson takes what RFC 8259 does but for
 * - escaped surrogates that are no pair, and \u0000 in a name,
 * - integers past 64 bits and fractions past a double,
 * - what is nested deeper than 2048.
 * That it takes a NUL behind the document for the end, whatever follows, is put right here: no
 * JSON has one. */
static inline bool jansson_takes(const char *text, size_t length)
{
    json_error_t error;
    json_t *json;

    if (length > 0 && memchr(text, '\0', length) != NULL)
        return false;
    json = json_loadb(text, length, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
    json_decref(json);
    return json != NULL;
}

#endif
