/* SPDX-License-Identifier: MIT */
#include "image/renderer/layout.h"

#include <math.h>

#include "image/renderer/orientation.h"

/* Of what is scaled; more would have to be cut than can be counted. */
#define SCALED_MAX 1e9
#define ROUNDS 8 /* roundings may leave a pixel too many; each round takes it away */

/* All in pixels as doubles, since the factors are not whole. */
struct plan {
    const struct rendering *want;
    double source_width, source_height;        /* after the crop */
    double across, down;                       /* the factors by which it is scaled */
    double dpr;
    double target_width, target_height;        /* what was asked for; 0: nothing */
    double scaled_width, scaled_height;
    double cut_width, cut_height;              /* 0: not cut */
    double room_width, room_height;            /* 0: no room is added */
};

static double factor(uint32_t millionths)
{
    return millionths ? (double)millionths / PICTURE_WHOLE : 1.0;
}

static double even(double n)
{
    double floored = floor(n), rest = n - floored;

    if (rest == 0.5)
        return fmod(floored, 2.0) == 0.0 ? floored : floored + 1.0;
    return rest < 0.5 ? floored : floored + 1.0;
}

static double least_of_those(double a, double b)
{
    if (a == 0.0 || b == 0.0)
        return a + b;
    return a < b ? a : b;
}

static double crop_length(uint32_t whole, uint32_t crop, uint32_t is_part)
{
    double length = crop;

    if (crop == 0)
        return whole;
    if (is_part)
        length = fmax(1.0, round(whole * ((double)crop / PICTURE_WHOLE)));
    return fmin(length, whole);
}

/* ---- sizes ---- */

static enum picture_fit plain_fit(const struct plan *p, double width, double height)
{
    switch (p->want->fit) {
    case FIT_COVER:
        return FIT_FILL;
    case FIT_AUTO:
        return (p->source_width >= p->source_height) == (width >= height) ? FIT_FILL : FIT_INSIDE;
    case FIT_FILL:
    case FIT_FILL_DOWN:
    case FIT_FORCE:
        return p->want->fit;
    default:
        return FIT_INSIDE;
    }
}

/* How many pixels of the source become one, on either side. */
static void fit_shrink(const struct plan *p, double *across, double *down)
{
    double width = p->want->width ? p->want->width : p->source_width;
    double height = p->want->height ? p->want->height : p->source_height;
    enum picture_fit fit = plain_fit(p, width, height);

    *across = p->source_width / width;
    *down = p->source_height / height;
    if ((*across == 1.0 && *down == 1.0) || fit == FIT_FORCE)
        return;
    if (p->want->width == 0)
        *across = *down;
    else if (p->want->height == 0)
        *down = *across;
    else if (fit == FIT_INSIDE)
        *across = *down = fmax(*across, *down);
    else
        *across = *down = fmin(*across, *down);
}

static void reach_minimum(double source, uint32_t minimum, double *this_side, double *other_side)
{
    double most = minimum ? source / minimum : 0.0;

    if (minimum == 0 || most >= *this_side)
        return;
    *other_side /= *this_side / most;
    *this_side = most;
}

static bool may_enlarge(const struct plan *p)
{
    return p->want->effects.enlarge || p->want->fit == FIT_COVER;
}

static void plan_factors(struct plan *p)
{
    const struct effects *e = &p->want->effects;
    double across, down;

    fit_shrink(p, &across, &down);
    across /= factor(e->zoom_x);
    down /= factor(e->zoom_y);
    p->dpr = factor(e->dpr);
    if (!may_enlarge(p)) {
        double least = fmin(across, down);

        if (least < 1.0) {
            across /= least;
            down /= least;
            if (!e->extend)
                p->dpr /= least;
        }
        p->dpr = fmin(p->dpr, fmin(across, down));
    }
    reach_minimum(p->source_width, e->min_width, &across, &down);
    reach_minimum(p->source_height, e->min_height, &down, &across);
    p->across = 1.0 / fmin(across / p->dpr, p->source_width);
    p->down = 1.0 / fmin(down / p->dpr, p->source_height);
}

static void plan_cut(struct plan *p)
{
    double wide = p->target_width / p->scaled_width, high = p->target_height / p->scaled_height;

    p->cut_width = p->target_width;
    p->cut_height = p->target_height;
    if (p->want->fit != FIT_FILL_DOWN || may_enlarge(p))
        return;
    if (wide > high && wide > 1.0) {
        p->cut_width = p->scaled_width;
        p->cut_height = round(p->scaled_width * (p->target_height / p->target_width));
    } else if (high > wide && high > 1.0) {
        p->cut_height = p->scaled_height;
        p->cut_width = round(p->scaled_height * (p->target_width / p->target_height));
    }
}

