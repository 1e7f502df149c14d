/* SPDX-License-Identifier: MIT
 *
 * A picture for whom there is none: an ornament of a few tiles, with the
 * symmetries of the square, in two tones of one or two hues on a light ground.
 * Whatever differs in the seed gives another one, and the same one at each size.
 */
#ifndef VISAGE_RENDERER_IDENTICON_H
#define VISAGE_RENDERER_IDENTICON_H

#include <stdint.h>

#include <magick/api.h>

#include "image/render_protocol.h"

/* Draws it, opaque and in sRGB, in the middle of a picture of this size; the ground fills
 * what is beyond the square. The text is not looked at. The caller destroys the image. NULL without memory. */
Image *identicon_draw(const unsigned char seed[RENDER_SEED_SIZE], const char *text,
                      uint32_t width, uint32_t height);

#endif
