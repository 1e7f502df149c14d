/* SPDX-License-Identifier: MIT */
#include "image/renderer/monster.h"

#include <math.h>

static void draw_eye(struct canvas *c, const struct monster *m, double x, double y, double r,
                     int side)
{
    canvas_disc(c, x, y, r);
    canvas_fill(c, colour_of(0xfdfcf8), 1);
    canvas_disc(c, x, y, r);
    canvas_clip(c);
    canvas_disc(c, x + m->look * r * 0.34, y + r * 0.08, r * 0.56);
    canvas_fill(c, m->deep, 1);
    canvas_disc(c, x + m->look * r * 0.34 - r * 0.2, y - r * 0.16, r * 0.17);
    canvas_fill(c, colour_of(0xfdfcf8), 1);
    if (m->lids == SLEEPY) {
        canvas_box(c, x - 2 * r, y - 2 * r, 4 * r, 1.65 * r, 0);
        canvas_fill(c, m->shade, 1);
    } else if (m->lids == CROSS) {
        canvas_move(c, x - 2 * r * side, y - 2 * r);
        canvas_line(c, x - 2 * r * side, y + 0.35 * r);
        canvas_line(c, x + 2 * r * side, y - 1.5 * r);
        canvas_line(c, x + 2 * r * side, y - 2 * r);
        canvas_fill(c, m->shade, 1);
    }
    canvas_unclip(c);
    if (m->lids != LASHES)
        return;
    for (int i = -1; i <= 1; i++)
        canvas_bar(c, x + i * r * 0.6, y - r * (1 - 0.18 * i * i), x + i * r * 0.95,
                   y - r * (1.4 - 0.22 * i * i), r * 0.16);
    canvas_fill(c, m->deep, 1);
}

static void draw_stalk(struct canvas *c, const struct monster *m, int side)
{
    double top = monster_builds[m->body].top, x = 50 + 12 * side;

    canvas_arc(c, 50 + 7 * side, top + 8, 50 + 8 * side, top, x, top - 1, x, top - 4, 5);
    canvas_fill(c, m->skin, 1);
    draw_eye(c, m, x, top - 4, 8.5, side);
}

static void draw_eyes(struct canvas *c, const struct monster *m)
{
    const struct monster_build *b = &monster_builds[m->body];
    double y = b->eyes, w = b->head;

    switch (m->eyes) {
    case ONE:
        draw_eye(c, m, 50, y, fmin(14, w * 0.62), 1);
        break;
    case FAR:
        draw_eye(c, m, 50 - w * 0.56, y, 7.6, -1);
        draw_eye(c, m, 50 + w * 0.56, y, 7.6, 1);
        break;
    case THREE_EYES:
        draw_eye(c, m, 50 - w * 0.6, y + 2, 6.8, -1);
        draw_eye(c, m, 50 + w * 0.6, y + 2, 6.8, 1);
        draw_eye(c, m, 50, y - 5, 7.6, 1);
        break;
    case ODD:
        draw_eye(c, m, 50 - w * 0.42, y, 10.2, -1);
        draw_eye(c, m, 50 + w * 0.5, y + 1.5, 6.8, 1);
        break;
    case STALKS:
        draw_stalk(c, m, -1);
        draw_stalk(c, m, 1);
        break;
    default: /* TWO */
        draw_eye(c, m, 50 - 9.2, y, 8.8, -1);
        draw_eye(c, m, 50 + 9.2, y, 8.8, 1);
        break;
    }
}

static void tooth(struct canvas *c, double x, double y, double width, double height)
{
    canvas_move(c, x - width / 2, y);
    canvas_line(c, x + width / 2, y);
    canvas_line(c, x, y + height);
}

/* Open below a line that hangs a little. */
static void open_mouth(struct canvas *c, double y, double w, double depth)
{
    canvas_move(c, 50 - w, y);
    canvas_curve(c, 50 - w / 2, y + 2.5, 50 + w / 2, y + 2.5, 50 + w, y);
    canvas_curve(c, 50 + w, y + depth * 1.3, 50 - w, y + depth * 1.3, 50 - w, y);
}

static void draw_open(struct canvas *c, const struct monster *m, double y, double depth)
{
    const struct colour white = colour_of(0xfdfcf8), pink = colour_of(0xf2788f);

    open_mouth(c, y, m->wide, depth);
    canvas_fill(c, m->deep, 1);
    open_mouth(c, y, m->wide, depth);
    canvas_clip(c);
    canvas_ellipse(c, 50, y + depth, m->wide * 0.6, depth * 0.42);
    canvas_fill(c, pink, 1);
    if (m->mouth == GRIN)
        canvas_box(c, 50 - m->wide, y - 2, 2 * m->wide, 6.2, 0);
    else if (m->mouth == FANGS)
        for (int side = -1; side <= 1; side += 2)
            tooth(c, 50 + 0.55 * m->wide * side, y, 5.4 * side, 8.5);
    else if (m->mouth == BUCK)
        canvas_box(c, 46, y - 2, 8, 8, 1.5);
    canvas_fill(c, white, 1);
    canvas_unclip(c);
}

static void draw_mouth(struct canvas *c, const struct monster *m)
{
    double y = monster_builds[m->body].mouth - 2, w = m->wide;
    bool line = m->mouth == SMILE || m->mouth == SNAGGLE || m->mouth == TONGUE;

    if (m->mouth == TONGUE) {
        canvas_box(c, 50, y, w * 0.6, 10.5, 4);
        canvas_fill(c, colour_of(0xf2788f), 1);
    }
    if (m->mouth == SNAGGLE) {
        tooth(c, 50 - w * 0.45, y + 5, 5.2, -7);
        tooth(c, 50 + w * 0.45, y + 5, 5.2, -7);
        canvas_fill(c, colour_of(0xfdfcf8), 1);
    }
    if (line) {
        canvas_arc(c, 50 - w, y, 50 - w / 2, y + 5, 50 + w / 2, y + 5, 50 + w, y, 2.4);
        canvas_fill(c, m->deep, 1);
    } else if (m->mouth == OH) {
        canvas_ellipse(c, 50, y + 4, 5, 6);
        canvas_fill(c, m->deep, 1);
        canvas_ellipse(c, 50, y + 7, 3, 2.4);
        canvas_fill(c, colour_of(0xf2788f), 1);
    } else {
        draw_open(c, m, y, m->mouth == LAUGH ? 13 : 10.5);
    }
}

static void draw_cheeks(struct canvas *c, const struct monster *m)
{
    const struct monster_build *b = &monster_builds[m->body];

    if (!m->cheeks)
        return;
    for (int side = -1; side <= 1; side += 2)
        canvas_ellipse(c, 50 + side * b->head * 0.78, b->mouth - 4, 4.2, 3);
    canvas_fill(c, colour_of(0xff6f8f), 0.45);
}

void monster_draw_face(struct canvas *c, const struct monster *m)
{
    draw_cheeks(c, m);
    draw_eyes(c, m);
    draw_mouth(c, m);
}
