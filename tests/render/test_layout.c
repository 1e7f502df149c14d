/* SPDX-License-Identifier: MIT
 *
 * Where everything goes: sizes for a source of 200x100 as imgproxy's own tests
 * have them, and places, turns and bounds worked out by hand.
 */
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "image/renderer/layout.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define PART(percent) ((percent) * (PICTURE_WHOLE / 100))

static struct layout plan(uint32_t width, uint32_t height, struct rendering want)
{
    struct layout l;

    want.quality = 80;
    cr_assert(rendering_is_sane(&want));
    memset(&l, 0xff, sizeof l);
    cr_assert(layout_plan(width, height, &want, &l), "%ux%u from %ux%u", want.width, want.height,
              width, height);
    cr_assert(l.crop.width >= 1 && l.crop.x + l.crop.width <= width);
    cr_assert(l.crop.height >= 1 && l.crop.y + l.crop.height <= height);
    cr_assert(l.cut.width >= 1 && l.cut.x + l.cut.width <= l.scaled_width);
    cr_assert(l.cut.height >= 1 && l.cut.y + l.cut.height <= l.scaled_height);
    cr_assert(l.x + l.cut.width <= l.width && l.width <= PICTURE_SIDE_MAX);
    cr_assert(l.y + l.cut.height <= l.height && l.height <= PICTURE_SIDE_MAX);
    return l;
}

struct size {
    uint32_t width, height, out_width, out_height;
};

static void expect_sizes(enum picture_fit fit, struct effects effects, const struct size *sizes,
                         size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct rendering want = {.width = sizes[i].width,
                                       .height = sizes[i].height,
                                       .fit = fit,
                                       .effects = effects};
        struct layout l = plan(200, 100, want);

        cr_expect(l.width == sizes[i].out_width && l.height == sizes[i].out_height,
                  "%s %ux%u: %ux%u", picture_fit_name(fit), want.width, want.height, l.width,
                  l.height);
    }
}

static const struct effects none, enlarge = {.enlarge = 1}, extend = {.extend = 1},
                                  ratio = {.extend_ratio = 1};

Test(layout, inside)
{
    static const struct size plain[] = {
        {50, 50, 50, 25},     {50, 20, 40, 20},     {20, 50, 20, 10},    {300, 300, 200, 100},
        {300, 50, 100, 50},   {100, 300, 100, 50},  {0, 50, 100, 50},    {50, 0, 50, 25},
        {0, 200, 200, 100},   {300, 0, 200, 100},   {0, 0, 200, 100},    {33, 0, 33, 17},
        {31, 0, 31, 16},      {1, 0, 1, 1},         {0, 1, 2, 1},
    };
    static const struct size larger[] = {
        {50, 50, 50, 25},     {50, 20, 40, 20},     {20, 50, 20, 10},    {300, 300, 300, 150},
        {300, 125, 250, 125}, {250, 300, 250, 125}, {0, 50, 100, 50},    {50, 0, 50, 25},
        {0, 200, 400, 200},   {300, 0, 300, 150},
    };
    static const struct size with_room[] = {
        {50, 50, 50, 50},     {50, 20, 50, 20},     {20, 50, 20, 50},    {300, 300, 300, 300},
        {300, 125, 300, 125}, {250, 300, 250, 300}, {0, 50, 100, 50},    {50, 0, 50, 25},
        {0, 200, 200, 200},   {300, 0, 300, 100},
    };
    static const struct size with_ratio[] = {
        {50, 50, 50, 50},     {50, 20, 50, 20},     {20, 50, 20, 50},    {300, 300, 200, 200},
        {300, 125, 240, 100}, {250, 500, 200, 400}, {0, 50, 100, 50},    {50, 0, 50, 25},
        {0, 200, 200, 100},   {300, 0, 200, 100},
    };

    expect_sizes(FIT_INSIDE, none, plain, COUNT(plain));
    expect_sizes(FIT_INSIDE, enlarge, larger, COUNT(larger));
    expect_sizes(FIT_INSIDE, extend, with_room, COUNT(with_room));
    expect_sizes(FIT_INSIDE, ratio, with_ratio, COUNT(with_ratio));
    expect_sizes(FIT_CONTAIN, enlarge, larger, COUNT(larger));
}

