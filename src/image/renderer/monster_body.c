/* SPDX-License-Identifier: MIT */
#include "image/renderer/monster.h"

#include <math.h>

const struct monster_build monster_builds[BODIES] = {
    [EGG] = {24, 47, 66, 66, 22, 27},   [BLOCK] = {26, 46, 65, 66, 26, 28},
    [PEAR] = {24, 43, 60, 68, 18, 27},  [BALL] = {25, 49, 67, 62, 28, 29},
    [GHOST] = {23, 45, 62, 65, 25, 27}, [BEAN] = {34, 53, 69, 66, 30, 33},
    [CAPSULE] = {24, 43, 60, 66, 20, 21}, [DROP] = {22, 51, 67, 70, 20, 28},
    [FUR] = {22, 46, 65, 64, 25, 29},   [TOOTH] = {24, 44, 62, 64, 27, 25},
};

#define FOOT 88 /* height at which bodies end */

static void trace_body(struct canvas *c, enum body body)
{
    switch (body) {
    case EGG:
        canvas_move(c, 50, 24);
        canvas_curve(c, 68, 24, 79, 50, 79, 64);
        canvas_curve(c, 79, 80, 67, FOOT, 50, FOOT);
        canvas_curve(c, 33, FOOT, 21, 80, 21, 64);
        canvas_curve(c, 21, 50, 32, 24, 50, 24);
        break;
    case BLOCK:
        canvas_box(c, 21, 26, 58, FOOT - 26, 19);
        break;
    case PEAR:
        canvas_move(c, 50, 24);
        canvas_curve(c, 62, 24, 69, 31, 69, 42);
        canvas_curve(c, 69, 52, 79, 55, 79, 69);
        canvas_curve(c, 79, 82, 67, FOOT, 50, FOOT);
        canvas_curve(c, 33, FOOT, 21, 82, 21, 69);
        canvas_curve(c, 21, 55, 31, 52, 31, 42);
        canvas_curve(c, 31, 31, 38, 24, 50, 24);
        break;
    case BALL:
        canvas_ellipse(c, 50, 56.5, 31, 31.5);
        break;
    case GHOST:
        canvas_move(c, 50, 23);
        canvas_curve(c, 68, 23, 77, 36, 77, 53);
        canvas_line(c, 79, 86);
        canvas_curve(c, 77, 93, 69, 90, 67, 85);
        canvas_curve(c, 65, 93, 53, 93, 50, 85);
        canvas_curve(c, 47, 93, 35, 93, 33, 85);
        canvas_curve(c, 31, 90, 23, 93, 21, 86);
        canvas_line(c, 23, 53);
        canvas_curve(c, 23, 36, 32, 23, 50, 23);
        break;
    case BEAN:
        canvas_ellipse(c, 50, 61, 36, 27);
        break;
    case CAPSULE:
        canvas_box(c, 28, 24, 44, FOOT - 24, 22);
        break;
    case DROP:
        canvas_move(c, 50, 22);
        canvas_curve(c, 58, 22, 60, 31, 64, 39);
        canvas_curve(c, 68, 48, 80, 55, 80, 69);
        canvas_curve(c, 80, 82, 68, FOOT, 50, FOOT);
        canvas_curve(c, 32, FOOT, 20, 82, 20, 69);
        canvas_curve(c, 20, 55, 32, 48, 36, 39);
        canvas_curve(c, 40, 31, 42, 22, 50, 22);
        break;
    case FUR:
        for (int i = 0; i < 44; i++) {
            double angle = i * 3.14159265358979 / 22, reach = i % 2 ? 29.5 : 34;
            double x = 50 + reach * sin(angle), y = 56 - reach * cos(angle);

            if (i == 0)
                canvas_move(c, x, y);
            else
                canvas_line(c, x, y);
        }
        break;
    default: /* TOOTH */
        canvas_move(c, 50, 30);
        canvas_curve(c, 58, 22, 80, 20, 80, 42);
        canvas_curve(c, 80, 62, 73, FOOT, 66, FOOT);
        canvas_curve(c, 59, FOOT, 60, 79, 50, 79);
        canvas_curve(c, 40, 79, 41, FOOT, 34, FOOT);
        canvas_curve(c, 27, FOOT, 20, 62, 20, 42);
        canvas_curve(c, 20, 20, 42, 22, 50, 30);
        break;
    }
}

static void draw_marks(struct canvas *c, const struct monster *m)
{
    const struct monster_build *b = &monster_builds[m->body];

    switch (m->marks) {
    case BELLY:
        canvas_ellipse(c, 50, 86, b->waist * 0.72, 21);
        canvas_fill(c, m->pale, 1);
        break;
    case SPOTS:
        for (int i = 0; i < 9; i++) {
            double angle = i * 2.4 + m->scatter * 6.3, reach = 20 + 3.6 * i * (i % 2 ? 1 : 0.6);

            canvas_disc(c, 50 + reach * cos(angle), 60 + reach * sin(angle), 3.2 + i * 37 % 5);
        }
        canvas_fill(c, m->accent, 0.75);
        break;
    case STRIPES:
        for (int i = 0; i < 4; i++) {
            double y = 70 + 8.5 * i;

            canvas_arc(c, 10, y - 4, 35, y + 3, 65, y + 3, 90, y - 4, 3.8);
        }
        canvas_fill(c, m->accent, 0.8);
        break;
    case PATCH:
        canvas_disc(c, 50 + b->head * 0.62, b->eyes - 2, 15);
        canvas_fill(c, m->accent, 0.85);
        break;
    case FRECKLES:
        for (int i = -2; i <= 2; i++)
            canvas_disc(c, 50 + 8 * i, b->top + 9 + 1.4 * i * i + (i % 2 ? 3 : 0), 2.1);
        canvas_fill(c, m->shade, 1);
        break;
    default:
        break;
    }
}

void monster_draw_body(struct canvas *c, const struct monster *m)
{
    trace_body(c, m->body);
    canvas_fill(c, m->skin, 1);
    trace_body(c, m->body);
    canvas_clip(c);
    draw_marks(c, m);
    /* Light comes from the upper left. */
    canvas_box(c, -50, -50, 200, 200, 0);
    canvas_move(c, 42, -10);
    canvas_curve(c, -14, -10, -14, 82, 42, 82);
    canvas_curve(c, 86, 82, 86, -10, 42, -10);
    canvas_fill(c, m->shade, 0.45);
    canvas_unclip(c);
}
