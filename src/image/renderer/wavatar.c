/* SPDX-License-Identifier: MIT
 *
 * A face put together from plain shapes, on a ground with a plain pattern.
 */
#include <math.h>
#include <stdbool.h>

#include "image/renderer/canvas.h"
#include "image/renderer/seed.h"
#include "image/renderer/styles.h"

#define TURN 6.28318530717958647692

enum pattern { FLAT, SPLIT, SLOPE, SUN, RINGS, STRIPES, DOTS, HILL, CHECKS, PATTERNS };
enum face { DISC, SQUIRCLE, HEXAGON, SHIELD, DROP, ARCH, PETALS, OCTAGON, LEAF, TALL, FACES };
enum half { WHOLE, RIGHT, LOWER, DIAGONAL, MASK, HALVES };
enum eyes { ROUND, RINGED, HALF, SQUARE, ARCS, BEADS, UNEVEN, DROOPING, TRIANGLES, CROSSED, EYES };
enum brows { NO_BROWS, BARS, SLANTED, BENT, ONE_BROW, BROWS };
enum nose { LINE, WEDGE, HALF_DISC, DOT, HOOK, LONG, NOSES };
enum mouth { BOWL, DASH, LIPS, WAVE, RING, CURVE, BLOCK, MOON, MOUTHS };
enum cheeks { NO_CHEEKS, CHEEK_DISCS, CHEEK_BARS, CHEEK_KINDS };

struct mask {
    enum pattern pattern;
    enum face face;
    enum half half;
    enum eyes eyes;
    enum brows brows;
    enum nose nose;
    enum mouth mouth;
    enum cheeks cheeks;
    double apart, look, wide, lean, frame;
    bool flip;
    struct colour ground, figure, skin, other, ink, white, pop;
};

/* ---- the ground; it goes on beyond the square ---- */

#define FAR 5000.0

static void draw_sun(struct canvas *c, const struct mask *m)
{
    for (int i = 0; i < 9; i++) {
        double from = TURN * (i / 9.0) + m->frame, to = from + TURN / 18;

        canvas_move(c, 50, 50);
        canvas_line(c, 50 + FAR * cos(from), 50 + FAR * sin(from));
        canvas_line(c, 50 + FAR * cos(to), 50 + FAR * sin(to));
    }
    canvas_fill(c, m->figure, 1);
}

static void draw_dots(struct canvas *c, const struct mask *m)
{
    for (int i = -24; i < 32; i++)
        for (int k = -24; k < 32; k++) {
            double x = 6.25 + 12.5 * i + (k % 2 ? 6.25 : 0), y = 6.25 + 12.5 * k;

            if (canvas_sees(c, x, y, 2.6))
                canvas_disc(c, x, y, 2.6);
        }
    canvas_fill(c, m->figure, 1);
}

static void draw_ground(struct canvas *c, const struct mask *m)
{
    switch (m->pattern) {
    case SPLIT:
        canvas_box(c, 50, -FAR, FAR, 2 * FAR, 0);
        canvas_fill(c, m->figure, 1);
        break;
    case SLOPE:
        canvas_move(c, -FAR, FAR + 100);
        canvas_line(c, FAR + 100, -FAR);
        canvas_line(c, FAR + 100, FAR + 100);
        canvas_fill(c, m->figure, 1);
        break;
    case SUN:
        draw_sun(c, m);
        break;
    case RINGS:
        for (int i = 3; i >= 0; i--) {
            canvas_disc(c, 50, 50, 42 + 11 * i);
            canvas_fill(c, i % 2 ? m->figure : m->ground, 1);
        }
        break;
    case STRIPES:
        for (int i = -20; i < 30; i++)
            canvas_box(c, 12.5 * i, -FAR, 6.25, 2 * FAR, 0);
        canvas_fill(c, m->figure, 1);
        break;
    case DOTS:
        draw_dots(c, m);
        break;
    case HILL:
        canvas_box(c, -FAR, 58, 2 * FAR, FAR, 0);
        canvas_fill(c, m->figure, 1);
        break;
    case CHECKS:
        canvas_box(c, 50, -FAR, FAR, FAR + 50, 0);
        canvas_box(c, -FAR, 50, FAR + 50, FAR, 0);
        canvas_fill(c, m->figure, 1);
        break;
    default:
        break;
    }
}

