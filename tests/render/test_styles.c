/* SPDX-License-Identifier: MIT
 *
 * Generated pictures of all styles that need no font, from the real renderer. What only
 * identicons promise is in test_identicon.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "image/render_protocol.h"
#include "image/renderer/job.h"
#include "image/sniff.h"
#include "render/fixture.h"
#include "render/rig.h"

#define COUNT(table) (sizeof(table) / sizeof *(table))

static const enum generator styles[] = {
    GENERATOR_IDENTICON, GENERATOR_RETRO, GENERATOR_MONSTERID, GENERATOR_WAVATAR,
    GENERATOR_ROBOHASH,  GENERATOR_PAGAN, GENERATOR_MP,        GENERATOR_BLANK,
    GENERATOR_COLOR,
};

static const enum picture_type outputs[] = {PICTURE_JPEG, PICTURE_PNG, PICTURE_WEBP};

static struct digest number(unsigned n)
{
    struct digest seed = {{0}};

    memcpy(seed.bytes, &n, sizeof n);
    return seed;
}

static bool is_for_everybody(enum generator style)
{
    return style == GENERATOR_MP || style == GENERATOR_BLANK;
}

static enum cause draw(struct rig *rig, enum generator style, unsigned n, uint32_t width,
                       uint32_t height, enum picture_type type)
{
    const struct rendering want = {
        .width = width, .height = height, .fit = FIT_COVER, .quality = 92};
    const struct digest seed = number(n);

    return renderer_generate(rig->renderer, style, &seed, NULL, &want, type, &rig->output,
                             &rig->result);
}

/* For pixels_free(). Ends the test if there are none. */
static struct pixels draw_pixels(struct rig *rig, enum generator style, unsigned n,
                                 uint32_t width, uint32_t height)
{
    enum cause cause = draw(rig, style, n, width, height, PICTURE_PNG);
    struct pixels p;

    cr_assert_eq(cause, CAUSE_NONE, "%s: %s", generator_name(style), cause_info(cause)->name);
    p = pixels_of(rig->output.data, rig->output.length);
    cr_assert(p.rgba && p.width == width && p.height == height);
    return p;
}

static const unsigned char *at(const struct pixels *p, unsigned long x, unsigned long y)
{
    return p->rgba + 4 * (y * p->width + x);
}

static int distance(const unsigned char *a, const unsigned char *b)
{
    int most = 0;

    for (int i = 0; i < 4; i++)
        if (abs(a[i] - b[i]) > most)
            most = abs(a[i] - b[i]);
    return most;
}

Test(styles, every_style_is_drawn_in_every_format_and_size)
{
    static const unsigned sizes[][2] = {{80, 80}, {16, 16}, {1, 1}, {200, 80}, {33, 90}, {31, 31}};
    struct rig rig;

    rig_open(&rig, "visage-render");
    for (size_t s = 0; s < COUNT(styles); s++)
        for (size_t i = 0; i < COUNT(sizes); i++)
            for (size_t k = 0; k < COUNT(outputs); k++) {
                enum cause cause =
                    draw(&rig, styles[s], 7, sizes[i][0], sizes[i][1], outputs[k]);

                cr_assert_eq(cause, CAUSE_NONE, "%s %ux%u as %s: %s", generator_name(styles[s]),
                             sizes[i][0], sizes[i][1], picture_type_name(outputs[k]),
                             cause_info(cause)->name);
                cr_expect_eq(sniff_picture(rig.output.data, rig.output.length), outputs[k]);
                cr_expect(rig.result.width == sizes[i][0] && rig.result.height == sizes[i][1]);
                cr_expect_eq(rig.result.source_alpha, styles[s] == GENERATOR_BLANK);
                cr_expect(has_only_pixels(rig.output.data, rig.output.length));
            }
    cr_expect_eq(renderer_deaths(rig.renderer), 0);
    rig_close(&rig);
}

