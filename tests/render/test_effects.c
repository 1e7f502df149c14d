/* SPDX-License-Identifier: MIT
 *
 * What effects and the newer fits make of the four squares, drawn by the real
 * renderer in its sandbox.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "image/render_protocol.h"
#include "image/renderer/job.h"
#include "render/fixture.h"
#include "render/rig.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define LOSSY 24

/* A square's colour by where it is: upper left, upper right, lower left, lower right. */
static const uint32_t squares[4] = {RED, GREEN, BLUE, WHITE};

static struct rig rig;

static void open_rig(void)
{
    rig_open(&rig, "visage-render");
}

/* No effect may ask the kernel for what the sandbox does not allow. */
static void close_rig(void)
{
    cr_expect_eq(renderer_deaths(rig.renderer), 0);
    rig_close(&rig);
}

TestSuite(effects, .init = open_rig, .fini = close_rig);

static struct pixels draw(struct file f, struct rendering want, enum picture_type type)
{
    enum cause cause;

    want.quality = 92;
    cause = rig_render_as(&rig, f.bytes, f.length, &want, type);
    cr_assert_eq(cause, CAUSE_NONE, "%s", cause_info(cause)->name);
    cr_assert(has_only_pixels(rig.output.data, rig.output.length));
    return pixels_of(rig.output.data, rig.output.length);
}

/* Whether quarters of the picture, looked at in their middles, have these squares' colours. */
static bool shows(const struct pixels *p, const int which[4], int tolerance)
{
    bool ok = true;

    for (unsigned i = 0; i < 4; i++)
        ok = pixel_is(p, p->width * (i % 2 ? 3 : 1) / 4, p->height * (i / 2 ? 3 : 1) / 4,
                      squares[which[i]], tolerance) && ok;
    return ok;
}

static void expect_squares(struct file f, struct rendering want, unsigned width, unsigned height,
                           const int which[4], const char *what)
{
    struct pixels p = draw(f, want, PICTURE_PNG);

    cr_expect(p.width == width && p.height == height, "%s: %lux%lu", what, p.width, p.height);
    cr_expect(rig.result.width == width && rig.result.height == height, "%s", what);
    cr_expect(shows(&p, which, LOSSY), "%s: wrong colours", what);
    pixels_free(&p);
}

Test(effects, every_gravity_of_a_fill)
{
    static const struct {
        uint32_t width, height;
        struct gravity gravity;
        int which[4];
    } cases[] = {
        {80, 40, {.kind = GRAVITY_NORTH}, {0, 1, 0, 1}},
        {80, 40, {.kind = GRAVITY_SOUTH}, {2, 3, 2, 3}},
        {80, 40, {.kind = GRAVITY_CENTRE}, {0, 1, 2, 3}},
        {80, 40, {.kind = GRAVITY_WEST}, {0, 1, 2, 3}},
        {80, 40, {.kind = GRAVITY_NORTH_EAST}, {0, 1, 0, 1}},
        {80, 40, {.kind = GRAVITY_SOUTH_WEST}, {2, 3, 2, 3}},
        {80, 40, {.kind = GRAVITY_NORTH, .y = 40}, {2, 3, 2, 3}},
        {80, 40, {.kind = GRAVITY_FOCUS, .x = 0, .y = PICTURE_WHOLE}, {2, 3, 2, 3}},
        {40, 80, {.kind = GRAVITY_WEST}, {0, 0, 2, 2}},
        {40, 80, {.kind = GRAVITY_EAST}, {1, 1, 3, 3}},
        {40, 80, {.kind = GRAVITY_CENTRE}, {0, 1, 2, 3}},
        {40, 80, {.kind = GRAVITY_NORTH_WEST}, {0, 0, 2, 2}},
        {40, 80, {.kind = GRAVITY_SOUTH_EAST}, {1, 1, 3, 3}},
        {40, 80, {.kind = GRAVITY_EAST, .x = 40}, {0, 0, 2, 2}},
    };
    struct file png = fixture_png(160, 160, false), jpeg = fixture_jpeg(640, 640, 6);

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct rendering want = {.width = cases[i].width,
                                 .height = cases[i].height,
                                 .fit = FIT_FILL,
                                 .effects = {.gravity = cases[i].gravity}};
        char what[32];

        snprintf(what, sizeof what, "gravity %zu", i);
        expect_squares(png, want, want.width, want.height, cases[i].which, what);
        expect_squares(jpeg, want, want.width, want.height, cases[i].which, what);
    }
    file_free(&png);
    file_free(&jpeg);
}

