/* SPDX-License-Identifier: MIT
 *
 * Conversions go through lcms2 directly on the pixels. Setting one up costs more
 * than converting an avatar, and the same few profiles come again and again (a
 * phone's, an editor's), so the last one is kept.
 */
#include "image/renderer/colour.h"

#include <stdlib.h>
#include <string.h>

#include <lcms2.h>

#define PROFILE_MAX ((size_t)4 << 20)

/* The three kinds of pixels that a profile can be for. */
enum layout { LAYOUT_RGB, LAYOUT_GREY, LAYOUT_INK };

static struct {
    unsigned char *profile; /* owned; what `transform` was made from */
    size_t length;
    enum layout layout;
    cmsHTRANSFORM transform; /* NULL: the profile is not to be applied */
} kept;

void colour_forget(void)
{
    if (kept.transform)
        cmsDeleteTransform(kept.transform);
    free(kept.profile);
    memset(&kept, 0, sizeof kept);
}

bool colour_is_ink(const Image *image)
{
    return image->colorspace == CMYKColorspace;
}

/* Most profiles on the web are sRGB under one of its names; converting from it
 * would only cost time and a rounding. */
static bool is_srgb(cmsHPROFILE profile)
{
    char text[128] = "";

    if (cmsGetProfileInfoASCII(profile, cmsInfoDescription, "en", "US", text, sizeof text) == 0)
        return false;
    text[sizeof text - 1] = '\0';
    return strstr(text, "sRGB") != NULL && strstr(text, "linear") == NULL &&
           strstr(text, "Linear") == NULL;
}

static cmsHTRANSFORM make_transform(const unsigned char *bytes, size_t length, enum layout layout)
{
    /* Samples are gathered into rows of 16 bits a channel: R G B, grey, or C M Y K. */
    static const cmsUInt32Number formats[] = {TYPE_RGB_16, TYPE_GRAY_16, TYPE_CMYK_16};
    static const cmsColorSpaceSignature spaces[] = {cmsSigRgbData, cmsSigGrayData, cmsSigCmykData};
    cmsHPROFILE from = cmsOpenProfileFromMem(bytes, (cmsUInt32Number)length);
    cmsHPROFILE to = NULL;
    cmsHTRANSFORM transform = NULL;

    if (!from)
        return NULL;
    if (cmsGetColorSpace(from) == spaces[layout] && !(layout == LAYOUT_RGB && is_srgb(from))) {
        to = cmsCreate_sRGBProfile();
        if (to)
            transform = cmsCreateTransform(from, formats[layout], to, TYPE_RGB_16,
                                           INTENT_PERCEPTUAL, 0);
    }
    if (to)
        cmsCloseProfile(to);
    cmsCloseProfile(from);
    return transform;
}

/* NULL if the profile does not fit, is broken, or changes nothing. */
static cmsHTRANSFORM transform_for(const unsigned char *bytes, size_t length, enum layout layout)
{
    if (length > PROFILE_MAX)
        return NULL;
    if (kept.profile && kept.length == length && kept.layout == layout &&
        memcmp(kept.profile, bytes, length) == 0)
        return kept.transform;
    colour_forget();
    kept.profile = malloc(length);
    if (!kept.profile)
        return NULL;
    memcpy(kept.profile, bytes, length);
    kept.length = length;
    kept.layout = layout;
    kept.transform = make_transform(bytes, length, layout);
    return kept.transform;
}

static void gather(const PixelPacket *p, uint16_t *row, size_t count, enum layout layout)
{
    for (size_t x = 0; x < count; x++, p++) {
        switch (layout) {
        case LAYOUT_GREY:
            *row++ = p->red;
            break;
        case LAYOUT_RGB:
            *row++ = p->red;
            *row++ = p->green;
            *row++ = p->blue;
            break;
        case LAYOUT_INK: /* C, M, Y where others have R, G, B, and K for opacity */
            *row++ = p->red;
            *row++ = p->green;
            *row++ = p->blue;
            *row++ = p->opacity;
            break;
        }
    }
}