Test(layout, fill)
{
    static const struct size plain[] = {
        {50, 50, 50, 50},    {50, 20, 50, 20},    {20, 50, 20, 50},  {300, 300, 200, 100},
        {300, 50, 200, 50},  {100, 300, 100, 100}, {0, 50, 100, 50}, {50, 0, 50, 25},
        {0, 200, 200, 100},  {300, 0, 200, 100},  {33, 7, 33, 7},
    };
    static const struct size larger[] = {
        {50, 50, 50, 50},     {300, 300, 300, 300}, {300, 125, 300, 125}, {250, 300, 250, 300},
        {0, 200, 400, 200},   {300, 0, 300, 150},
    };
    static const struct size with_room[] = {
        {50, 50, 50, 50},   {300, 300, 300, 300}, {250, 300, 250, 300}, {300, 50, 300, 50},
        {100, 300, 100, 300}, {0, 200, 200, 200}, {300, 0, 300, 100},
    };
    static const struct size with_ratio[] = {
        {50, 50, 50, 50},   {300, 300, 200, 200}, {300, 125, 240, 100}, {250, 500, 200, 400},
        {300, 50, 300, 50}, {100, 300, 100, 300}, {0, 200, 200, 100},   {300, 0, 200, 100},
    };

    expect_sizes(FIT_FILL, none, plain, COUNT(plain));
    expect_sizes(FIT_FILL, enlarge, larger, COUNT(larger));
    expect_sizes(FIT_COVER, (struct effects){.keep_orientation = 1}, larger, 4);
    expect_sizes(FIT_FILL, extend, with_room, COUNT(with_room));
    expect_sizes(FIT_FILL, ratio, with_ratio, COUNT(with_ratio));
}

Test(layout, fill_down)
{
    static const struct size plain[] = {
        {50, 50, 50, 50},    {50, 20, 50, 20},   {20, 50, 20, 50}, {300, 300, 100, 100},
        {300, 125, 200, 83}, {250, 300, 83, 100}, {0, 50, 100, 50}, {50, 0, 50, 25},
        {0, 200, 200, 100},  {300, 0, 200, 100},
    };
    static const struct size larger[] = {
        {300, 300, 300, 300}, {300, 125, 300, 125}, {250, 300, 250, 300}, {0, 200, 400, 200},
        {300, 0, 300, 150},
    };
    static const struct size with_room[] = {
        {50, 50, 50, 50},   {300, 300, 300, 300},  {300, 125, 300, 125}, {250, 300, 250, 300},
        {300, 50, 300, 50}, {100, 300, 100, 300},  {0, 200, 200, 200},   {300, 0, 300, 100},
    };

    expect_sizes(FIT_FILL_DOWN, none, plain, COUNT(plain));
    expect_sizes(FIT_FILL_DOWN, enlarge, larger, COUNT(larger));
    expect_sizes(FIT_FILL_DOWN, extend, with_room, COUNT(with_room));
}

Test(layout, force_and_auto)
{
    static const struct size forced[] = {
        {50, 50, 50, 50}, {20, 50, 20, 50}, {0, 50, 200, 50}, {50, 0, 50, 100}, {0, 0, 200, 100},
        /* not enlarged: the side that is short of pixels stays, the other follows */
        {400, 50, 200, 25}, {400, 400, 100, 100},
    };
    static const struct size forced_larger[] = {{400, 50, 400, 50}, {300, 300, 300, 300}};
    static const struct size either[] = {
        {80, 50, 80, 50},  /* both lie: fill */
        {50, 80, 50, 25},  /* one stands: inside */
        {50, 50, 50, 50},  /* a square lies */
        {100, 0, 100, 50}, {0, 80, 160, 80},
    };

    expect_sizes(FIT_FORCE, none, forced, COUNT(forced) - 1);
    expect_sizes(FIT_FORCE, enlarge, forced_larger, COUNT(forced_larger));
    expect_sizes(FIT_AUTO, none, either, COUNT(either));
}

