/* SPDX-License-Identifier: MIT
 *
 * Each edge of a path adds to every row that it crosses how much of a pixel lies to
 * its right, as differences from the pixel before. Summed up along the row they are
 * the exact part of each pixel that the path covers, so that a path costs its outline
 * and its area once, and pictures of all sizes are the same.
 *
 * The picture is made in strips, so that a large one needs little memory beside it.
 */
#include "image/renderer/canvas.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define STRIP_PIXELS (1u << 17)
#define RADIANS (3.14159265358979323846 / 180)

struct canvas {
    size_t width, rows; /* of the strip, in pixels */
    double top;         /* where in the picture it begins */
    unsigned char *rgb;
    float *cover;       /* width + 2 in a row; all zero between two paths */
    float *mask;        /* width in a row; looked at if `masked` */
    bool masked;
    struct canvas_frame frame;
    double x, y, start_x, start_y; /* of the contour, in pixels of the strip */
    double left, right, upper, lower; /* of the path, in pixels; empty if left > right */
};

static void forget_path(struct canvas *c)
{
    c->left = c->upper = INFINITY;
    c->right = c->lower = -INFINITY;
    c->x = c->start_x = c->y = c->start_y = 0;
}

/* An edge's part within one row, from one x to another, `height` of a row high. */
static void add_to_row(float *row, double from, double to, double height)
{
    double low = from < to ? from : to, high = from < to ? to : from;
    size_t first = (size_t)low, last = (size_t)ceil(high);
    double slope, before, after, covered;

    if (last <= first + 1) {
        double middle = (low + high) / 2 - (double)first;

        row[first] += (float)(height * (1 - middle));
        row[first + 1] += (float)(height * middle);
        return;
    }
    /* It crosses several pixels: a triangle in the first, one in the last, trapezia between. */
    slope = 1 / (high - low);
    before = 1 - (low - (double)first);
    after = high - (double)(last - 1);
    covered = slope * before * before / 2;
    row[first] += (float)(height * covered);
    for (size_t i = first + 1; i < last; i++) {
        double sum = i + 1 < last ? slope * (before + (double)(i - first) - 0.5)
                                  : 1 - slope * after * after / 2;

        row[i] += (float)(height * (sum - covered));
        covered = sum;
    }
    row[last] += (float)(height * (1 - covered));
}

static double within(double value, double low, double high)
{
    return value < low ? low : value > high ? high : value;
}

/* The same for any x. What is to the left of the picture covers all of the row, what is to the
 * right nothing of it. */
static void add_to_strip(float *row, double width, double from, double to, double height)
{
    double low = from < to ? from : to, high = from < to ? to : from;

    if (low < 0 && high > 0) {
        double part = height * -low / (high - low);

        add_to_row(row, 0, 0, part);
        height -= part;
        low = 0;
    }
    if (high > width && low < width) {
        height *= (width - low) / (high - low);
        high = width;
    }
    add_to_row(row, within(low, 0, width), within(high, 0, width), height);
}

/* In pixels of the strip. */
static void add_edge(struct canvas *c, double x0, double y0, double x1, double y1)
{
    double down = 1, slope, x;

    if (y0 > y1) {
        double swap = x0;

        x0 = x1;
        x1 = swap;
        swap = y0;
        y0 = y1;
        y1 = swap;
        down = -1;
    }
    if (y1 <= 0 || y0 >= (double)c->rows || y0 == y1)
        return;
    slope = (x1 - x0) / (y1 - y0);
    if (y0 < 0) {
        x0 -= slope * y0;
        y0 = 0;
    }
    y1 = y1 > (double)c->rows ? (double)c->rows : y1;
    x = x0;
    for (size_t row = (size_t)y0; row < c->rows && (double)row < y1; row++) {
        double from = y0 > (double)row ? y0 : (double)row;
        double to = y1 < (double)row + 1 ? y1 : (double)row + 1;
        double next = x + slope * (to - from);

        add_to_strip(c->cover + row * (c->width + 2), (double)c->width, x, next,
                     down * (to - from));
        x = next;
    }
}

static void extend(struct canvas *c, double x, double y)
{
    c->left = x < c->left ? x : c->left;
    c->right = x > c->right ? x : c->right;
    c->upper = y < c->upper ? y : c->upper;
    c->lower = y > c->lower ? y : c->lower;
}

