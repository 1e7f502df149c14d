/* SPDX-License-Identifier: MIT
 *
 * From a file's bytes to pixels: the first frame on its full canvas, still as it
 * is stored (not turned, not cut, in its own colours), and no larger than the
 * rendering has use for.
 */
#ifndef VISAGE_RENDERER_DECODE_H
#define VISAGE_RENDERER_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <magick/api.h>

#include "base/cause.h"
#include "image/render_protocol.h"
#include "image/renderer/geometry.h"
#include "image/renderer/layout.h"

#define DECODE_SIDE_MAX 16384u
#define DECODE_MESSAGE 128

struct decoded {
    Image *image;           /* the caller destroys it; its colour profile is attached as "ICM" */
    uint32_t width, height; /* of the file, as stored; the image may be smaller */
    unsigned orientation;   /* 1 to 8; what the file says of itself */
    unsigned upright;       /* the one to be applied */
    bool laid_out;          /* a rendering that needs a layout; its crop and size are the plan */
    struct geometry plan;   /* in the pixels of `image` */
    struct layout layout;   /* as stored, but for the output; the crop in the file's pixels */
    char message[DECODE_MESSAGE]; /* what was wrong, for the log */
};

/* Returns CAUSE_NONE, _PICTURE_TYPE, _PICTURE_BROKEN or _PICTURE_TOO_LARGE; in
 * all but the first there is no image. */
enum cause decode_picture(const struct render_request *request, const unsigned char *bytes,
                          size_t length, struct decoded *out);

/* The two ways to do it. JPEG, PNG, GIF, AVIF and HEIC; and WebP, whose
 * animations and orientation GraphicsMagick does not know. */
enum cause decode_gm(const struct render_request *request, const unsigned char *bytes,
                     size_t length, struct decoded *out);
enum cause decode_webp(const struct render_request *request, const unsigned char *bytes,
                       size_t length, struct decoded *out);

/* For both: whether a picture of this size is decoded at all, and then the plan. */
enum cause decode_admit(const struct render_request *request, uint32_t width, uint32_t height,
                        struct decoded *out);

#endif
