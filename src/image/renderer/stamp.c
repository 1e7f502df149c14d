/* SPDX-License-Identifier: MIT
 *
 * Each pixel of the result is a weighted sum of the stamp's, by the cubic of Mitchell and
 * Netravali (1988), which is widened where the stamp is made smaller: first along rows, then along
 * columns. Positions are not whole numbers, so that a stamp is where its outline would be.
 */
#include "image/renderer/stamp.h"

#include <math.h>
#include <stdlib.h>

#define CHANNELS 4

/* A side's pixels, and what of the stamp each is made of. */
struct side {
    long from, count;   /* pixels of the image */
    unsigned taps;      /* weights for each */
    long *first;        /* pixel of the stamp that the first weight is for; may be outside */
    float *weights;     /* count * taps */
};

static double cubic(double x)
{
    x = fabs(x);
    if (x < 1)
        return (7 * x * x * x - 12 * x * x + 16.0 / 3) / 6;
    if (x < 2)
        return (-7.0 / 3 * x * x * x + 12 * x * x - 20 * x + 32.0 / 3) / 6;
    return 0;
}

static void weigh(struct side *side, long i, double centre, double width)
{
    float *weights = side->weights + (size_t)i * side->taps;
    double sum = 0;

    side->first[i] = (long)ceil(centre - 2 * width - 0.5);
    for (unsigned k = 0; k < side->taps; k++) {
        double weight = cubic(((double)side->first[i] + k + 0.5 - centre) / width);

        weights[k] = (float)weight;
        sum += weight;
    }
    for (unsigned k = 0; k < side->taps; k++)
        weights[k] = (float)(weights[k] / sum);
}

/* `length` pixels of the stamp, the first one's edge at `start`, onto `room` of the image. */
static bool plan(struct side *side, double start, double scale, unsigned length, long room)
{
    double width = scale < 1 ? 1 / scale : 1;
    double end = start + (length + 2 * width) * scale;
    double from = floor(start - 2 * width * scale);

    *side = (struct side){.taps = (unsigned)ceil(4 * width) + 1};
    side->from = from > 0 ? (long)from : 0;
    side->count = (end < (double)room ? (long)ceil(end) : room) - side->from;
    if (side->count <= 0) {
        side->count = 0;
        return true;
    }
    side->first = calloc((size_t)side->count, sizeof *side->first);
    side->weights = calloc((size_t)side->count * side->taps, sizeof *side->weights);
    if (!side->first || !side->weights)
        return false;
    for (long i = 0; i < side->count; i++)
        weigh(side, i, ((double)(side->from + i) + 0.5 - start) / scale, width);
    return true;
}

static void add_weighted(float *sum, const float *pixel, float weight)
{
    for (int c = 0; c < CHANNELS; c++)
        sum[c] += weight * pixel[c];
}

/* All rows of the stamp, as wide as they will be. */
static void squeeze_rows(const struct stamp *stamp, const struct side *across, float *out)
{
    for (unsigned y = 0; y < stamp->height; y++)
        for (long i = 0; i < across->count; i++, out += CHANNELS)
            for (unsigned k = 0; k < across->taps; k++) {
                long x = across->first[i] + (long)k;
                const unsigned char *p;

                if (x < 0 || x >= (long)stamp->width)
                    continue; /* nothing, and transparent */
                p = stamp->pixels + CHANNELS * ((size_t)y * stamp->width + (size_t)x);
                add_weighted(out, (float[]){p[0], p[1], p[2], p[3]},
                             across->weights[(size_t)i * across->taps + k]);
            }
}

static Quantum over(Quantum below, float above, float alpha)
{
    double value = above + (double)below / 257 * (1 - alpha / 255.0);

    return (Quantum)((unsigned)(value < 0 ? 0 : value > 255 ? 255 : value + 0.5) * 257u);
}

static void press_row(const float *rows, const struct side *across, const struct side *down,
                      unsigned height, long i, PixelPacket *pixels)
{
    for (long x = 0; x < across->count; x++) {
        float sum[CHANNELS] = {0};

        for (unsigned k = 0; k < down->taps; k++) {
            long y = down->first[i] + (long)k;

            if (y >= 0 && y < (long)height)
                add_weighted(sum, rows + CHANNELS * ((size_t)y * (size_t)across->count + (size_t)x),
                             down->weights[(size_t)i * down->taps + k]);
        }
        sum[3] = sum[3] < 0 ? 0 : sum[3] > 255 ? 255 : sum[3];
        pixels[x].blue = over(pixels[x].blue, sum[0], sum[3]);
        pixels[x].green = over(pixels[x].green, sum[1], sum[3]);
        pixels[x].red = over(pixels[x].red, sum[2], sum[3]);
    }
}

static bool press(const struct stamp *stamp, const struct side *across, const struct side *down,
                  Image *image)
{
    float *rows = calloc((size_t)stamp->height * (size_t)across->count, CHANNELS * sizeof *rows);
    bool ok = rows != NULL;

    if (ok)
        squeeze_rows(stamp, across, rows);
    for (long i = 0; i < down->count && ok; i++) {
        PixelPacket *pixels = GetImagePixels(image, across->from, down->from + i,
                                             (unsigned long)across->count, 1);

        ok = pixels != NULL;
        if (ok) {
            press_row(rows, across, down, stamp->height, i, pixels);
            ok = SyncImagePixels(image) == MagickPass;
        }
    }
    free(rows);
    return ok;
}

bool stamp_press(const struct stamp *stamp, Image *image, double left, double top, double scale)
{
    struct side across = {0}, down = {0};
    bool ok = plan(&across, left, scale, stamp->width, (long)image->columns) &&
              plan(&down, top, scale, stamp->height, (long)image->rows);

    if (ok && across.count > 0 && down.count > 0)
        ok = press(stamp, &across, &down, image);
    free(across.first);
    free(across.weights);
    free(down.first);
    free(down.weights);
    return ok;
}
