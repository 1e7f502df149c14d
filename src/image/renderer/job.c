/* SPDX-License-Identifier: MIT
 *
 * The order of the steps is chosen for cost: make small first, then cut (a cut
 * copies), and only then, on the few pixels that are left, convert colours and
 * turn upright. What becomes larger goes the other way round, and ink's four
 * channels are converted before anything blends them.
 */
#include "image/renderer/job.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <magick/api.h>

#include "base/generator.h"
#include "image/renderer/colour.h"
#include "image/renderer/decode.h"
#include "image/renderer/effects.h"
#include "image/renderer/encode.h"
#include "image/renderer/orientation.h"
#include "image/renderer/sheet.h"
#include "image/renderer/styles.h"
#include "image/renderer/summary.h"

/* Replaces *image by a step's result; false when there is none. */
static bool replace(Image **image, Image *next)
{
    if (!next)
        return false;
    DestroyImage(*image);
    *image = next;
    return true;
}

static bool cut(Image **image, const RectangleInfo *part, ExceptionInfo *e)
{
    memset(&(*image)->page, 0, sizeof (*image)->page);
    if (part->width == (*image)->columns && part->height == (*image)->rows)
        return true;
    return replace(image, CropImage(*image, part, e));
}

/* Shrinking to half or less, a triangle over the pixels that become one is as
 * good as wider filters and costs a third; nearer to the original size, and
 * beyond it, a cubic keeps what sharpness there is. */
static bool scale(Image **image, unsigned long width, unsigned long height, ExceptionInfo *e)
{
    FilterTypes filter = CatromFilter;

    if (width == (*image)->columns && height == (*image)->rows)
        return true;
    if ((*image)->columns >= 2 * width && (*image)->rows >= 2 * height)
        filter = TriangleFilter;
    return replace(image, ResizeImage(*image, width, height, filter, 1.0, e));
}

static unsigned long in_proportion(unsigned long whole, uint32_t to, uint32_t part)
{
    unsigned long n = (unsigned long)(((uint64_t)whole * to + part / 2) / part);

    return n < to ? to : n;
}

/* Scales the whole and cuts out what is shown. */
static bool scale_then_cut(Image **image, const struct geometry *g, ExceptionInfo *e)
{
    unsigned long width = in_proportion((*image)->columns, g->out_width, g->width);
    unsigned long height = in_proportion((*image)->rows, g->out_height, g->height);
    RectangleInfo part = {.width = g->out_width, .height = g->out_height};

    if (!scale(image, width, height, e))
        return false;
    part.x = (long)((width - part.width) / 2); /* always the middle, see geometry_plan() */
    part.y = (long)((height - part.height) / 2);
    return cut(image, &part, e);
}

static bool cut_then_scale(Image **image, const struct geometry *g, ExceptionInfo *e)
{
    RectangleInfo part = {
        .x = (long)g->x, .y = (long)g->y, .width = g->width, .height = g->height};

    return cut(image, &part, e) && scale(image, g->out_width, g->out_height, e);
}

/* What is cropped goes first, since the rest is not even scaled. */
static bool lay_out(Image **image, const struct layout *l, const struct geometry *crop,
                    bool shrinks, ExceptionInfo *e)
{
    struct geometry to_cut = *crop;
    RectangleInfo kept = {.x = (long)l->cut.x,
                          .y = (long)l->cut.y,
                          .width = l->cut.width,
                          .height = l->cut.height};

    if (shrinks)
        return cut_then_scale(image, crop, e) && cut(image, &kept, e);
    layout_part(l, &to_cut);
    return cut_then_scale(image, &to_cut, e);
}

static bool scale_and_cut(struct decoded *d, bool shrinks, ExceptionInfo *e)
{
    if (d->laid_out)
        return lay_out(&d->image, &d->layout, &d->plan, shrinks, e);
    return shrinks ? scale_then_cut(&d->image, &d->plan, e)
                   : cut_then_scale(&d->image, &d->plan, e);
}

static enum cause transform(const struct render_request *request, struct decoded *d, bool *alpha,
                            ExceptionInfo *e)
{
    const struct geometry *g = &d->plan;
    bool shrinks = g->out_width <= g->width && g->out_height <= g->height;
    bool early = colour_is_ink(d->image) || !shrinks;
    bool ok = !early || colour_to_srgb(d->image);

    if (ok)
        ok = scale_and_cut(d, shrinks, e);
    if (ok && !early)
        ok = colour_to_srgb(d->image);
    if (ok)
        ok = orientation_apply(&d->image, d->upright, e);
    if (ok && d->laid_out)
        ok = effects_apply(&d->image, &request->effects, &d->layout, alpha, e);
    /* None of these steps fails but for want of memory. */
    return ok ? CAUSE_NONE : CAUSE_PICTURE_TOO_LARGE;
}

static enum cause finish(const struct render_request *request, Image *image, int output,
                         struct render_reply *reply)
{
    enum picture_type type = (enum picture_type)request->output_type;
    enum cause cause;

    if (type == PICTURE_AUTO)
        type = reply->source_alpha ? PICTURE_PNG : PICTURE_JPEG;
    if (!reply->source_alpha)
        image->matte = MagickFalse; /* a channel that says nothing costs bytes */
    if (type == PICTURE_JPEG && !colour_flatten(image, request->background))
        return CAUSE_PICTURE_TOO_LARGE;
    cause = encode_within(image, type, request->quality, request->effects.max_bytes, output,
                          &reply->output_length);
    reply->output_type = (uint32_t)type;
    reply->width = (uint32_t)image->columns;
    reply->height = (uint32_t)image->rows;
    return cause;
}