Test(layout, dpr_gives_way_where_there_are_no_pixels)
{
    static const struct {
        enum picture_fit fit;
        uint32_t width, height;
        struct effects effects;
        uint32_t out_width, out_height;
    } cases[] = {
        {FIT_INSIDE, 50, 50, {.dpr = 2 * PICTURE_WHOLE}, 100, 50},
        {FIT_INSIDE, 150, 150, {.dpr = 2 * PICTURE_WHOLE}, 200, 100},
        {FIT_INSIDE, 150, 150, {.dpr = 2 * PICTURE_WHOLE, .enlarge = 1}, 300, 150},
        {FIT_INSIDE, 50, 50, {.dpr = PICTURE_WHOLE / 2}, 25, 13},
        {FIT_INSIDE, 50, 50, {.dpr = PICTURE_WHOLE}, 50, 25},
        {FIT_FILL, 26, 100, {.dpr = 2 * PICTURE_WHOLE}, 26, 100},
        {FIT_FILL, 100, 26, {.dpr = 2 * PICTURE_WHOLE}, 200, 52},
        {FIT_FILL, 26, 50, {.dpr = 4 * PICTURE_WHOLE}, 52, 100},
        /* what is too small even so is not made smaller still */
        {FIT_FILL, 300, 300, {.dpr = PICTURE_WHOLE / 2}, 200, 100},
        {FIT_INSIDE, 500, 500, {.extend = 1, .dpr = PICTURE_WHOLE / 2}, 250, 250},
        {FIT_INSIDE, 500, 500, {.extend = 1, .dpr = 2 * PICTURE_WHOLE}, 500, 500},
        /* zoom is for the size alone */
        {FIT_INSIDE, 50, 50, {.zoom_x = 2 * PICTURE_WHOLE, .zoom_y = 2 * PICTURE_WHOLE}, 100, 50},
        {FIT_INSIDE, 50, 50, {.zoom_x = 2 * PICTURE_WHOLE}, 100, 25},
        {FIT_INSIDE, 0, 0, {.zoom_x = PICTURE_WHOLE / 2, .zoom_y = PICTURE_WHOLE / 2}, 100, 50},
        {FIT_FILL, 50, 50, {.zoom_x = 2 * PICTURE_WHOLE, .zoom_y = PICTURE_WHOLE}, 100, 50},
        /* padding comes on top, and goes with dpr */
        {FIT_INSIDE, 50, 50, {.padding_top = 1, .padding_right = 2, .padding_bottom = 3,
                              .padding_left = 4}, 56, 29},
        {FIT_INSIDE, 50, 50, {.dpr = 2 * PICTURE_WHOLE, .padding_top = 3, .padding_left = 5}, 110,
         56},
        {FIT_INSIDE, 150, 150, {.dpr = 2 * PICTURE_WHOLE, .padding_top = 3}, 200, 104},
        {FIT_INSIDE, 50, 50, {.dpr = PICTURE_WHOLE / 2, .padding_top = 5, .padding_left = 3}, 27,
         15},
        /* a minimum enlarges, and the fit cuts what it made */
        {FIT_INSIDE, 50, 50, {.min_height = 50}, 50, 50},
        {FIT_INSIDE, 50, 0, {.min_height = 50}, 50, 50},
        {FIT_INSIDE, 0, 0, {.min_width = 400}, 400, 200},
        {FIT_INSIDE, 0, 0, {.min_width = 100, .min_height = 50}, 200, 100},
        {FIT_INSIDE, 0, 25, {.min_width = 100}, 100, 25},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct layout l = plan(200, 100, (struct rendering){.width = cases[i].width,
                                                            .height = cases[i].height,
                                                            .fit = cases[i].fit,
                                                            .effects = cases[i].effects});

        cr_expect(l.width == cases[i].out_width && l.height == cases[i].out_height,
                  "case %zu: %ux%u", i, l.width, l.height);
    }
}

