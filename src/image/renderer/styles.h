/* SPDX-License-Identifier: MIT
 *
 * The styles of generated pictures. Each is a function of the seed alone, and the same
 * picture at each size: in the middle of a picture of this size, whose ground fills what
 * is beyond the square.
 */
#ifndef VISAGE_RENDERER_STYLES_H
#define VISAGE_RENDERER_STYLES_H

#include <stdbool.h>
#include <stdint.h>

#include <magick/api.h>

#include "base/cause.h"
#include "image/render_protocol.h"

/* True if there is such a style. */
bool style_is_known(uint32_t generator);

/* Draws a known style, in sRGB. The caller destroys the image. NULL with a cause in *cause. */
Image *style_paint(uint32_t generator, const unsigned char seed[RENDER_SEED_SIZE],
                   const char *text, uint32_t width, uint32_t height, enum cause *cause);

/* Those that need no font. NULL without memory. */
typedef Image *style_draw(const unsigned char seed[RENDER_SEED_SIZE], uint32_t width,
                          uint32_t height);

style_draw identicon_draw;  /* an ornament of tiles */
style_draw retro_draw;      /* an invader from an arcade, in large pixels */
style_draw monsterid_draw;  /* a friendly monster */
style_draw wavatar_draw;    /* a face of plain shapes */
style_draw robohash_draw;   /* a robot */
style_draw pagan_draw;      /* an adventurer, in large pixels */
style_draw silhouette_draw; /* a person's outline, the same for everybody */
style_draw blank_draw;      /* nothing */
style_draw color_draw;      /* one colour */

#endif