static void edge_to(struct canvas *c, double x, double y)
{
    add_edge(c, c->x, c->y, x, y);
    extend(c, x, y);
    c->x = x;
    c->y = y;
}

static void close_contour(struct canvas *c)
{
    if (c->x != c->start_x || c->y != c->start_y)
        add_edge(c, c->x, c->y, c->start_x, c->start_y);
}

static void to_pixels(const struct canvas *c, double *x, double *y)
{
    const struct canvas_frame *f = &c->frame;
    double px = f->xx * *x + f->xy * *y + f->x;

    *y = f->yx * *x + f->yy * *y + f->y - c->top;
    *x = px;
}

void canvas_move(struct canvas *c, double x, double y)
{
    close_contour(c);
    to_pixels(c, &x, &y);
    c->x = c->start_x = x;
    c->y = c->start_y = y;
    extend(c, x, y);
}

void canvas_line(struct canvas *c, double x, double y)
{
    to_pixels(c, &x, &y);
    edge_to(c, x, y);
}

/* In as many steps as keep the corners between them out of sight. */
void canvas_curve(struct canvas *c, double x1, double y1, double x2, double y2, double x,
                  double y)
{
    double x0 = c->x, y0 = c->y, length;
    unsigned steps;

    to_pixels(c, &x1, &y1);
    to_pixels(c, &x2, &y2);
    to_pixels(c, &x, &y);
    length = hypot(x1 - x0, y1 - y0) + hypot(x2 - x1, y2 - y1) + hypot(x - x2, y - y2);
    steps = 3 + (unsigned)sqrt(2 * length);
    for (unsigned i = 1; i < steps; i++) {
        double t = (double)i / steps, u = 1 - t;
        double a = u * u * u, b = 3 * u * u * t, d = 3 * u * t * t, e = t * t * t;

        edge_to(c, a * x0 + b * x1 + d * x2 + e * x, a * y0 + b * y1 + d * y2 + e * y);
    }
    edge_to(c, x, y);
}

/* The pixels of the strip that the path may touch; false if there are none. */
static bool touched(const struct canvas *c, size_t box[4])
{
    double left = within(floor(c->left), 0, (double)c->width);
    double right = within(ceil(c->right) + 1, 0, (double)c->width);
    double upper = within(floor(c->upper), 0, (double)c->rows);
    double lower = within(ceil(c->lower), 0, (double)c->rows);

    if (c->left > c->right || upper >= lower)
        return false;
    box[0] = (size_t)left;
    box[1] = (size_t)right;
    box[2] = (size_t)upper;
    box[3] = (size_t)lower;
    return true;
}

static void blend(unsigned char *to, struct colour colour, float part)
{
    to[0] = (unsigned char)((float)to[0] + ((float)colour.red - (float)to[0]) * part + 0.5f);
    to[1] = (unsigned char)((float)to[1] + ((float)colour.green - (float)to[1]) * part + 0.5f);
    to[2] = (unsigned char)((float)to[2] + ((float)colour.blue - (float)to[2]) * part + 0.5f);
}

static float covered(float sum)
{
    sum = sum < 0 ? -sum : sum;
    return sum > 1 ? 1 : sum;
}

void canvas_fill(struct canvas *c, struct colour colour, double opacity)
{
    size_t box[4];

    close_contour(c);
    for (size_t y = touched(c, box) ? box[2] : c->rows; y < c->rows && y < box[3]; y++) {
        float *cover = c->cover + y * (c->width + 2);
        const float *mask = c->mask + y * c->width;
        unsigned char *rgb = c->rgb + 3 * y * c->width;
        float sum = 0;

        for (size_t x = box[0]; x < box[1]; x++) {
            float part;

            sum += cover[x];
            part = covered(sum) * (float)opacity * (c->masked ? mask[x] : 1);
            if (part > 0.001f)
                blend(rgb + 3 * x, colour, part);
        }
        memset(cover + box[0], 0, (c->width + 2 - box[0]) * sizeof *cover);
    }
    forget_path(c);
}

void canvas_clip(struct canvas *c)
{
    size_t box[4];

    close_contour(c);
    memset(c->mask, 0, c->width * c->rows * sizeof *c->mask);
    for (size_t y = touched(c, box) ? box[2] : c->rows; y < c->rows && y < box[3]; y++) {
        float *cover = c->cover + y * (c->width + 2), sum = 0;

        for (size_t x = box[0]; x < box[1]; x++) {
            sum += cover[x];
            c->mask[y * c->width + x] = covered(sum);
        }
        memset(cover + box[0], 0, (c->width + 2 - box[0]) * sizeof *cover);
    }
    c->masked = true;
    forget_path(c);
}

