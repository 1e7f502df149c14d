/* SPDX-License-Identifier: MIT */
#include "image/renderer/robot.h"

const struct robot_build robot_builds[HEADS] = {
    [BOX] = {26, 43, 59, 70, 26, 24},     [DOME] = {22, 44, 59, 70, 26, 12},
    [BUCKET] = {26, 43, 59, 70, 26, 28},  [WEDGE] = {25, 44, 60, 70, 25, 18},
    [CAPSULE] = {29, 44, 58, 68, 31, 18}, [BALL] = {20, 42, 58, 70, 26, 8},
    [OCTAGON] = {24, 43, 59, 70, 27, 15}, [TELEVISION] = {27, 43, 58, 69, 30, 27},
};

static void trace_head(struct canvas *c, enum head head)
{
    static const double bucket[][2] = {{21, 26}, {79, 26}, {74, 70}, {26, 70}};
    static const double wedge[][2] = {{32, 25}, {68, 25}, {77, 64}, {71, 70}, {29, 70}, {23, 64}};
    static const double octagon[][2] = {{36, 24}, {64, 24}, {77, 36}, {77, 58},
                                        {66, 70}, {34, 70}, {23, 58}, {23, 36}};

    switch (head) {
    case BOX:
        canvas_box(c, 24, 26, 52, 44, 8);
        break;
    case DOME:
        canvas_move(c, 24, 48);
        canvas_curve(c, 24, 13, 76, 13, 76, 48);
        canvas_line(c, 76, 66);
        canvas_curve(c, 76, 69, 75, 70, 72, 70);
        canvas_line(c, 28, 70);
        canvas_curve(c, 25, 70, 24, 69, 24, 66);
        break;
    case BUCKET:
        canvas_polygon(c, bucket, 4);
        break;
    case WEDGE:
        canvas_polygon(c, wedge, 6);
        break;
    case CAPSULE:
        canvas_box(c, 19, 29, 62, 39, 19.5);
        break;
    case BALL:
        canvas_ellipse(c, 50, 46, 27, 26);
        break;
    case OCTAGON:
        canvas_polygon(c, octagon, 8);
        break;
    default: /* TELEVISION */
        canvas_box(c, 20, 27, 60, 42, 12);
        break;
    }
}

static void draw_pair(struct canvas *c, const struct robot *r, double y)
{
    for (int side = -1; side <= 1; side += 2) {
        canvas_bar(c, 50 + 9 * side, y + 4, 50 + 17 * side, y - 11, 2.6);
        canvas_fill(c, r->dark, 1);
        canvas_disc(c, 50 + 17 * side, y - 11, 4);
        canvas_fill(c, r->glow, 1);
    }
}

static void draw_spring(struct canvas *c, const struct robot *r, double y)
{
    for (int i = 0; i < 4; i++)
        canvas_bar(c, 46, y - 3.2 * i, 54, y - 1.6 - 3.2 * i, 2);
    canvas_fill(c, r->dark, 1);
    canvas_disc(c, 50, y - 14, 4.4);
    canvas_fill(c, r->trim, 1);
}