Test(layout, cuts_go_where_gravity_says)
{
    static const struct {
        struct gravity gravity;
        uint32_t x, y; /* of 50x20 in 100x50, 50x50 scaled from 200x100 */
    } cases[] = {
        {{.kind = GRAVITY_CENTRE}, 26, 16}, /* (50 + 1) / 2 and (30 + 1) / 2, halves to even */
        {{.kind = GRAVITY_NORTH}, 26, 0},
        {{.kind = GRAVITY_SOUTH}, 26, 30},
        {{.kind = GRAVITY_EAST}, 50, 16},
        {{.kind = GRAVITY_WEST}, 0, 16},
        {{.kind = GRAVITY_NORTH_EAST}, 50, 0},
        {{.kind = GRAVITY_NORTH_WEST}, 0, 0},
        {{.kind = GRAVITY_SOUTH_EAST}, 50, 30},
        {{.kind = GRAVITY_SOUTH_WEST}, 0, 30},
        /* offsets lead away from the edge, or right and down of the centre */
        {{.kind = GRAVITY_CENTRE, .x = 5, .y = -6}, 31, 10},
        {{.kind = GRAVITY_NORTH_WEST, .x = 3, .y = 4}, 3, 4},
        {{.kind = GRAVITY_SOUTH_EAST, .x = 3, .y = 4}, 47, 26},
        {{.kind = GRAVITY_NORTH, .x = -7, .y = 4}, 19, 4},
        {{.kind = GRAVITY_EAST, .x = 10, .y = 2}, 40, 18},
        /* and end at the edges */
        {{.kind = GRAVITY_CENTRE, .x = 1000, .y = -1000}, 50, 0},
        {{.kind = GRAVITY_NORTH_WEST, .x = -3, .y = 400}, 0, 30},
        {{.kind = GRAVITY_SOUTH_EAST, .x = -3, .y = 400}, 50, 0},
        /* parts are of the whole, not of the room */
        {{.kind = GRAVITY_WEST, .x = PART(10), .y = PART(-20), .x_is_part = 1, .y_is_part = 1}, 10,
         6},
        {{.kind = GRAVITY_SOUTH_EAST, .x = PART(25), .y = 5, .x_is_part = 1}, 25, 25},
        /* the middle of what is kept, as near to the point as the edges let it */
        {{.kind = GRAVITY_FOCUS, .x = PART(50), .y = PART(50)}, 25, 15},
        {{.kind = GRAVITY_FOCUS, .x = 0, .y = 0}, 0, 0},
        {{.kind = GRAVITY_FOCUS, .x = PICTURE_WHOLE, .y = PICTURE_WHOLE}, 50, 30},
        {{.kind = GRAVITY_FOCUS, .x = PART(30), .y = PART(70)}, 5, 25},
        {{.kind = GRAVITY_FOCUS, .x = PICTURE_WHOLE, .y = 0}, 50, 0},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct effects e = {.min_height = 50, .gravity = cases[i].gravity};
        struct layout l = plan(200, 100, (struct rendering){
            .width = 50, .height = 20, .fit = FIT_FILL, .effects = e});

        cr_expect(l.scaled_width == 100 && l.scaled_height == 50);
        cr_expect(l.cut.width == 50 && l.cut.height == 20 && l.cut.x == cases[i].x &&
                      l.cut.y == cases[i].y,
                  "case %zu: %u,%u", i, l.cut.x, l.cut.y);
        /* the same crop of a source of that size */
        e = (struct effects){.crop_width = 50, .crop_height = 20, .crop_gravity = cases[i].gravity};
        l = plan(100, 50, (struct rendering){.fit = FIT_INSIDE, .effects = e});
        cr_expect(l.crop.x == cases[i].x && l.crop.y == cases[i].y && l.width == 50 &&
                      l.height == 20,
                  "crop %zu: %u,%u", i, l.crop.x, l.crop.y);
    }
}