void canvas_unclip(struct canvas *c)
{
    c->masked = false;
}

bool canvas_sees(const struct canvas *c, double x, double y, double radius)
{
    double reach = radius * (fabs(c->frame.xx) + fabs(c->frame.xy));

    to_pixels(c, &x, &y);
    return x + reach >= 0 && x - reach <= (double)c->width && y + reach >= 0 &&
           y - reach <= (double)c->rows;
}

struct canvas_frame canvas_enter(struct canvas *c, double x, double y, double degrees,
                                 double scale_x, double scale_y)
{
    const struct canvas_frame f = c->frame;
    double cosine = cos(degrees * RADIANS), sine = sin(degrees * RADIANS);

    c->frame.xx = (f.xx * cosine + f.xy * sine) * scale_x;
    c->frame.xy = (f.xy * cosine - f.xx * sine) * scale_y;
    c->frame.yx = (f.yx * cosine + f.yy * sine) * scale_x;
    c->frame.yy = (f.yy * cosine - f.yx * sine) * scale_y;
    c->frame.x = f.xx * x + f.xy * y + f.x;
    c->frame.y = f.yx * x + f.yy * y + f.y;
    return f;
}

void canvas_return(struct canvas *c, struct canvas_frame frame)
{
    c->frame = frame;
}

Image *canvas_image(uint32_t width, uint32_t height)
{
    Image *image = AllocateImage(NULL);

    if (!image)
        return NULL;
    image->columns = width;
    image->rows = height;
    image->depth = 8;
    image->storage_class = DirectClass;
    image->matte = MagickFalse;
    return image;
}

static void clear(struct canvas *c, struct colour ground)
{
    for (size_t i = 0; i < c->width * c->rows; i++) {
        c->rgb[3 * i] = ground.red;
        c->rgb[3 * i + 1] = ground.green;
        c->rgb[3 * i + 2] = ground.blue;
    }
}

static bool hand_over(const struct canvas *c, Image *image)
{
    PixelPacket *pixels =
        SetImagePixels(image, 0, (long)c->top, image->columns, (unsigned long)c->rows);

    if (!pixels)
        return false;
    for (size_t i = 0; i < c->width * c->rows; i++)
        pixels[i] = (PixelPacket){
            .red = (Quantum)(c->rgb[3 * i] * 257u),
            .green = (Quantum)(c->rgb[3 * i + 1] * 257u),
            .blue = (Quantum)(c->rgb[3 * i + 2] * 257u),
            .opacity = OpaqueOpacity,
        };
    return SyncImagePixels(image) == MagickPass;
}

static bool paint(struct canvas *c, Image *image, struct colour ground, canvas_scene *scene,
                  const void *what)
{
    double side = fmin((double)image->columns, (double)image->rows);
    const struct canvas_frame square = {
        .xx = side / 100,
        .yy = side / 100,
        .x = ((double)image->columns - side) / 2,
        .y = ((double)image->rows - side) / 2,
    };
    size_t rows = c->rows;

    for (size_t top = 0; top < image->rows; top += rows) {
        c->rows = rows < image->rows - top ? rows : image->rows - top;
        c->top = (double)top;
        c->frame = square;
        c->masked = false;
        forget_path(c);
        clear(c, ground);
        scene(c, what);
        if (!hand_over(c, image))
            return false;
    }
    return true;
}

Image *canvas_paint(uint32_t width, uint32_t height, struct colour ground, canvas_scene *scene,
                    const void *what)
{
    size_t rows = STRIP_PIXELS / width + 1;
    struct canvas c = {.width = width, .rows = rows < height ? rows : height};
    Image *image = canvas_image(width, height);
    bool ok;

    c.rgb = malloc(3 * c.width * c.rows);
    c.cover = calloc((c.width + 2) * c.rows, sizeof *c.cover);
    c.mask = malloc(c.width * c.rows * sizeof *c.mask);
    ok = image && c.rgb && c.cover && c.mask && paint(&c, image, ground, scene, what);
    free(c.rgb);
    free(c.cover);
    free(c.mask);
    if (!ok && image) {
        DestroyImage(image);
        image = NULL;
    }
    return image;
}
