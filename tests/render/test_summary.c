/* SPDX-License-Identifier: MIT
 *
 * Pictures in a few bytes: of the whole picture, upright, in its right colours; and what a worker
 * believes of it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "image/render_protocol.h"
#include "image/renderer/job.h"
#include "image/renderer/thumbhash.h"
#include "render/fixture.h"
#include "render/rig.h"

TestSuite(summary, .timeout = 120);

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define RENDERER "visage-render"

static enum cause sum_up(struct rig *rig, const void *bytes, size_t length,
                         struct render_summary *out)
{
    int fd = memfd_create("visage-test", MFD_CLOEXEC);
    enum cause cause;

    cr_assert_geq(fd, 0);
    cr_assert_eq(write(fd, bytes, length), (ssize_t)length);
    cause = renderer_summarize(rig->renderer, fd, length, out);
    close(fd);
    return cause;
}

static void expect_hash_of(const struct render_summary *s, const struct pixels *p)
{
    unsigned char hash[THUMBHASH_MAX];
    size_t length = thumbhash_encode(p->rgba, (uint32_t)p->width, (uint32_t)p->height, hash);

    cr_expect_eq(s->thumbhash_length, length);
    cr_expect_eq(memcmp(s->thumbhash, hash, length), 0);
    cr_expect_eq(s->colour,
                 dominant_colour(p->rgba, (uint32_t)p->width, (uint32_t)p->height));
}

Test(summary, of_a_small_picture_is_that_of_its_pixels)
{
    struct rig rig;

    rig_open(&rig, RENDERER);
    for (int alpha = 0; alpha < 2; alpha++) {
        struct file file = fixture_png(60, 40, alpha == 1);
        struct pixels pixels = pixels_of(file.bytes, file.length);
        struct render_summary s;

        cr_assert_eq(sum_up(&rig, file.bytes, file.length, &s), CAUSE_NONE);
        cr_expect(s.type == PICTURE_PNG && s.width == 60 && s.height == 40);
        cr_expect_eq(s.alpha, alpha == 1);
        expect_hash_of(&s, &pixels);
        pixels_free(&pixels);
        file_free(&file);
    }
    rig_close(&rig);
}

/* The same as that of the picture that a client would be given at this size: all of them are decoded,
 * scaled and brought to sRGB in the one way. */
Test(summary, of_any_picture_is_that_of_the_picture_made_small)
{
    struct file files[] = {
        fixture_jpeg(1500, 1000, 1),       fixture_jpeg(300, 500, 6),
        fixture_jpeg_grey(200, 200),       fixture_jpeg_cmyk(240, 160),
        fixture_jpeg_swapped(200, 100),    fixture_jpeg_bad_profile(200, 100),
        fixture_png(300, 200, true),       fixture_png_noise(130, 110),
        fixture_png_16(200, 300),          fixture_png_turned(400, 200, 8),
        fixture_gif(128, 128),             fixture_webp(300, 100, true),
        fixture_webp_animated(120, 160),
    };
    struct rig rig;

    rig_open(&rig, RENDERER);
    for (size_t i = 0; i < COUNT(files); i++) {
        struct pixels pixels;
        struct render_summary s;

        cr_assert_eq(rig_render(&rig, files[i].bytes, files[i].length, 100, 100, FIT_CONTAIN,
                                PICTURE_PNG), CAUSE_NONE);
        pixels = pixels_of(rig.output.data, rig.output.length);
        cr_assert_eq(sum_up(&rig, files[i].bytes, files[i].length, &s), CAUSE_NONE);
        cr_expect(s.width == rig.result.source_width && s.height == rig.result.source_height);
        cr_expect_eq(s.alpha, rig.result.source_alpha);
        expect_hash_of(&s, &pixels);
        pixels_free(&pixels);
        file_free(&files[i]);
    }
    rig_close(&rig);
}

Test(summary, is_of_the_picture_turned_upright)
{
    struct file upright = fixture_webp(90, 50, false);
    struct render_summary wanted, s;
    struct rig rig;

    rig_open(&rig, RENDERER);
    cr_assert_eq(sum_up(&rig, upright.bytes, upright.length, &wanted), CAUSE_NONE);
    for (unsigned orientation = 1; orientation <= 8; orientation++) {
        struct file file = fixture_webp_turned(90, 50, orientation);

        cr_assert_eq(sum_up(&rig, file.bytes, file.length, &s), CAUSE_NONE);
        cr_expect(s.type == PICTURE_WEBP && s.width == 90 && s.height == 50, "%u", orientation);
        cr_expect_eq(s.colour, wanted.colour);
        cr_expect(s.thumbhash_length == wanted.thumbhash_length &&
                  memcmp(s.thumbhash, wanted.thumbhash, s.thumbhash_length) == 0,
                  "orientation %u", orientation);
        file_free(&file);
    }
    file_free(&upright);
    rig_close(&rig);
}

