/* SPDX-License-Identifier: MIT
 *
 * A robot, head and shoulders.
 */
#include "image/renderer/canvas.h"
#include "image/renderer/robot.h"
#include "image/renderer/seed.h"
#include "image/renderer/styles.h"

#define LARGER 1.1 /* than its plan, so that little of the square is left over */

static void draw(struct canvas *c, const void *what)
{
    const struct robot *r = what;
    struct canvas_frame before;

    if (r->halo) {
        canvas_disc(c, 50, 50, 44);
        canvas_fill(c, r->ring, 1);
    }
    before = canvas_enter(c, 50 - LARGER * 50, 54 - LARGER * 54, 0, LARGER, LARGER);
    robot_draw_body(c, r);
    robot_draw_head(c, r);
    robot_draw_face(c, r);
    canvas_return(c, before);
}

static void choose_colours(struct robot *r, struct choices *choices)
{
    bool painted = choose_whether(choices, 70);
    double hue = painted ? choose_between(choices, 0, 360) : choose_between(choices, 220, 280);
    double chroma = painted ? choose_between(choices, 0.07, 0.13) : 0.025;
    double light = choose_between(choices, 0.68, 0.8);
    double trim = hue + choose_between(choices, painted ? 90 : 0, painted ? 270 : 360);
    double ground = choose_whether(choices, 50) ? trim : hue + 180;

    if (painted)
        light = tint_clear(light, hue);
    r->metal = colour_oklch(light, chroma, hue);
    r->shade = colour_oklch(light - 0.1, chroma, hue);
    r->light = colour_oklch(light + 0.1, chroma * 0.7, hue);
    r->trim = colour_oklch(tint_clear(0.68, trim), 0.16, trim);
    r->trim_shade = colour_oklch(tint_clear(0.68, trim) - 0.13, 0.15, trim - 8);
    r->glow = colour_oklch(0.87, 0.15, trim + choose_between(choices, 20, 90));
    r->dark = colour_oklch(0.28, 0.035, hue);
    r->ground = colour_oklch(0.9, 0.045, ground);
    r->ring = colour_oklch(0.84, 0.065, ground);
}

static struct robot compose(const unsigned char seed[RENDER_SEED_SIZE])
{
    struct choices choices = choices_of(seed);
    struct robot r = {.head = choose(&choices, 0, HEADS)};

    r.top = choose(&choices, 0, TOPS);
    r.ears = choose(&choices, 0, EAR_KINDS);
    r.eyes = choose(&choices, 0, EYE_KINDS);
    r.mouth = choose(&choices, 0, MOUTHS);
    r.body = choose(&choices, 0, BODIES);
    r.chest = choose(&choices, 0, CHESTS);
    r.look = choose_between(&choices, -1, 1);
    for (int i = 0; i < 5; i++)
        r.level[i] = choose_between(&choices, 0.25, 1);
    r.plate = choose_whether(&choices, 35);
    r.rivets = choose_whether(&choices, 40);
    r.seam = choose_whether(&choices, 40);
    r.cheeks = choose_whether(&choices, 30);
    r.halo = choose_whether(&choices, 60);
    choose_colours(&r, &choices);
    return r;
}

Image *robohash_draw(const unsigned char seed[RENDER_SEED_SIZE], uint32_t width, uint32_t height)
{
    const struct robot r = compose(seed);

    return canvas_paint(width, height, r.ground, draw, &r);
}