Test(layout, offsets_go_with_dpr_but_not_in_the_crop)
{
    const struct gravity away = {.kind = GRAVITY_NORTH_WEST, .x = 5, .y = 5};
    struct effects e = {.dpr = 2 * PICTURE_WHOLE, .gravity = away};
    struct layout l = plan(200, 100, (struct rendering){
        .width = 20, .height = 40, .fit = FIT_FILL, .effects = e});

    cr_expect(l.cut.x == 10 && l.width == 40 && l.height == 80, "%u", l.cut.x);
    e = (struct effects){.dpr = 2 * PICTURE_WHOLE, .crop_width = 100, .crop_gravity = away};
    l = plan(200, 100, (struct rendering){.width = 10, .fit = FIT_INSIDE, .effects = e});
    cr_expect(l.crop.x == 5 && l.crop.width == 100 && l.crop.height == 100 && l.width == 20);
}

Test(layout, crops)
{
    static const struct {
        uint32_t width, height, width_is_part, height_is_part, out_width, out_height;
    } cases[] = {
        {0, 0, 0, 0, 201, 101},
        {50, 0, 0, 0, 50, 101},
        {0, 50, 0, 0, 201, 50},
        {5000, 5000, 0, 0, 201, 101},             /* beyond the picture: the picture */
        {PART(50), PART(50), 1, 1, 101, 51},      /* 100.5 and 50.5 */
        {PART(25), 30, 1, 0, 50, 30},             /* 50.25 */
        {1, 1, 1, 1, 1, 1},                       /* at least a pixel */
        {PICTURE_WHOLE, PICTURE_WHOLE, 1, 1, 201, 101},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct effects e = {.crop_width = cases[i].width,
                                  .crop_height = cases[i].height,
                                  .crop_width_is_part = cases[i].width_is_part,
                                  .crop_height_is_part = cases[i].height_is_part};
        struct layout l = plan(201, 101, (struct rendering){.fit = FIT_INSIDE, .effects = e});

        cr_expect(l.width == cases[i].out_width && l.height == cases[i].out_height,
                  "case %zu: %ux%u", i, l.width, l.height);
    }
}

Test(layout, room_is_added_where_its_gravity_says)
{
    static const struct {
        struct gravity gravity;
        uint32_t x, y; /* of 100x50 in 103x110 */
    } cases[] = {
        {{.kind = GRAVITY_CENTRE}, 2, 30},
        {{.kind = GRAVITY_NORTH_WEST}, 0, 0},
        {{.kind = GRAVITY_SOUTH_EAST}, 3, 60},
        {{.kind = GRAVITY_NORTH, .y = 5}, 2, 5},
        {{.kind = GRAVITY_SOUTH, .y = 500}, 2, 0},
        {{.kind = GRAVITY_NORTH, .y = PART(10), .y_is_part = 1}, 2, 11},
        {{.kind = GRAVITY_FOCUS, .x = PICTURE_WHOLE, .y = PART(50)}, 3, 30},
        {{.kind = GRAVITY_FOCUS, .x = PART(50), .y = PART(25)}, 2, 3},  /* 51.5 is 52, 27.5 is 28 */
        {{.kind = GRAVITY_FOCUS, .x = PART(49), .y = PART(75)}, 0, 57}, /* 50.47, and 82.5 is 82 */
        {{.kind = GRAVITY_FOCUS}, 0, 0},                                /* not beyond the edge */
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct effects e = {.extend = 1,
                            .extend_gravity = cases[i].gravity,
                            .padding_left = 7,
                            .padding_top = 9};
        struct layout l = plan(100, 50, (struct rendering){
            .width = 103, .height = 110, .fit = FIT_INSIDE, .effects = e});

        cr_expect(l.width == 110 && l.height == 119);
        cr_expect(l.x == cases[i].x + 7 && l.y == cases[i].y + 9, "case %zu: %u,%u", i, l.x, l.y);
    }
}