static bool convert(Image *image, cmsHTRANSFORM transform, enum layout layout)
{
    size_t width = image->columns;
    uint16_t *row = malloc(width * 7 * sizeof *row);
    uint16_t *out = row ? row + width * 4 : NULL;
    bool ok = row != NULL;

    if (ok && image->storage_class == PseudoClass)
        image->storage_class = DirectClass; /* the pixels are there beside the indexes */
    for (long y = 0; ok && y < (long)image->rows; y++) {
        PixelPacket *p = GetImagePixels(image, 0, y, width, 1);

        if (!p) {
            ok = false;
            break;
        }
        gather(p, row, width, layout);
        cmsDoTransform(transform, row, out, (cmsUInt32Number)width);
        for (size_t x = 0; x < width; x++) {
            p[x].red = out[3 * x];
            p[x].green = out[3 * x + 1];
            p[x].blue = out[3 * x + 2];
            if (layout == LAYOUT_INK)
                p[x].opacity = OpaqueOpacity;
        }
        ok = SyncImagePixels(image) == MagickPass;
    }
    free(row);
    if (ok)
        image->colorspace = RGBColorspace;
    return ok;
}

bool colour_to_srgb(Image *image)
{
    size_t length = 0;
    const unsigned char *profile = GetImageProfile(image, "ICM", &length);
    cmsHTRANSFORM transform = NULL;
    enum layout layout = LAYOUT_RGB;

    if (colour_is_ink(image))
        layout = LAYOUT_INK;
    if (profile && length >= 132) { /* ICC.1 section 7.2: 128 bytes of header, then the table */
        /* A grey file may carry a grey profile or, from some editors, an RGB one;
         * which it is stands in the profile's header at 16. */
        if (layout == LAYOUT_RGB && memcmp(profile + 16, "GRAY", 4) == 0 &&
            IsGrayImage(image, &image->exception))
            layout = LAYOUT_GREY;
        transform = transform_for(profile, length, layout);
    }
    if (transform)
        return convert(image, transform, layout);
    if (image->colorspace != RGBColorspace)
        return TransformColorspace(image, RGBColorspace) == MagickPass;
    return true;
}

static Quantum blend(Quantum over, uint32_t under, uint32_t opacity)
{
    /* GraphicsMagick's opacity is transparency: 0 is opaque. */
    uint32_t sum = (uint32_t)over * (MaxRGB - opacity) + under * opacity;

    return (Quantum)((sum + MaxRGB / 2) / MaxRGB);
}

bool colour_flatten(Image *image, uint32_t background)
{
    uint32_t red = (background >> 16 & 0xff) * 257u;
    uint32_t green = (background >> 8 & 0xff) * 257u;
    uint32_t blue = (background & 0xff) * 257u;

    if (!image->matte)
        return true;
    if (image->storage_class == PseudoClass)
        image->storage_class = DirectClass;
    for (long y = 0; y < (long)image->rows; y++) {
        PixelPacket *p = GetImagePixels(image, 0, y, image->columns, 1);

        if (!p)
            return false;
        for (size_t x = 0; x < image->columns; x++) {
            if (p[x].opacity == OpaqueOpacity)
                continue;
            p[x].red = blend(p[x].red, red, p[x].opacity);
            p[x].green = blend(p[x].green, green, p[x].opacity);
            p[x].blue = blend(p[x].blue, blue, p[x].opacity);
            p[x].opacity = OpaqueOpacity;
        }
        if (SyncImagePixels(image) != MagickPass)
            return false;
    }
    image->matte = MagickFalse;
    return true;
}

bool colour_has_transparency(const Image *image, ExceptionInfo *exception)
{
    if (!image->matte || colour_is_ink(image))
        return false;
    for (long y = 0; y < (long)image->rows; y++) {
        const PixelPacket *p = AcquireImagePixels(image, 0, y, image->columns, 1, exception);

        if (!p)
            return true;
        for (size_t x = 0; x < image->columns; x++)
            if (p[x].opacity != OpaqueOpacity)
                return true;
    }
    return false;
}