Test(styles, transparency_alone_decides_where_no_format_is_asked_for)
{
    struct rig rig;

    rig_open(&rig, "visage-render");
    for (size_t s = 0; s < COUNT(styles); s++) {
        cr_assert_eq(draw(&rig, styles[s], 7, 80, 80, PICTURE_AUTO), CAUSE_NONE);
        cr_expect_eq(rig.result.type,
                     styles[s] == GENERATOR_BLANK ? PICTURE_PNG : PICTURE_JPEG, "%s",
                     generator_name(styles[s]));
    }
    rig_close(&rig);
}

Test(styles, the_same_seed_gives_the_same_bytes_in_any_process)
{
    struct rig rig, other;

    rig_open(&rig, "visage-render");
    rig_open(&other, "visage-render");
    for (size_t s = 0; s < COUNT(styles); s++)
        for (unsigned n = 0; n < 6; n++) {
            enum picture_type type = outputs[n % COUNT(outputs)];

            cr_assert_eq(draw(&rig, styles[s], n, 80, 64, type), CAUSE_NONE);
            cr_assert_eq(draw(&other, styles[(s + 1) % COUNT(styles)], 99, 20, 20, type),
                         CAUSE_NONE);
            cr_assert_eq(draw(&other, styles[s], n, 80, 64, type), CAUSE_NONE);
            cr_expect(rig.output.length == other.output.length &&
                          memcmp(rig.output.data, other.output.data, rig.output.length) == 0,
                      "%s", generator_name(styles[s]));
        }
    cr_expect_neq(renderer_pid(rig.renderer), renderer_pid(other.renderer));
    rig_close(&rig);
    rig_close(&other);
}

static unsigned count_differing(const struct pixels *a, const struct pixels *b)
{
    unsigned count = 0;

    for (size_t i = 0; i < a->width * a->height; i++)
        count += memcmp(a->rgba + 4 * i, b->rgba + 4 * i, 4) != 0;
    return count;
}

Test(styles, different_seeds_differ_in_many_pixels)
{
    enum { MANY = 60, SIDE = 48 };
    struct pixels p[MANY];
    struct rig rig;

    rig_open(&rig, "visage-render");
    for (size_t s = 0; s < COUNT(styles); s++) {
        if (is_for_everybody(styles[s]))
            continue;
        for (unsigned n = 0; n < MANY; n++)
            p[n] = draw_pixels(&rig, styles[s], n, SIDE, SIDE);
        for (unsigned a = 0; a < MANY; a++)
            for (unsigned b = a + 1; b < MANY; b++)
                cr_expect_gt(count_differing(&p[a], &p[b]), SIDE * SIDE / 20, "%s: %u and %u",
                             generator_name(styles[s]), a, b);
        for (unsigned n = 0; n < MANY; n++)
            pixels_free(&p[n]);
    }
    rig_close(&rig);
}

Test(styles, every_bit_of_the_seed_counts)
{
    struct rig rig;

    rig_open(&rig, "visage-render");
    for (size_t s = 0; s < COUNT(styles); s++) {
        struct digest first = number(0), flipped;
        const struct rendering want = {
            .width = 16, .height = 16, .fit = FIT_COVER, .quality = 92};
        struct buffer bytes = {0};

        if (is_for_everybody(styles[s]))
            continue;
        cr_assert_eq(renderer_generate(rig.renderer, styles[s], &first, NULL, &want, PICTURE_PNG,
                                       &bytes, &rig.result),
                     CAUSE_NONE);
        for (unsigned bit = 0; bit < 8 * DIGEST_SIZE; bit += 5) {
            flipped = first;
            flipped.bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
            cr_assert_eq(renderer_generate(rig.renderer, styles[s], &flipped, NULL, &want,
                                           PICTURE_PNG, &rig.output, &rig.result),
                         CAUSE_NONE);
            cr_expect(rig.output.length != bytes.length ||
                          memcmp(rig.output.data, bytes.data, bytes.length) != 0,
                      "%s: bit %u", generator_name(styles[s]), bit);
        }
        buffer_free(&bytes);
    }
    rig_close(&rig);
}