Test(layout, room_for_proportions_has_a_focus_point_too)
{
    static const struct {
        int32_t y;
        uint32_t at; /* of 50 rows in 200 */
    } cases[] = {{0, 0}, {PART(30), 35}, {PART(50), 75}, {PICTURE_WHOLE, 150}};

    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct effects e = {.extend_ratio = 1,
                                  .extend_gravity = {.kind = GRAVITY_FOCUS, .y = cases[i].y}};
        struct layout l = plan(100, 50, (struct rendering){
            .width = 300, .height = 600, .fit = FIT_INSIDE, .effects = e});

        cr_expect(l.width == 100 && l.height == 200 && l.x == 0 && l.y == cases[i].at,
                  "case %zu: %ux%u, %u,%u", i, l.width, l.height, l.x, l.y);
    }
}

Test(layout, nothing_passes_the_largest_side)
{
    static const struct {
        struct rendering want;
        uint32_t out_width, out_height;
    } cases[] = {
        {{.fit = FIT_INSIDE}, 4096, 2048},
        {{.width = 8000, .height = 9000, .fit = FIT_FORCE}, 3641, 4096},
        {{.width = 6000, .fit = FIT_FILL}, 4096, 2048},
        {{.width = 4000, .height = 4000, .fit = FIT_INSIDE,
          .effects = {.padding_left = 4000, .padding_right = 192}}, 4096, 1000},
        {{.width = 100, .height = 100, .fit = FIT_INSIDE,
          .effects = {.padding_top = PICTURE_LENGTH_MAX, .padding_bottom = PICTURE_LENGTH_MAX,
                      .dpr = PICTURE_FACTOR_MAX}}, 1, 4095}, /* an odd pixel on two sides */
        {{.width = 10, .height = 10, .fit = FIT_INSIDE,
          .effects = {.extend = 1, .enlarge = 1, .zoom_x = PICTURE_FACTOR_MAX,
                      .zoom_y = PICTURE_FACTOR_MAX}}, 4096, 4096},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct layout l = plan(16000, 8000, cases[i].want);

        cr_expect(l.width == cases[i].out_width, "case %zu: %ux%u", i, l.width, l.height);
        cr_expect(i == 3 || l.height == cases[i].out_height, "case %zu: %u", i, l.height);
    }
}

