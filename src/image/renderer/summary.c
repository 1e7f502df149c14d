/* SPDX-License-Identifier: MIT */
#include "image/renderer/summary.h"

#include "image/renderer/thumbhash.h"

_Static_assert(RENDER_SUMMARY_SIDE <= THUMBHASH_SIDE, "a summary's picture can be hashed");
_Static_assert(THUMBHASH_MAX <= PICTURE_THUMBHASH_MAX, "a reply has room for a hash");

bool summary_is_sane(const struct render_request *q)
{
    return q->fit == FIT_CONTAIN && !effects_are_any(&q->effects) && q->width >= 1 &&
           q->width <= RENDER_SUMMARY_SIDE && q->height >= 1 && q->height <= RENDER_SUMMARY_SIDE;
}

static bool copy_pixels(const Image *image, bool alpha, unsigned char *rgba,
                        ExceptionInfo *exception)
{
    for (long y = 0; y < (long)image->rows; y++) {
        const PixelPacket *p = AcquireImagePixels(image, 0, y, image->columns, 1, exception);

        if (!p)
            return false;
        for (size_t x = 0; x < image->columns; x++, rgba += 4) {
            rgba[0] = ScaleQuantumToChar(p[x].red);
            rgba[1] = ScaleQuantumToChar(p[x].green);
            rgba[2] = ScaleQuantumToChar(p[x].blue);
            /* GraphicsMagick's opacity is transparency: 0 is opaque. */
            rgba[3] = alpha ? ScaleQuantumToChar(MaxRGB - p[x].opacity) : 255;
        }
    }
    return true;
}

enum cause summary_make(const Image *image, struct render_reply *reply, ExceptionInfo *exception)
{
    static unsigned char rgba[4 * RENDER_SUMMARY_SIDE * RENDER_SUMMARY_SIDE];
    uint32_t width = (uint32_t)image->columns, height = (uint32_t)image->rows;

    if (!copy_pixels(image, reply->source_alpha, rgba, exception))
        return CAUSE_PICTURE_TOO_LARGE;
    reply->width = width;
    reply->height = height;
    reply->colour = dominant_colour(rgba, width, height);
    reply->thumbhash_length = (uint32_t)thumbhash_encode(rgba, width, height, reply->thumbhash);
    return CAUSE_NONE;
}
