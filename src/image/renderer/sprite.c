/* SPDX-License-Identifier: MIT */
#include "image/renderer/sprite.h"

#include <math.h>
#include <stdbool.h>

#include "image/renderer/canvas.h"

#define CRISP (2.0 * SPRITE_SIDE) /* the side from which on edges lie between pixels */

/* Where the cells are in one direction. */
struct ruler {
    double begin;                  /* of the square, in pixels */
    double edges[SPRITE_SIDE + 1]; /* from there */
};

/* The halves mirror each other, whatever the side. */
static void lay(struct ruler *r, double length, double side)
{
    r->begin = floor((length - side) / 2);
    for (int i = 0; i <= SPRITE_SIDE / 2; i++) {
        double edge = i * side / SPRITE_SIDE;

        if (side >= CRISP)
            edge = floor(edge + 0.5);
        r->edges[i] = edge;
        r->edges[SPRITE_SIDE - i] = side - edge;
    }
    r->edges[SPRITE_SIDE / 2] = side >= CRISP ? floor(side / 2) : side / 2;
}

/* Which cells share a pixel, and in what parts. */
struct share {
    unsigned first, count; /* count 0: it is beyond the square */
    double parts[SPRITE_SIDE];
};

static struct share share_of(const struct ruler *r, double pixel)
{
    double from = pixel - r->begin, to = from + 1;
    struct share s = {0};

    for (unsigned i = 0; i < SPRITE_SIDE; i++) {
        double part = fmin(to, r->edges[i + 1]) - fmax(from, r->edges[i]);

        if (part <= 0)
            continue;
        if (s.count == 0)
            s.first = i;
        s.parts[s.count++] = part;
    }
    return s;
}

static PixelPacket packet(double red, double green, double blue)
{
    return (PixelPacket){
        .red = (Quantum)((unsigned)(red + 0.5) * 257u),
        .green = (Quantum)((unsigned)(green + 0.5) * 257u),
        .blue = (Quantum)((unsigned)(blue + 0.5) * 257u),
        .opacity = OpaqueOpacity,
    };
}

/* Several cells at once, which only small pictures have; those at the square's edge may leave a
 * part of the pixel to the ground. */
static PixelPacket mixed(const struct sprite *s, const struct share *across,
                         const struct share *down)
{
    double sums[3] = {0}, rest = 1;

    for (unsigned k = 0; k < down->count; k++)
        for (unsigned i = 0; i < across->count; i++) {
            unsigned char cell = s->cells[down->first + k][across->first + i];
            struct colour c = s->colours[cell];
            double part = down->parts[k] * across->parts[i];

            sums[0] += part * c.red;
            sums[1] += part * c.green;
            sums[2] += part * c.blue;
            rest -= part;
        }
    return packet(sums[0] + rest * s->colours[0].red, sums[1] + rest * s->colours[0].green,
                  sums[2] + rest * s->colours[0].blue);
}

/* What a row of pixels shows of a row of cells, where no pixel is shared. */
static void lay_out(const struct sprite *s, const struct ruler *x, unsigned row,
                    unsigned long width, PixelPacket *pixels)
{
    const struct colour g = s->colours[0];

    for (unsigned long i = 0; i < width; i++)
        pixels[i] = packet(g.red, g.green, g.blue);
    for (unsigned i = 0; i < SPRITE_SIDE; i++) {
        struct colour c = s->colours[s->cells[row][i]];
        unsigned long to = (unsigned long)(x->begin + x->edges[i + 1]);

        for (unsigned long k = (unsigned long)(x->begin + x->edges[i]); k < to; k++)
            pixels[k] = packet(c.red, c.green, c.blue);
    }
}

static void paint_row(const struct sprite *s, const struct ruler *x, const struct share *down,
                      bool crisp, unsigned long width, PixelPacket *pixels)
{
    if (crisp && down->count > 0) {
        lay_out(s, x, down->first, width, pixels);
        return;
    }
    for (unsigned long i = 0; i < width; i++) {
        struct share across = share_of(x, (double)i);

        pixels[i] = mixed(s, &across, down);
    }
}

Image *sprite_paint(uint32_t width, uint32_t height, const struct sprite *sprite)
{
    double side = width < height ? width : height;
    Image *image = canvas_image(width, height);
    struct ruler x, y;

    lay(&x, width, side);
    lay(&y, height, side);
    for (uint32_t row = 0; image && row < height; row++) {
        PixelPacket *pixels = SetImagePixels(image, 0, (long)row, width, 1);
        struct share down = share_of(&y, row);

        if (pixels)
            paint_row(sprite, &x, &down, side >= CRISP, width, pixels);
        if (!pixels || SyncImagePixels(image) != MagickPass) {
            DestroyImage(image);
            image = NULL;
        }
    }
    return image;
}
