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
static enum publishable judge_segment(const char *text, size_t length)
{
    if (length > SEGMENT_MAX)
        return PUBLISHABLE_LONG;
    if (length == 0 || text[0] == '.')
        return PUBLISHABLE_UNPLAIN;
    for (size_t i = 0; i < length; i++)
        if (!is_plain((unsigned char)text[i]))
            return PUBLISHABLE_UNPLAIN;
    return PUBLISHABLE_YES;
}

/* One dot at most, that of the format's extension: Apache gives a meaning to each extension of a
 * name (mod_mime), be it a language or a program. */
static enum publishable judge_file_name(const char *text, size_t length, enum picture_type format)
{
    enum publishable verdict = judge_segment(text, length);
    const char *dot = memchr(text, '.', length);
    size_t rest;

    if (verdict != PUBLISHABLE_YES || !dot)
        return verdict;
    rest = length - (size_t)(dot + 1 - text);
    return picture_type_from_name(dot + 1, rest) == format ? PUBLISHABLE_YES : PUBLISHABLE_DOTTED;
}

static enum publishable judge_path(const char *path, size_t length, enum picture_type format)
{
    const char *end = path + length, *slash;
    enum publishable verdict;

    if (length >= PUBLISHABLE_PATH_MAX)
        return PUBLISHABLE_LONG;
    if (length < 2 || path[0] != '/')
        return PUBLISHABLE_UNPLAIN;
    for (path++; (slash = memchr(path, '/', (size_t)(end - path))) != NULL; path = slash + 1) {
        verdict = judge_segment(path, (size_t)(slash - path));
        if (verdict != PUBLISHABLE_YES)
            return verdict;
    }
    return judge_file_name(path, (size_t)(end - path), format);
}

static enum publishable judge_picture(const struct picture_request *picture)
{
    if (!picture->source)
        return PUBLISHABLE_NOBODYS;
    if (picture->source->sign != SIGN_OFF)
        return PUBLISHABLE_SIGNED;
    if (config_source_is_shared(picture->source))
        return PUBLISHABLE_SHARED;
    if (!picture->immutable)
        return PUBLISHABLE_MUTABLE;
    if (picture->verbatim)
        return PUBLISHABLE_VERBATIM;
    if (picture->negotiated)
        return PUBLISHABLE_NEGOTIATED;
    if (picture->snapped)
        return PUBLISHABLE_SNAPPED;
    if (picture->attachment || picture->filename[0])
        return PUBLISHABLE_SAVED;
    return picture->expires_s ? PUBLISHABLE_EXPIRING : PUBLISHABLE_YES;
}

enum publishable publishable_path(const struct http_request *request,
                                  const struct picture_request *picture,
                                  char out[PUBLISHABLE_PATH_MAX])
{
    enum publishable verdict = judge_picture(picture);

    if (verdict == PUBLISHABLE_YES && request->query_length > 0)
        verdict = PUBLISHABLE_QUERY;
    if (verdict == PUBLISHABLE_YES)
        verdict = judge_path(request->path, request->path_length, picture->format);
    if (verdict != PUBLISHABLE_YES)
        return verdict;
    memcpy(out, request->path, request->path_length);
    out[request->path_length] = '\0';
    return PUBLISHABLE_YES;
}