/* ---- the face ---- */

static void trace_regular(struct canvas *c, int corners, double radius, double first)
{
    for (int i = 0; i < corners; i++) {
        double angle = TURN * (first + i) / corners;
        double x = 50 + radius * sin(angle), y = 50 - radius * cos(angle);

        if (i == 0)
            canvas_move(c, x, y);
        else
            canvas_line(c, x, y);
    }
}

static void trace_face(struct canvas *c, enum face face)
{
    switch (face) {
    case DISC:
        canvas_disc(c, 50, 50, 34);
        break;
    case SQUIRCLE:
        canvas_box(c, 18, 18, 64, 64, 20);
        break;
    case HEXAGON:
        trace_regular(c, 6, 38, 0);
        break;
    case SHIELD:
        canvas_move(c, 18, 20);
        canvas_line(c, 82, 20);
        canvas_line(c, 82, 46);
        canvas_curve(c, 82, 70, 68, 82, 50, 88);
        canvas_curve(c, 32, 82, 18, 70, 18, 46);
        break;
    case DROP:
        canvas_move(c, 50, 10);
        canvas_curve(c, 58, 10, 84, 36, 84, 57);
        canvas_curve(c, 84, 76, 69, 90, 50, 90);
        canvas_curve(c, 31, 90, 16, 76, 16, 57);
        canvas_curve(c, 16, 36, 42, 10, 50, 10);
        break;
    case ARCH:
        canvas_move(c, 18, 84);
        canvas_line(c, 18, 48);
        canvas_curve(c, 18, 4, 82, 4, 82, 48);
        canvas_line(c, 82, 84);
        break;
    case PETALS:
        for (int i = 0; i < 4; i++)
            canvas_disc(c, 50 + (i % 2 ? 16 : -16), 50 + (i / 2 ? 16 : -16), 20);
        canvas_box(c, 30, 30, 40, 40, 0);
        break;
    case OCTAGON:
        trace_regular(c, 8, 36.5, 0.5);
        break;
    case LEAF:
        canvas_move(c, 18, 18);
        canvas_line(c, 56, 18);
        canvas_curve(c, 72, 18, 84, 32, 84, 48);
        canvas_line(c, 84, 84);
        canvas_line(c, 46, 84);
        canvas_curve(c, 30, 84, 18, 72, 18, 54);
        break;
    default: /* TALL */
        canvas_ellipse(c, 50, 50, 29, 38);
        break;
    }
}

/* A part of the face in another colour. */
static void draw_half(struct canvas *c, const struct mask *m)
{
    switch (m->half) {
    case RIGHT:
        canvas_box(c, 50, 0, 60, 100, 0);
        break;
    case LOWER:
        canvas_box(c, 0, 60, 100, 60, 0);
        break;
    case DIAGONAL:
        canvas_move(c, 100, 0);
        canvas_line(c, 100, 100);
        canvas_line(c, 0, 100);
        break;
    case MASK:
        canvas_box(c, 0, 34, 100, 18, 0);
        break;
    default:
        return;
    }
    canvas_fill(c, m->other, 1);
}

static void draw_cheeks(struct canvas *c, const struct mask *m)
{
    if (m->cheeks == NO_CHEEKS)
        return;
    for (int side = -1; side <= 1; side += 2) {
        if (m->cheeks == CHEEK_DISCS)
            canvas_disc(c, 50 + 22 * side, 61, 5);
        else
            for (int i = 0; i < 2; i++)
                canvas_box(c, 50 + 22 * side - 5, 58 + 4 * i, 10, 2, 1);
    }
    canvas_fill(c, m->pop, 0.9);
}

