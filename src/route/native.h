/* SPDX-License-Identifier: MIT
 *
 * The native dialect:
 *
 *   /{preset}[@{dpr}x]/{source}/{id}[.{ext}]
 *   /s{size}[@{dpr}x]/{source}/{id}[.{ext}]
 *
 * with dpr 1, 2 or 3, and ext webp, jpg, jpeg or png. `{id}` is one or more
 * segments. Paths come here without the prefix, decoded, every '/' in them a
 * separator. Private to the house.
 */
#ifndef VISAGE_ROUTE_NATIVE_H
#define VISAGE_ROUTE_NATIVE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cause.h"
#include "base/config.h"
#include "route/id.h"
#include "route/request.h"

/* Fills *out and returns CAUSE_NONE; without an extension out->format is
 * PICTURE_UNKNOWN and out->negotiated set, and the caller decides the format.
 * Otherwise CAUSE_BAD_REQUEST or CAUSE_NOT_FOUND, with *out in no useful state. */
enum cause native_route(const struct config *config, const struct id_rules *rules,
                        const char *path, size_t length, struct picture_request *out);

/* True for a path of this shape, whatever it names, without an output extension. */
bool native_negotiates(const char *path, size_t length);

#endif