/* Bounds, whatever is asked for: the checks are in plan(). */
Test(layout, everything_stays_inside_of_everything)
{
    static const uint32_t lengths[] = {0, 1, 2, 3, 50, 99, 4096, 5000, PICTURE_LENGTH_MAX};
    static const uint32_t factors[] = {0, 1, 333333, PICTURE_WHOLE, 2500000, PICTURE_FACTOR_MAX};
    unsigned seed = 7, impossible = 0;

    for (int round = 0; round < 200000; round++) {
#define ANY(a) ((a)[(size_t)rand_r(&seed) % COUNT(a)])
        struct rendering want = {
            .width = ANY(lengths),
            .height = ANY(lengths),
            .quality = 80,
            .fit = (enum picture_fit)(FIT_FILL + rand_r(&seed) % 5),
            .effects = {
                .crop_width = ANY(lengths), .crop_height = ANY(lengths), .dpr = ANY(factors),
                .crop_gravity = {.kind = (uint32_t)rand_r(&seed) % 9,
                                 .x = (int32_t)ANY(lengths), .y = -(int32_t)ANY(lengths)},
                .gravity = {.kind = GRAVITY_FOCUS, .x = (int32_t)(ANY(factors) % PICTURE_WHOLE)},
                .extend_gravity = {.kind = (uint32_t)rand_r(&seed) % 10,
                                   .x = (int32_t)ANY(lengths)},
                .zoom_x = ANY(factors), .zoom_y = ANY(factors),
                .enlarge = (uint32_t)rand_r(&seed) % 2, .extend = (uint32_t)rand_r(&seed) % 2,
                .extend_ratio = (uint32_t)rand_r(&seed) % 2,
                .min_width = ANY(lengths), .min_height = ANY(lengths),
                .padding_top = ANY(lengths), .padding_left = ANY(lengths),
                .padding_right = ANY(lengths),
            },
        };
        uint32_t width = 1 + (uint32_t)rand_r(&seed) % 16384;
        uint32_t height = 1 + (uint32_t)rand_r(&seed) % (round % 2 ? 16384 : 3);
        unsigned orientation = 1 + (unsigned)rand_r(&seed) % 8;
        struct geometry g;
        struct layout l;

        cr_assert(rendering_is_sane(&want));
        if (!layout_plan(width, height, &want, &l)) {
            impossible++;
            continue;
        }
        l = plan(width, height, want);
        layout_lay_down(&l, orientation, orientation > 4 ? height : width,
                        orientation > 4 ? width : height);
        cr_assert(l.crop.x + l.crop.width <= (orientation > 4 ? height : width));
        cr_assert(l.crop.y + l.crop.height <= (orientation > 4 ? width : height));
        cr_assert(l.cut.x + l.cut.width <= l.scaled_width);
        cr_assert(l.cut.y + l.cut.height <= l.scaled_height);
        g = layout_geometry(&l);
        cr_assert_geq(geometry_prescale(&g), 1);
        layout_part(&l, &g);
        cr_assert(g.width >= 1 && g.x >= l.crop.x && g.x + g.width <= l.crop.x + l.crop.width);
        cr_assert(g.height >= 1 && g.y >= l.crop.y && g.y + g.height <= l.crop.y + l.crop.height);
        cr_assert(g.out_width == l.cut.width && g.out_height == l.cut.height);
    }
    cr_expect_lt(impossible, 20000);
}

/* A rectangle at (3, 4) of 5x6 in 20x30, seen; where it is stored for each orientation. */
Test(layout, crops_and_cuts_are_found_in_what_is_stored)
{
    static const struct rectangle stored[] = {
        {3, 4, 5, 6},   {12, 4, 5, 6},  {12, 20, 5, 6}, {3, 20, 5, 6},
        {4, 3, 6, 5},   {4, 12, 6, 5},  {20, 12, 6, 5}, {20, 3, 6, 5},
    };

    for (unsigned o = 1; o <= 8; o++) {
        bool swapped = o > 4;
        struct layout l = {.crop = {3, 4, 5, 6},
                           .scaled_width = 20,
                           .scaled_height = 30,
                           .cut = {3, 4, 5, 6},
                           .width = 5,
                           .height = 6};

        layout_lay_down(&l, o, swapped ? 30 : 20, swapped ? 20 : 30);
        cr_expect(memcmp(&l.crop, &stored[o - 1], sizeof l.crop) == 0, "orientation %u: %u,%u", o,
                  l.crop.x, l.crop.y);
        cr_expect(memcmp(&l.cut, &stored[o - 1], sizeof l.cut) == 0, "orientation %u", o);
        cr_expect(l.scaled_width == (swapped ? 30u : 20u) && l.width == 5 && l.height == 6);
    }
}

Test(layout, what_is_enlarged_is_cut_before)
{
    struct layout l = plan(40, 20, (struct rendering){
        .width = 400, .height = 400, .fit = FIT_FILL, .effects = {.enlarge = 1}});
    struct geometry g = layout_geometry(&l);

    cr_expect(l.scaled_width == 800 && l.scaled_height == 400 && l.cut.x == 200);
    layout_part(&l, &g);
    cr_expect(g.x == 10 && g.y == 0 && g.width == 20 && g.height == 20, "%u+%u", g.x, g.width);
    cr_expect(g.out_width == 400 && g.out_height == 400);
}