/* Seen from the eye itself; side is -1 on the left. */
static void draw_eye(struct canvas *c, const struct mask *m, int side)
{
    double look = 2.4 * m->look;

    switch (m->eyes) {
    case ROUND:
        canvas_disc(c, 0, 0, 8);
        canvas_fill(c, m->white, 1);
        canvas_disc(c, look, 0, 4.6);
        canvas_fill(c, m->ink, 1);
        break;
    case RINGED:
        canvas_disc(c, 0, 0, 8.5);
        canvas_fill(c, m->ink, 1);
        canvas_disc(c, 0, 0, 6);
        canvas_fill(c, m->white, 1);
        canvas_disc(c, look * 0.6, 0, 2.8);
        canvas_fill(c, m->ink, 1);
        break;
    case HALF:
        canvas_move(c, -8.5, -1);
        canvas_line(c, 8.5, -1);
        canvas_curve(c, 8.5, 10, -8.5, 10, -8.5, -1);
        canvas_fill(c, m->white, 1);
        canvas_move(c, look - 4, -1);
        canvas_line(c, look + 4, -1);
        canvas_curve(c, look + 4, 4.8, look - 4, 4.8, look - 4, -1);
        canvas_fill(c, m->ink, 1);
        break;
    case SQUARE:
        canvas_box(c, -7.5, -7.5, 15, 15, 0);
        canvas_fill(c, m->white, 1);
        canvas_box(c, look * 1.2 - 4, -4, 8, 8, 0);
        canvas_fill(c, m->ink, 1);
        break;
    case ARCS:
        canvas_arc(c, -7, 3, -4, -5.5, 4, -5.5, 7, 3, 3.4);
        canvas_fill(c, m->ink, 1);
        break;
    case UNEVEN:
        canvas_disc(c, 0, 0, side < 0 ? 9.5 : 6.5);
        canvas_fill(c, m->white, 1);
        canvas_disc(c, look * 0.7, 0, side < 0 ? 4 : 3.6);
        canvas_fill(c, m->ink, 1);
        break;
    case DROOPING:
        canvas_disc(c, 0, 0, 8);
        canvas_fill(c, m->white, 1);
        canvas_disc(c, 0, 0, 8);
        canvas_clip(c);
        canvas_disc(c, look, 1, 4.2);
        canvas_fill(c, m->ink, 1);
        canvas_box(c, -9, -9, 18, 8.5, 0);
        canvas_fill(c, m->pop, 1);
        canvas_unclip(c);
        break;
    case TRIANGLES:
        canvas_move(c, 0, -8);
        canvas_line(c, 8.5, 6);
        canvas_line(c, -8.5, 6);
        canvas_fill(c, m->white, 1);
        canvas_disc(c, look * 0.4, 1.6, 3.4);
        canvas_fill(c, m->ink, 1);
        break;
    case CROSSED:
        canvas_disc(c, 0, 0, 8);
        canvas_fill(c, m->white, 1);
        canvas_disc(c, -2.6 * side, 1.5, 4);
        canvas_fill(c, m->ink, 1);
        break;
    default: /* BEADS */
        canvas_disc(c, 0, 0, 5.2);
        canvas_fill(c, m->ink, 1);
        canvas_disc(c, -1.6, -1.7, 1.5);
        canvas_fill(c, m->white, 1);
        break;
    }
}

static void draw_brow(struct canvas *c, const struct mask *m, int side)
{
    double y = -12.5;

    switch (m->brows) {
    case BARS:
        canvas_bar(c, -6, y, 6, y, 3);
        break;
    case SLANTED:
        canvas_bar(c, -6, y - 2.5 * side * m->lean, 6, y + 2.5 * side * m->lean, 3);
        break;
    case BENT:
        canvas_arc(c, -7, y + 2, -4, y - 3.5, 4, y - 3.5, 7, y + 2, 2.8);
        break;
    default:
        return;
    }
    canvas_fill(c, m->ink, 1);
}