Test(styles, no_two_styles_draw_the_same_of_a_seed)
{
    struct pixels p[COUNT(styles)];
    struct rig rig;

    rig_open(&rig, "visage-render");
    for (size_t s = 0; s < COUNT(styles); s++)
        p[s] = draw_pixels(&rig, styles[s], 3, 48, 48);
    for (size_t a = 0; a < COUNT(styles); a++)
        for (size_t b = a + 1; b < COUNT(styles); b++)
            cr_expect_gt(count_differing(&p[a], &p[b]), 48 * 48 / 4, "%s and %s",
                         generator_name(styles[a]), generator_name(styles[b]));
    for (size_t s = 0; s < COUNT(styles); s++)
        pixels_free(&p[s]);
    rig_close(&rig);
}

Test(styles, mp_and_blank_are_the_same_for_everybody)
{
    struct rig rig, other;

    rig_open(&rig, "visage-render");
    rig_open(&other, "visage-render");
    for (size_t s = 0; s < COUNT(styles); s++) {
        if (!is_for_everybody(styles[s]))
            continue;
        cr_assert_eq(draw(&rig, styles[s], 1, 80, 80, PICTURE_PNG), CAUSE_NONE);
        cr_assert_eq(draw(&other, styles[s], 2, 80, 80, PICTURE_PNG), CAUSE_NONE);
        cr_expect(rig.output.length == other.output.length &&
                  memcmp(rig.output.data, other.output.data, rig.output.length) == 0);
    }
    rig_close(&rig);
    rig_close(&other);
}

Test(styles, blank_is_wholly_transparent_and_nothing_else_is)
{
    struct rig rig;

    rig_open(&rig, "visage-render");
    for (size_t s = 0; s < COUNT(styles); s++)
        for (size_t k = 0; k < COUNT(outputs); k++) {
            bool blank = styles[s] == GENERATOR_BLANK && outputs[k] != PICTURE_JPEG;
            struct pixels p;

            cr_assert_eq(draw(&rig, styles[s], 5, 40, 40, outputs[k]), CAUSE_NONE);
            p = pixels_of(rig.output.data, rig.output.length);
            cr_assert(p.rgba);
            for (unsigned long i = 0; i < 40 * 40; i++)
                cr_assert_eq(pixel_alpha(&p, i % 40, i / 40), blank ? 0 : 255, "%s as %s",
                             generator_name(styles[s]), picture_type_name(outputs[k]));
            if (styles[s] == GENERATOR_BLANK && !blank)
                cr_expect(pixel_is(&p, 20, 20, rig.config.background, 2));
            pixels_free(&p);
        }
    rig_close(&rig);
}

Test(styles, color_is_one_colour)
{
    struct rig rig;
    struct pixels p;

    rig_open(&rig, "visage-render");
    p = draw_pixels(&rig, GENERATOR_COLOR, 11, 50, 30);
    for (unsigned long i = 0; i < 50 * 30; i++)
        cr_assert_eq(distance(at(&p, i % 50, i / 50), at(&p, 0, 0)), 0);
    pixels_free(&p);
    rig_close(&rig);
}

/* What a box filter makes of n x n pixels. */
static void shrink(const struct pixels *p, unsigned n, unsigned long x, unsigned long y,
                   unsigned char out[4])
{
    unsigned sums[4] = {0};

    for (unsigned k = 0; k < n * n; k++)
        for (unsigned i = 0; i < 4; i++)
            sums[i] += at(p, x * n + k % n, y * n + k / n)[i];
    for (unsigned i = 0; i < 4; i++)
        out[i] = (unsigned char)((sums[i] + n * n / 2) / (n * n));
}

/* The mean over the pixels of how far the small picture is from the large one made small. */
static double mean_distance(const struct pixels *small, const struct pixels *large, unsigned n)
{
    unsigned long sum = 0, count = small->width * small->height;
    unsigned char shrunk[4];

    for (unsigned long k = 0; k < count; k++) {
        shrink(large, n, k % small->width, k / small->width, shrunk);
        sum += (unsigned long)distance(shrunk, at(small, k % small->width, k / small->width));
    }
    return (double)sum / (double)count;
}

