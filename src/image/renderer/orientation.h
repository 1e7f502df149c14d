/* SPDX-License-Identifier: MIT
 *
 * Which way up a picture is meant to be seen (EXIF 2.32 tag 0x0112), and turning
 * it that way. The values are EXIF's: 1 is upright, 5 to 8 swap the sides.
 */
#ifndef VISAGE_RENDERER_ORIENTATION_H
#define VISAGE_RENDERER_ORIENTATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <magick/api.h>

/* 1 to 8, or 0 if these bytes (with or without "Exif\0\0" before them) tell nothing. */
unsigned orientation_from_exif(const unsigned char *exif, size_t length);

/* The same from an XMP packet's tiff:Orientation. */
unsigned orientation_from_xmp(const unsigned char *xmp, size_t length);

static inline bool orientation_swaps(unsigned orientation)
{
    return orientation >= 5 && orientation <= 8;
}

/* What such a picture's orientation becomes when it is turned clockwise by 0, 90, 180 or 270
 * degrees on top of it. */
unsigned orientation_turned(unsigned orientation, uint32_t degrees);

/* Turns *image upright, replacing it. False, with *image as it was, without memory. */
bool orientation_apply(Image **image, unsigned orientation, ExceptionInfo *exception);

#endif
