/* SPDX-License-Identifier: MIT
 *
 * Native URLs, the other way: from what is meant to a path.
 */
#ifndef VISAGE_ROUTE_NATIVE_PATH_H
#define VISAGE_ROUTE_NATIVE_PATH_H

#include "base/buffer.h"
#include "base/config.h"

struct native_path {
    const char *version;   /* NULL: none */
    const char *rendering; /* "avatar", "s128@2x" */
    const char *source;
    const char *id;        /* as it is, not escaped */
    const char *ending;    /* ".webp", "/info", "" */
};

/* Appends the path, percent-encoded, with the configuration's prefix. What is meant is not looked at:
 * route() may refuse it. Returns 0 or -ENOMEM. */
int native_path_append(struct buffer *out, const struct config *config,
                       const struct native_path *path);

/* Appends the id as it stands in a path: percent-encoded, but for the '/' between its segments.
 * Returns 0 or -ENOMEM. */
int native_path_append_id(struct buffer *out, const char *id);

/* ".webp", ".jpg" or ".png"; "" for another type. */
const char *native_path_extension(enum picture_type type);

#endif
