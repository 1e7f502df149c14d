/* SPDX-License-Identifier: MIT
 *
 * Parameters behind a field's value: "; name=value; name="quoted"" (RFC 9110 section 5.6.6).
 */
#ifndef VISAGE_HTTP_PARAMETER_H
#define VISAGE_HTTP_PARAMETER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Borrowed from the field; none of them ends with a NUL. */
struct http_parameter {
    const char *name;
    size_t name_length;
    const char *value; /* between the quotes, escapes still in it; or a token */
    size_t value_length;
};

/* How many bytes of a text, from its begin on, are a token (section 5.6.2). */
size_t http_token_length(const char *text, size_t length);

/* Cuts the next parameter off *text, with the ';' before it. Empty ones are passed over. Returns 1,
 * 0 at the end, or -EINVAL for what is no parameter. */
int http_parameter_next(const char **text, size_t *length, struct http_parameter *out);

/* Names are compared without regard to case. */
bool http_parameter_is(const struct http_parameter *parameter, const char *name);

/* Writes the value without its escapes, and NUL. Returns its length, or -ENOSPC. */
ssize_t http_parameter_value(const struct http_parameter *parameter, char *out, size_t size);

#endif
