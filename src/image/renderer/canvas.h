/* SPDX-License-Identifier: MIT
 *
 * Filled shapes with smooth edges, for generated pictures. Lengths are hundredths of
 * the side of the square in the middle of the picture: (0, 0) is its upper left corner,
 * (50, 50) its middle. What lies beyond the square is shown where the picture is not
 * square.
 */
#ifndef VISAGE_RENDERER_CANVAS_H
#define VISAGE_RENDERER_CANVAS_H

#include <stdbool.h>
#include <stdint.h>

#include <magick/api.h>

#include "image/renderer/tint.h"

struct canvas;

/* What is drawn, with what canvas_paint() was given. It is called once for each strip of the
 * picture, so it must do the same every time. */
typedef void canvas_scene(struct canvas *canvas, const void *what);

/* An image of this size in sRGB, opaque, its pixels not set. The caller destroys it. NULL without
 * memory. */
Image *canvas_image(uint32_t width, uint32_t height);

/* The scene on a ground that fills the whole picture. Like canvas_image(). */
Image *canvas_paint(uint32_t width, uint32_t height, struct colour ground, canvas_scene *scene,
                    const void *what);

/* A path is a number of contours; each closes itself. Where contours of one path overlap they
 * must go round the same way, or one cuts a hole into the other. */
void canvas_move(struct canvas *canvas, double x, double y);
void canvas_line(struct canvas *canvas, double x, double y);
void canvas_curve(struct canvas *canvas, double x1, double y1, double x2, double y2, double x,
                  double y);

/* Whole contours, clockwise. */
void canvas_ellipse(struct canvas *canvas, double x, double y, double rx, double ry);
void canvas_disc(struct canvas *canvas, double x, double y, double radius);
void canvas_box(struct canvas *canvas, double x, double y, double width, double height,
                double radius);
void canvas_polygon(struct canvas *canvas, const double (*points)[2], unsigned count);

/* A line of some width with round ends, straight or along a curve that is not wound tightly. */
void canvas_bar(struct canvas *canvas, double x0, double y0, double x1, double y1, double width);
void canvas_arc(struct canvas *canvas, double x0, double y0, double x1, double y1, double x2,
                double y2, double x3, double y3, double width);

/* Fills the path and forgets it. `opacity` is 0..1. */
void canvas_fill(struct canvas *canvas, struct colour colour, double opacity);

/* What is filled from now on shows within this path only, which is forgotten. A second call
 * replaces the first. */
void canvas_clip(struct canvas *canvas);
void canvas_unclip(struct canvas *canvas);

/* Whether anything of this disc is in the part of the picture that is drawn now. Patterns that go
 * on beyond the square need not draw the rest. */
bool canvas_sees(const struct canvas *canvas, double x, double y, double radius);

/* Where coordinates are. */
struct canvas_frame {
    double xx, xy, yx, yy; /* x' = xx * x + xy * y + x; y' = yx * x + yy * y + y */
    double x, y;
};

/* What is drawn from now on is scaled about (0, 0), turned by so many degrees clockwise, and
 * moved by (x, y), all in the coordinates so far. Returns the frame so far, for canvas_return(). */
struct canvas_frame canvas_enter(struct canvas *canvas, double x, double y, double degrees,
                                 double scale_x, double scale_y);
void canvas_return(struct canvas *canvas, struct canvas_frame frame);

#endif
