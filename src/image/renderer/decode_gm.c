/* SPDX-License-Identifier: MIT
 *
 * GraphicsMagick as the decoder. The coder is forced by a prefix in the file
 * name, which the library honours where it overrides everything else by what it
 * thinks it sees; the types come from visage's own look at the magic bytes.
 */
#include "image/renderer/decode.h"

#include <stdio.h>
#include <string.h>

#include "base/picture.h"
#include "image/renderer/orientation.h"
#include "image/renderer/scan.h"

static const char *coder_prefix(uint32_t type)
{
    switch (type) {
    case PICTURE_JPEG:
        return "JPEG:";
    case PICTURE_PNG:
        return "PNG:";
    case PICTURE_GIF:
        return "GIF:";
    case PICTURE_AVIF:
        return "AVIF:";
    case PICTURE_HEIC:
        return "HEIC:";
    default:
        return NULL;
    }
}

/* The library writes to the name while it reads, so it is set before each use. */
static void set_coder(ImageInfo *info, uint32_t type)
{
    snprintf(info->filename, sizeof info->filename, "%s", coder_prefix(type));
}

static bool mentions(const ExceptionInfo *e, const char *words)
{
    return (e->reason && strcasestr(e->reason, words)) ||
           (e->description && strcasestr(e->description, words));
}

static enum cause cause_of(const ExceptionInfo *e, struct decoded *out)
{
    snprintf(out->message, sizeof out->message, "%d %s", (int)e->severity,
             e->reason ? e->reason : "no reason given");
    switch ((int)e->severity) {
    case ResourceLimitError:
    case ResourceLimitFatalError:
    case CacheError:
        return CAUSE_PICTURE_TOO_LARGE;
    case MissingDelegateError:
        return CAUSE_PICTURE_TYPE;
    default:
        /* What libjpeg and libpng say when an allocation fails. */
        if (mentions(e, "memory") || mentions(e, "backing store"))
            return CAUSE_PICTURE_TOO_LARGE;
        return CAUSE_PICTURE_BROKEN;
    }
}

/* A picture that was cut short is decoded with grey where the rest should be,
 * and only a warning tells. Other warnings (a strange profile, rubbish between
 * segments, a block short of data) are about files that everybody shows. Since
 * libjpeg's first warning hides the later ones, a missing end mark says what it
 * would have said. */
static bool is_cut_short(const ExceptionInfo *e, uint32_t type, const struct scan *scan)
{
    if ((int)e->severity < WarningException)
        return false;
    if (type == PICTURE_JPEG)
        return !scan->has_end || mentions(e, "premature end of JPEG file");
    return mentions(e, "unexpected end") || mentions(e, "insufficient image data");
}

/* A GIF's frame may be a part of its screen, or stick out of it. The rest of the
 * canvas is transparent. */
static enum cause spread_on_canvas(const struct render_request *request, struct decoded *out,
                                   ExceptionInfo *e)
{
    Image *frame = out->image, *canvas;
    RectangleInfo page = frame->page;
    uint64_t width = (uint64_t)page.x + frame->columns;
    uint64_t height = (uint64_t)page.y + frame->rows;
    enum cause cause;

    if (page.x < 0 || page.y < 0)
        return CAUSE_PICTURE_BROKEN;
    if (width < page.width)
        width = page.width;
    if (height < page.height)
        height = page.height;
    cause = decode_admit(request, (uint32_t)width, (uint32_t)height, out);
    if (cause != CAUSE_NONE || (width == frame->columns && height == frame->rows))
        return cause;

    canvas = CloneImage(frame, width, height, MagickTrue, e);
    if (!canvas)
        return CAUSE_PICTURE_TOO_LARGE;
    out->image = canvas;
    canvas->storage_class = DirectClass;
    canvas->matte = MagickTrue;
    for (long y = 0; y < (long)height && cause == CAUSE_NONE; y++) {
        PixelPacket *to = SetImagePixels(canvas, 0, y, width, 1);

        if (!to) {
            cause = CAUSE_PICTURE_TOO_LARGE;
            break;
        }
        for (size_t x = 0; x < width; x++)
            to[x] = (PixelPacket){.opacity = TransparentOpacity};
        if (y >= page.y && y < page.y + (long)frame->rows) {
            const PixelPacket *from =
                AcquireImagePixels(frame, 0, y - page.y, frame->columns, 1, e);

            if (!from) {
                cause = CAUSE_PICTURE_TOO_LARGE;
                break;
            }
            memcpy(to + page.x, from, frame->columns * sizeof *from);
            if (!frame->matte)
                for (size_t x = 0; x < frame->columns; x++)
                    to[(size_t)page.x + x].opacity = OpaqueOpacity;
        }
        if (SyncImagePixels(canvas) != MagickPass)
            cause = CAUSE_PICTURE_TOO_LARGE;
    }
    DestroyImage(frame);
    return cause;
}

