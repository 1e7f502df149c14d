/* SPDX-License-Identifier: MIT */
#include "image/renderer/effects.h"

#include <math.h>
#include <stdint.h>

#include "image/renderer/colour.h"

/* A wider one is applied to a smaller picture, where it costs the same at any width. */
#define SIGMA_DIRECT 3.0

/* Where the brightness differs from that around it, in percent: differences up to the first
 * are noise, beyond it they are tripled, to at most the second or third. */
#define SHARPEN_FROM 2.0
#define SHARPEN_GAIN 3.0
#define SHARPEN_BRIGHTER 10.0
#define SHARPEN_DARKER 20.0

static bool replace(Image **image, Image *next)
{
    if (!next)
        return false;
    DestroyImage(*image);
    *image = next;
    return true;
}

/* The pixels themselves, and nothing that was remembered of them. */
static void make_direct(Image *image)
{
    image->storage_class = DirectClass;
    image->is_grayscale = MagickFalse;
    image->is_monochrome = MagickFalse;
}

/* ---- colours as they weigh ---- */

/* What cannot be seen has no weight: else the colour behind transparency would bleed. */
static void weigh(PixelPacket *p, unsigned long count)
{
    for (unsigned long x = 0; x < count; x++) {
        uint32_t weight = (uint32_t)MaxRGB - p[x].opacity;

        p[x].red = (Quantum)((p[x].red * weight + MaxRGB / 2) / MaxRGB);
        p[x].green = (Quantum)((p[x].green * weight + MaxRGB / 2) / MaxRGB);
        p[x].blue = (Quantum)((p[x].blue * weight + MaxRGB / 2) / MaxRGB);
    }
}

static Quantum divide(Quantum channel, uint32_t weight)
{
    uint64_t n = ((uint64_t)channel * MaxRGB + weight / 2) / weight;

    return n > MaxRGB ? MaxRGB : (Quantum)n;
}

static void unweigh(PixelPacket *p, unsigned long count)
{
    for (unsigned long x = 0; x < count; x++) {
        uint32_t weight = (uint32_t)MaxRGB - p[x].opacity;

        if (weight == 0)
            continue;
        p[x].red = divide(p[x].red, weight);
        p[x].green = divide(p[x].green, weight);
        p[x].blue = divide(p[x].blue, weight);
    }
}

static bool each_row(Image *image, void (*change)(PixelPacket *, unsigned long))
{
    for (long y = 0; y < (long)image->rows; y++) {
        PixelPacket *p = GetImagePixels(image, 0, y, image->columns, 1);

        if (!p)
            return false;
        change(p, image->columns);
        if (SyncImagePixels(image) != MagickPass)
            return false;
    }
    return true;
}

/* ---- blur ---- */

static unsigned long divided(unsigned long side, double by)
{
    unsigned long n = (unsigned long)((double)side / by + 0.5);

    return n < 1 ? 1 : n;
}

static bool blur_opaque(Image **image, double sigma, ExceptionInfo *e)
{
    unsigned long width = (*image)->columns, height = (*image)->rows;
    double smaller = sigma / SIGMA_DIRECT;

    if (smaller <= 1.0)
        return replace(image, BlurImage(*image, 0.0, sigma, e));
    /* The two filters blur as well, by about half of the pixels that they make. */
    return replace(image, ResizeImage(*image, divided(width, smaller), divided(height, smaller),
                                      TriangleFilter, 1.0, e)) &&
           replace(image, BlurImage(*image, 0.0, SIGMA_DIRECT - 0.15, e)) &&
           replace(image, ResizeImage(*image, width, height, CubicFilter, 1.0, e));
}

static bool blur(Image **image, uint32_t thousandths, bool alpha, ExceptionInfo *e)
{
    double sigma = thousandths / 1000.0;

    if (thousandths < PICTURE_SIGMA_MIN)
        return true;
    if (!alpha)
        return blur_opaque(image, sigma, e);
    return each_row(*image, weigh) && blur_opaque(image, sigma, e) && each_row(*image, unweigh);
}

/* ---- sharpen ---- */

/* ITU-R BT.709, on the values as they are stored. */
static double brightness(const PixelPacket *p)
{
    return (0.2126 * p->red + 0.7152 * p->green + 0.0722 * p->blue) * 100.0 / MaxRGB;
}

