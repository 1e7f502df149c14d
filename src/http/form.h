/* SPDX-License-Identifier: MIT
 *
 * Parameters of a query or of a form (application/x-www-form-urlencoded, WHATWG
 * URL standard section 5).
 */
#ifndef VISAGE_HTTP_FORM_H
#define VISAGE_HTTP_FORM_H

#include <stddef.h>
#include <sys/types.h>

/* How often there is a parameter of this name. */
unsigned http_form_count(const char *text, size_t length, const char *name);

/* Writes the decoded value of the first parameter of this name. Returns its length, -ENOENT if
 * there is none, -EINVAL for a broken escape or a NUL in it, or -ENOSPC. */
ssize_t http_form_get(const char *text, size_t length, const char *name, char *out, size_t size);

#endif
