/* SPDX-License-Identifier: MIT
 *
 * One or two letters, shaped and set side by side, before anything is known of pixels.
 */
#ifndef VISAGE_RENDERER_LETTERING_H
#define VISAGE_RENDERER_LETTERING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_OUTLINE_H

#define LETTERING_EM 65536 /* units of the outline */
#define LETTERING_STAMPS 8

/* What a font brings as a picture of its own. */
struct stamp {
    unsigned char *pixels; /* BGRA, multiplied by its alpha; rows without gaps; owned */
    unsigned width, height;
    double left, top; /* of its corner, in ems, y up */
    double pixel;     /* a pixel's side, in ems */
};

struct lettering {
    FT_Outline outline; /* of all letters that have one; owned */
    struct stamp stamps[LETTERING_STAMPS];
    size_t stamp_count;
    unsigned letters;
    double left, bottom, right, top; /* of what is not blank, in ems, y up */
};

enum lettering_outcome {
    LETTERING_DONE,
    LETTERING_NO_FONT,   /* there is a letter that no font has */
    LETTERING_NOT_DRAWN, /* the fonts have nothing to show for it, or too much */
    LETTERING_NO_MEMORY,
};

/* Sets `text`, UTF-8, whose letters are separated by blanks; what is not UTF-8 is a letter that
 * few fonts have. Right to left, where the first letter's script runs so. To be freed in any
 * case. */
enum lettering_outcome lettering_set(const char *text, struct lettering *lettering);

void lettering_free(struct lettering *lettering);

#endif