static void draw_eyes(struct canvas *c, const struct mask *m)
{
    for (int side = -1; side <= 1; side += 2) {
        struct canvas_frame before = canvas_enter(c, 50 + side * m->apart, 43, 0, 1, 1);

        draw_eye(c, m, side);
        draw_brow(c, m, side);
        canvas_return(c, before);
    }
    if (m->brows == ONE_BROW) {
        canvas_bar(c, 50 - m->apart - 5, 30, 50 + m->apart + 5, 30, 3.6);
        canvas_fill(c, m->ink, 1);
    }
}

static void draw_nose(struct canvas *c, const struct mask *m)
{
    switch (m->nose) {
    case LINE:
        canvas_bar(c, 50, 46, 50, 57, 3);
        canvas_fill(c, m->ink, 1);
        break;
    case WEDGE:
        canvas_move(c, 50, 44);
        canvas_line(c, 56, 59);
        canvas_line(c, 44, 59);
        canvas_fill(c, m->pop, 1);
        break;
    case HALF_DISC:
        canvas_move(c, 50, 46);
        canvas_curve(c, 60, 46, 60, 60, 50, 60);
        canvas_fill(c, m->pop, 1);
        break;
    case DOT:
        canvas_disc(c, 50, 56, 4.2);
        canvas_fill(c, m->pop, 1);
        break;
    case HOOK:
        canvas_arc(c, 50, 44, 50, 48, 49, 53, 46, 58, 3);
        canvas_bar(c, 46, 58, 52, 58, 3);
        canvas_fill(c, m->ink, 1);
        break;
    default: /* LONG */
        canvas_box(c, 46, 36, 8, 23, 4);
        canvas_fill(c, m->pop, 1);
        break;
    }
}

static void draw_mouth(struct canvas *c, const struct mask *m)
{
    double w = m->wide, y = 69;

    switch (m->mouth) {
    case BOWL:
        canvas_move(c, 50 - w, y - 3);
        canvas_line(c, 50 + w, y - 3);
        canvas_curve(c, 50 + w, y + 10, 50 - w, y + 10, 50 - w, y - 3);
        canvas_fill(c, m->ink, 1);
        break;
    case DASH:
        canvas_bar(c, 50 - w + 2, y, 50 + w - 2, y, 3.6);
        canvas_fill(c, m->ink, 1);
        break;
    case LIPS:
        canvas_move(c, 50 - w, y);
        canvas_curve(c, 50 - w / 2, y - 8, 50 - 2, y - 6, 50, y - 3.4);
        canvas_curve(c, 50 + 2, y - 6, 50 + w / 2, y - 8, 50 + w, y);
        canvas_curve(c, 50 + w / 2, y + 8, 50 - w / 2, y + 8, 50 - w, y);
        canvas_fill(c, m->pop, 1);
        canvas_bar(c, 50 - w + 2, y, 50 + w - 2, y, 1.8);
        canvas_fill(c, m->ink, 1);
        break;
    case WAVE:
        canvas_arc(c, 50 - w, y, 50 - w / 3, y - 8, 50 + w / 3, y + 8, 50 + w, y, 3.2);
        canvas_fill(c, m->ink, 1);
        break;
    case RING:
        canvas_disc(c, 50, y, 5.5);
        canvas_fill(c, m->ink, 1);
        canvas_disc(c, 50, y, 2.5);
        canvas_fill(c, m->pop, 1);
        break;
    case CURVE:
        canvas_arc(c, 50 - w, y - 2, 50 - w / 2, y + 6, 50 + w / 2, y + 6, 50 + w, y - 2, 3.4);
        canvas_fill(c, m->ink, 1);
        break;
    case BLOCK:
        canvas_box(c, 50 - w, y - 4, 2 * w, 8, 0);
        canvas_fill(c, m->white, 1);
        for (int i = -1; i <= 1; i++)
            canvas_box(c, 50 + i * w / 2 - 0.8, y - 4, 1.6, 8, 0);
        canvas_box(c, 50 - w, y - 0.8, 2 * w, 1.6, 0);
        canvas_fill(c, m->ink, 1);
        break;
    default: /* MOON */
        canvas_move(c, 50 - w, y - 4);
        canvas_curve(c, 50 - w * 0.7, y + 10, 50 + w * 0.7, y + 10, 50 + w, y - 4);
        canvas_curve(c, 50 + w * 0.5, y + 2, 50 - w * 0.5, y + 2, 50 - w, y - 4);
        canvas_fill(c, m->pop, 1);
        break;
    }
}

