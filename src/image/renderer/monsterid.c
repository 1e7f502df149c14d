/* SPDX-License-Identifier: MIT
 *
 * A friendly monster. What is behind the body comes first: shadow, tail, horns, arms,
 * legs; then the body with its markings; then the face.
 */
#include "image/renderer/canvas.h"
#include "image/renderer/monster.h"
#include "image/renderer/seed.h"
#include "image/renderer/styles.h"

static void draw(struct canvas *c, const void *what)
{
    const struct monster *m = what;
    struct canvas_frame before =
        canvas_enter(c, m->turned ? 100 : 0, 1, 0, m->turned ? -1 : 1, 1);

    canvas_ellipse(c, 50, 94, 30, 3.6);
    canvas_fill(c, m->shadow, 1);
    monster_draw_behind(c, m);
    monster_draw_body(c, m);
    monster_draw_face(c, m);
    canvas_return(c, before);
}

static void choose_colours(struct monster *m, struct choices *choices)
{
    double hue = choose_between(choices, 0, 360);
    double light = tint_clear(choose_between(choices, 0.66, 0.78), hue);
    double accent = hue + choose_between(choices, 60, 300);
    double ground = hue + choose_between(choices, 110, 250);

    m->skin = colour_oklch(light, 0.145, hue);
    m->shade = colour_oklch(light - 0.12, 0.14, hue - 10);
    m->pale = colour_oklch(light + 0.14, 0.08, hue + 10);
    m->accent = colour_oklch(choose_between(choices, 0.78, 0.88), 0.13, accent);
    m->deep = colour_oklch(0.27, 0.06, hue - 15);
    m->ground = colour_oklch(0.93, 0.045, ground);
    m->shadow = colour_oklch(0.85, 0.055, ground);
}

static struct monster compose(const unsigned char seed[RENDER_SEED_SIZE])
{
    struct choices choices = choices_of(seed);
    struct monster m = {.body = choose(&choices, 0, BODIES)};

    m.crown = choose(&choices, 0, CROWNS);
    m.arms = choose(&choices, 0, ARM_KINDS);
    m.legs = choose(&choices, 0, LEG_KINDS);
    m.marks = choose(&choices, 0, MARK_KINDS);
    m.eyes = choose(&choices, 0, EYE_KINDS);
    m.lids = choose(&choices, 0, LID_KINDS);
    m.mouth = choose(&choices, 0, MOUTHS);
    m.look = choose_between(&choices, -1, 1);
    m.wide = choose_between(&choices, 8, 14);
    m.scatter = choose_between(&choices, 0, 1);
    m.tail = choose_whether(&choices, 35);
    m.cheeks = choose_whether(&choices, 50);
    m.turned = choose_whether(&choices, 50);
    choose_colours(&m, &choices);
    return m;
}

Image *monsterid_draw(const unsigned char seed[RENDER_SEED_SIZE], uint32_t width, uint32_t height)
{
    const struct monster m = compose(seed);

    return canvas_paint(width, height, m.ground, draw, &m);
}