Test(effects, every_corner_of_a_crop_at_each_orientation_and_turn)
{
    static const uint32_t corners[4] = {GRAVITY_NORTH_WEST, GRAVITY_NORTH_EAST,
                                        GRAVITY_SOUTH_WEST, GRAVITY_SOUTH_EAST};
    /* which square is in which quarter after so many quarter turns clockwise */
    static const int turned[4][4] = {{0, 1, 2, 3}, {2, 0, 3, 1}, {3, 2, 1, 0}, {1, 3, 0, 2}};

    for (unsigned o = 1; o <= 8; o++) {
        struct file f = fixture_jpeg(480, 320, o);

        for (unsigned t = 0; t < 4; t++) {
            unsigned width = t % 2 ? 320 : 480, height = t % 2 ? 480 : 320;
            struct rendering want = {
                .width = width / 4, .fit = FIT_INSIDE, .effects = {.turn = 90 * t}};
            char what[48];

            snprintf(what, sizeof what, "orientation %u, turned by %u", o, 90 * t);
            expect_squares(f, want, width / 4, height / 4, turned[t], what);
            cr_expect(rig.result.source_width == 480 && rig.result.source_height == 320);
            for (unsigned c = 0; c < 4; c++) {
                const int one[4] = {turned[t][c], turned[t][c], turned[t][c], turned[t][c]};

                want.width = 40;
                want.effects.crop_width = width / 2 - 16; /* clear of the squares' edges */
                want.effects.crop_height = PICTURE_WHOLE * 45 / 100;
                want.effects.crop_height_is_part = 1;
                want.effects.crop_gravity.kind = corners[c];
                expect_squares(f, want, 40, t % 2 ? 60 : 26, one, what);
                want.effects = (struct effects){.turn = 90 * t};
                want.width = width / 4;
            }
        }
        file_free(&f);
    }
}

Test(effects, metadata_may_be_left_alone)
{
    static const int upright[4] = {0, 1, 2, 3}, lying[4] = {1, 3, 0, 2};
    struct file f = fixture_jpeg(320, 200, 6), webp = fixture_webp_turned(120, 80, 3);
    struct rendering want = {
        .width = 100, .fit = FIT_INSIDE, .effects = {.keep_orientation = 1}};

    expect_squares(f, want, 100, 160, lying, "as it is stored");
    cr_expect(rig.result.source_width == 320 && rig.result.source_height == 200);
    want.effects.turn = 90;
    expect_squares(f, want, 100, 63, upright, "turned by hand");
    want.effects.turn = 180;
    expect_squares(webp, want, 100, 67, upright, "WebP turned by hand");
    file_free(&f);
    file_free(&webp);
}

/* libjpeg may shrink while it decodes, but by what the crop needs, not by what the whole would. */
Test(effects, a_small_crop_of_a_large_jpeg_is_sharp)
{
    struct file f = fixture_jpeg(2400, 1600, 1);
    struct rendering want = {
        .fit = FIT_INSIDE, .effects = {.crop_width = 32, .crop_height = 32,
                                       .crop_gravity = {.kind = GRAVITY_FOCUS,
                                                        .x = PICTURE_WHOLE / 2,
                                                        .y = PICTURE_WHOLE / 2}}};
    struct pixels p = draw(f, want, PICTURE_PNG);

    cr_expect(p.width == 32 && p.height == 32);
    cr_expect(pixel_is(&p, 13, 13, RED, LOSSY) && pixel_is(&p, 18, 13, GREEN, LOSSY));
    cr_expect(pixel_is(&p, 13, 18, BLUE, LOSSY) && pixel_is(&p, 18, 18, WHITE, LOSSY));
    pixels_free(&p);
    file_free(&f);
}

