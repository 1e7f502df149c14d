/* SPDX-License-Identifier: MIT
 *
 * Media types (RFC 9110 section 8.3.1).
 */
#ifndef VISAGE_HTTP_MEDIA_TYPE_H
#define VISAGE_HTTP_MEDIA_TYPE_H

#include <stddef.h>

/* How many bytes of a Content-Type field's value, from its begin on, are "type/subtype"; 0 for a
 * value that is none: what follows must be parameters. NULL is none. */
size_t http_media_type_length(const char *field);

#endif
