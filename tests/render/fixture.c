/* SPDX-License-Identifier: MIT */
#include "render/fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>
#include <lcms2.h>
#include <magick/api.h>

#include "render/fixture_parts.h"

void file_free(struct file *file)
{
    free(file->bytes);
    *file = (struct file){0};
}

void fixture_library(void)
{
    static bool done;
    ExceptionInfo e;

    if (done)
        return;
    GetExceptionInfo(&e);
    cr_assert_eq(InitializeMagickEx(NULL, MAGICK_OPT_NO_SIGNAL_HANDER, &e), MagickPass);
    DestroyExceptionInfo(&e);
    done = true;
}

uint32_t square_colour(unsigned x, unsigned y, unsigned width, unsigned height)
{
    bool right = 2 * x >= width, below = 2 * y >= height;

    return below ? (right ? WHITE : BLUE) : (right ? GREEN : RED);
}

/* Where the stored pixel (x, y) is seen, for stored sides w and h (EXIF 2.32,
 * 4.6.4 A, Orientation). */
static void seen_at(unsigned orientation, unsigned x, unsigned y, unsigned w, unsigned h,
                    unsigned *to_x, unsigned *to_y)
{
    unsigned right = w - 1 - x, bottom = h - 1 - y;

    switch (orientation) {
    case 2: *to_x = right; *to_y = y; break;
    case 3: *to_x = right; *to_y = bottom; break;
    case 4: *to_x = x; *to_y = bottom; break;
    case 5: *to_x = y; *to_y = x; break;
    case 6: *to_x = bottom; *to_y = x; break;
    case 7: *to_x = bottom; *to_y = right; break;
    case 8: *to_x = y; *to_y = right; break;
    default: *to_x = x; *to_y = y; break;
    }
}

unsigned char *draw_squares(unsigned width, unsigned height, unsigned orientation, bool alpha,
                            unsigned *stored_width, unsigned *stored_height)
{
    unsigned w = orientation >= 5 ? height : width, h = orientation >= 5 ? width : height;
    unsigned char *rgba = malloc((size_t)w * h * 4), *p = rgba;

    cr_assert_not_null(rgba);
    for (unsigned y = 0; y < h; y++)
        for (unsigned x = 0; x < w; x++) {
            unsigned sx, sy;
            uint32_t c;

            seen_at(orientation, x, y, w, h, &sx, &sy);
            c = square_colour(sx, sy, width, height);
            *p++ = (unsigned char)(c >> 16);
            *p++ = (unsigned char)(c >> 8);
            *p++ = (unsigned char)c;
            *p++ = alpha && 2 * sx >= width ? 0 : 255;
        }
    *stored_width = w;
    *stored_height = h;
    return rgba;
}

static Image *squares(unsigned width, unsigned height, unsigned orientation, bool alpha)
{
    unsigned w, h;
    unsigned char *rgba = draw_squares(width, height, orientation, alpha, &w, &h);
    ExceptionInfo e;
    Image *image;

    fixture_library();
    GetExceptionInfo(&e);
    image = ConstituteImage(w, h, "RGBA", CharPixel, rgba, &e);
    free(rgba);
    cr_assert_not_null(image, "%s", e.reason);
    if (!alpha)
        image->matte = MagickFalse;
    image->depth = 8;
    DestroyExceptionInfo(&e);
    return image;
}

/* Writes all frames of the image and destroys it. */
static struct file save(Image *image, const char *coder)
{
    ImageInfo *info = CloneImageInfo(NULL);
    struct file f = {0};
    ExceptionInfo e;
    void *blob;

    GetExceptionInfo(&e);
    snprintf(info->magick, sizeof info->magick, "%s", coder);
    snprintf(info->filename, sizeof info->filename, "%s:", coder);
    for (Image *i = image; i; i = i->next) {
        snprintf(i->magick, sizeof i->magick, "%s", coder);
        snprintf(i->filename, sizeof i->filename, "%s:", coder);
    }
    info->adjoin = MagickTrue;
    info->quality = 95;
    CloneString(&info->sampling_factor, "1x1");
    blob = ImageToBlob(info, image, &f.length, &e);
    cr_assert_not_null(blob, "%s: %s", coder, e.reason);
    f.bytes = malloc(f.length);
    cr_assert_not_null(f.bytes);
    memcpy(f.bytes, blob, f.length);
    MagickFree(blob);
    DestroyExceptionInfo(&e);
    DestroyImageInfo(info);
    DestroyImageList(image);
    return f;
}

struct file fixture_jpeg(unsigned width, unsigned height, unsigned orientation)
{
    unsigned char segment[200] = {0xff, 0xe1}, exif[160];
    struct file f = save(squares(width, height, orientation, false), "JPEG");
    size_t n = make_exif(exif, orientation, true);

    segment[3] = (unsigned char)(n + 2);
    memcpy(segment + 4, exif, n);
    insert(&f, 2, segment, n + 4);
    return f;
}

struct file fixture_jpeg_grey(unsigned width, unsigned height)
{
    Image *image = squares(width, height, 1, false);

    cr_assert_eq(TransformColorspace(image, GRAYColorspace), MagickPass);
    return save(image, "JPEG");
}

static unsigned brightest(const PixelPacket *p)
{
    unsigned most = p->red > p->green ? p->red : p->green;

    return most > p->blue ? most : p->blue;
}

/* What is left of one channel for its ink once black has taken its part. */
static Quantum to_ink(Quantum channel, const PixelPacket *p)
{
    unsigned most = brightest(p);

    return (Quantum)(most ? (uint64_t)(most - channel) * MaxRGB / most : 0);
}