Test(effects, sizes_of_the_newer_fits)
{
    static const int all[4] = {0, 1, 2, 3};
    struct file png = fixture_png(200, 100, false), jpeg = fixture_jpeg(200, 100, 5);
    static const struct {
        struct rendering want;
        unsigned width, height;
    } cases[] = {
        {{.width = 300, .height = 125, .fit = FIT_FILL_DOWN}, 200, 83},
        {{.width = 300, .height = 300, .fit = FIT_FILL}, 200, 100},
        {{.width = 300, .height = 300, .fit = FIT_FILL, .effects = {.enlarge = 1}}, 300, 300},
        {{.width = 50, .height = 80, .fit = FIT_FORCE}, 50, 80},
        {{.width = 400, .height = 20, .fit = FIT_FORCE, .effects = {.enlarge = 1}}, 400, 20},
        {{.width = 80, .height = 50, .fit = FIT_AUTO}, 80, 50},
        {{.width = 50, .height = 80, .fit = FIT_AUTO}, 50, 25},
        {{.width = 33, .fit = FIT_INSIDE}, 33, 17},
        {{.width = 500, .fit = FIT_INSIDE}, 200, 100},
        {{.width = 500, .fit = FIT_INSIDE, .effects = {.enlarge = 1}}, 500, 250},
        {{.height = 25, .fit = FIT_CONTAIN, .effects = {.min_width = 400}}, 400, 25},
        {{.width = 60, .height = 60, .fit = FIT_COVER, .effects = {.blur = 300}}, 60, 60},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        char what[32];

        snprintf(what, sizeof what, "case %zu", i);
        expect_squares(png, cases[i].want, cases[i].width, cases[i].height, all, what);
        expect_squares(jpeg, cases[i].want, cases[i].width, cases[i].height, all, what);
    }
    file_free(&png);
    file_free(&jpeg);
}

Test(effects, padding_has_the_background_that_there_is)
{
    struct file files[] = {fixture_png(80, 40, false), fixture_jpeg_grey(80, 40),
                           fixture_gif(80, 40), fixture_webp(80, 40, false)};
    const struct effects padded = {.padding_top = 3, .padding_right = 20, .padding_bottom = 10,
                                   .padding_left = 7};

    rig.config.background = 0x102030;
    for (size_t i = 0; i < COUNT(files); i++) {
        struct rendering want = {.fit = FIT_INSIDE, .effects = padded};
        struct pixels p = draw(files[i], want, PICTURE_PNG);

        cr_expect(p.width == 107 && p.height == 53, "file %zu", i);
        cr_expect(pixel_alpha(&p, 6, 25) == 0 && pixel_alpha(&p, 87, 25) == 0);
        cr_expect(pixel_alpha(&p, 60, 2) == 0 && pixel_alpha(&p, 60, 43) == 0);
        cr_expect(pixel_alpha(&p, 86, 42) == 255, "file %zu", i);
        cr_expect(rig.result.source_alpha, "there is transparency now");
        pixels_free(&p);

        p = draw(files[i], want, PICTURE_JPEG);
        cr_expect(pixel_is(&p, 100, 48, 0x102030, LOSSY), "file %zu", i);
        cr_expect(rig.result.source_alpha);
        pixels_free(&p);

        p = draw(files[i], want, PICTURE_AUTO);
        cr_expect_eq(rig.result.type, PICTURE_PNG, "file %zu", i);
        pixels_free(&p);

        want.effects.has_background = 1;
        want.effects.background = 0xff8000;
        p = draw(files[i], want, PICTURE_WEBP);
        cr_expect(p.width == 107 && p.height == 53);
        cr_expect(pixel_is(&p, 100, 48, 0xff8000, LOSSY), "file %zu", i);
        cr_expect_not(rig.result.source_alpha);
        pixels_free(&p);

        p = draw(files[i], want, PICTURE_AUTO);
        cr_expect_eq(rig.result.type, PICTURE_JPEG, "file %zu", i);
        cr_expect(pixel_is(&p, 2, 50, 0xff8000, LOSSY), "file %zu", i);
        pixels_free(&p);
        file_free(&files[i]);
    }
}

Test(effects, a_background_lies_under_transparency_in_png_too)
{
    struct file f = fixture_png(80, 40, true), gif = fixture_gif(80, 40);
    struct rendering want = {
        .width = 40, .fit = FIT_INSIDE, .effects = {.has_background = 1, .background = 0x3366cc}};
    struct pixels p = draw(f, want, PICTURE_PNG);

    cr_expect(pixel_is(&p, 30, 5, 0x3366cc, 2) && pixel_is(&p, 30, 15, 0x3366cc, 2));
    cr_expect(pixel_is(&p, 10, 5, RED, 2) && pixel_is(&p, 10, 15, BLUE, 2));
    cr_expect_not(rig.result.source_alpha);
    pixels_free(&p);
    p = draw(gif, want, PICTURE_WEBP);
    cr_expect(pixel_is(&p, 5, 5, 0x3366cc, LOSSY) && pixel_is(&p, 30, 15, 0xff0000, 60));
    pixels_free(&p);
    want.effects.background = 0; /* black is a colour, too */
    p = draw(f, want, PICTURE_PNG);
    cr_expect(pixel_is(&p, 30, 5, 0, 2));
    pixels_free(&p);
    file_free(&f);
    file_free(&gif);
}