static void draw_top(struct canvas *c, const struct robot *r)
{
    const struct robot_build *b = &robot_builds[r->head];
    double y = b->top;

    switch (r->top) {
    case ROD:
        canvas_bar(c, 50, y + 2, 50, y - 9, 2.6);
        canvas_fill(c, r->dark, 1);
        canvas_disc(c, 50, y - 11, 4.6);
        canvas_fill(c, r->glow, 1);
        break;
    case PAIR:
        draw_pair(c, r, y);
        break;
    case DISH:
        canvas_bar(c, 50, y + 2, 50, y - 5, 3);
        canvas_fill(c, r->dark, 1);
        canvas_move(c, 38, y - 14);
        canvas_curve(c, 38, y - 1, 62, y - 1, 62, y - 14);
        canvas_fill(c, r->trim, 1);
        canvas_bar(c, 50, y - 8, 50, y - 14, 2);
        canvas_disc(c, 50, y - 15, 2.4);
        canvas_fill(c, r->dark, 1);
        break;
    case BULB:
        canvas_disc(c, 50, y - 7, 7.5);
        canvas_fill(c, r->glow, 1);
        canvas_box(c, 45, y - 3, 10, 7, 1.5);
        canvas_fill(c, r->dark, 1);
        break;
    case FIN:
        canvas_move(c, 34, y + 5);
        canvas_curve(c, 40, y - 12, 52, y - 15, 66, y - 13);
        canvas_curve(c, 60, y - 6, 62, y, 64, y + 5);
        canvas_fill(c, r->trim, 1);
        break;
    case CHIMNEY:
        canvas_box(c, 56, y - 10, 9, 16, 1);
        canvas_fill(c, r->dark, 1);
        canvas_box(c, 54, y - 12, 13, 4.5, 1.5);
        canvas_fill(c, r->trim, 1);
        break;
    case SPRING:
        draw_spring(c, r, y);
        break;
    case SIREN:
        canvas_move(c, 42, y + 1);
        canvas_curve(c, 42, y - 14, 58, y - 14, 58, y + 1);
        canvas_fill(c, r->glow, 1);
        canvas_box(c, 39, y - 2, 22, 5, 2);
        canvas_fill(c, r->dark, 1);
        break;
    case CAP:
        canvas_box(c, 50 - b->brow * 0.7, y - 5, b->brow * 1.4, 12, 4);
        canvas_fill(c, r->trim, 1);
        break;
    default: /* LOOP */
        canvas_disc(c, 50, y - 3, 8);
        canvas_fill(c, r->dark, 1);
        canvas_disc(c, 50, y - 3, 4.6);
        canvas_fill(c, r->halo ? r->ring : r->ground, 1);
        break;
    }
}

static void draw_ear(struct canvas *c, const struct robot *r)
{
    double x = robot_builds[r->head].side, y = 47;

    switch (r->ears) {
    case BOLTS:
        canvas_box(c, x - 4, y - 4, 9, 8, 1);
        canvas_fill(c, r->dark, 1);
        canvas_box(c, x + 3, y - 7, 6, 14, 2);
        canvas_fill(c, r->trim, 1);
        break;
    case DISCS:
        canvas_box(c, x - 6, y - 8.5, 11, 17, 5);
        canvas_fill(c, r->trim, 1);
        break;
    case COILS:
        for (int i = 0; i < 3; i++)
            canvas_box(c, x - 2 + 3.6 * i, y - 7 + 1.5 * i, 2.6, 14 - 3 * i, 1.2);
        canvas_fill(c, r->dark, 1);
        break;
    case PHONES:
        canvas_box(c, x - 5, y - 11, 12, 22, 5.5);
        canvas_fill(c, r->trim, 1);
        canvas_box(c, x + 3, y - 7, 4, 14, 2);
        canvas_fill(c, r->trim_shade, 1);
        break;
    case WHIPS:
        canvas_bar(c, x + 3, y, x + 7, y - 26, 2.2);
        canvas_disc(c, x + 7, y - 27, 2.6);
        canvas_fill(c, r->dark, 1);
        canvas_box(c, x - 5, y - 5, 11, 10, 3);
        canvas_fill(c, r->trim, 1);
        break;
    default:
        break;
    }
}

static void draw_shell(struct canvas *c, const struct robot *r)
{
    const struct robot_build *b = &robot_builds[r->head];

    trace_head(c, r->head);
    canvas_fill(c, r->metal, 1);
    trace_head(c, r->head);
    canvas_clip(c);
    canvas_box(c, 66, 0, 40, 100, 0);
    canvas_fill(c, r->shade, 1);
    canvas_box(c, 0, b->top - 4, 66, 8, 0);
    canvas_fill(c, r->light, 0.7);
    if (r->seam) {
        canvas_box(c, 0, (b->eyes + b->mouth) / 2 + 0.2, 100, 1.4, 0);
        canvas_fill(c, r->dark, 0.4);
    }
    canvas_unclip(c);
    if (!r->rivets)
        return;
    for (int i = 0; i < 4; i++)
        canvas_disc(c, 50 + (b->side - 6) * (i % 2 ? 1 : -1), i < 2 ? 49.5 : 65, 1.5);
    canvas_fill(c, r->dark, 0.55);
}

void robot_draw_head(struct canvas *c, const struct robot *r)
{
    for (int side = -1; side <= 1; side += 2) {
        struct canvas_frame before = canvas_enter(c, 50, 0, 0, side, 1);

        draw_ear(c, r);
        canvas_return(c, before);
    }
    draw_top(c, r);
    draw_shell(c, r);
}
