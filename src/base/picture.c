/* SPDX-License-Identifier: MIT */
#include "base/picture.h"

#include <string.h>

static const struct {
    enum picture_type type;
    const char *name;
    const char *media_type;
} types[] = {
    {PICTURE_JPEG, "jpeg", "image/jpeg"}, {PICTURE_PNG, "png", "image/png"},
    {PICTURE_GIF, "gif", "image/gif"},    {PICTURE_WEBP, "webp", "image/webp"},
    {PICTURE_AVIF, "avif", "image/avif"}, {PICTURE_HEIC, "heic", "image/heic"},
    {PICTURE_AUTO, "auto", NULL},
};

#define COUNT(a) (sizeof(a) / sizeof *(a))

const char *picture_type_name(enum picture_type type)
{
    for (size_t i = 0; i < COUNT(types); i++)
        if (types[i].type == type)
            return types[i].name;
    return NULL;
}

const char *picture_media_type(enum picture_type type)
{
    for (size_t i = 0; i < COUNT(types); i++)
        if (types[i].type == type && types[i].media_type)
            return types[i].media_type;
    return "application/octet-stream";
}

enum picture_type picture_type_from_name(const char *name, size_t length)
{
    if (length == 3 && memcmp(name, "jpg", 3) == 0)
        return PICTURE_JPEG;
    for (size_t i = 0; i < COUNT(types); i++)
        if (strlen(types[i].name) == length && memcmp(types[i].name, name, length) == 0)
            return types[i].type;
    return PICTURE_UNKNOWN;
}

bool picture_type_is_output(enum picture_type type)
{
    return type == PICTURE_JPEG || type == PICTURE_PNG || type == PICTURE_WEBP;
}

const char *picture_fit_name(enum picture_fit fit)
{
    static const char *const names[] = {
        [FIT_COVER] = "cover",         [FIT_CONTAIN] = "contain", [FIT_FILL] = "fill",
        [FIT_FILL_DOWN] = "fill-down", [FIT_FORCE] = "force",     [FIT_AUTO] = "auto",
    };

    return fit >= FIT_COVER && fit <= FIT_AUTO ? names[fit] : "contain";
}
