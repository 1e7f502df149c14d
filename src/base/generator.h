/* SPDX-License-Identifier: MIT
 *
 * The styles of pictures that are drawn of a hash alone, for whom there is no other.
 */
#ifndef VISAGE_BASE_GENERATOR_H
#define VISAGE_BASE_GENERATOR_H

#include <stdbool.h>
#include <stddef.h>

/* Values travel to the renderer and into canonical texts: never renumber. */
enum generator {
    GENERATOR_NONE = 0,
    GENERATOR_IDENTICON = 1,
    GENERATOR_RETRO = 2,
    GENERATOR_MONSTERID = 3,
    GENERATOR_WAVATAR = 4,
    GENERATOR_ROBOHASH = 5,
    GENERATOR_PAGAN = 6,
    GENERATOR_MP = 7,    /* a silhouette, the same for everybody */
    GENERATOR_BLANK = 8, /* nothing: wholly transparent */
    GENERATOR_COLOR = 9,
    GENERATOR_INITIALS = 10, /* of a text beside the hash */
    GENERATOR_LAST = GENERATOR_INITIALS,
};

/* "identicon" for configuration, URLs and canonical text; NULL for GENERATOR_NONE and what is
 * none of these. */
const char *generator_name(enum generator generator);

/* From such a name, or "mm" or "mystery" for mp, `length` bytes, case-sensitive.
 * GENERATOR_NONE for any other. */
enum generator generator_from_name(const char *name, size_t length);

/* True where the picture has transparency; all others are opaque. */
bool generator_is_transparent(enum generator generator);

#endif