/* Up to width x height, or to their proportions around what is left. */
static void plan_room(struct plan *p)
{
    const struct effects *e = &p->want->effects;
    double width = least_of_those(p->scaled_width, p->cut_width);
    double height = least_of_those(p->scaled_height, p->cut_height);
    double wide = p->target_width / width, high = p->target_height / height;

    p->room_width = p->room_height = 0.0;
    if (e->extend) {
        p->room_width = p->target_width;
        p->room_height = p->target_height;
    } else if (e->extend_ratio && p->target_width > 0.0 && p->target_height > 0.0) {
        p->room_width = wide > high ? round(height * (p->target_width / p->target_height)) : width;
        p->room_height = high > wide ? round(width * (p->target_height / p->target_width)) : height;
    }
}

static void plan_sizes(struct plan *p)
{
    const struct effects *e = &p->want->effects;

    p->target_width = round(p->want->width * (p->dpr * factor(e->zoom_x)));
    p->target_height = round(p->want->height * (p->dpr * factor(e->zoom_y)));
    p->scaled_width = fmax(1.0, round(p->source_width * p->across));
    p->scaled_height = fmax(1.0, round(p->source_height * p->down));
    plan_cut(p);
    plan_room(p);
}

static double kept_width(const struct plan *p)
{
    return least_of_those(p->scaled_width, p->cut_width);
}

static double kept_height(const struct plan *p)
{
    return least_of_those(p->scaled_height, p->cut_height);
}

static double padding(const struct plan *p, uint32_t before_dpr)
{
    return even(before_dpr * p->dpr);
}

static double output_width(const struct plan *p)
{
    const struct effects *e = &p->want->effects;

    return fmax(kept_width(p), p->room_width) + padding(p, e->padding_left) +
           padding(p, e->padding_right);
}

static double output_height(const struct plan *p)
{
    const struct effects *e = &p->want->effects;

    return fmax(kept_height(p), p->room_height) + padding(p, e->padding_top) +
           padding(p, e->padding_bottom);
}

static bool keep_within_bounds(struct plan *p)
{
    for (int i = 0; i < ROUNDS; i++) {
        double less = PICTURE_SIDE_MAX / fmax(output_width(p), output_height(p));

        if (less >= 1.0)
            return true;
        p->across = fmax(p->across * less, 1.0 / p->source_width);
        p->down = fmax(p->down * less, 1.0 / p->source_height);
        p->dpr *= less;
        plan_sizes(p);
    }
    return false;
}

/* ---- places ---- */

static double offset(int32_t n, uint32_t is_part, double whole, double dpr)
{
    return even(is_part ? whole * ((double)n / PICTURE_WHOLE) : n * dpr);
}

static double clamp(double n, double most)
{
    return fmax(0.0, fmin(n, most));
}

/* -1: at the left or upper edge, 0: in the middle, 1: at the other edge. */
static int side_across(uint32_t kind)
{
    switch ((enum gravity_kind)kind) {
    case GRAVITY_WEST:
    case GRAVITY_NORTH_WEST:
    case GRAVITY_SOUTH_WEST:
        return -1;
    case GRAVITY_EAST:
    case GRAVITY_NORTH_EAST:
    case GRAVITY_SOUTH_EAST:
        return 1;
    default:
        return 0;
    }
}

static int side_down(uint32_t kind)
{
    switch ((enum gravity_kind)kind) {
    case GRAVITY_NORTH:
    case GRAVITY_NORTH_WEST:
    case GRAVITY_NORTH_EAST:
        return -1;
    case GRAVITY_SOUTH:
    case GRAVITY_SOUTH_WEST:
    case GRAVITY_SOUTH_EAST:
        return 1;
    default:
        return 0;
    }
}

static uint32_t place(double outer, double inner, int side, double away)
{
    double room = outer - inner, at = away;

    if (side == 0)
        at = even((room + 1.0) / 2.0) + away;
    else if (side > 0)
        at = room - away;
    return (uint32_t)clamp(at, room);
}

static uint32_t place_around(double outer, double inner, int32_t point)
{
    double middle = even(outer * ((double)point / PICTURE_WHOLE));

    return (uint32_t)clamp(middle - floor(inner / 2.0), outer - inner);
}