Test(summary, extreme_proportions_have_one_too)
{
    static const unsigned sides[][2] = {{1, 1}, {4000, 1}, {1, 4000}, {3000, 2}};
    struct rig rig;

    rig_open(&rig, RENDERER);
    for (size_t i = 0; i < COUNT(sides); i++) {
        struct file file = fixture_png(sides[i][0], sides[i][1], false);
        struct render_summary s;

        cr_assert_eq(sum_up(&rig, file.bytes, file.length, &s), CAUSE_NONE);
        cr_expect(s.width == sides[i][0] && s.height == sides[i][1]);
        cr_expect(s.thumbhash_length >= 5 && s.thumbhash_length <= 25);
        file_free(&file);
    }
    rig_close(&rig);
}

Test(summary, what_is_no_picture_has_none)
{
    struct file text = fixture_text("<html>"), whole = fixture_png(64, 64, false);
    struct file cut = fixture_cut(fixture_jpeg(300, 300, 1), 1, 2);
    struct file bomb = fixture_png_bomb(16000, 16000);
    struct render_summary s;
    struct rig rig;

    rig_open(&rig, RENDERER);
    cr_expect_eq(sum_up(&rig, text.bytes, text.length, &s), CAUSE_PICTURE_TYPE);
    cr_expect_eq(sum_up(&rig, cut.bytes, cut.length, &s), CAUSE_PICTURE_BROKEN);
    cr_expect_eq(sum_up(&rig, bomb.bytes, bomb.length, &s), CAUSE_PICTURE_TOO_LARGE);
    cr_expect(s.width == 0 && s.thumbhash_length == 0);
    cr_expect_eq(sum_up(&rig, whole.bytes, whole.length, &s), CAUSE_NONE);
    file_free(&text);
    file_free(&cut);
    file_free(&bomb);
    file_free(&whole);
    rig_close(&rig);
}

Test(summary, false_ones_end_the_renderer)
{
    static const struct {
        const char *what;
        enum cause cause;
    } rows[] = {
        {"sum-up", CAUSE_NONE},
        {"sum-up-long-hash", CAUSE_RENDER_CRASHED},
        {"sum-up-short-hash", CAUSE_RENDER_CRASHED},
        {"sum-up-colour", CAUSE_RENDER_CRASHED},
        {"sum-up-side", CAUSE_RENDER_CRASHED},
        {"sum-up-large", CAUSE_RENDER_CRASHED},
        {"sum-up-alpha", CAUSE_RENDER_CRASHED},
        {"sum-up-output", CAUSE_RENDER_CRASHED},
    };
    struct render_summary s;
    unsigned deaths = 0;
    struct rig rig;

    rig_open(&rig, "tests/render/visage-render-misbehave");
    for (size_t i = 0; i < COUNT(rows); i++) {
        char picture[64];
        int n = snprintf(picture, sizeof picture, "\x89PNG\r\n\x1a\nmisbehave=%s", rows[i].what);

        cr_expect_eq(sum_up(&rig, picture, (size_t)n, &s), rows[i].cause, "%s", rows[i].what);
        deaths += rows[i].cause != CAUSE_NONE;
        cr_expect_eq(renderer_deaths(rig.renderer), deaths, "%s", rows[i].what);
        cr_expect_eq(s.thumbhash_length, rows[i].cause ? 0u : (size_t)PICTURE_THUMBHASH_MAX);
    }
    rig_close(&rig);
}

Test(summary, hostile_requests_are_refused_by_the_renderer)
{
    static const struct render_request good = {.kind = RENDER_SUMMARY,
                                               .input_type = PICTURE_PNG,
                                               .output_type = PICTURE_PNG,
                                               .width = RENDER_SUMMARY_SIDE,
                                               .height = RENDER_SUMMARY_SIDE,
                                               .fit = FIT_CONTAIN,
                                               .quality = 100,
                                               .max_pixels = 1000000};
    struct file file = fixture_png(300, 200, false);
    struct render_request bad[5];
    struct render_reply reply;

    fixture_library();
    job_run_bytes(&good, file.bytes, file.length, -1, &reply);
    cr_expect_eq(reply.cause, (uint32_t)CAUSE_NONE);
    cr_expect(reply.source_width == 300 && reply.width == 100 && reply.output_length == 0);
    for (size_t i = 0; i < COUNT(bad); i++)
        bad[i] = good;
    bad[0].width = RENDER_SUMMARY_SIDE + 1;
    bad[1].height = 0; /* no bound */
    bad[2].fit = FIT_COVER;
    bad[3].fit = FIT_FORCE;
    bad[4].effects.padding_left = 50;
    for (size_t i = 0; i < COUNT(bad); i++) {
        job_run_bytes(&bad[i], file.bytes, file.length, -1, &reply);
        cr_expect_eq(reply.cause, (uint32_t)CAUSE_INTERNAL, "%zu", i);
        cr_expect_str_eq(reply.message, "unusable request");
    }
    file_free(&file);
}
