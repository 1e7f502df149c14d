/* SPDX-License-Identifier: MIT
 *
 * WebP through libwebp and its demultiplexer: the first frame of an animation is
 * put where it belongs on the transparent canvas, and the profile and the EXIF
 * data that lie beside the pixels are found. The container is described in
 * Google's "WebP Container Specification".
 */
#include "image/renderer/decode.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <webp/decode.h>
#include <webp/demux.h>

#include "image/renderer/orientation.h"

struct frame {
    uint32_t x, y, width, height; /* where it lies in the image that is made */
    unsigned char *pixels;        /* RGBA, 8 bits, alpha not multiplied in */
    bool alpha;
};

static enum cause broken(struct decoded *out, const char *why)
{
    snprintf(out->message, sizeof out->message, "webp: %s", why);
    return CAUSE_PICTURE_BROKEN;
}

/* Decodes the fragment to f->width x f->height, scaling if that is not its size. */
static enum cause decode_fragment(const WebPData *fragment, struct frame *f, struct decoded *out)
{
    WebPDecoderConfig config;
    VP8StatusCode status;
    size_t stride = (size_t)f->width * 4;

    if (!WebPInitDecoderConfig(&config))
        return broken(out, "another version of the library");
    status = WebPGetFeatures(fragment->bytes, fragment->size, &config.input);
    if (status != VP8_STATUS_OK)
        return broken(out, "no features");
    f->alpha = config.input.has_alpha != 0;
    f->pixels = malloc(stride * f->height);
    if (!f->pixels)
        return CAUSE_PICTURE_TOO_LARGE;
    if ((uint32_t)config.input.width != f->width || (uint32_t)config.input.height != f->height) {
        config.options.use_scaling = 1;
        config.options.scaled_width = (int)f->width;
        config.options.scaled_height = (int)f->height;
    }
    config.output.colorspace = MODE_RGBA;
    config.output.is_external_memory = 1;
    config.output.u.RGBA.rgba = f->pixels;
    config.output.u.RGBA.stride = (int)stride;
    config.output.u.RGBA.size = stride * f->height;
    status = WebPDecode(fragment->bytes, fragment->size, &config);
    WebPFreeDecBuffer(&config.output);
    if (status == VP8_STATUS_OUT_OF_MEMORY)
        return CAUSE_PICTURE_TOO_LARGE;
    if (status != VP8_STATUS_OK) {
        snprintf(out->message, sizeof out->message, "webp: status %d", (int)status);
        return CAUSE_PICTURE_BROKEN;
    }
    return CAUSE_NONE;
}

static void fill_row(PixelPacket *to, size_t width, const struct frame *f, uint32_t y)
{
    const unsigned char *from;

    if (f->width < width || y < f->y || y >= f->y + f->height)
        for (size_t x = 0; x < width; x++)
            to[x] = (PixelPacket){.opacity = TransparentOpacity};
    if (y < f->y || y >= f->y + f->height)
        return;
    from = f->pixels + (size_t)(y - f->y) * f->width * 4;
    to += f->x;
    for (size_t x = 0; x < f->width; x++, from += 4) {
        to[x].red = (Quantum)(from[0] * 257u);
        to[x].green = (Quantum)(from[1] * 257u);
        to[x].blue = (Quantum)(from[2] * 257u);
        to[x].opacity = (Quantum)((255u - from[3]) * 257u);
    }
}

static Image *make_image(uint32_t width, uint32_t height, const struct frame *f)
{
    Image *image = AllocateImage(NULL);

    if (!image)
        return NULL;
    image->columns = width;
    image->rows = height;
    image->depth = 8;
    image->storage_class = DirectClass;
    image->matte = f->alpha || f->width < width || f->height < height;
    for (uint32_t y = 0; y < height; y++) {
        PixelPacket *row = SetImagePixels(image, 0, (long)y, width, 1);

        if (!row)
            goto out;
        fill_row(row, width, f, y);
        if (SyncImagePixels(image) != MagickPass)
            goto out;
    }
    return image;
out:
    DestroyImage(image);
    return NULL;
}

static unsigned find_orientation(const WebPDemuxer *demuxer)
{
    WebPChunkIterator chunk;
    unsigned orientation = 0;

    if (WebPDemuxGetChunk(demuxer, "EXIF", 1, &chunk))
        orientation = orientation_from_exif(chunk.chunk.bytes, chunk.chunk.size);
    WebPDemuxReleaseChunkIterator(&chunk);
    return orientation ? orientation : 1;
}

static enum cause attach_profile(const WebPDemuxer *demuxer, Image *image)
{
    WebPChunkIterator chunk;
    MagickPassFail ok = MagickPass;

    if (WebPDemuxGetChunk(demuxer, "ICCP", 1, &chunk))
        ok = SetImageProfile(image, "ICM", chunk.chunk.bytes, chunk.chunk.size);
    WebPDemuxReleaseChunkIterator(&chunk);
    return ok == MagickPass ? CAUSE_NONE : CAUSE_PICTURE_TOO_LARGE;
}

enum cause decode_webp(const struct render_request *request, const unsigned char *bytes,
                       size_t length, struct decoded *out)
{
    WebPData data = {.bytes = bytes, .size = length};
    WebPDemuxer *demuxer;
    WebPIterator iterator;
    struct frame f = {0};
    uint32_t width, height;
    enum cause cause;

    demuxer = WebPDemux(&data); /* NULL also when the file is cut short */
    if (!demuxer)
        return broken(out, "container");
    memset(&iterator, 0, sizeof iterator);
    out->orientation = find_orientation(demuxer);
    width = WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_WIDTH);
    height = WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_HEIGHT);
    cause = decode_admit(request, width, height, out);
    if (cause != CAUSE_NONE)
        goto out;
    if (!WebPDemuxGetFrame(demuxer, 1, &iterator) || !iterator.complete) {
        cause = broken(out, "frame");
        goto out;
    }
    if (iterator.x_offset < 0 || iterator.y_offset < 0 || iterator.width < 1 ||
        iterator.height < 1 || (uint32_t)iterator.width > width ||
        (uint32_t)iterator.height > height ||
        (uint32_t)iterator.x_offset > width - (uint32_t)iterator.width ||
        (uint32_t)iterator.y_offset > height - (uint32_t)iterator.height) {
        cause = broken(out, "frame outside the canvas");
        goto out;
    }
    f.x = (uint32_t)iterator.x_offset;
    f.y = (uint32_t)iterator.y_offset;
    f.width = (uint32_t)iterator.width;
    f.height = (uint32_t)iterator.height;
    if (f.width == width && f.height == height) {
        /* The decoder scales as it goes, which saves most of the memory. */
        uint32_t n = geometry_prescale(&out->plan);

        width = f.width = (width + n - 1) / n;
        height = f.height = (height + n - 1) / n;
    }
    cause = decode_fragment(&iterator.fragment, &f, out);
    if (cause != CAUSE_NONE)
        goto out;
    out->image = make_image(width, height, &f);
    cause = out->image ? attach_profile(demuxer, out->image) : CAUSE_PICTURE_TOO_LARGE;
    if (cause != CAUSE_NONE && out->image) {
        DestroyImage(out->image);
        out->image = NULL;
    }
out:
    free(f.pixels);
    WebPDemuxReleaseIterator(&iterator);
    WebPDemuxDelete(demuxer);
    return cause;
}