/* Where the inner lies in the outer, which is at least as large. */
static void place_both(double outer_width, double outer_height, double inner_width,
                       double inner_height, const struct gravity *g, double dpr, uint32_t *x,
                       uint32_t *y)
{
    if (g->kind == GRAVITY_FOCUS) {
        *x = place_around(outer_width, inner_width, g->x);
        *y = place_around(outer_height, inner_height, g->y);
        return;
    }
    *x = place(outer_width, inner_width, side_across(g->kind),
               offset(g->x, g->x_is_part, outer_width, dpr));
    *y = place(outer_height, inner_height, side_down(g->kind),
               offset(g->y, g->y_is_part, outer_height, dpr));
}

bool layout_plan(uint32_t width, uint32_t height, const struct rendering *want,
                 struct layout *out)
{
    const struct effects *e = &want->effects;
    struct plan p = {.want = want};
    double kept_w, kept_h, room_w, room_h;
    struct layout l = {0};

    p.source_width = crop_length(width, e->crop_width, e->crop_width_is_part);
    p.source_height = crop_length(height, e->crop_height, e->crop_height_is_part);
    plan_factors(&p);
    plan_sizes(&p);
    if (!keep_within_bounds(&p) || p.scaled_width > SCALED_MAX || p.scaled_height > SCALED_MAX)
        return false;

    kept_w = kept_width(&p);
    kept_h = kept_height(&p);
    room_w = fmax(kept_w, p.room_width);
    room_h = fmax(kept_h, p.room_height);
    l.crop.width = (uint32_t)p.source_width;
    l.crop.height = (uint32_t)p.source_height;
    place_both(width, height, p.source_width, p.source_height, &e->crop_gravity, 1.0, &l.crop.x,
               &l.crop.y);
    l.scaled_width = (uint32_t)p.scaled_width;
    l.scaled_height = (uint32_t)p.scaled_height;
    l.cut.width = (uint32_t)kept_w;
    l.cut.height = (uint32_t)kept_h;
    place_both(p.scaled_width, p.scaled_height, kept_w, kept_h, &e->gravity, p.dpr, &l.cut.x,
               &l.cut.y);
    place_both(room_w, room_h, kept_w, kept_h, &e->extend_gravity, p.dpr, &l.x, &l.y);
    l.x += (uint32_t)padding(&p, e->padding_left);
    l.y += (uint32_t)padding(&p, e->padding_top);
    l.width = (uint32_t)output_width(&p);
    l.height = (uint32_t)output_height(&p);
    *out = l;
    return true;
}

/* ---- as it is stored ---- */

static void swap(uint32_t *a, uint32_t *b)
{
    uint32_t t = *a;

    *a = *b;
    *b = t;
}

static void rectangle_lay_down(struct rectangle *r, unsigned orientation, uint32_t stored_width,
                               uint32_t stored_height)
{
    if (orientation_swaps(orientation)) {
        swap(&r->x, &r->y);
        swap(&r->width, &r->height);
    }
    /* from the other end (EXIF 2.32, 4.6.4 A): of rows that run backwards, of columns likewise */
    if (orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8)
        r->x = stored_width - r->x - r->width;
    if (orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7)
        r->y = stored_height - r->y - r->height;
}

void layout_lay_down(struct layout *layout, unsigned orientation, uint32_t stored_width,
                     uint32_t stored_height)
{
    if (orientation_swaps(orientation))
        swap(&layout->scaled_width, &layout->scaled_height);
    rectangle_lay_down(&layout->crop, orientation, stored_width, stored_height);
    rectangle_lay_down(&layout->cut, orientation, layout->scaled_width, layout->scaled_height);
}

struct geometry layout_geometry(const struct layout *layout)
{
    return (struct geometry){
        .x = layout->crop.x,
        .y = layout->crop.y,
        .width = layout->crop.width,
        .height = layout->crop.height,
        .out_width = layout->scaled_width,
        .out_height = layout->scaled_height,
    };
}

/* Of `length` pixels from `at` on, which become `scaled`, those that become `cut` from `cut_at`. */
static void part_of_side(uint32_t *at, uint32_t *length, uint32_t scaled, uint32_t cut_at,
                         uint32_t cut)
{
    uint64_t first = ((uint64_t)cut_at * *length + scaled / 2) / scaled;
    uint64_t n = ((uint64_t)cut * *length + scaled / 2) / scaled;

    if (n < 1)
        n = 1;
    if (first > *length - n)
        first = *length - n;
    *at += (uint32_t)first;
    *length = (uint32_t)n;
}

void layout_part(const struct layout *layout, struct geometry *crop)
{
    const struct rectangle *cut = &layout->cut;

    part_of_side(&crop->x, &crop->width, layout->scaled_width, cut->x, cut->width);
    part_of_side(&crop->y, &crop->height, layout->scaled_height, cut->y, cut->height);
    crop->out_width = cut->width;
    crop->out_height = cut->height;
}
