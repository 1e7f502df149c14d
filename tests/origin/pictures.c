/* SPDX-License-Identifier: MIT */
#include "origin/pictures.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <magick/api.h>

#define DISCS 6
#define JPEG_QUALITY 85
#define NOISE 12

struct disc {
    double x, y, radius; /* as parts of width, height and the shorter side */
    unsigned char colour[3];
};

static uint32_t next_random(uint32_t *state)
{
    /* xorshift32 (Marsaglia 2003) */
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

static double fraction(uint32_t *state)
{
    return (double)(next_random(state) >> 8) / (1 << 24);
}

static unsigned char clamped(double value)
{
    return (unsigned char)(value < 0 ? 0 : value > 255 ? 255 : value);
}

static void scatter(struct disc discs[DISCS], uint32_t *state)
{
    for (unsigned i = 0; i < DISCS; i++) {
        discs[i] = (struct disc){.x = fraction(state), .y = fraction(state),
                                 .radius = 0.05 + 0.3 * fraction(state)};
        for (unsigned c = 0; c < 3; c++)
            discs[i].colour[c] = (unsigned char)(next_random(state) & 0xff);
    }
}

/* RGBA, four bytes a pixel. */
static unsigned char *draw(unsigned width, unsigned height, unsigned seed, bool alpha)
{
    unsigned char *pixels = calloc((size_t)width * height, 4);
    uint32_t state = seed * 2654435761u + 1;
    struct disc discs[DISCS];
    double side = width < height ? width : height;

    if (!pixels)
        return NULL;
    if (state == 0)
        state = 1;
    scatter(discs, &state);
    for (unsigned y = 0; y < height; y++) {
        for (unsigned x = 0; x < width; x++) {
            unsigned char *pixel = pixels + ((size_t)y * width + x) * 4;
            double u = (double)x / width, v = (double)y / height;
            double colour[3] = {60 + 150 * u, 80 + 120 * v, 200 - 100 * u * v};
            double du = 2 * u - 1, dv = 2 * v - 1, r2 = du * du + dv * dv;

            for (unsigned i = 0; i < DISCS; i++) {
                double dx = (u - discs[i].x) * width / side;
                double dy = (v - discs[i].y) * height / side;
                double reach = discs[i].radius * discs[i].radius;

                if (dx * dx + dy * dy < reach)
                    for (unsigned c = 0; c < 3; c++)
                        colour[c] = discs[i].colour[c] * (1.1 - (dx * dx + dy * dy) / reach / 2);
            }
            for (unsigned c = 0; c < 3; c++)
                pixel[c] = clamped(colour[c] + (double)(next_random(&state) % NOISE) - NOISE / 2);
            pixel[3] = !alpha || r2 < 0.7 ? 255 : r2 < 1 ? 128 : 0;
        }
    }
    return pixels;
}

static void start_magick(void)
{
    static bool started;
    ExceptionInfo exception;

    if (started)
        return;
    /* Threads of the library would not survive a test's fork. */
    setenv("OMP_NUM_THREADS", "1", 0);
    GetExceptionInfo(&exception);
    InitializeMagickEx(NULL, MAGICK_OPT_NO_SIGNAL_HANDER, &exception);
    DestroyExceptionInfo(&exception);
    started = true;
}

static int make(const char *format, unsigned width, unsigned height, unsigned seed, bool alpha,
                unsigned char **bytes, size_t *length)
{
    unsigned char *pixels;
    ExceptionInfo exception;
    ImageInfo *info = NULL;
    Image *image = NULL;
    void *blob = NULL;

    *bytes = NULL;
    *length = 0;
    start_magick();
    GetExceptionInfo(&exception);
    pixels = draw(width, height, seed, alpha);
    info = CloneImageInfo(NULL);
    if (!pixels || !info)
        goto out;
    image = ConstituteImage(width, height, "RGBA", CharPixel, pixels, &exception);
    if (!image)
        goto out;
    image->matte = alpha ? MagickTrue : MagickFalse;
    info->quality = strcmp(format, "JPEG") == 0 ? JPEG_QUALITY : 10;
    memcpy(info->magick, format, strlen(format) + 1);
    memcpy(image->magick, format, strlen(format) + 1);
    blob = ImageToBlob(info, image, length, &exception);
    if (blob && *length > 0 && (*bytes = malloc(*length)) != NULL)
        memcpy(*bytes, blob, *length);
out:
    MagickFree(blob);
    if (image)
        DestroyImage(image);
    if (info)
        DestroyImageInfo(info);
    free(pixels);
    DestroyExceptionInfo(&exception);
    return *bytes ? 0 : -1;
}

int picture_make_jpeg(unsigned width, unsigned height, unsigned seed, unsigned char **bytes,
                      size_t *length)
{
    return make("JPEG", width, height, seed, false, bytes, length);
}

int picture_make_png(unsigned width, unsigned height, unsigned seed, bool alpha,
                     unsigned char **bytes, size_t *length)
{
    return make("PNG", width, height, seed, alpha, bytes, length);
}
