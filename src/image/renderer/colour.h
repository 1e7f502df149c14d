/* SPDX-License-Identifier: MIT
 *
 * Whatever a picture's numbers mean, they mean sRGB afterwards.
 */
#ifndef VISAGE_RENDERER_COLOUR_H
#define VISAGE_RENDERER_COLOUR_H

#include <stdbool.h>
#include <stdint.h>

#include <magick/api.h>

/* True if the pixels are ink (CMYK), which nothing may blend or scale before
 * colour_to_srgb() has seen them. */
bool colour_is_ink(const Image *image);

/* Converts in place, through the embedded profile if there is one that fits and
 * works, else as if there were none. False without memory. */
bool colour_to_srgb(Image *image);

/* Lays the picture on a background, 0xRRGGBB; it is opaque afterwards. */
bool colour_flatten(Image *image, uint32_t background);

/* True if a pixel is not opaque. */
bool colour_has_transparency(const Image *image, ExceptionInfo *exception);

/* Frees the conversion that was kept. */
void colour_forget(void);

#endif
