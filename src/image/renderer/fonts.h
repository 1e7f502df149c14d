/* SPDX-License-Identifier: MIT
 *
 * The fonts that initials are drawn with. Their files are mapped before the sandbox
 * closes, and read and parsed inside it, when a letter is first looked for in them.
 */
#ifndef VISAGE_RENDERER_FONTS_H
#define VISAGE_RENDERER_FONTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_OUTLINE_H
#include <hb.h>

struct font {
    FT_Face face;
    hb_font_t *shaper; /* in the font's own units */
    double units;      /* that make an em */
    bool coloured;     /* its glyphs are bitmaps, and nothing else */
};

/* Maps the files, the preferred one first; what cannot be opened, is no plain file or is of an
 * unreasonable size is skipped. Before the address space is limited: what pictures may
 * take does not depend on fonts. */
void fonts_map(char *const *paths, size_t count);

/* The first font that has all the characters, invisible ones aside; NULL if none has, or without
 * memory. Coloured fonts come first where `coloured` says so, else last. Valid until
 * fonts_close(). */
const struct font *fonts_find(const uint32_t *characters, size_t count, bool coloured);

/* Adds the outline, in 64ths of a pixel from the lower left corner, to a bitmap of greys. False if
 * it cannot be drawn. */
bool fonts_rasterise(FT_Outline *outline, const FT_Bitmap *bitmap);

/* Frees all; for leak checkers. */
void fonts_close(void);

#endif
