/* SPDX-License-Identifier: MIT */
#include "image/renderer/warm_up.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <lcms2.h>
#include <magick/api.h>
#include <webp/encode.h>

#include "base/cause.h"
#include "base/picture.h"
#include "image/renderer/colour.h"
#include "image/renderer/job.h"
#include "image/renderer/samples.h"

#define SIDE 32

/* True if the bytes could be rendered. */
static bool try_one(enum picture_type from, enum picture_type to, const void *bytes,
                    size_t length, int sink)
{
    const struct render_request request = {
        .magic = RENDER_PROTOCOL_MAGIC,
        .version = RENDER_PROTOCOL_VERSION,
        .kind = RENDER_PICTURE,
        .input_type = (uint32_t)from,
        .output_type = (uint32_t)to,
        .width = 12,
        .height = 16,
        .fit = FIT_COVER,
        .quality = 80,
        .background = 0xffffff,
        .input_length = length,
        .max_pixels = 1000000,
    };
    struct render_reply reply;

    job_run_bytes(&request, bytes, length, sink, &reply);
    return reply.cause == CAUSE_NONE;
}

/* The picture whole, then cut short and spoilt, so that errors are met as well. */
static void try_type(enum picture_type type, enum picture_type to, const void *bytes,
                     size_t length, int sink, uint32_t *types)
{
    unsigned char *spoilt;

    if (try_one(type, to, bytes, length, sink))
        *types |= 1u << type;
    try_one(type, to, bytes, length * 2 / 3, sink);
    spoilt = malloc(length);
    if (!spoilt)
        return;
    memcpy(spoilt, bytes, length);
    for (size_t i = length / 2; i < length; i += 3)
        spoilt[i] ^= 0x55;
    try_one(type, to, spoilt, length, sink);
    free(spoilt);
}

/* A gradient, half of it see-through, with a profile that is not sRGB. */
static Image *draw(void)
{
    static const cmsCIExyY white = {0.3127, 0.3290, 1.0};
    static const cmsCIExyYTRIPLE primaries = {
        {0.64, 0.33, 1.0}, {0.21, 0.71, 1.0}, {0.15, 0.06, 1.0}};
    unsigned char pixels[SIDE * SIDE * 4];
    cmsToneCurve *gamma = cmsBuildGamma(NULL, 2.2);
    cmsToneCurve *curves[3] = {gamma, gamma, gamma};
    cmsHPROFILE profile = gamma ? cmsCreateRGBProfile(&white, &primaries, curves) : NULL;
    cmsUInt32Number size = 0;
    unsigned char bytes[2048];
    ExceptionInfo e;
    Image *image;

    for (size_t i = 0; i < SIDE * SIDE; i++) {
        pixels[4 * i] = (unsigned char)(i % SIDE * 8);
        pixels[4 * i + 1] = (unsigned char)(i / SIDE * 8);
        pixels[4 * i + 2] = (unsigned char)(i * 3);
        pixels[4 * i + 3] = i % SIDE < SIDE / 2 ? 255 : 100;
    }
    GetExceptionInfo(&e);
    image = ConstituteImage(SIDE, SIDE, "RGBA", CharPixel, pixels, &e);
    if (image && profile && cmsSaveProfileToMem(profile, NULL, &size) && size <= sizeof bytes &&
        cmsSaveProfileToMem(profile, bytes, &size))
        SetImageProfile(image, "ICM", bytes, size);
    if (profile)
        cmsCloseProfile(profile);
    if (gamma)
        cmsFreeToneCurve(gamma);
    DestroyExceptionInfo(&e);
    return image;
}

static void *encode(Image *image, const char *coder, size_t *length)
{
    ImageInfo *info = CloneImageInfo(NULL);
    ExceptionInfo e;
    void *bytes;

    GetExceptionInfo(&e);
    snprintf(info->magick, sizeof info->magick, "%s", coder);
    snprintf(info->filename, sizeof info->filename, "%s:", coder);
    snprintf(image->magick, sizeof image->magick, "%s", coder);
    bytes = ImageToBlob(info, image, length, &e);
    DestroyExceptionInfo(&e);
    DestroyImageInfo(info);
    return bytes;
}

static void try_drawn(const char *coder, enum picture_type type, enum picture_type to, int sink,
                      uint32_t *types)
{
    Image *image = draw();
    size_t length = 0;
    void *bytes = image ? encode(image, coder, &length) : NULL;

    if (bytes)
        try_type(type, to, bytes, length, sink, types);
    MagickFree(bytes);
    if (image)
        DestroyImage(image);
}

static void try_webp(int sink, uint32_t *types)
{
    unsigned char pixels[SIDE * SIDE * 4], *bytes = NULL;
    size_t length;

    for (size_t i = 0; i < sizeof pixels; i++)
        pixels[i] = (unsigned char)(i * 7);
    length = WebPEncodeRGBA(pixels, SIDE, SIDE, SIDE * 4, 70, &bytes);
    if (length > 0)
        try_type(PICTURE_WEBP, PICTURE_WEBP, bytes, length, sink, types);
    WebPFree(bytes);
}

static int compare(const void *a, const void *b)
{
    const int *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

/* Before its first sort of more than 1 KiB glibc asks how much memory there is,
 * in some versions by reading a file, and remembers. libwebp and libpng sort so
 * much for some pictures only. */
static void sort_once(void)
{
    int numbers[1024];

    for (int i = 0; i < 1024; i++)
        numbers[i] = i * 7919 % 1024;
    qsort(numbers, 1024, sizeof *numbers, compare);
}

int warm_up(uint32_t *types)
{
    int sink = memfd_create("visage-warm-up", MFD_CLOEXEC);

    *types = 0;
    if (sink < 0)
        return -errno;
    sort_once();
    try_drawn("JPEG", PICTURE_JPEG, PICTURE_JPEG, sink, types);
    try_drawn("PNG", PICTURE_PNG, PICTURE_PNG, sink, types);
    try_drawn("GIF", PICTURE_GIF, PICTURE_WEBP, sink, types);
    try_webp(sink, types);
    try_type(PICTURE_AVIF, PICTURE_JPEG, sample_avif, sizeof sample_avif, sink, types);
    try_type(PICTURE_HEIC, PICTURE_JPEG, sample_heic, sizeof sample_heic, sink, types);
    colour_forget();
    close(sink);
    return 0;
}