Test(effects, room_lies_where_its_gravity_says)
{
    static const struct {
        struct gravity gravity;
        unsigned x, y; /* where the picture begins */
    } cases[] = {
        {{.kind = GRAVITY_CENTRE}, 11, 21},
        {{.kind = GRAVITY_NORTH_WEST}, 0, 0},
        {{.kind = GRAVITY_SOUTH_EAST}, 21, 41},
        {{.kind = GRAVITY_WEST, .x = 4, .y = -5}, 4, 16},
        {{.kind = GRAVITY_FOCUS, .x = 0, .y = PICTURE_WHOLE}, 0, 41},
    };
    struct file f = fixture_jpeg(40, 20, 8);

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct rendering want = {
            .width = 61, .height = 61, .fit = FIT_INSIDE,
            .effects = {.extend = 1, .extend_gravity = cases[i].gravity}};
        struct pixels p = draw(f, want, PICTURE_PNG);
        unsigned x = cases[i].x, y = cases[i].y;

        cr_expect(p.width == 61 && p.height == 61);
        cr_expect(pixel_is(&p, x + 5, y + 5, RED, LOSSY) &&
                      pixel_is(&p, x + 35, y + 15, WHITE, LOSSY),
                  "case %zu", i);
        cr_expect(pixel_alpha(&p, x, y) == 255 && pixel_alpha(&p, x + 39, y + 19) == 255);
        cr_expect(x == 0 || pixel_alpha(&p, x - 1, y) == 0, "case %zu", i);
        cr_expect(y == 0 || pixel_alpha(&p, x, y - 1) == 0, "case %zu", i);
        cr_expect(x == 21 || pixel_alpha(&p, x + 40, y) == 0, "case %zu", i);
        cr_expect(y == 41 || pixel_alpha(&p, x, y + 20) == 0, "case %zu", i);
        pixels_free(&p);
    }
    file_free(&f);
}

/* How far two neighbouring pixels are from each other, over all channels. */
static int contrast(const struct pixels *p, unsigned x, unsigned y)
{
    const unsigned char *a = p->rgba + 4 * (y * p->width + x);
    int sum = 0;

    for (int i = 0; i < 3; i++)
        sum += abs(a[i] - a[4 + i]);
    return sum;
}

Test(effects, blur_lowers_the_contrast_and_keeps_what_is_far)
{
    struct file f = fixture_png(120, 80, false);
    static const uint32_t sigmas[] = {0, 500, 1500, 3000, 6000, 20000};
    int before = 1000;

    for (size_t i = 0; i < COUNT(sigmas); i++) {
        struct rendering want = {.fit = FIT_INSIDE, .effects = {.blur = sigmas[i]}};
        struct pixels p = draw(f, want, PICTURE_PNG);
        int here = contrast(&p, 59, 20);

        cr_expect(p.width == 120 && p.height == 80);
        cr_expect_lt(here, before, "sigma %u: %d", sigmas[i], here);
        before = here;
        if (sigmas[i] <= 6000)
            cr_expect(pixel_is(&p, 30, 10, RED, LOSSY) && pixel_is(&p, 119, 79, WHITE, LOSSY));
        pixels_free(&p);
    }
    cr_expect_lt(before, 12);
    file_free(&f);
}

/* The normal distribution's integral, which is what a Gaussian makes of an edge. */
static double normal(double z)
{
    return (1.0 + erf(z / sqrt(2.0))) / 2.0;
}

Test(effects, blur_is_as_wide_as_its_sigma)
{
    struct file f = fixture_png(400, 400, false);
    static const unsigned sigmas[] = {1, 2, 3, 5, 8, 16};

    for (size_t i = 0; i < COUNT(sigmas); i++) {
        struct rendering want = {.fit = FIT_INSIDE, .effects = {.blur = sigmas[i] * 1000}};
        struct pixels p = draw(f, want, PICTURE_PNG);
        const unsigned char *before = p.rgba + 4 * (60 * p.width + 199 - sigmas[i]);
        const unsigned char *behind = before + 4;
        double red = ((before[0] + behind[0]) / 2.0 - 0x1e) / (0xdc - 0x1e);
        double half = 0.5 / sigmas[i]; /* of a pixel: the two are to both sides of one sigma */

        cr_expect_float_eq(red, (normal(1.0 - half) + normal(1.0 + half)) / 2.0, 0.02,
                           "sigma %u: %.3f", sigmas[i], red);
        pixels_free(&p);
    }
    file_free(&f);
}

