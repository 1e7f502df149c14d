/* SPDX-License-Identifier: MIT
 *
 * Pictures of a few large square pixels, for generated pictures.
 */
#ifndef VISAGE_RENDERER_SPRITE_H
#define VISAGE_RENDERER_SPRITE_H

#include <stdint.h>

#include <magick/api.h>

#include "image/renderer/tint.h"

#define SPRITE_SIDE 16
#define SPRITE_COLOURS 16

struct sprite {
    unsigned char cells[SPRITE_SIDE][SPRITE_SIDE]; /* row by row; into `colours` */
    struct colour colours[SPRITE_COLOURS];         /* the first one is the ground */
};

/* In the middle of a picture of this size; the ground fills what is beyond the square. The edges
 * of cells lie between pixels where a cell has room for two of them; in smaller pictures colours
 * are mixed. The caller destroys the image. NULL without memory. */
Image *sprite_paint(uint32_t width, uint32_t height, const struct sprite *sprite);

#endif
