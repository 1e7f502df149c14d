/* SPDX-License-Identifier: MIT */
#include "image/renderer/monster.h"

/* To the right of the middle; the left one is its mirror image. */
static void draw_half_crown(struct canvas *c, const struct monster *m)
{
    const struct monster_build *b = &monster_builds[m->body];
    double y = b->top, w = b->head;

    switch (m->crown) {
    case BULL:
        canvas_move(c, w * 0.45, y + 12);
        canvas_curve(c, w * 0.9, y + 2, w * 0.85, y - 6, w * 0.8, y - 13);
        canvas_curve(c, w * 1.35, y - 6, w * 1.4, y + 8, w * 0.95, y + 20);
        canvas_fill(c, m->accent, 1);
        break;
    case ANTENNAE:
        canvas_arc(c, w * 0.25, y + 6, w * 0.3, y - 4, w * 0.45, y - 8, w * 0.7, y - 9, 2.6);
        canvas_fill(c, m->shade, 1);
        canvas_disc(c, w * 0.7, y - 9, 4.6);
        canvas_fill(c, m->accent, 1);
        break;
    case FLOPPY:
        canvas_move(c, w * 0.5, y + 9);
        canvas_curve(c, w * 1.1, y - 12, w * 1.8, y + 4, w * 1.5, y + 30);
        canvas_curve(c, w * 1.4, y + 38, w * 1.1, y + 30, w * 0.9, y + 22);
        canvas_fill(c, m->shade, 1);
        break;
    case STUBS:
        canvas_bar(c, w * 0.5, y + 9, w * 0.75, y - 4, 9);
        canvas_fill(c, m->accent, 1);
        break;
    case BUNNY:
        canvas_ellipse(c, w * 0.48, y, 6.6, 16);
        canvas_fill(c, m->skin, 1);
        canvas_ellipse(c, w * 0.48, y + 1, 3.2, 11.5);
        canvas_fill(c, m->accent, 1);
        break;
    case EARS:
        canvas_move(c, w * 0.15, y + 8);
        canvas_curve(c, w * 0.5, y - 2, w * 0.8, y - 12, w * 0.95, y - 10);
        canvas_curve(c, w * 1.12, y - 8, w * 1.1, y + 12, w, y + 24);
        canvas_fill(c, m->skin, 1);
        canvas_move(c, w * 0.5, y + 6);
        canvas_curve(c, w * 0.7, y, w * 0.8, y - 4, w * 0.9, y - 4);
        canvas_curve(c, w * 0.98, y - 2, w * 0.98, y + 8, w * 0.9, y + 18);
        canvas_fill(c, m->accent, 1);
        break;
    default:
        break;
    }
}

static void draw_middle_crown(struct canvas *c, const struct monster *m)
{
    double y = monster_builds[m->body].top;

    switch (m->crown) {
    case UNICORN:
        canvas_move(c, 42, y + 8);
        canvas_line(c, 50, y - 16);
        canvas_line(c, 58, y + 8);
        canvas_fill(c, m->accent, 1);
        break;
    case CREST:
        for (int i = -2; i <= 2; i++) {
            double x = 50 + 9.5 * i, top = y - 11 + 2.2 * i * i;

            canvas_move(c, x - 7, y + 16);
            canvas_line(c, x, top);
            canvas_line(c, x + 7, y + 16);
            canvas_fill(c, m->accent, 1);
        }
        break;
    case SPROUT:
        canvas_arc(c, 50, y + 6, 50, y, 50, y - 4, 50, y - 6, 2.4);
        canvas_fill(c, m->shade, 1);
        canvas_move(c, 50, y - 4);
        canvas_curve(c, 53, y - 15, 62, y - 16, 67, y - 13);
        canvas_curve(c, 65, y - 5, 57, y - 2, 50, y - 4);
        canvas_move(c, 50, y - 4);
        canvas_curve(c, 43, y - 2, 35, y - 5, 33, y - 13);
        canvas_curve(c, 38, y - 16, 47, y - 15, 50, y - 4);
        canvas_fill(c, m->accent, 1);
        break;
    case TUFT:
        canvas_arc(c, 50, y + 6, 48, y - 4, 44, y - 8, 37, y - 8, 4);
        canvas_arc(c, 50, y + 6, 50, y - 6, 51, y - 10, 49, y - 14, 4);
        canvas_arc(c, 50, y + 6, 52, y - 4, 56, y - 7, 62, y - 7, 4);
        canvas_fill(c, m->accent, 1);
        break;
    default:
        break;
    }
}

static void draw_crown(struct canvas *c, const struct monster *m)
{
    for (int side = -1; side <= 1; side += 2) {
        struct canvas_frame before = canvas_enter(c, 50, 0, 0, side, 1);

        draw_half_crown(c, m);
        canvas_return(c, before);
    }
    draw_middle_crown(c, m);
}

static void draw_arm(struct canvas *c, const struct monster *m, bool up)
{
    double y = monster_builds[m->body].arms, x = monster_builds[m->body].waist - 5;

    if (m->arms == STUBBY)
        canvas_bar(c, x, y, x + 11, y + 3, 11);
    else if (up)
        canvas_arc(c, x, y, x + 11, y + 3, x + 15, y - 7, x + 14, y - 17, 7.5);
    else
        canvas_arc(c, x, y - 4, x + 10, y - 3, x + 14, y + 5, x + 12, y + 13, 7.5);
    canvas_fill(c, m->shade, 1);
}

static void draw_arms(struct canvas *c, const struct monster *m)
{
    if (m->arms == ARMLESS)
        return;
    for (int side = -1; side <= 1; side += 2) {
        struct canvas_frame before = canvas_enter(c, 50, 0, 0, side, 1);

        draw_arm(c, m, m->arms == RAISED || (m->arms == WAVING && side == 1));
        canvas_return(c, before);
    }
}

static void draw_foot(struct canvas *c, const struct monster *m, double x)
{
    if (m->legs == STILTS) {
        canvas_bar(c, x, 82, x, 92, 6);
        canvas_ellipse(c, x, 93.5, 6.5, 3);
    } else {
        canvas_ellipse(c, x, 90, m->legs == THREE ? 7.5 : 10, 5.5);
    }
    canvas_fill(c, m->shade, 1);
    if (m->legs != CLAWS)
        return;
    for (int i = -1; i <= 1; i++)
        canvas_disc(c, x + 6 * i, 94, 2.3);
    canvas_fill(c, m->accent, 1);
}

static void draw_legs(struct canvas *c, const struct monster *m)
{
    if (m->body == GHOST)
        return; /* it floats */
    draw_foot(c, m, 37);
    draw_foot(c, m, 63);
    if (m->legs == THREE && m->body != TOOTH)
        draw_foot(c, m, 50);
}

static void draw_tail(struct canvas *c, const struct monster *m)
{
    if (!m->tail)
        return;
    canvas_arc(c, 68, 82, 84, 88, 92, 82, 89, 70, 5);
    canvas_fill(c, m->shade, 1);
    canvas_move(c, 89, 60);
    canvas_line(c, 95, 71);
    canvas_line(c, 83, 71);
    canvas_fill(c, m->accent, 1);
}

void monster_draw_behind(struct canvas *c, const struct monster *m)
{
    draw_tail(c, m);
    draw_crown(c, m);
    draw_arms(c, m);
    draw_legs(c, m);
}
