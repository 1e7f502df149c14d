/* SPDX-License-Identifier: MIT */
#include "route/native_path.h"

#include <string.h>

#include "http/percent.h"

const char *native_path_extension(enum picture_type type)
{
    switch (type) {
    case PICTURE_WEBP: return ".webp";
    case PICTURE_JPEG: return ".jpg";
    case PICTURE_PNG: return ".png";
    default: return "";
    }
}

int native_path_append_id(struct buffer *out, const char *id)
{
    int rc = 0;

    for (const char *segment = id; rc == 0; segment++) {
        size_t length = strcspn(segment, "/");
        ssize_t n;

        rc = buffer_reserve(out, 3 * length + 1);
        if (rc != 0)
            return rc;
        n = http_percent_encode_segment(segment, length, out->data + out->length,
                                        out->capacity - out->length);
        if (n < 0)
            return (int)n;
        out->length += (size_t)n;
        segment += length;
        if (!*segment)
            return 0;
        rc = buffer_puts(out, "/");
    }
    return rc;
}

int native_path_append(struct buffer *out, const struct config *config,
                       const struct native_path *path)
{
    int rc = buffer_puts(out, config->prefix);

    if (!rc && path->version)
        rc = buffer_join(out, "/v/", path->version, (char *)NULL);
    if (!rc)
        rc = buffer_join(out, "/", path->rendering, "/", path->source, "/", (char *)NULL);
    if (!rc)
        rc = native_path_append_id(out, path->id);
    return rc ? rc : buffer_puts(out, path->ending);
}
