/* SPDX-License-Identifier: MIT
 *
 * Where everything goes in a rendering with effects or one of the newer fits:
 * what is cropped, what that is scaled to, what is kept of it, and where this
 * lies in the output. Pure arithmetic, equal to imgproxy's (version 3), whose
 * documentation leaves open:
 *
 * - Crop and all gravities are those of the picture as it is seen in the end,
 *   after its metadata and `turn`.
 * - Lengths are rounded to the nearest, halves up; offsets, focus points and
 *   padding to the nearest, halves to even. A centre is (room + 1) / 2, rounded
 *   in the second way: of two pixels to spare both go before the picture.
 * - What is cut or placed stays inside; an offset that would push it out stops
 *   at the edge.
 * - In fills, width x height is what is cut to, wherever the scaled picture is
 *   larger: also if a side of 0 or a minimum has made it so.
 * - A minimum wins over the factor that width, height and zoom give, for both
 *   sides alike; the fit then cuts what is beyond width x height.
 * - Where nothing may be enlarged, dpr is at most what the picture has pixels
 *   for. Where it has too few even without, a dpr below one does not make it
 *   smaller still, unless room is to be added up to width x height, which is to
 *   look alike at any dpr.
 * - An output with a side above PICTURE_SIDE_MAX becomes smaller as a whole, with
 *   all offsets and padding.
 */
#ifndef VISAGE_RENDERER_LAYOUT_H
#define VISAGE_RENDERER_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/picture.h"
#include "image/renderer/geometry.h"

struct rectangle {
    uint32_t x, y, width, height;
};

struct layout {
    struct rectangle crop;                /* of the source: what is used of it */
    uint32_t scaled_width, scaled_height; /* what that becomes */
    struct rectangle cut;                 /* of what was scaled: what is kept of it */
    uint32_t x, y, width, height;         /* the output, and where in it the kept part lies */
};

/* `width` and `height` are of the source as it is seen, both at least 1; `want` is sane. False if
 * no output within PICTURE_SIDE_MAX can be had. */
bool layout_plan(uint32_t width, uint32_t height, const struct rendering *want,
                 struct layout *out);

/* Takes crop, scaled size and cut from the picture as it is seen to the picture as it is stored,
 * whose EXIF orientation this is and which has these sides. The output stays as it is seen. */
void layout_lay_down(struct layout *layout, unsigned orientation, uint32_t stored_width,
                     uint32_t stored_height);

/* The crop and the scaled size, for a decoder to go by. */
struct geometry layout_geometry(const struct layout *layout);

/* Narrows such a geometry, carried over to another size meanwhile or not, to what the cut shows:
 * for what is not to be scaled as a whole, because it becomes larger. */
void layout_part(const struct layout *layout, struct geometry *crop);

#endif
