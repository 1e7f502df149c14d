/* SPDX-License-Identifier: MIT */
#include "image/renderer/robot.h"

static void draw_lens(struct canvas *c, const struct robot *r, double x, double y, double radius)
{
    canvas_disc(c, x, y, radius);
    canvas_fill(c, r->dark, 1);
    canvas_disc(c, x, y, radius * 0.78);
    canvas_fill(c, colour_of(0xfbfaf4), 1);
    canvas_disc(c, x + r->look * radius * 0.25, y, radius * 0.42);
    canvas_fill(c, r->trim_shade, 1);
    canvas_disc(c, x + r->look * radius * 0.25, y, radius * 0.2);
    canvas_fill(c, r->dark, 1);
}

static void draw_lamp(struct canvas *c, const struct robot *r, double x, double y, double radius)
{
    canvas_disc(c, x, y, radius);
    canvas_fill(c, r->dark, 1);
    canvas_disc(c, x, y, radius * 0.72);
    canvas_fill(c, r->glow, 1);
    canvas_disc(c, x - radius * 0.25, y - radius * 0.25, radius * 0.2);
    canvas_fill(c, colour_of(0xffffff), 1);
}

static void draw_visor(struct canvas *c, const struct robot *r, double y, double w)
{
    canvas_box(c, 50 - w, y - 7, 2 * w, 14, 7);
    canvas_fill(c, r->dark, 1);
    canvas_box(c, 50 - w + 4, y - 2, 2 * w - 8, 4, 2);
    canvas_fill(c, r->glow, 0.35);
    canvas_disc(c, 50 + r->look * (w - 9), y, 4.6);
    canvas_fill(c, r->glow, 1);
}

/* A dark pane, and what it shows. */
static void draw_digits(struct canvas *c, const struct robot *r, double y)
{
    bool happy = r->look > 0;

    for (int side = -1; side <= 1; side += 2) {
        double x = 50 + 11 * side;

        if (happy)
            canvas_arc(c, x - 5, y + 3, x - 3, y - 5.5, x + 3, y - 5.5, x + 5, y + 3, 2.8);
        else
            canvas_box(c, x - 2.6, y - 6, 5.2, 12, 2.6);
    }
    canvas_fill(c, r->glow, 1);
}

static void draw_shutters(struct canvas *c, const struct robot *r, double y)
{
    for (int side = -1; side <= 1; side += 2) {
        double x = 50 + 11 * side;

        draw_lens(c, r, x, y, 8.4);
        canvas_disc(c, x, y, 8.4);
        canvas_clip(c);
        canvas_box(c, x - 10, y - 10, 20, 8.5, 0);
        canvas_fill(c, r->trim, 1);
        canvas_unclip(c);
    }
}

static void draw_eyes(struct canvas *c, const struct robot *r)
{
    const struct robot_build *b = &robot_builds[r->head];
    double y = b->eyes, w = b->side;

    if (r->eyes == DIGITS || (r->plate && r->eyes != VISOR)) {
        canvas_box(c, 50 - w + 5, y - 11, 2 * w - 10, 21.5, 6);
        canvas_fill(c, r->eyes == DIGITS ? r->dark : r->trim, 1);
    }
    switch (r->eyes) {
    case LENSES:
        draw_lens(c, r, 39, y, 8.2);
        draw_lens(c, r, 61, y, 8.2);
        break;
    case LAMPS:
        draw_lamp(c, r, 39, y, 7);
        draw_lamp(c, r, 61, y, 7);
        break;
    case SQUARES:
        for (int side = -1; side <= 1; side += 2) {
            canvas_box(c, 50 + 11 * side - 7, y - 7, 14, 14, 2.5);
            canvas_fill(c, r->dark, 1);
            canvas_box(c, 50 + 11 * side - 3 + 2.4 * r->look, y - 3.4, 6, 6.8, 1);
            canvas_fill(c, r->glow, 1);
        }
        break;
    case VISOR:
        draw_visor(c, r, y, w - 3.5);
        break;
    case CYCLOPS:
        draw_lens(c, r, 50, y, 10.5);
        break;
    case ODD:
        draw_lens(c, r, 38.5, y, 9.4);
        draw_lamp(c, r, 62, y + 1, 5.6);
        break;
    case SHUTTERS:
        draw_shutters(c, r, y);
        break;
    default: /* DIGITS */
        draw_digits(c, r, y);
        break;
    }
}

static void draw_grid(struct canvas *c, const struct robot *r, double y)
{
    canvas_box(c, 37, y - 4, 26, 9, 2);
    canvas_fill(c, r->dark, 1);
    if (r->mouth == LEVELS) {
        for (int i = 0; i < 5; i++)
            canvas_box(c, 39 + 4.8 * i, y + 0.5 - 3 * r->level[i], 3, 6 * r->level[i], 1);
        canvas_fill(c, r->glow, 1);
    } else {
        for (int i = 0; i < 4; i++)
            canvas_box(c, 39 + 5.6 * i, y - 2.2, 4.6, 5.4, 0.8);
        canvas_fill(c, colour_of(0xfbfaf4), 1);
    }
}

static void draw_mouth(struct canvas *c, const struct robot *r)
{
    double y = robot_builds[r->head].mouth + 1.5;

    switch (r->mouth) {
    case GRILLE:
        for (int i = -2; i <= 2; i++)
            canvas_box(c, 48.8 + 5.2 * i, y - 4, 2.6, 9, 1.3);
        canvas_fill(c, r->dark, 1);
        break;
    case SLOT:
        canvas_box(c, 39, y - 1.6, 22, 4.4, 2.2);
        canvas_fill(c, r->dark, 1);
        break;
    case ZIGZAG:
        for (int i = 0; i < 5; i++)
            canvas_bar(c, 37.5 + 5 * i, y + (i % 2 ? 3 : -2), 42.5 + 5 * i, y + (i % 2 ? -2 : 3),
                       2.2);
        canvas_fill(c, r->dark, 1);
        break;
    case SMILE:
        canvas_arc(c, 39, y - 2, 43, y + 5.5, 57, y + 5.5, 61, y - 2, 3);
        canvas_fill(c, r->dark, 1);
        break;
    case SPEAKER:
        for (int i = 0; i < 10; i++)
            canvas_disc(c, 41 + 4.5 * (i % 5), y - 1.5 + 4.2 * (i / 5), 1.5);
        canvas_fill(c, r->dark, 1);
        break;
    case BAR:
        canvas_box(c, 38, y - 2.5, 24, 6, 3);
        canvas_fill(c, r->dark, 1);
        canvas_box(c, 40, y - 0.8, 20, 2.6, 1.3);
        canvas_fill(c, r->glow, 1);
        break;
    default: /* LEVELS, TEETH */
        draw_grid(c, r, y);
        break;
    }
}

static void draw_cheeks(struct canvas *c, const struct robot *r)
{
    const struct robot_build *b = &robot_builds[r->head];

    if (!r->cheeks)
        return;
    for (int side = -1; side <= 1; side += 2)
        canvas_disc(c, 50 + side * (b->side - 6.5), b->mouth - 1, 3);
    canvas_fill(c, r->trim, 0.9);
}

void robot_draw_face(struct canvas *c, const struct robot *r)
{
    draw_cheeks(c, r);
    draw_eyes(c, r);
    draw_mouth(c, r);
}
