/* SPDX-License-Identifier: MIT
 *
 * Small pictures with transparency, enlarged or made smaller onto a larger one: colour emoji.
 */
#ifndef VISAGE_RENDERER_STAMP_H
#define VISAGE_RENDERER_STAMP_H

#include <stdbool.h>

#include <magick/api.h>

#include "image/renderer/lettering.h"

/* Draws it over `image`, its upper left corner at (left, top) from the image's, in pixels, one of
 * its pixels `scale` wide; what lies outside of the image is left out. False without memory. */
bool stamp_press(const struct stamp *stamp, Image *image, double left, double top, double scale);

#endif