Test(effects, no_colour_bleeds_from_behind_transparency)
{
    static const uint32_t sigmas[] = {2000, 9000};
    struct file f = fixture_png(120, 80, true); /* green and white cannot be seen */

    for (size_t i = 0; i < COUNT(sigmas); i++) {
        struct rendering want = {.fit = FIT_INSIDE, .effects = {.blur = sigmas[i]}};
        struct pixels p = draw(f, want, PICTURE_PNG);
        const unsigned char *seen = p.rgba + 4 * (10 * p.width + 60);

        cr_expect(seen[3] > 60 && seen[3] < 200, "%u", seen[3]);
        cr_expect(seen[0] > 0xdc - 12 && seen[1] < 0x1e + 24, "#%02x%02x%02x", seen[0], seen[1],
                  seen[2]);
        cr_expect(rig.result.source_alpha);
        pixels_free(&p);
    }
    file_free(&f);
}

Test(effects, sharpen_raises_the_contrast_at_edges_alone)
{
    struct file f = fixture_png(120, 80, false);
    struct rendering want = {.width = 90, .fit = FIT_INSIDE};
    struct pixels plain = draw(f, want, PICTURE_PNG), sharp, same;

    want.effects.sharpen = 800;
    sharp = draw(f, want, PICTURE_PNG);
    want.effects.sharpen = PICTURE_SIGMA_MIN - 1;
    same = draw(f, want, PICTURE_PNG);
    cr_expect_gt(contrast(&sharp, 44, 20), contrast(&plain, 44, 20) + 20);
    cr_expect(pixel_is(&sharp, 20, 10, RED, 1) && pixel_is(&sharp, 80, 50, WHITE, 1));
    cr_expect_eq(memcmp(same.rgba, plain.rgba, (size_t)4 * 90 * 60), 0);
    pixels_free(&plain);
    pixels_free(&sharp);
    pixels_free(&same);
    file_free(&f);
}

Test(effects, extremes_are_drawn_in_bounds)
{
    static const struct rendering wants[] = {
        {.width = 4096, .height = 300, .fit = FIT_FILL, .effects = {.enlarge = 1}},
        {.width = 300, .height = 4096, .fit = FIT_FILL, .effects = {.enlarge = 1}},
        {.width = 1, .height = 1, .fit = FIT_FILL, .effects = {.min_width = 1000000}},
        {.width = 4096, .height = 1, .fit = FIT_FORCE, .effects = {.enlarge = 1}},
        {.width = 1500, .fit = FIT_INSIDE,
         .effects = {.enlarge = 1, .blur = PICTURE_SIGMA_MAX, .sharpen = PICTURE_SIGMA_MAX}},
        {.fit = FIT_INSIDE,
         .effects = {.padding_top = PICTURE_LENGTH_MAX, .padding_left = 10}},
    };
    struct file files[] = {fixture_png(3, 700, false), fixture_png(700, 3, true)};

    for (size_t i = 0; i < COUNT(wants); i++)
        for (size_t j = 0; j < COUNT(files); j++) {
            struct pixels p = draw(files[j], wants[i], PICTURE_JPEG);

            cr_expect(p.rgba != NULL && p.width <= PICTURE_SIDE_MAX);
            pixels_free(&p);
        }
    file_free(&files[0]);
    file_free(&files[1]);
}

static const struct effects hostile[] = {
    {.turn = 45},
    {.turn = 360},
    {.padding_top = UINT32_MAX},
    {.padding_left = PICTURE_LENGTH_MAX + 1},
    {.blur = PICTURE_SIGMA_MAX + 1, .dpr = 5},
    {.sharpen = UINT32_MAX},
    {.crop_width = PICTURE_LENGTH_MAX + 1},
    {.crop_height = PICTURE_WHOLE + 1, .crop_height_is_part = 1},
    {.crop_width = 5, .crop_width_is_part = 2},
    {.crop_width = 5, .crop_gravity = {.kind = GRAVITY_FOCUS + 1}},
    {.crop_width = 5, .crop_gravity = {.kind = GRAVITY_FOCUS, .x = -1}},
    {.crop_width = 5, .crop_gravity = {.kind = GRAVITY_FOCUS, .y = PICTURE_WHOLE + 1}},
    {.crop_width = 5, .crop_gravity = {.x = INT32_MIN}},
    {.crop_width = 5, .crop_gravity = {.x = 3, .x_is_part = 7}},
    {.crop_width = 5, .crop_gravity = {.y = 2 * PICTURE_WHOLE, .y_is_part = 1}},
    {.min_width = 1, .gravity = {.y = INT32_MAX}},
    {.extend = 1, .extend_gravity = {.kind = UINT32_MAX}},
    {.extend = 2},
    {.enlarge = 77},
    {.keep_orientation = UINT32_MAX},
    {.dpr = UINT32_MAX},
    {.zoom_x = PICTURE_FACTOR_MAX + 1},
    {.min_height = UINT32_MAX},
    {.has_background = 1, .background = 0x1000000},
    {.has_background = 3},
    {.max_bytes = PICTURE_BYTES_MAX + 1},
};

