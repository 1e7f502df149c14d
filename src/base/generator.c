/* SPDX-License-Identifier: MIT */
#include "base/generator.h"

#include <string.h>

/* Where two names mean one style, the first is what it is called. */
static const struct {
    enum generator generator;
    const char *name;
} names[] = {
    {GENERATOR_IDENTICON, "identicon"}, {GENERATOR_RETRO, "retro"},
    {GENERATOR_MONSTERID, "monsterid"}, {GENERATOR_WAVATAR, "wavatar"},
    {GENERATOR_ROBOHASH, "robohash"},   {GENERATOR_PAGAN, "pagan"},
    {GENERATOR_MP, "mp"},               {GENERATOR_MP, "mm"},
    {GENERATOR_MP, "mystery"},          {GENERATOR_BLANK, "blank"},
    {GENERATOR_COLOR, "color"},         {GENERATOR_INITIALS, "initials"},
};

#define COUNT(a) (sizeof(a) / sizeof *(a))

const char *generator_name(enum generator generator)
{
    for (size_t i = 0; i < COUNT(names); i++)
        if (names[i].generator == generator)
            return names[i].name;
    return NULL;
}

enum generator generator_from_name(const char *name, size_t length)
{
    for (size_t i = 0; i < COUNT(names); i++)
        if (strlen(names[i].name) == length && memcmp(names[i].name, name, length) == 0)
            return names[i].generator;
    return GENERATOR_NONE;
}

bool generator_is_transparent(enum generator generator)
{
    return generator == GENERATOR_BLANK;
}
