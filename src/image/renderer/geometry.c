/* SPDX-License-Identifier: MIT */
#include "image/renderer/geometry.h"

#define PRESCALE_MAX 8u /* JPEG's DCT goes no further down than an eighth */

static uint32_t at_least_1(uint64_t n)
{
    return n < 1 ? 1 : (uint32_t)n;
}

static void swap(uint32_t *a, uint32_t *b)
{
    uint32_t t = *a;

    *a = *b;
    *b = t;
}

/* The largest part of the target's proportions, from the middle. */
static void plan_cover(struct geometry *g, uint32_t width, uint32_t height, uint32_t want_width,
                       uint32_t want_height)
{
    uint64_t across = (uint64_t)width * want_height;
    uint64_t down = (uint64_t)height * want_width;

    g->width = width;
    g->height = height;
    if (across > down)
        g->width = at_least_1((down + want_height / 2) / want_height);
    else if (across < down)
        g->height = at_least_1((across + want_width / 2) / want_width);
    g->x = (width - g->width) / 2;
    g->y = (height - g->height) / 2;
    g->out_width = want_width;
    g->out_height = want_height;
}

/* Whole, not enlarged, the free side truncated: 900x1600 at a width of 800 is
 * 800x1422. A bound of 0 is none, save that no side passes PICTURE_SIDE_MAX. */
static void plan_contain(struct geometry *g, uint32_t width, uint32_t height, uint32_t want_width,
                         uint32_t want_height)
{
    uint32_t most_wide = want_width && want_width < PICTURE_SIDE_MAX ? want_width : PICTURE_SIDE_MAX;
    uint32_t most_high =
        want_height && want_height < PICTURE_SIDE_MAX ? want_height : PICTURE_SIDE_MAX;

    g->x = g->y = 0;
    g->width = g->out_width = width;
    g->height = g->out_height = height;
    if (width <= most_wide && height <= most_high)
        return;
    if ((uint64_t)height * most_wide <= (uint64_t)most_high * width) {
        g->out_width = most_wide;
        g->out_height = at_least_1((uint64_t)height * most_wide / width);
    } else {
        g->out_height = most_high;
        g->out_width = at_least_1((uint64_t)width * most_high / height);
    }
}

struct geometry geometry_plan(uint32_t width, uint32_t height, bool turned,
                              const struct rendering *want)
{
    uint32_t want_width = want->width, want_height = want->height;
    struct geometry g;

    if (turned)
        swap(&want_width, &want_height);
    if (want->fit == FIT_COVER)
        plan_cover(&g, width, height, want_width, want_height);
    else
        plan_contain(&g, width, height, want_width, want_height);
    return g;
}

uint32_t geometry_prescale(const struct geometry *g)
{
    uint32_t across = g->width / (2 * g->out_width);
    uint32_t down = g->height / (2 * g->out_height);
    uint32_t n = across < down ? across : down;

    if (n < 1)
        return 1;
    return n > PRESCALE_MAX ? PRESCALE_MAX : n;
}

/* Rounds to the nearest and stays inside. */
static void carry_side(uint32_t *at, uint32_t *length, uint32_t from, uint32_t to)
{
    uint64_t a = ((uint64_t)*at * to + from / 2) / from;
    uint64_t n = ((uint64_t)*length * to + from / 2) / from;

    if (n < 1)
        n = 1;
    if (n > to)
        n = to;
    if (a > to - n)
        a = to - n;
    *at = (uint32_t)a;
    *length = (uint32_t)n;
}

void geometry_carry(struct geometry *g, uint32_t from_width, uint32_t from_height,
                    uint32_t to_width, uint32_t to_height)
{
    carry_side(&g->x, &g->width, from_width, to_width);
    carry_side(&g->y, &g->height, from_height, to_height);
}