static size_t bytes_of(struct file f, enum picture_type type, uint32_t quality, uint32_t max_bytes)
{
    const struct rendering want = {.width = 200,
                                   .height = 200,
                                   .fit = FIT_INSIDE,
                                   .quality = quality,
                                   .effects = {.max_bytes = max_bytes}};
    enum cause cause = rig_render_as(&rig, f.bytes, f.length, &want, type);

    cr_assert_eq(cause, CAUSE_NONE, "%s", cause_info(cause)->name);
    cr_expect_eq(rig.result.type, type);
    cr_expect(has_only_pixels(rig.output.data, rig.output.length));
    return rig.output.length;
}

/* Between the least and the most that qualities give, at every twelfth of the way. */
Test(effects, a_bound_on_bytes_is_kept_to_and_used)
{
    static const enum picture_type types[] = {PICTURE_JPEG, PICTURE_WEBP};
    struct file f = fixture_png_noise(200, 200);

    for (size_t i = 0; i < COUNT(types); i++) {
        size_t most = bytes_of(f, types[i], 95, 0), least = bytes_of(f, types[i], 10, 0);
        size_t before = 0;

        cr_assert_lt(least + 100, most);
        for (size_t part = 0; part <= 12; part++) {
            size_t bound = least + (most - least) * part / 12;
            size_t got = bytes_of(f, types[i], 95, (uint32_t)bound);

            cr_expect_leq(got, bound);
            cr_expect_geq(got, before);
            before = got;
        }
        cr_expect_eq(before, most, "what fits loses nothing");
        cr_expect_gt(bytes_of(f, types[i], 95, (uint32_t)(most - 1)), most / 2);
        cr_expect_eq(bytes_of(f, types[i], 95, 1), least, "the smallest, where none fits");
        cr_expect_lt(bytes_of(f, types[i], 5, 1), least, "what is worse already stays so");
    }
    cr_expect_eq(bytes_of(f, PICTURE_PNG, 95, 1), bytes_of(f, PICTURE_PNG, 95, 0));
    file_free(&f);
}

Test(effects, impossible_ones_are_not_even_sent)
{
    struct file f = fixture_png(30, 20, false);

    for (size_t i = 0; i < COUNT(hostile); i++) {
        const struct rendering want = {
            .width = 10, .height = 10, .fit = FIT_FILL, .quality = 80, .effects = hostile[i]};

        cr_expect_eq(rig_render_as(&rig, f.bytes, f.length, &want, PICTURE_PNG), CAUSE_INTERNAL,
                     "case %zu", i);
    }
    cr_expect_eq(renderer_pid(rig.renderer), 0);
    file_free(&f);
}

Test(effects, the_renderer_refuses_impossible_ones_too)
{
    struct file f = fixture_png(30, 20, false);
    int sink = memfd_create("visage-test", MFD_CLOEXEC);
    struct render_request q = {
        .kind = RENDER_PICTURE, .input_type = PICTURE_PNG, .output_type = PICTURE_PNG,
        .width = 10, .height = 10, .fit = FIT_FILL, .quality = 80, .max_pixels = 10000};
    struct render_reply reply;

    fixture_library();
    for (size_t i = 0; i <= COUNT(hostile); i++) {
        q.effects = i < COUNT(hostile) ? hostile[i] : (struct effects){.turn = 90};
        job_run_bytes(&q, f.bytes, f.length, sink, &reply);
        cr_expect_eq(reply.cause, i < COUNT(hostile) ? CAUSE_INTERNAL : CAUSE_NONE, "case %zu", i);
    }
    q.fit = FIT_INSIDE + 1;
    job_run_bytes(&q, f.bytes, f.length, sink, &reply);
    cr_expect_eq(reply.cause, CAUSE_INTERNAL);
    close(sink);
    file_free(&f);
}
