/* SPDX-License-Identifier: MIT */
#include "image/renderer/thumbhash.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#define PIXELS (THUMBHASH_SIDE * THUMBHASH_SIDE)
#define TERMS_MAX 28 /* of 7 by 7, those up to the diagonal */
#define SHADES 16    /* of each primary, for the dominant colour */

enum { LIGHT, YELLOW_BLUE, RED_GREEN, ALPHA, CHANNELS };

struct picture {
    uint32_t width, height;
    double channels[CHANNELS][PIXELS];
    double opaque; /* sum of all alpha */
};

/* A channel as cosines: the constant, and the others in 0..1 of the largest. */
struct terms {
    double constant, scale;
    double others[TERMS_MAX];
    unsigned count;
};

/* Over the mean colour, as light and two differences. */
static void split(const unsigned char *rgba, struct picture *p)
{
    size_t count = (size_t)p->width * p->height;
    double mean[3] = {0};

    p->opaque = 0;
    for (size_t i = 0; i < count; i++) {
        double alpha = rgba[4 * i + 3] / 255.0;

        for (int k = 0; k < 3; k++)
            mean[k] += alpha / 255 * rgba[4 * i + (size_t)k];
        p->opaque += alpha;
    }
    for (int k = 0; k < 3; k++)
        mean[k] = p->opaque > 0 ? mean[k] / p->opaque : 0;
    for (size_t i = 0; i < count; i++) {
        double alpha = rgba[4 * i + 3] / 255.0, colour[3];

        for (int k = 0; k < 3; k++)
            colour[k] = mean[k] * (1 - alpha) + alpha / 255 * rgba[4 * i + (size_t)k];
        p->channels[LIGHT][i] = (colour[0] + colour[1] + colour[2]) / 3;
        p->channels[YELLOW_BLUE][i] = (colour[0] + colour[1]) / 2 - colour[2];
        p->channels[RED_GREEN][i] = colour[0] - colour[1];
        p->channels[ALPHA][i] = alpha;
    }
}

static double term(const struct picture *p, const double *channel, unsigned cx, unsigned cy)
{
    double row[THUMBHASH_SIDE], sum = 0;

    for (uint32_t x = 0; x < p->width; x++)
        row[x] = cos(M_PI / p->width * cx * (x + 0.5));
    for (uint32_t y = 0; y < p->height; y++) {
        double column = cos(M_PI / p->height * cy * (y + 0.5));

        for (uint32_t x = 0; x < p->width; x++)
            sum += channel[x + y * p->width] * row[x] * column;
    }
    return sum / (p->width * p->height);
}

static void transform(const struct picture *p, int which, unsigned nx, unsigned ny,
                      struct terms *out)
{
    memset(out, 0, sizeof *out);
    for (unsigned cy = 0; cy < ny; cy++)
        for (unsigned cx = 0; cx * ny < nx * (ny - cy); cx++) {
            double value = term(p, p->channels[which], cx, cy);

            if (cx == 0 && cy == 0) {
                out->constant = value;
                continue;
            }
            out->others[out->count++] = value;
            out->scale = fmax(out->scale, fabs(value));
        }
    for (unsigned i = 0; i < out->count; i++)
        out->others[i] = out->scale > 0 ? 0.5 + 0.5 / out->scale * out->others[i] : 0;
}

/* 0..1 in so many steps, whatever rounding has done to it. */
static uint32_t steps(double value, uint32_t most)
{
    double n = floor(value * most + 0.5);

    return n <= 0 ? 0 : n >= most ? most : (uint32_t)n;
}

static unsigned in_proportion(unsigned most, uint32_t side, uint32_t longer)
{
    unsigned n = (unsigned)floor((double)most * side / longer + 0.5);

    return n > 1 ? n : 1;
}

static unsigned at_least_3(unsigned n)
{
    return n > 3 ? n : 3;
}

size_t thumbhash_encode(const unsigned char *rgba, uint32_t width, uint32_t height,
                        unsigned char out[THUMBHASH_MAX])
{
    static struct picture p; /* 320 KB have no place on the stack */
    static struct terms t[CHANNELS];
    uint32_t longer = width > height ? width : height, head, tail;
    unsigned lx, ly, nibble = 0;
    size_t length;
    bool alpha;

    p.width = width;
    p.height = height;
    split(rgba, &p);
    alpha = p.opaque < (double)width * height;
    lx = in_proportion(alpha ? 5 : 7, width, longer);
    ly = in_proportion(alpha ? 5 : 7, height, longer);
    transform(&p, LIGHT, at_least_3(lx), at_least_3(ly), &t[LIGHT]);
    transform(&p, YELLOW_BLUE, 3, 3, &t[YELLOW_BLUE]);
    transform(&p, RED_GREEN, 3, 3, &t[RED_GREEN]);
    if (alpha)
        transform(&p, ALPHA, 5, 5, &t[ALPHA]);

    head = steps(t[LIGHT].constant, 63) | steps(0.5 + 0.5 * t[YELLOW_BLUE].constant, 63) << 6 |
           steps(0.5 + 0.5 * t[RED_GREEN].constant, 63) << 12 | steps(t[LIGHT].scale, 31) << 18 |
           (uint32_t)alpha << 23;
    tail = (width > height ? ly : lx) | steps(t[YELLOW_BLUE].scale, 63) << 3 |
           steps(t[RED_GREEN].scale, 63) << 9 | (uint32_t)(width > height) << 15;
    memset(out, 0, THUMBHASH_MAX);
    out[0] = (unsigned char)head;
    out[1] = (unsigned char)(head >> 8);
    out[2] = (unsigned char)(head >> 16);
    out[3] = (unsigned char)tail;
    out[4] = (unsigned char)(tail >> 8);
    length = 5;
    if (alpha)
        out[length++] = (unsigned char)(steps(t[ALPHA].constant, 15) | steps(t[ALPHA].scale, 15)
                                                                           << 4);
    for (int channel = 0; channel < (alpha ? CHANNELS : ALPHA); channel++)
        for (unsigned i = 0; i < t[channel].count; i++, nibble++)
            out[length + nibble / 2] |=
                (unsigned char)(steps(t[channel].others[i], 15) << 4 * (nibble & 1));
    return length + (nibble + 1) / 2;
}

uint32_t dominant_colour(const unsigned char *rgba, uint32_t width, uint32_t height)
{
    static struct shade {
        uint32_t weight, sums[3];
    } shades[SHADES][SHADES][SHADES];
    const struct shade *most = &shades[0][0][0];
    size_t count = (size_t)width * height;
    uint32_t colour = 0;

    memset(shades, 0, sizeof shades);
    for (size_t i = 0; i < count; i++, rgba += 4) {
        struct shade *s = &shades[rgba[0] / SHADES][rgba[1] / SHADES][rgba[2] / SHADES];

        s->weight += rgba[3];
        for (int k = 0; k < 3; k++)
            s->sums[k] += (uint32_t)rgba[k] * rgba[3];
        most = s->weight > most->weight ? s : most;
    }
    for (int k = 0; k < 3; k++)
        colour = colour << 8 | (most->weight ? (most->sums[k] + most->weight / 2) / most->weight : 0);
    return colour;
}
