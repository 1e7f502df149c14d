/* SPDX-License-Identifier: MIT */
#include "image/renderer/decode.h"

#include <stdio.h>
#include <string.h>

#include "image/renderer/orientation.h"

enum cause decode_admit(const struct render_request *request, uint32_t width, uint32_t height,
                        struct decoded *out)
{
    const struct rendering want = {
        .width = request->width,
        .height = request->height,
        .fit = (enum picture_fit)request->fit,
        .quality = request->quality,
    };

    if (width < 1 || height < 1) {
        snprintf(out->message, sizeof out->message, "no size");
        return CAUSE_PICTURE_BROKEN;
    }
    if (width > DECODE_SIDE_MAX || height > DECODE_SIDE_MAX ||
        (uint64_t)width * height > request->max_pixels) {
        snprintf(out->message, sizeof out->message, "%ux%u pixels", width, height);
        return CAUSE_PICTURE_TOO_LARGE;
    }
    out->width = width;
    out->height = height;
    out->plan = geometry_plan(width, height, orientation_swaps(out->orientation), &want);
    return CAUSE_NONE;
}

enum cause decode_picture(const struct render_request *request, const unsigned char *bytes,
                          size_t length, struct decoded *out)
{
    enum cause cause;

    memset(out, 0, sizeof *out);
    out->orientation = 1;
    if (request->input_type == PICTURE_WEBP)
        cause = decode_webp(request, bytes, length, out);
    else
        cause = decode_gm(request, bytes, length, out);
    if (cause == CAUSE_NONE)
        geometry_carry(&out->plan, out->width, out->height, (uint32_t)out->image->columns,
                       (uint32_t)out->image->rows);
    return cause;
}
