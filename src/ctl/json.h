/* SPDX-License-Identifier: MIT
 *
 * JSON (RFC 8259) for other programs: commas, quotes and escapes are set here.
 * Out of memory is noted in writer.rc.
 */
#ifndef VISAGE_CTL_JSON_H
#define VISAGE_CTL_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "serve/writer.h"

struct json {
    struct buffer text;
    struct writer writer;
    bool comma; /* the next value is not the first one here */
};

void json_begin(struct json *json);

/* Each adds a value; `name` is NULL in an array and for the outermost one. */
void json_object(struct json *json, const char *name);
void json_array(struct json *json, const char *name);
void json_end(struct json *json, char bracket); /* '}' or ']' */
void json_string(struct json *json, const char *name, const char *value); /* NULL: null */
void json_number(struct json *json, const char *name, int64_t value);
void json_boolean(struct json *json, const char *name, bool value);

/* Prints what there is, with a newline, and frees it. Returns 0 or -ENOMEM. */
int json_print(struct json *json, FILE *to);

#endif