/* The size, the orientation, and with them the plan, before anything is decoded. */
static enum cause look(const struct render_request *request, const unsigned char *bytes,
                       size_t length, ImageInfo *info, ExceptionInfo *e, struct scan *scan,
                       struct decoded *out)
{
    bool found = false;

    *scan = (struct scan){0};
    switch (request->input_type) {
    case PICTURE_JPEG:
        found = scan_jpeg(bytes, length, scan);
        break;
    case PICTURE_PNG:
        found = scan_png(bytes, length, scan);
        break;
    case PICTURE_GIF:
        found = scan_gif(bytes, length, scan);
        if (found) { /* a screen of nothing is as large as its frame */
            scan->width += scan->width == 0;
            scan->height += scan->height == 0;
        }
        break;
    default: {
        /* libheif turns the picture itself, so the tag beside it is not looked at. */
        Image *ping;

        set_coder(info, request->input_type);
        ping = PingBlob(info, bytes, length, e);
        if (!ping)
            return cause_of(e, out);
        found = ping->columns <= UINT32_MAX && ping->rows <= UINT32_MAX;
        scan->width = (uint32_t)ping->columns;
        scan->height = (uint32_t)ping->rows;
        DestroyImage(ping);
        break;
    }
    }
    if (!found) {
        snprintf(out->message, sizeof out->message, "no header");
        return CAUSE_PICTURE_BROKEN;
    }
    out->orientation = scan->exif ? orientation_from_exif(scan->exif, scan->exif_length) : 0;
    if (out->orientation == 0 && scan->xmp)
        out->orientation = orientation_from_xmp(scan->xmp, scan->xmp_length);
    if (out->orientation == 0)
        out->orientation = 1;
    return decode_admit(request, scan->width, scan->height, out);
}

/* PNG files older than the eXIf chunk carry the same bytes as hexadecimal text,
 * which the library has turned into a profile of this name. */
static enum cause look_again(const struct render_request *request, struct decoded *out)
{
    size_t length = 0;
    const unsigned char *exif = GetImageProfile(out->image, "EXIF", &length);
    unsigned orientation;

    if (!exif)
        exif = GetImageProfile(out->image, "APP1", &length);
    if (!exif)
        return CAUSE_NONE;
    orientation = orientation_from_exif(exif, length);
    if (orientation == 0)
        return CAUSE_NONE;
    out->orientation = orientation;
    return decode_admit(request, out->width, out->height, out);
}

enum cause decode_gm(const struct render_request *request, const unsigned char *bytes,
                     size_t length, struct decoded *out)
{
    enum cause cause;
    ExceptionInfo e;
    ImageInfo *info;
    struct scan scan;

    if (!coder_prefix(request->input_type))
        return CAUSE_PICTURE_TYPE;
    GetExceptionInfo(&e);
    info = CloneImageInfo(NULL);
    info->subimage = 0;
    info->subrange = 1; /* the first frame; the others are not even decoded */

    cause = look(request, bytes, length, info, &e, &scan, out);
    if (cause != CAUSE_NONE)
        goto out;

    /* libjpeg scales by eighths while it decodes, at a fraction of the cost. It
     * takes the smallest scale that is not below this size. */
    if (request->input_type == PICTURE_JPEG) {
        uint32_t n = geometry_prescale(&out->plan);
        char size[32];

        if (n > 1) {
            snprintf(size, sizeof size, "%ux%u", out->width / n, out->height / n);
            CloneString(&info->size, size);
            /* At half the size or less, smooth chroma is not seen. */
            AddDefinitions(info, "jpeg:fancy-upsampling=false", &e);
        }
    }
    set_coder(info, request->input_type);
    out->image = BlobToImage(info, bytes, length, &e);
    if (!out->image || (int)e.severity >= ErrorException ||
        is_cut_short(&e, request->input_type, &scan)) {
        cause = cause_of(&e, out);
        goto out;
    }
    if (request->input_type == PICTURE_GIF)
        cause = spread_on_canvas(request, out, &e);
    else if (request->input_type == PICTURE_PNG && !scan.exif && !scan.xmp)
        cause = look_again(request, out);
out:
    if (cause != CAUSE_NONE && out->image) {
        DestroyImageList(out->image);
        out->image = NULL;
    }
    DestroyImageInfo(info);
    DestroyExceptionInfo(&e);
    return cause;
}
