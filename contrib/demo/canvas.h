/* SPDX-License-Identifier: MIT
 *
 * A small canvas for the demo portraits: filled paths with anti-aliased edges,
 * flat colours and gradients, and one clipping shape at a time. Coordinates are
 * in units of 1/400 of the canvas's side, y grows downwards, whatever its size
 * in pixels.
 */
#ifndef VISAGE_DEMO_CANVAS_H
#define VISAGE_DEMO_CANVAS_H

#include <stdint.h>

#define CANVAS_UNITS 400.0f
#define PATH_POINTS_MAX 16384
#define PATH_CONTOURS_MAX 1024

struct point {
    float x;
    float y;
};

/* Closed contours of straight pieces; curves are cut into pieces as they are
 * added. Big: keep it static or on the heap. Every path is drawn by this
 * program's own code, so running out of room is a mistake in it and aborts. */
struct path {
    struct point points[PATH_POINTS_MAX];
    unsigned starts[PATH_CONTOURS_MAX]; /* index of each contour's first point */
    unsigned point_count;
    unsigned contour_count;
};

enum paint_kind { PAINT_FLAT, PAINT_LINEAR, PAINT_RADIAL };

/* Colours are 0xRRGGBB. A linear paint goes from `a` to `b`; a radial one from
 * the centre `a` to the distance of `b`. */
struct paint {
    enum paint_kind kind;
    uint32_t from;
    uint32_t to;
    float from_alpha;
    float to_alpha;
    struct point a;
    struct point b;
};

struct canvas {
    unsigned side;  /* pixels, both ways */
    float *rgba;    /* side * side * 4, premultiplied, 0..1 */
    float *clip;    /* side * side coverage; read only while clipped */
    int clipped;
    float *row;     /* scratch: one row's coverage */
};

/* A transparent canvas. Returns NULL when memory is short; free with canvas_free. */
struct canvas *canvas_new(unsigned side);
void canvas_free(struct canvas *canvas);

void path_clear(struct path *path);
void path_move(struct path *path, float x, float y);
void path_line(struct path *path, float x, float y);
void path_cubic(struct path *path, float x1, float y1, float x2, float y2, float x, float y);

/* Whole contours. */
void path_ellipse(struct path *path, float cx, float cy, float rx, float ry);
void path_round_rect(struct path *path, float x, float y, float w, float h, float radius);

/* A closed, smooth contour through `count` points. */
void path_blob(struct path *path, const struct point *points, unsigned count);

/* A round-ended line along a smooth curve through the points, `from` wide at its
 * start and `to` wide at its end. */
void path_stroke(struct path *path, const struct point *points, unsigned count, float from,
                 float to);

/* All of the path's points change sides: x becomes 400 - x. */
void path_mirror(struct path *path);

/* The last contour goes round the other way: inside an earlier one it is a hole. */
void path_hole(struct path *path);

struct paint paint_flat(uint32_t colour, float alpha);
struct paint paint_linear(struct point a, uint32_t from, struct point b, uint32_t to);
struct paint paint_glow(struct point centre, float radius, uint32_t colour, float alpha);

/* Fills by the non-zero rule, so that contours which overlap make one shape. */
void canvas_fill(struct canvas *canvas, const struct path *path, struct paint paint);

/* From here on only what lies within the path is painted. */
void canvas_clip(struct canvas *canvas, const struct path *path);
void canvas_unclip(struct canvas *canvas);

/* Clears what was painted outside the path. */
void canvas_crop(struct canvas *canvas, const struct path *path);

/* A colour between two: 0 gives the first, 1 the second. */
uint32_t colour_mix(uint32_t first, uint32_t second, float amount);

#endif
