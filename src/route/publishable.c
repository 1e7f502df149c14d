/* SPDX-License-Identifier: MIT */
#include "route/publishable.h"

#include <string.h>

#define SEGMENT_MAX 255 /* NAME_MAX of every file system that matters */

/* Nothing that a server or a shell of one reads otherwise than as it stands. */
static bool is_plain(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c && strchr("-._~:@+,=", c));
}

/* No names that are hidden or mean another directory. */
static bool is_segment(const char *text, size_t length)
{
    if (length == 0 || length > SEGMENT_MAX || text[0] == '.')
        return false;
    for (size_t i = 0; i < length; i++)
        if (!is_plain((unsigned char)text[i]))
            return false;
    return true;
}

/* One dot at most, that of the format's extension: Apache gives a meaning to each extension of a name
 * (mod_mime), be it a language or a program. */
static bool is_file_name(const char *text, size_t length, enum picture_type format)
{
    const char *dot = memchr(text, '.', length);
    size_t rest;

    if (!dot)
        return true;
    rest = length - (size_t)(dot + 1 - text);
    return picture_type_from_name(dot + 1, rest) == format;
}

static bool is_path(const char *path, size_t length, enum picture_type format)
{
    const char *end = path + length, *slash;

    if (length < 2 || length >= PUBLISHABLE_PATH_MAX || path[0] != '/')
        return false;
    for (path++; (slash = memchr(path, '/', (size_t)(end - path))) != NULL; path = slash + 1)
        if (!is_segment(path, (size_t)(slash - path)))
            return false;
    return is_segment(path, (size_t)(end - path)) &&
           is_file_name(path, (size_t)(end - path), format);
}

bool publishable_path(const struct http_request *request, const struct picture_request *picture,
                      char out[PUBLISHABLE_PATH_MAX])
{
    if (!picture->immutable || picture->negotiated || picture->verbatim || picture->snapped ||
        picture->attachment || picture->filename[0] || picture->expires_s || !picture->source ||
        picture->source->sign != SIGN_OFF || request->query_length > 0 ||
        !is_path(request->path, request->path_length, picture->format))
        return false;
    memcpy(out, request->path, request->path_length);
    out[request->path_length] = '\0';
    return true;
}
