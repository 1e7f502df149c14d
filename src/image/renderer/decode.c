/* SPDX-License-Identifier: MIT */
#include "image/renderer/decode.h"

#include <stdio.h>
#include <string.h>

#include "image/renderer/orientation.h"

/* Everything that there is in plain renderings, which most are, has a plan of its own. */
static enum cause plan(const struct rendering *want, struct decoded *out)
{
    const struct effects *e = &want->effects;
    bool swapped;

    out->upright = out->orientation;
    out->laid_out = want->fit > FIT_CONTAIN || effects_are_any(e);
    if (!out->laid_out) {
        out->plan = geometry_plan(out->width, out->height, orientation_swaps(out->upright), want);
        return CAUSE_NONE;
    }
    out->upright = orientation_turned(e->keep_orientation ? 1 : out->orientation, e->turn);
    swapped = orientation_swaps(out->upright);
    if (!layout_plan(swapped ? out->height : out->width, swapped ? out->width : out->height, want,
                     &out->layout)) {
        snprintf(out->message, sizeof out->message, "no output of such proportions");
        return CAUSE_PICTURE_TOO_LARGE;
    }
    layout_lay_down(&out->layout, out->upright, out->width, out->height);
    out->plan = layout_geometry(&out->layout);
    return CAUSE_NONE;
}

enum cause decode_admit(const struct render_request *request, uint32_t width, uint32_t height,
                        struct decoded *out)
{
    const struct rendering want = render_request_rendering(request);

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
    return plan(&want, out);
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