static enum cause render(const struct render_request *request, const unsigned char *bytes,
                         size_t length, int output, struct render_reply *reply)
{
    struct decoded d;
    enum cause cause = decode_picture(request, bytes, length, &d);
    bool turned = orientation_swaps(d.orientation), alpha;
    ExceptionInfo e;

    memcpy(reply->message, d.message, sizeof reply->message);
    reply->source_width = turned ? d.height : d.width;
    reply->source_height = turned ? d.width : d.height;
    if (cause != CAUSE_NONE)
        return cause;
    GetExceptionInfo(&e);
    alpha = colour_has_transparency(d.image, &e);
    cause = transform(request, &d, &alpha, &e);
    reply->source_alpha = alpha;
    if (cause == CAUSE_NONE)
        cause = request->kind == RENDER_SUMMARY ? summary_make(d.image, reply, &e)
                                                : finish(request, d.image, output, reply);
    if (cause != CAUSE_NONE && e.reason && reply->message[0] == '\0')
        snprintf(reply->message, sizeof reply->message, "%d %s", (int)e.severity, e.reason);
    DestroyExceptionInfo(&e);
    DestroyImage(d.image);
    return cause;
}

/* What is drawn here is its own source. The image is destroyed. */
static enum cause finish_drawing(const struct render_request *request, Image *image, bool alpha,
                                 int output, struct render_reply *reply)
{
    enum cause cause;

    reply->source_width = request->width;
    reply->source_height = request->height;
    reply->source_alpha = alpha;
    cause = finish(request, image, output, reply);
    DestroyImage(image);
    return cause;
}

static enum cause generate(const struct render_request *request, int output,
                           struct render_reply *reply)
{
    enum cause cause;
    Image *image = style_paint(request->generator, request->seed, request->text, request->width,
                               request->height, &cause);

    if (!image) {
        if (cause == CAUSE_PICTURE_TYPE)
            snprintf(reply->message, sizeof reply->message, "no font has these letters");
        return cause;
    }
    return finish_drawing(request, image,
                          generator_is_transparent((enum generator)request->generator), output,
                          reply);
}

static enum cause draw_sheet(const struct render_request *request, const unsigned char *bytes,
                             size_t length, int output, struct render_reply *reply)
{
    Image *image = sheet_draw(request, bytes, length);

    return image ? finish_drawing(request, image, false, output, reply) : CAUSE_PICTURE_TOO_LARGE;
}

/* What is generated has no size of its own that it could be fitted in with. */
static bool kind_is_sane(const struct render_request *q)
{
    if (q->kind == RENDER_GENERATED)
        return style_is_known(q->generator) && memchr(q->text, '\0', sizeof q->text) &&
               q->fit == FIT_COVER && !effects_are_any(&q->effects);
    if (q->kind == RENDER_SUMMARY)
        return summary_is_sane(q);
    return q->kind == RENDER_PICTURE;
}

static bool is_sane(const struct render_request *q, const unsigned char *bytes, size_t length)
{
    const struct rendering want = render_request_rendering(q);

    if (q->kind == RENDER_SHEET)
        return sheet_is_sane(q, bytes, length);
    return kind_is_sane(q) && rendering_is_sane(&want) &&
           (q->output_type == PICTURE_AUTO ||
            picture_type_is_output((enum picture_type)q->output_type));
}

void job_run_bytes(const struct render_request *request, const unsigned char *bytes,
                   size_t length, int output, struct render_reply *reply)
{
    enum cause cause = CAUSE_INTERNAL;

    memset(reply, 0, sizeof *reply);
    reply->magic = RENDER_PROTOCOL_MAGIC;
    if (!is_sane(request, bytes, length))
        snprintf(reply->message, sizeof reply->message, "unusable request");
    else if (request->kind == RENDER_GENERATED)
        cause = generate(request, output, reply);
    else if (request->kind == RENDER_SHEET)
        cause = draw_sheet(request, bytes, length, output, reply);
    else
        cause = render(request, bytes, length, output, reply);
    reply->cause = (uint32_t)cause;
}

static void run_file(const struct render_request *request, int input, int output,
                     struct render_reply *reply)
{
    off_t size = lseek(input, 0, SEEK_END);
    size_t length = (size_t)request->input_length;
    void *bytes;

    memset(reply, 0, sizeof *reply);
    reply->magic = RENDER_PROTOCOL_MAGIC;
    reply->cause = CAUSE_INTERNAL;
    if (size < 0 || (uint64_t)size < request->input_length || length == 0) {
        snprintf(reply->message, sizeof reply->message, "the input is shorter than was said");
        return;
    }
    /* If the file shrinks meanwhile, SIGBUS ends this process, and nothing else. */
    bytes = mmap(NULL, length, PROT_READ, MAP_PRIVATE | MAP_POPULATE, input, 0);
    if (bytes == MAP_FAILED) {
        reply->cause = CAUSE_PICTURE_TOO_LARGE;
        snprintf(reply->message, sizeof reply->message, "the input does not fit in memory");
        return;
    }
    job_run_bytes(request, bytes, length, output, reply);
    munmap(bytes, length);
}

void job_run(const struct render_request *request, int input, int output,
             struct render_reply *reply)
{
    if (request->kind == RENDER_GENERATED)
        job_run_bytes(request, NULL, 0, output, reply);
    else
        run_file(request, input, output, reply);
}
