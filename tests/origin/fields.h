/* SPDX-License-Identifier: MIT
 *
 * Header fields that a test dictates. A value "@N" (or "@+N", "@-N", "@") stands for the
 * date N seconds from the time of the answer. "Date:" without a value leaves the date out;
 * no other field may be without one. Private to tests/origin.
 */
#ifndef VISAGE_TESTS_FIELDS_H
#define VISAGE_TESTS_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

#define FIELD_DATE_SIZE 30 /* "Sun, 06 Nov 1994 08:49:37 GMT" and NUL */

struct field {
    char *name;
    char *value;
};

struct field_list {
    struct field *items; /* in the order in which they are sent */
    size_t count;
};

/* Adds "Name: value", or several of them with CR LF between. Returns 0, -EINVAL or -ENOMEM;
 * after a failure the list is good for freeing only. */
int field_list_add(struct field_list *list, const char *text, size_t length);

/* The same from hexadecimal digits. */
int field_list_add_hex(struct field_list *list, const char *hex, size_t length);

/* The first of this name; NULL if there is none. */
const struct field *field_list_find(const struct field_list *list, const char *name);

/* What is sent: the value, or the date that it stands for, written to `room`. */
const char *field_value(const struct field *field, char room[FIELD_DATE_SIZE]);

/* The date `seconds` from now. */
void field_date(long seconds, char out[FIELD_DATE_SIZE]);

/* Frees what the list holds; it is empty afterwards. */
void field_list_free(struct field_list *list);

#endif
