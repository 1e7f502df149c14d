/* SPDX-License-Identifier: MIT
 *
 * Which part of a picture is taken and how large it becomes. Pure arithmetic.
 *
 * All of it is in the pixels as they are stored; a picture that its orientation
 * turns by a quarter is planned lying down and stood up last, when it is small.
 */
#ifndef VISAGE_RENDERER_GEOMETRY_H
#define VISAGE_RENDERER_GEOMETRY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/picture.h"

struct geometry {
    uint32_t x, y, width, height;   /* the part of the source that is shown */
    uint32_t out_width, out_height; /* what it is scaled to */
};

/* `width` and `height` are of the stored source, both at least 1; `turned` says
 * that its orientation swaps the sides. In FIT_COVER `want` has both sides. */
struct geometry geometry_plan(uint32_t width, uint32_t height, bool turned,
                              const struct rendering *want);

/* By which whole number, 1 to 8, a decoder may divide both sides of the source so
 * that what is left is still at least twice the target on either side. */
uint32_t geometry_prescale(const struct geometry *g);

/* Carries the plan over to a source that was decoded at another size. */
void geometry_carry(struct geometry *g, uint32_t from_width, uint32_t from_height,
                    uint32_t to_width, uint32_t to_height);

#endif