/* In quanta, what a difference in percent is to be made larger by. */
static double gain(double difference)
{
    double size = fabs(difference), more;

    if (size <= SHARPEN_FROM)
        return 0.0;
    more = (size - SHARPEN_FROM) * SHARPEN_GAIN;
    if (difference > 0.0)
        return fmin(more, SHARPEN_BRIGHTER) * MaxRGB / 100.0;
    return -fmin(more, SHARPEN_DARKER) * MaxRGB / 100.0;
}

static Quantum brighter(Quantum channel, double by)
{
    double n = channel + by + 0.5;

    if (n <= 0.0)
        return 0;
    return n >= MaxRGB ? MaxRGB : (Quantum)n;
}

/* All channels by the same, so that edges get no colours that were not there. */
static void sharpen_row(PixelPacket *p, const PixelPacket *around, unsigned long count)
{
    for (unsigned long x = 0; x < count; x++) {
        double by = gain(brightness(p + x) - brightness(around + x));

        p[x].red = brighter(p[x].red, by);
        p[x].green = brighter(p[x].green, by);
        p[x].blue = brighter(p[x].blue, by);
    }
}

static bool sharpen(Image *image, uint32_t thousandths, bool alpha, ExceptionInfo *e)
{
    Image *blurred;
    bool ok = true;

    if (thousandths < PICTURE_SIGMA_MIN)
        return true;
    blurred = CloneImage(image, 0, 0, MagickTrue, e);
    if (!blurred)
        return false;
    ok = blur(&blurred, thousandths, alpha, e);
    for (long y = 0; ok && y < (long)image->rows; y++) {
        PixelPacket *p = GetImagePixels(image, 0, y, image->columns, 1);
        const PixelPacket *around = AcquireImagePixels(blurred, 0, y, image->columns, 1, e);

        ok = p && around;
        if (!ok)
            break;
        sharpen_row(p, around, image->columns);
        ok = SyncImagePixels(image) == MagickPass;
    }
    DestroyImage(blurred);
    return ok;
}

/* ---- room ---- */

static bool copy_row(Image *from, long y, PixelPacket *to, ExceptionInfo *e)
{
    const PixelPacket *p = AcquireImagePixels(from, 0, y, from->columns, 1, e);

    if (!p)
        return false;
    for (unsigned long x = 0; x < from->columns; x++) {
        to[x] = p[x];
        if (!from->matte)
            to[x].opacity = OpaqueOpacity;
    }
    return true;
}

static bool add_room(Image **image, const struct layout *l, PixelPacket fill, ExceptionInfo *e)
{
    Image *inner = *image, *outer = CloneImage(inner, l->width, l->height, MagickTrue, e);
    bool ok = outer != NULL;

    if (!ok)
        return false;
    make_direct(outer);
    outer->matte = inner->matte || fill.opacity != OpaqueOpacity;
    for (long y = 0; ok && y < (long)l->height; y++) {
        PixelPacket *row = SetImagePixels(outer, 0, y, l->width, 1);

        ok = row != NULL;
        for (uint32_t x = 0; ok && x < l->width; x++)
            row[x] = fill;
        if (ok && y >= (long)l->y && y < (long)(l->y + inner->rows))
            ok = copy_row(inner, y - (long)l->y, row + l->x, e);
        ok = ok && SyncImagePixels(outer) == MagickPass;
    }
    if (ok)
        return replace(image, outer);
    DestroyImage(outer);
    return false;
}

static PixelPacket colour_of_room(const struct effects *e)
{
    if (!e->has_background)
        return (PixelPacket){.opacity = TransparentOpacity};
    return (PixelPacket){
        .red = (Quantum)((e->background >> 16 & 0xff) * 257u),
        .green = (Quantum)((e->background >> 8 & 0xff) * 257u),
        .blue = (Quantum)((e->background & 0xff) * 257u),
        .opacity = OpaqueOpacity,
    };
}

bool effects_apply(Image **image, const struct effects *effects, const struct layout *layout,
                   bool *alpha, ExceptionInfo *exception)
{
    bool has_room = layout->width != (*image)->columns || layout->height != (*image)->rows;

    if (!*alpha)
        (*image)->matte = MagickFalse; /* what the channel holds then is not to be weighed with */
    make_direct(*image);
    if (!blur(image, effects->blur, *alpha, exception) ||
        !sharpen(*image, effects->sharpen, *alpha, exception))
        return false;
    if (effects->has_background) {
        if (!colour_flatten(*image, effects->background))
            return false;
        *alpha = false;
    }
    if (!has_room)
        return true;
    if (!effects->has_background)
        *alpha = true;
    return add_room(image, layout, colour_of_room(effects), exception);
}