static void draw(struct canvas *c, const void *what)
{
    const struct mask *m = what;
    struct canvas_frame before =
        canvas_enter(c, m->flip ? 100 : 0, 0, 0, m->flip ? -1 : 1, 1);

    draw_ground(c, m);
    canvas_enter(c, -5, -5, 0, 1.1, 1.1); /* the face fills the square more than its plan */
    trace_face(c, m->face);
    canvas_fill(c, m->skin, 1);
    trace_face(c, m->face);
    canvas_clip(c);
    draw_half(c, m);
    canvas_unclip(c);
    draw_cheeks(c, m);
    draw_nose(c, m);
    draw_eyes(c, m);
    draw_mouth(c, m);
    canvas_return(c, before);
}

/* Three hues, of which the face's is the strongest; pattern and ground are near to each other. */
static void choose_colours(struct mask *m, struct choices *choices)
{
    static const double steps[] = {150, 180, 210, 120, 240, 60, 300};
    double hue = choose_between(choices, 0, 360);
    double ground = hue + steps[choose(choices, 0, 7)];
    double pop = hue + (choose_whether(choices, 50) ? 110 : -110);
    double other = hue + (choose_whether(choices, 50) ? 24 : -24);
    double light = tint_clear(choose_between(choices, 0.72, 0.82), hue);

    m->skin = colour_oklch(light, 0.14, hue);
    m->other = colour_oklch(tint_clear(light - 0.09, other), 0.15, other);
    m->pop = colour_oklch(0.62 + (tint_clear(0.62, pop) - 0.62) * 0.6, 0.19, pop);
    m->ink = colour_oklch(0.26, 0.05, hue);
    m->white = colour_of(0xfdfbf5);
    if (choose_whether(choices, 50)) {
        /* dark browns and olives are left out */
        ground = 140 + fmod(ground + 720, 360) * 230 / 360;
        m->ground = colour_oklch(0.40, 0.09, ground);
        m->figure = colour_oklch(0.46, 0.10, ground + 10);
    } else {
        m->ground = colour_oklch(0.92, 0.05, ground);
        m->figure = colour_oklch(0.86, 0.075, ground + 12);
    }
}

static struct mask compose(const unsigned char seed[RENDER_SEED_SIZE])
{
    struct choices choices = choices_of(seed);
    struct mask m = {.pattern = choose(&choices, 0, PATTERNS)};

    m.face = choose(&choices, 0, FACES);
    m.half = choose(&choices, 0, HALVES);
    m.eyes = choose(&choices, 0, EYES);
    m.brows = choose(&choices, 0, BROWS);
    m.nose = choose(&choices, 0, NOSES);
    m.mouth = choose(&choices, 0, MOUTHS);
    m.cheeks = choose(&choices, 0, CHEEK_KINDS);
    m.apart = choose_between(&choices, 11, 15);
    m.look = choose_between(&choices, -1, 1);
    m.wide = choose_between(&choices, 9, 14);
    m.lean = choose_between(&choices, -0.7, 0.7);
    m.frame = choose_between(&choices, 0, 1);
    m.flip = choose_whether(&choices, 50);
    choose_colours(&m, &choices);
    return m;
}

Image *wavatar_draw(const unsigned char seed[RENDER_SEED_SIZE], uint32_t width, uint32_t height)
{
    const struct mask m = compose(seed);

    return canvas_paint(width, height, m.ground, draw, &m);
}