/* 1024 pixels are more than are drawn in one go. */
Test(styles, it_is_the_same_picture_at_every_size)
{
    static const unsigned sides[][2] = {{64, 4}, {24, 4}, {80, 3}, {128, 8}};
    struct rig rig;

    rig_open(&rig, "visage-render");
    for (size_t s = 0; s < COUNT(styles); s++)
        for (size_t i = 0; i < COUNT(sides); i++)
            for (unsigned n = 0; n < 6; n++) {
                unsigned side = sides[i][0], times = sides[i][1];
                struct pixels small = draw_pixels(&rig, styles[s], n, side, side);
                struct pixels large =
                    draw_pixels(&rig, styles[s], n, side * times, side * times);
                double mean = mean_distance(&small, &large, times);

                cr_expect_lt(mean, 2.5, "%s, seed %u, %u pixels: %.2f", generator_name(styles[s]),
                             n, side, mean);
                pixels_free(&small);
                pixels_free(&large);
            }
    rig_close(&rig);
}

/* Cells are whole pixels, so that colours do not run into each other. */
Test(styles, large_pixels_have_sharp_edges_at_every_size_from_32_on)
{
    static const enum generator sprites[] = {GENERATOR_RETRO, GENERATOR_PAGAN};
    static const unsigned sides[] = {32, 40, 80, 100, 333};
    struct rig rig;

    rig_open(&rig, "visage-render");
    for (size_t s = 0; s < COUNT(sprites); s++)
        for (unsigned n = 0; n < 8; n++) {
            struct pixels plan = draw_pixels(&rig, sprites[s], n, 16, 16);

            for (size_t i = 0; i < COUNT(sides); i++) {
                struct pixels p = draw_pixels(&rig, sprites[s], n, sides[i], sides[i]);

                for (unsigned long k = 0; k < 256; k++) {
                    /* a cell's middle shows the cell at every size */
                    unsigned long x = (k % 16 * 2 + 1) * sides[i] / 32;
                    unsigned long y = (k / 16 * 2 + 1) * sides[i] / 32;

                    cr_assert_eq(distance(at(&p, x, y), at(&plan, k % 16, k / 16)), 0,
                                 "%s, seed %u, %u pixels", generator_name(sprites[s]), n,
                                 sides[i]);
                }
                pixels_free(&p);
            }
            pixels_free(&plan);
        }
    rig_close(&rig);
}

Test(styles, the_square_in_the_middle_is_the_square_picture)
{
    static const unsigned sizes[][2] = {{200, 80}, {80, 200}};
    struct rig rig;

    rig_open(&rig, "visage-render");
    for (size_t s = 0; s < COUNT(styles); s++)
        for (size_t i = 0; i < COUNT(sizes); i++)
            for (unsigned n = 0; n < 6; n++) {
                unsigned left = (sizes[i][0] - 80) / 2, top = (sizes[i][1] - 80) / 2;
                struct pixels square = draw_pixels(&rig, styles[s], n, 80, 80);
                struct pixels p = draw_pixels(&rig, styles[s], n, sizes[i][0], sizes[i][1]);

                for (unsigned long k = 0; k < 80 * 80; k++)
                    cr_assert_leq(distance(at(&p, left + k % 80, top + k / 80),
                                           at(&square, k % 80, k / 80)),
                                  2, "%s, seed %u", generator_name(styles[s]), n);
                pixels_free(&square);
                pixels_free(&p);
            }
    rig_close(&rig);
}

Test(styles, the_largest_picture_has_room_in_the_renderer)
{
    struct rig rig;

    rig_open(&rig, "visage-render");
    for (size_t s = 0; s < COUNT(styles); s++)
        cr_expect_eq(draw(&rig, styles[s], 1, PICTURE_SIDE_MAX, PICTURE_SIDE_MAX, PICTURE_JPEG),
                     CAUSE_NONE, "%s", generator_name(styles[s]));
    rig_close(&rig);
}

/* ---- what nobody should ask ---- */

