/* SPDX-License-Identifier: MIT
 *
 * bench-draw WIDTH HEIGHT
 *
 * Writes a JPEG of that size to standard output, always the same one: clouds of
 * every size down to a few pixels, so that it has about as many bits a pixel as a
 * photograph. Decoders spend much of their time on those.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <magick/api.h>

#define SIDE_MAX 20000
#define QUALITY 85
#define COARSEST 512 /* pixels from one lattice point to the next; a power of two */
#define FINEST 2

/* Any function of two numbers that looks like none; 0 to 1. */
static float lattice(uint32_t x, uint32_t y, uint32_t layer)
{
    uint32_t h = x * 0x9e3779b1u ^ y * 0x85ebca77u ^ layer * 0xc2b2ae3du;

    h ^= h >> 15;
    h *= 0x2c1b3c6du;
    h ^= h >> 12;
    return (float)(h & 0xffff) / 65535.0f;
}

/* Between the four lattice points around. */
static float cloud(uint32_t x, uint32_t y, uint32_t step, uint32_t layer)
{
    uint32_t column = x / step, row = y / step;
    float u = (float)(x % step) / (float)step, v = (float)(y % step) / (float)step;
    float top = lattice(column, row, layer) * (1 - u) + lattice(column + 1, row, layer) * u;
    float bottom =
        lattice(column, row + 1, layer) * (1 - u) + lattice(column + 1, row + 1, layer) * u;

    return top * (1 - v) + bottom * v;
}

static unsigned char *draw(uint32_t width, uint32_t height)
{
    unsigned char *pixels = malloc((size_t)width * height * 3), *p = pixels;

    if (!pixels)
        return NULL;
    for (uint32_t y = 0; y < height; y++) {
        for (uint32_t x = 0; x < width; x++) {
            float light = 0, weight = 0.4f;

            for (uint32_t step = COARSEST, layer = 3; step >= FINEST; step /= 2, layer++) {
                light += (cloud(x, y, step, layer) - 0.5f) * weight;
                weight *= 0.88f;
            }
            for (uint32_t channel = 0; channel < 3; channel++) {
                float tint = cloud(x, y, COARSEST / 4, channel) - 0.5f;
                float value = 128 + 190 * light + 60 * tint;

                *p++ = (unsigned char)(value < 0 ? 0 : value > 255 ? 255 : value);
            }
        }
    }
    return pixels;
}

static int write_jpeg(const unsigned char *pixels, unsigned long width, unsigned long height)
{
    ExceptionInfo exception;
    ImageInfo *info = NULL;
    Image *image = NULL;
    void *bytes = NULL;
    size_t length = 0;
    int rc = -1;

    GetExceptionInfo(&exception);
    image = ConstituteImage(width, height, "RGB", CharPixel, pixels, &exception);
    info = CloneImageInfo(NULL);
    if (image && info) {
        info->quality = QUALITY;
        memcpy(info->magick, "JPEG", sizeof "JPEG");
        memcpy(image->magick, "JPEG", sizeof "JPEG");
        bytes = ImageToBlob(info, image, &length, &exception);
    }
    if (bytes && length > 0 && fwrite(bytes, 1, length, stdout) == length && fflush(stdout) == 0)
        rc = 0;
    MagickFree(bytes);
    if (info)
        DestroyImageInfo(info);
    if (image)
        DestroyImage(image);
    DestroyExceptionInfo(&exception);
    return rc;
}

int main(int argc, char **argv)
{
    unsigned long width = argc == 3 ? strtoul(argv[1], NULL, 10) : 0;
    unsigned long height = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
    unsigned char *pixels;
    int rc = -1;

    if (width < 1 || height < 1 || width > SIDE_MAX || height > SIDE_MAX) {
        fprintf(stderr, "usage: bench-draw WIDTH HEIGHT\n");
        return 2;
    }
    InitializeMagick(NULL);
    pixels = draw((uint32_t)width, (uint32_t)height);
    if (pixels)
        rc = write_jpeg(pixels, width, height);
    free(pixels);
    DestroyMagick();
    if (rc)
        fprintf(stderr, "bench-draw: cannot draw\n");
    return rc ? EXIT_FAILURE : EXIT_SUCCESS;
}
