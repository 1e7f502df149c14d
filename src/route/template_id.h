/* SPDX-License-Identifier: MIT
 *
 * From a picture's URL to its id, by the template that its source has: what
 * source_url() (origin/source.h) does, the other way. Pure.
 */
#ifndef VISAGE_ROUTE_TEMPLATE_ID_H
#define VISAGE_ROUTE_TEMPLATE_ID_H

#include <stdbool.h>
#include <stddef.h>

#include "route/request.h"

/* Writes the id that has this URL of `length` bytes, decoded. Where the template has its id in the
 * path, a URL without a query means it as well as one with the template's. False for a URL that the
 * template does not make: another text around the id, another query, no id, or bytes in its place
 * that would be fetched as other ones. What the source's id_pattern says is not asked. */
bool template_id(const char *template, const char *url, size_t length,
                 char out[PICTURE_ID_MAX + 1]);

#endif