Test(styles, what_is_no_style_or_no_text_is_refused_here)
{
    static const char longest[RENDER_TEXT_SIZE + 1] =
        "0123456789012345678901234567890123456789012345678901234567890123";
    const struct rendering want = {.width = 80, .height = 80, .fit = FIT_COVER, .quality = 80};
    const struct digest seed = number(1);
    struct rig rig;

    rig_open(&rig, "visage-render");
    cr_expect_eq(draw(&rig, GENERATOR_NONE, 1, 80, 80, PICTURE_PNG), CAUSE_INTERNAL);
    cr_expect_eq(draw(&rig, (enum generator)(GENERATOR_LAST + 1), 1, 80, 80, PICTURE_PNG),
                 CAUSE_INTERNAL);
    cr_expect_eq(renderer_generate(rig.renderer, GENERATOR_RETRO, &seed, longest, &want,
                                   PICTURE_PNG, &rig.output, &rig.result),
                 CAUSE_INTERNAL);
    cr_expect_eq(renderer_pid(rig.renderer), 0, "nothing was asked of a child");
    cr_expect_eq(renderer_generate(rig.renderer, GENERATOR_RETRO, &seed, longest + 1, &want,
                                   PICTURE_PNG, &rig.output, &rig.result),
                 CAUSE_NONE, "63 bytes fit");
    rig_close(&rig);
}

static struct render_request request_of(uint32_t kind, uint32_t generator)
{
    return (struct render_request){
        .magic = RENDER_PROTOCOL_MAGIC,
        .version = RENDER_PROTOCOL_VERSION,
        .kind = kind,
        .generator = generator,
        .output_type = PICTURE_PNG,
        .width = 20,
        .height = 20,
        .fit = FIT_COVER,
        .quality = 80,
    };
}

static enum cause ask(const struct render_request *request, const void *bytes, size_t length)
{
    FILE *output = tmpfile();
    struct render_reply reply;

    cr_assert(output);
    fixture_library();
    job_run_bytes(request, bytes, length, fileno(output), &reply);
    if (reply.cause == CAUSE_INTERNAL)
        cr_expect_str_eq(reply.message, "unusable request");
    fclose(output);
    return (enum cause)reply.cause;
}

Test(styles, hostile_requests_are_refused_by_the_renderer)
{
    static const uint32_t unknown[] = {GENERATOR_NONE, GENERATOR_LAST + 1, 1000, UINT32_MAX};
    struct render_request q = request_of(RENDER_GENERATED, GENERATOR_RETRO);

    cr_expect_eq(ask(&q, NULL, 0), CAUSE_NONE);
    memset(q.text, 'x', sizeof q.text);
    cr_expect_eq(ask(&q, NULL, 0), CAUSE_INTERNAL, "a text without an end");
    q = request_of(RENDER_GENERATED, GENERATOR_RETRO);
    q.fit = FIT_CONTAIN;
    cr_expect_eq(ask(&q, NULL, 0), CAUSE_INTERNAL, "nothing to be fitted in");
    q = request_of(17, GENERATOR_RETRO);
    cr_expect_eq(ask(&q, NULL, 0), CAUSE_INTERNAL, "no such kind");
    for (size_t i = 0; i < COUNT(unknown); i++) {
        q = request_of(RENDER_GENERATED, unknown[i]);
        cr_expect_eq(ask(&q, NULL, 0), CAUSE_INTERNAL, "generator %u", unknown[i]);
    }
}

/* ---- sheets ---- */

Test(styles, a_sheet_shows_each_tile_as_it_is_alone)
{
    struct render_tile tiles[12] = {{0}};
    struct pixels sheet, alone;
    struct rig rig;
    uint32_t gap = render_sheet_gap(40);

    for (unsigned i = 0; i < COUNT(tiles); i++) {
        struct digest seed = number(i);

        tiles[i].generator = i == 5 ? GENERATOR_NONE : GENERATOR_MONSTERID;
        memcpy(tiles[i].seed, seed.bytes, sizeof tiles[i].seed);
    }
    rig_open(&rig, "visage-render");
    cr_assert_eq(
        renderer_draw_sheet(rig.renderer, tiles, 12, 8, 40, &rig.output, &rig.result),
        CAUSE_NONE);
    sheet = pixels_of(rig.output.data, rig.output.length);
    cr_assert(sheet.rgba);
    cr_expect_eq(sheet.width, 8 * 40 + 9 * gap);
    cr_expect_eq(sheet.height, 2 * 40 + 3 * gap);
    cr_expect(pixel_is(&sheet, gap / 2, gap / 2, 0xffffff, 0));
    for (unsigned i = 0; i < COUNT(tiles); i++) {
        unsigned long left = gap + i % 8 * (40 + gap), top = gap + i / 8 * (40 + gap);

        alone = draw_pixels(&rig, GENERATOR_MONSTERID, i, 40, 40);
        for (unsigned long k = 0; k < 40 * 40; k++)
            if (i == 5)
                cr_assert(pixel_is(&sheet, left + k % 40, top + k / 40, 0xffffff, 0));
            else
                cr_assert_eq(distance(at(&sheet, left + k % 40, top + k / 40),
                                      at(&alone, k % 40, k / 40)),
                             0, "tile %u", i);
        pixels_free(&alone);
    }
    pixels_free(&sheet);
    rig_close(&rig);
}

