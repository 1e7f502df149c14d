/* SPDX-License-Identifier: MIT
 *
 * What an Authorization field carries (RFC 9110 section 11.6.2).
 */
#ifndef VISAGE_HTTP_CREDENTIALS_H
#define VISAGE_HTTP_CREDENTIALS_H

#include <stdbool.h>
#include <stddef.h>

/* Writes the token of "Bearer TOKEN" (RFC 6750), or the password of "Basic ..." (RFC 7617),
 * whatever the user name, so that a browser can be used. Returns 0, -EINVAL for another or a
 * malformed field or NULL, or -ENOSPC. */
int http_credentials_token(const char *field, char *out, size_t size);

/* Whether it is a bearer token: no browser sends one by itself, while it adds a password that it
 * knows to whatever any page makes it ask for. */
bool http_credentials_is_bearer(const char *field);

#endif