struct file fixture_jpeg_cmyk(unsigned width, unsigned height)
{
    Image *image = squares(width, height, 1, false);

    image->colorspace = CMYKColorspace;
    for (long y = 0; y < (long)height; y++) {
        PixelPacket *p = GetImagePixels(image, 0, y, width, 1);

        cr_assert_not_null(p);
        for (unsigned x = 0; x < width; x++) /* cyan, magenta, yellow, black in their order */
            p[x] = (PixelPacket){.red = to_ink(p[x].red, &p[x]),
                                 .green = to_ink(p[x].green, &p[x]),
                                 .blue = to_ink(p[x].blue, &p[x]),
                                 .opacity = (Quantum)(MaxRGB - brightest(&p[x]))};
        cr_assert_eq(SyncImagePixels(image), MagickPass);
    }
    return save(image, "JPEG");
}

struct file fixture_jpeg_swapped(unsigned width, unsigned height)
{
    /* sRGB's primaries, the first two in each other's place, and its white. */
    static const cmsCIExyY white = {0.3127, 0.3290, 1.0};
    static const cmsCIExyYTRIPLE primaries = {
        {0.30, 0.60, 1.0}, {0.64, 0.33, 1.0}, {0.15, 0.06, 1.0}};
    Image *image = squares(width, height, 1, false);
    cmsToneCurve *gamma = cmsBuildGamma(NULL, 2.2);
    cmsToneCurve *curves[3] = {gamma, gamma, gamma};
    cmsHPROFILE profile = cmsCreateRGBProfile(&white, &primaries, curves);
    unsigned char bytes[4096];
    cmsUInt32Number size = 0;

    cr_assert(cmsSaveProfileToMem(profile, NULL, &size) && size <= sizeof bytes);
    cr_assert(cmsSaveProfileToMem(profile, bytes, &size));
    SetImageProfile(image, "ICM", bytes, size);
    cmsCloseProfile(profile);
    cmsFreeToneCurve(gamma);
    return save(image, "JPEG");
}

struct file fixture_jpeg_bad_profile(unsigned width, unsigned height)
{
    Image *image = squares(width, height, 1, false);
    unsigned char bytes[600];

    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(i * 37);
    SetImageProfile(image, "ICM", bytes, sizeof bytes);
    return save(image, "JPEG");
}

struct file fixture_png(unsigned width, unsigned height, bool alpha)
{
    return save(squares(width, height, 1, alpha), "PNG");
}

struct file fixture_png_noise(unsigned width, unsigned height)
{
    Image *image = squares(width, height, 1, true);
    unsigned seed = 99;

    for (long y = 0; y < (long)height; y++) {
        PixelPacket *p = GetImagePixels(image, 0, y, width, 1);

        cr_assert_not_null(p);
        for (unsigned x = 0; x < width; x++) {
            p[x].red = (Quantum)(rand_r(&seed) % 256 * 257);
            p[x].green = (Quantum)(rand_r(&seed) % 256 * 257);
            p[x].blue = (Quantum)(rand_r(&seed) % 256 * 257);
            p[x].opacity = (Quantum)(rand_r(&seed) % 256 * 257);
        }
        cr_assert_eq(SyncImagePixels(image), MagickPass);
    }
    return save(image, "PNG");
}

struct file fixture_png_16(unsigned width, unsigned height)
{
    Image *image = squares(width, height, 1, false);
    PixelPacket *p = GetImagePixels(image, 0, 0, width, 1);

    cr_assert_not_null(p);
    p[0].red += 3; /* not a multiple of 257, so that the file needs all 16 bits */
    cr_assert_eq(SyncImagePixels(image), MagickPass);
    image->depth = 16;
    return save(image, "PNG");
}

struct file fixture_png_turned(unsigned width, unsigned height, unsigned orientation)
{
    struct file f = save(squares(width, height, orientation, false), "PNG");
    unsigned char exif[160];
    size_t n = make_exif(exif, orientation, false);

    insert_png_chunk(&f, "eXIf", exif, n);
    return f;
}

struct file fixture_png_xmp(unsigned width, unsigned height, unsigned orientation)
{
    struct file f = save(squares(width, height, orientation, false), "PNG");
    unsigned char text[300] = "XML:com.adobe.xmp";
    /* keyword, NUL, not compressed, method, no language, no translated keyword */
    size_t n = strlen((char *)text) + 5;
    int more = snprintf((char *)text + n, sizeof text - n,
                        "<x:xmpmeta><rdf:Description tiff:Orientation=\"%u\" note=\"%s\"/>"
                        "</x:xmpmeta>",
                        orientation, SECRET_PLACE);

    insert_png_chunk(&f, "iTXt", text, n + (size_t)more);
    return f;
}

struct file fixture_gif(unsigned width, unsigned height)
{
    Image *first = squares(width - width / 2, height - height / 2, 1, false);
    Image *second = squares(width, height, 1, false);

    fill(first, RED);
    fill(second, BLUE);
    first->page.width = second->page.width = width;
    first->page.height = second->page.height = height;
    first->page.x = (long)(width / 2);
    first->page.y = (long)(height / 2);
    first->next = second;
    second->previous = first;
    return save(first, "GIF");
}

struct file fixture_text(const char *text)
{
    struct file f = {.bytes = (unsigned char *)strdup(text), .length = strlen(text)};

    cr_assert_not_null(f.bytes);
    return f;
}

struct file fixture_cut(struct file file, size_t parts, size_t of)
{
    file.length = file.length * parts / of;
    return file;
}
