/* SPDX-License-Identifier: MIT */
#include "ctl/picture_name.h"

#include <string.h>
#include <strings.h>

/* The first one of each type is what is written. */
static const struct {
    enum picture_type type;
    const char *text;
} extensions[] = {
    {PICTURE_JPEG, ".jpg"},  {PICTURE_PNG, ".png"},   {PICTURE_GIF, ".gif"},
    {PICTURE_WEBP, ".webp"}, {PICTURE_AVIF, ".avif"}, {PICTURE_HEIC, ".heic"},
    {PICTURE_JPEG, ".jpeg"}, {PICTURE_JPEG, ".jpe"},  {PICTURE_HEIC, ".heif"},
};

#define COUNT (sizeof extensions / sizeof *extensions)

size_t picture_name_length(const char *name)
{
    const char *slash = strrchr(name, '/'), *last = slash ? slash + 1 : name;
    const char *dot = strrchr(last, '.');

    for (size_t i = 0; i < COUNT && dot && dot > last; i++)
        if (strcasecmp(dot, extensions[i].text) == 0)
            return (size_t)(dot - name);
    return strlen(name);
}

const char *picture_name_extension(enum picture_type type)
{
    for (size_t i = 0; i < COUNT; i++)
        if (extensions[i].type == type)
            return extensions[i].text;
    return "";
}
