/* SPDX-License-Identifier: MIT */
#include "image/renderer/robot.h"

static void trace_body(struct canvas *c, enum body body)
{
    switch (body) {
    case SLAB:
        canvas_box(c, 20, 77, 60, 400, 9);
        break;
    case BARREL:
        canvas_move(c, 12, 500);
        canvas_line(c, 12, 102);
        canvas_curve(c, 12, 84, 24, 77, 50, 77);
        canvas_curve(c, 76, 77, 88, 84, 88, 102);
        canvas_line(c, 88, 500);
        break;
    case YOKE:
        canvas_move(c, 10, 500);
        canvas_line(c, 10, 92);
        canvas_line(c, 22, 80);
        canvas_line(c, 78, 80);
        canvas_line(c, 90, 92);
        canvas_line(c, 90, 500);
        break;
    default: /* CONE */
        canvas_move(c, 36, 76);
        canvas_line(c, 64, 76);
        canvas_line(c, 84, 104);
        canvas_line(c, 84, 500);
        canvas_line(c, 16, 500);
        canvas_line(c, 16, 104);
        break;
    }
}

static void draw_chest(struct canvas *c, const struct robot *r)
{
    switch (r->chest) {
    case GAUGE:
        canvas_disc(c, 50, 91, 7.5);
        canvas_fill(c, r->dark, 1);
        canvas_disc(c, 50, 91, 5.6);
        canvas_fill(c, colour_of(0xfbfaf4), 1);
        canvas_bar(c, 50, 91, 50 + 3.6 * r->look, 87.6, 1.6);
        canvas_fill(c, r->trim, 1);
        break;
    case BUTTONS:
        for (int i = -1; i <= 1; i++) {
            canvas_disc(c, 50 + 10 * i, 90, 3.6);
            canvas_fill(c, i < 0 ? r->glow : i > 0 ? r->trim : r->dark, 1);
        }
        break;
    case VENTS:
        for (int i = 0; i < 3; i++)
            canvas_box(c, 38, 85 + 5 * i, 24, 2.6, 1.3);
        canvas_fill(c, r->dark, 1);
        break;
    case HEART:
        canvas_move(c, 50, 99);
        canvas_curve(c, 36, 90, 42, 81, 50, 87.5);
        canvas_curve(c, 58, 81, 64, 90, 50, 99);
        canvas_fill(c, r->glow, 1);
        break;
    case SCREEN:
        canvas_box(c, 36, 84, 28, 16, 3);
        canvas_fill(c, r->dark, 1);
        for (int i = 0; i < 5; i++)
            canvas_box(c, 38.5 + 5 * i, 97 - 10 * r->level[i], 3, 10 * r->level[i], 0.5);
        canvas_fill(c, r->glow, 1);
        break;
    case LIGHT:
        canvas_disc(c, 50, 92, 7);
        canvas_fill(c, r->trim_shade, 1);
        canvas_disc(c, 50, 92, 5);
        canvas_fill(c, r->glow, 1);
        break;
    default: /* STRIPES */
        for (int i = 0; i < 4; i++) {
            canvas_move(c, 34 + 9 * i, 86);
            canvas_line(c, 39 + 9 * i, 86);
            canvas_line(c, 35 + 9 * i, 93);
            canvas_line(c, 30 + 9 * i, 93);
        }
        canvas_fill(c, r->trim, 1);
        break;
    }
}

void robot_draw_body(struct canvas *c, const struct robot *r)
{
    struct canvas_frame before;

    canvas_box(c, 41, 66, 18, 16, 0);
    canvas_fill(c, r->dark, 1);
    for (int i = 0; i < 2; i++)
        canvas_box(c, 39.5, 71.5 + 4 * i, 21, 2, 1);
    canvas_fill(c, r->shade, 1);
    trace_body(c, r->body);
    canvas_fill(c, r->metal, 1);
    trace_body(c, r->body);
    canvas_clip(c);
    canvas_box(c, 66, 60, 100, 500, 0);
    canvas_fill(c, r->shade, 1);
    canvas_unclip(c);
    before = canvas_enter(c, 50 - 0.85 * 50, 80 - 0.85 * 84, 0, 0.85, 0.85);
    draw_chest(c, r);
    canvas_return(c, before);
}
