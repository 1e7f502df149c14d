/* SPDX-License-Identifier: MIT
 *
 * What stands in for a picture while it loads: its ThumbHash (evanw.github.io/thumbhash,
 * public domain), some two dozen bytes, and the colour that most of it has.
 */
#ifndef VISAGE_RENDERER_THUMBHASH_H
#define VISAGE_RENDERER_THUMBHASH_H

#include <stddef.h>
#include <stdint.h>

#define THUMBHASH_MAX 25  /* bytes of a hash */
#define THUMBHASH_SIDE 100 /* pixels of the picture it is made from, at most */

/* Of an RGBA picture (4 bytes a pixel, alpha not multiplied in), both sides 1..THUMBHASH_SIDE.
 * Returns the bytes written. */
size_t thumbhash_encode(const unsigned char *rgba, uint32_t width, uint32_t height,
                        unsigned char out[THUMBHASH_MAX]);

/* 0xRRGGBB: the mean of the most frequent colours that are much alike. Of what is wholly
 * transparent, 0. */
uint32_t dominant_colour(const unsigned char *rgba, uint32_t width, uint32_t height);

#endif
