/* SPDX-License-Identifier: MIT
 *
 * Whole contours, made of the canvas's lines and curves.
 */
#include "image/renderer/canvas.h"

#include <math.h>

#define RADIANS (3.14159265358979323846 / 180)
#define QUARTER 0.5522847498 /* how far a cubic's handles reach to make a quarter of a circle */
#define ARC_STEPS 24

void canvas_ellipse(struct canvas *c, double x, double y, double rx, double ry)
{
    double kx = rx * QUARTER, ky = ry * QUARTER;

    canvas_move(c, x, y - ry);
    canvas_curve(c, x + kx, y - ry, x + rx, y - ky, x + rx, y);
    canvas_curve(c, x + rx, y + ky, x + kx, y + ry, x, y + ry);
    canvas_curve(c, x - kx, y + ry, x - rx, y + ky, x - rx, y);
    canvas_curve(c, x - rx, y - ky, x - kx, y - ry, x, y - ry);
}

void canvas_disc(struct canvas *c, double x, double y, double radius)
{
    canvas_ellipse(c, x, y, radius, radius);
}

void canvas_box(struct canvas *c, double x, double y, double width, double height, double radius)
{
    double r = fmin(radius, fmin(width, height) / 2), k = r * (1 - QUARTER);
    double right = x + width, bottom = y + height;

    canvas_move(c, x + r, y);
    canvas_line(c, right - r, y);
    canvas_curve(c, right - k, y, right, y + k, right, y + r);
    canvas_line(c, right, bottom - r);
    canvas_curve(c, right, bottom - k, right - k, bottom, right - r, bottom);
    canvas_line(c, x + r, bottom);
    canvas_curve(c, x + k, bottom, x, bottom - k, x, bottom - r);
    canvas_line(c, x, y + r);
    canvas_curve(c, x, y + k, x + k, y, x + r, y);
}

void canvas_polygon(struct canvas *c, const double (*points)[2], unsigned count)
{
    canvas_move(c, points[0][0], points[0][1]);
    for (unsigned i = 1; i < count; i++)
        canvas_line(c, points[i][0], points[i][1]);
}

/* A box that lies along the line. */
void canvas_bar(struct canvas *c, double x0, double y0, double x1, double y1, double width)
{
    double length = hypot(x1 - x0, y1 - y0);
    struct canvas_frame before =
        canvas_enter(c, x0, y0, atan2(y1 - y0, x1 - x0) / RADIANS, 1, 1);

    canvas_box(c, -width / 2, -width / 2, length + width, width, width / 2);
    canvas_return(c, before);
}

/* The point at t of a curve, and a step of `aside` to its left. */
static void beside(const double p[8], double t, double aside, double out[2])
{
    double u = 1 - t, dx, dy, length;

    for (int i = 0; i < 2; i++)
        out[i] = u * u * u * p[i] + 3 * u * u * t * p[i + 2] + 3 * u * t * t * p[i + 4] +
                 t * t * t * p[i + 6];
    dx = u * u * (p[2] - p[0]) + 2 * u * t * (p[4] - p[2]) + t * t * (p[6] - p[4]);
    dy = u * u * (p[3] - p[1]) + 2 * u * t * (p[5] - p[3]) + t * t * (p[7] - p[5]);
    length = hypot(dx, dy);
    if (length > 0) {
        out[0] += aside * dy / length;
        out[1] -= aside * dx / length;
    }
}

void canvas_arc(struct canvas *c, double x0, double y0, double x1, double y1, double x2,
                double y2, double x3, double y3, double width)
{
    const double p[8] = {x0, y0, x1, y1, x2, y2, x3, y3};
    double at[2];

    for (int i = 0; i <= ARC_STEPS; i++) {
        beside(p, (double)i / ARC_STEPS, width / 2, at);
        if (i == 0)
            canvas_move(c, at[0], at[1]);
        else
            canvas_line(c, at[0], at[1]);
    }
    for (int i = ARC_STEPS; i >= 0; i--) {
        beside(p, (double)i / ARC_STEPS, -width / 2, at);
        canvas_line(c, at[0], at[1]);
    }
    canvas_disc(c, x0, y0, width / 2);
    canvas_disc(c, x3, y3, width / 2);
}