Test(styles, a_sheet_that_is_too_large_is_not_begun)
{
    static struct render_tile tiles[RENDER_TILES_MAX + 1];
    struct rig rig;

    for (size_t i = 0; i < COUNT(tiles); i++)
        tiles[i].generator = GENERATOR_COLOR;
    rig_open(&rig, "visage-render");
    cr_expect_eq(renderer_draw_sheet(rig.renderer, tiles, RENDER_TILES_MAX + 1, 8, 1, &rig.output,
                                     &rig.result),
                 CAUSE_PICTURE_TOO_LARGE);
    cr_expect_eq(renderer_draw_sheet(rig.renderer, tiles, 1000, 8, 200, &rig.output, &rig.result),
                 CAUSE_PICTURE_TOO_LARGE);
    cr_expect_eq(renderer_draw_sheet(rig.renderer, tiles, 0, 8, 10, &rig.output, &rig.result),
                 CAUSE_INTERNAL);
    cr_expect_eq(renderer_draw_sheet(rig.renderer, tiles, 10, 0, 10, &rig.output, &rig.result),
                 CAUSE_INTERNAL);
    cr_expect_eq(renderer_draw_sheet(rig.renderer, tiles, 10, 8, 0, &rig.output, &rig.result),
                 CAUSE_INTERNAL);
    cr_expect_eq(renderer_pid(rig.renderer), 0, "nothing was asked of a child");
    rig_close(&rig);
}

Test(styles, hostile_sheets_are_refused_by_the_renderer)
{
    struct render_tile tiles[4] = {{0}};
    struct render_request good = request_of(RENDER_SHEET, 0), q;

    for (size_t i = 0; i < COUNT(tiles); i++)
        tiles[i].generator = GENERATOR_COLOR;
    good.columns = 2;
    good.tile = 10;
    render_sheet_size(4, 2, 10, &good.width, &good.height);
    cr_expect_eq(ask(&good, tiles, sizeof tiles), CAUSE_NONE);
    cr_expect_eq(ask(&good, tiles, sizeof tiles - 1), CAUSE_INTERNAL, "a tile cut short");
    cr_expect_eq(ask(&good, tiles, 0), CAUSE_INTERNAL, "no tile");
    cr_expect_eq(ask(&good, tiles, sizeof *tiles * 2), CAUSE_INTERNAL, "another size");
    q = good;
    q.columns = 0;
    cr_expect_eq(ask(&q, tiles, sizeof tiles), CAUSE_INTERNAL, "no column");
    q.columns = 5;
    cr_expect_eq(ask(&q, tiles, sizeof tiles), CAUSE_INTERNAL, "more columns than tiles");
    q = good;
    q.tile = UINT32_MAX;
    cr_expect_eq(ask(&q, tiles, sizeof tiles), CAUSE_INTERNAL, "a tile beyond all bounds");
    q = good;
    q.width++;
    cr_expect_eq(ask(&q, tiles, sizeof tiles), CAUSE_INTERNAL, "not the sheet's width");
    tiles[3].generator = 1000;
    cr_expect_eq(ask(&good, tiles, sizeof tiles), CAUSE_INTERNAL, "no such style");
    tiles[3].generator = GENERATOR_RETRO;
    memset(tiles[3].text, 'x', sizeof tiles[3].text);
    cr_expect_eq(ask(&good, tiles, sizeof tiles), CAUSE_INTERNAL, "a text without an end");
}
