/* SPDX-License-Identifier: MIT
 *
 * The real renderer, asked as a worker asks: every format in and out, the right
 * way up, in the right colours, without what was written beside the pixels; and a
 * cause for everything that is not a picture.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "image/renderer/samples.h"
#include "image/sniff.h"
#include "render/fixture.h"
#include "render/rig.h"

#define LOSSY 24 /* what JPEG and WebP may be off by, in the middle of a square */

static const enum picture_type outputs[] = {PICTURE_JPEG, PICTURE_PNG, PICTURE_WEBP};

/* The four squares, looked at in their middles. */
static bool shows_squares(const struct rig *rig, int tolerance)
{
    struct pixels p = pixels_of(rig->output.data, rig->output.length);
    unsigned long w = p.width, h = p.height;
    bool ok = pixel_is(&p, w / 4, h / 4, RED, tolerance) &&
              pixel_is(&p, w * 3 / 4, h / 4, GREEN, tolerance) &&
              pixel_is(&p, w / 4, h * 3 / 4, BLUE, tolerance) &&
              pixel_is(&p, w * 3 / 4, h * 3 / 4, WHITE, tolerance);

    ok = ok && w == rig->result.width && h == rig->result.height;
    pixels_free(&p);
    return ok;
}

static void expect_squares(struct rig *rig, struct file f, unsigned width, unsigned height,
                           const char *what)
{
    for (size_t i = 0; i < sizeof outputs / sizeof *outputs; i++) {
        const char *name = picture_type_name(outputs[i]);
        enum cause cause =
            rig_render(rig, f.bytes, f.length, width, height, FIT_COVER, outputs[i]);

        cr_expect_eq(cause, CAUSE_NONE, "%s to %s: %s", what, name, cause_info(cause)->name);
        if (cause != CAUSE_NONE)
            continue;
        cr_expect_eq(rig->result.type, outputs[i]);
        cr_expect_eq(sniff_picture(rig->output.data, rig->output.length), outputs[i]);
        cr_expect(rig->result.width == width && rig->result.height == height, "%s to %s", what,
                  name);
        cr_expect(shows_squares(rig, LOSSY), "%s to %s: wrong pixels", what, name);
        cr_expect(has_only_pixels(rig->output.data, rig->output.length), "%s to %s", what, name);
        cr_expect_not(contains(rig->output.data, rig->output.length, SECRET_PLACE));
    }
}

Test(render, every_orientation_of_a_jpeg_comes_out_upright)
{
    struct rig rig;

    rig_open(&rig, "visage-render");
    for (unsigned o = 1; o <= 8; o++) {
        char what[32];
        struct file f = fixture_jpeg(320, 200, o);

        snprintf(what, sizeof what, "orientation %u", o);
        cr_assert(contains(f.bytes, f.length, SECRET_PLACE));
        expect_squares(&rig, f, 160, 100, what); /* no scaling by libjpeg */
        expect_squares(&rig, f, 32, 20, what);   /* scaled by it first */
        expect_squares(&rig, f, 400, 250, what); /* enlarged */
        cr_expect(rig.result.source_width == 320 && rig.result.source_height == 200);
        file_free(&f);
    }
    cr_expect_eq(renderer_deaths(rig.renderer), 0);
    rig_close(&rig);
}

Test(render, orientation_is_read_from_png_and_webp_too)
{
    struct rig rig;

    rig_open(&rig, "visage-render");
    for (unsigned o = 1; o <= 8; o++) {
        struct file png = fixture_png_turned(120, 80, o), xmp = fixture_png_xmp(120, 80, o);
        struct file webp = fixture_webp_turned(120, 80, o);

        expect_squares(&rig, png, 60, 40, "PNG with eXIf");
        expect_squares(&rig, xmp, 60, 40, "PNG with XMP");
        expect_squares(&rig, webp, 60, 40, "WebP with EXIF");
        expect_squares(&rig, webp, 12, 8, "WebP with EXIF, scaled by libwebp");
        file_free(&png);
        file_free(&xmp);
        file_free(&webp);
    }
    rig_close(&rig);
}

Test(render, plain_files_of_each_format)
{
    struct rig rig;
    struct file png = fixture_png(100, 80, false), deep = fixture_png_16(100, 80);
    struct file webp = fixture_webp(100, 80, false);

    rig_open(&rig, "visage-render");
    expect_squares(&rig, png, 50, 40, "PNG");
    expect_squares(&rig, deep, 50, 40, "PNG of 16 bits");
    expect_squares(&rig, webp, 50, 40, "WebP");
    file_free(&png);
    file_free(&deep);
    file_free(&webp);
    rig_close(&rig);
}

static void expect_sample(enum picture_type type, const unsigned char *bytes, size_t length)
{
    struct rig rig;
    struct file f = {.bytes = (unsigned char *)bytes, .length = length};
    uint32_t types;
    bool sandboxed;

    rig_open(&rig, "visage-render");
    cr_assert_eq(renderer_probe(rig.renderer, &types, &sandboxed), 0);
    if (!(types & 1u << type)) {
        rig_close(&rig);
        cr_skip_test("GraphicsMagick here does not decode %s", picture_type_name(type));
    }
    cr_expect_eq(sniff_picture(bytes, length), type);
    expect_squares(&rig, f, 64, 64, picture_type_name(type));
    expect_squares(&rig, f, 32, 32, picture_type_name(type));
    cr_expect_eq(renderer_deaths(rig.renderer), 0);
    rig_close(&rig);
}

Test(render, avif_is_decoded)
{
    expect_sample(PICTURE_AVIF, sample_avif, sizeof sample_avif);
}

Test(render, heic_is_decoded)
{
    expect_sample(PICTURE_HEIC, sample_heic, sizeof sample_heic);
}

Test(render, the_probe_names_the_formats)
{
    struct rig rig;
    uint32_t types = 0;
    bool sandboxed;

    rig_open(&rig, "visage-render");
    cr_assert_eq(renderer_probe(rig.renderer, &types, &sandboxed), 0);
    for (enum picture_type t = PICTURE_JPEG; t <= PICTURE_WEBP; t++)
        cr_expect(types & 1u << t, "%s", picture_type_name(t));
    rig_close(&rig);
}

Test(render, colours_are_converted_to_srgb)
{
    struct rig rig;
    struct file ink = fixture_jpeg_cmyk(320, 200), swapped = fixture_jpeg_swapped(320, 200);
    struct file bad = fixture_jpeg_bad_profile(320, 200);
    struct pixels p;

    rig_open(&rig, "visage-render");
    expect_squares(&rig, ink, 160, 100, "CMYK");
    expect_squares(&rig, ink, 32, 20, "CMYK");
    expect_squares(&rig, bad, 160, 100, "a broken profile is as good as none");
    for (unsigned side = 20; side <= 200; side += 180) { /* converted after scaling, and before */
        cr_assert_eq(rig_render(&rig, swapped.bytes, swapped.length, side * 2, side * 2, FIT_COVER,
                                PICTURE_PNG),
                     CAUSE_NONE);
        p = pixels_of(rig.output.data, rig.output.length);
        cr_expect(pixel_is(&p, p.width / 4, p.height / 4, GREEN, LOSSY));
        cr_expect(pixel_is(&p, p.width * 3 / 4, p.height / 4, RED, LOSSY));
        cr_expect(pixel_is(&p, p.width / 4, p.height * 3 / 4, BLUE, LOSSY));
        pixels_free(&p);
    }
    file_free(&ink);
    file_free(&swapped);
    file_free(&bad);
    rig_close(&rig);
}

Test(render, grey_stays_grey)
{
    struct rig rig;
    struct file f = fixture_jpeg_grey(320, 200);

    rig_open(&rig, "visage-render");
    for (size_t i = 0; i < sizeof outputs / sizeof *outputs; i++) {
        struct pixels p;

        cr_assert_eq(rig_render(&rig, f.bytes, f.length, 32, 20, FIT_COVER, outputs[i]),
                     CAUSE_NONE);
        p = pixels_of(rig.output.data, rig.output.length);
        cr_assert_not_null(p.rgba);
        for (unsigned long k = 0; k < p.width * p.height; k++)
            cr_assert(abs(p.rgba[4 * k] - p.rgba[4 * k + 1]) <= 4 &&
                      abs(p.rgba[4 * k] - p.rgba[4 * k + 2]) <= 4);
        cr_expect(pixel_is(&p, 24, 15, WHITE, LOSSY));
        pixels_free(&p);
    }
    file_free(&f);
    rig_close(&rig);
}

Test(render, transparency_is_kept_or_laid_on_the_background)
{
    struct rig rig;
    struct file files[] = {fixture_png(100, 80, true), fixture_webp(100, 80, true)};

    rig_open(&rig, "visage-render");
    rig.config.background = 0x00ff00;
    for (size_t i = 0; i < 2; i++) {
        const struct file *f = &files[i];
        struct pixels p;

        for (size_t k = 1; k < 3; k++) { /* PNG, WebP */
            cr_assert_eq(rig_render(&rig, f->bytes, f->length, 50, 40, FIT_COVER, outputs[k]),
                         CAUSE_NONE);
            cr_expect(rig.result.source_alpha);
            p = pixels_of(rig.output.data, rig.output.length);
            cr_expect_eq(pixel_alpha(&p, 40, 20), 0);
            cr_expect(pixel_is(&p, 12, 10, RED, LOSSY));
            pixels_free(&p);
        }
        cr_assert_eq(rig_render(&rig, f->bytes, f->length, 50, 40, FIT_COVER, PICTURE_JPEG),
                     CAUSE_NONE);
        p = pixels_of(rig.output.data, rig.output.length);
        cr_expect(pixel_is(&p, 40, 20, 0x00ff00, LOSSY));
        cr_expect(pixel_is(&p, 12, 10, RED, LOSSY));
        pixels_free(&p);
        /* what is cut away is not seen, but the source has it all the same */
        cr_assert_eq(rig_render(&rig, f->bytes, f->length, 50, 40, FIT_COVER, PICTURE_AUTO),
                     CAUSE_NONE);
        cr_expect_eq(rig.result.type, PICTURE_PNG);
        file_free(&files[i]);
    }
    rig_close(&rig);
}

Test(render, noise_in_every_channel_is_encoded)
{
    static const unsigned sides[] = {8, 32, 100, 300};
    struct rig rig;

    rig_open(&rig, "visage-render");
    for (size_t i = 0; i < sizeof sides / sizeof *sides; i++) {
        struct file f = fixture_png_noise(sides[i], sides[i]);

        for (size_t k = 0; k < 3; k++) {
            enum cause cause = rig_render(&rig, f.bytes, f.length, 0, 0, FIT_CONTAIN, outputs[k]);

            cr_expect_eq(cause, CAUSE_NONE, "%u: %s", sides[i], cause_info(cause)->name);
            cr_expect_eq(rig.result.width, sides[i]);
        }
        file_free(&f);
    }
    cr_expect_eq(renderer_deaths(rig.renderer), 0);
    rig_close(&rig);
}

Test(render, auto_gives_jpeg_where_nothing_is_transparent)
{
    struct rig rig;
    struct file files[] = {fixture_png(100, 80, false), fixture_webp(100, 80, false),
                           fixture_jpeg(100, 80, 1)};

    rig_open(&rig, "visage-render");
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        cr_assert_eq(rig_render(&rig, files[i].bytes, files[i].length, 50, 40, FIT_COVER,
                                PICTURE_AUTO),
                     CAUSE_NONE);
        cr_expect_eq(rig.result.type, PICTURE_JPEG, "file %zu", i);
        cr_expect_not(rig.result.source_alpha);
        file_free(&files[i]);
    }
    rig_close(&rig);
}

Test(render, the_first_frame_is_shown_on_its_whole_canvas)
{
    struct rig rig;
    struct file files[] = {fixture_gif(80, 60), fixture_webp_animated(80, 60)};

    rig_open(&rig, "visage-render");
    for (size_t i = 0; i < 2; i++) {
        struct pixels p;

        cr_assert_eq(rig_render(&rig, files[i].bytes, files[i].length, 0, 0, FIT_CONTAIN,
                                PICTURE_AUTO),
                     CAUSE_NONE);
        cr_expect_eq(rig.result.type, PICTURE_PNG, "the rest of the canvas is transparent");
        cr_expect(rig.result.width == 80 && rig.result.height == 60, "file %zu: %ux%u", i,
                  rig.result.width, rig.result.height);
        p = pixels_of(rig.output.data, rig.output.length);
        cr_expect(pixel_is(&p, 60, 45, RED, 2), "file %zu", i);
        cr_expect_eq(pixel_alpha(&p, 20, 15), 0);
        cr_expect_eq(pixel_alpha(&p, 60, 15), 0);
        pixels_free(&p);
        file_free(&files[i]);
    }
    rig_close(&rig);
}

Test(render, sizes_are_as_asked)
{
    static const struct {
        unsigned width, height, want_width, want_height;
        enum picture_fit fit;
        unsigned out_width, out_height;
    } cases[] = {
        {900, 1600, 800, 0, FIT_CONTAIN, 800, 1422}, {400, 300, 800, 0, FIT_CONTAIN, 400, 300},
        {320, 80, 160, 0, FIT_CONTAIN, 160, 40},     {300, 200, 64, 64, FIT_COVER, 64, 64},
        {30, 20, 64, 64, FIT_COVER, 64, 64},         {300, 200, 1, 1, FIT_COVER, 1, 1},
        {1, 1, 100, 30, FIT_COVER, 100, 30},         {600, 2, 0, 1, FIT_CONTAIN, 300, 1},
        {2, 600, 1, 0, FIT_CONTAIN, 1, 300},         {601, 3, 60, 0, FIT_CONTAIN, 60, 1},
    };
    struct rig rig;

    rig_open(&rig, "visage-render");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t k = 0; k < 3; k++) {
            struct file f = k == 0   ? fixture_jpeg(cases[i].width, cases[i].height, 6)
                            : k == 1 ? fixture_png(cases[i].width, cases[i].height, true)
                                     : fixture_webp(cases[i].width, cases[i].height, false);
            enum cause cause = rig_render(&rig, f.bytes, f.length, cases[i].want_width,
                                          cases[i].want_height, cases[i].fit, outputs[k]);

            cr_expect_eq(cause, CAUSE_NONE, "case %zu: %s", i, cause_info(cause)->name);
            cr_expect(rig.result.width == cases[i].out_width &&
                          rig.result.height == cases[i].out_height,
                      "case %zu: %ux%u", i, rig.result.width, rig.result.height);
            cr_expect(rig.result.source_width == cases[i].width &&
                      rig.result.source_height == cases[i].height);
            file_free(&f);
        }
    rig_close(&rig);
}

Test(render, cover_shows_the_middle)
{
    struct rig rig;
    struct file wide = fixture_jpeg(400, 100, 1), high = fixture_jpeg(100, 400, 8);

    rig_open(&rig, "visage-render");
    /* all four squares meet in the middle, whatever is cut away */
    expect_squares(&rig, wide, 40, 40, "wide");
    expect_squares(&rig, high, 40, 40, "high, lying down");
    expect_squares(&rig, wide, 200, 200, "wide, enlarged");
    file_free(&wide);
    file_free(&high);
    rig_close(&rig);
}

Test(render, what_is_no_picture_has_a_cause)
{
    struct file jpeg = fixture_jpeg(300, 200, 1), png = fixture_png(300, 200, false);
    struct file gif = fixture_gif(80, 60), webp = fixture_webp(80, 60, false);
    struct {
        const char *what;
        struct file file;
        bool owned;
        enum cause cause;
    } cases[] = {
        {"nothing", {(unsigned char *)"", 0}, false, CAUSE_PICTURE_TYPE},
        {"text", fixture_text("hello"), true, CAUSE_PICTURE_TYPE},
        {"SVG", fixture_text("<svg xmlns=\"http://www.w3.org/2000/svg\"><image "
                             "href=\"/etc/hostname\"/></svg>"), true, CAUSE_PICTURE_TYPE},
        {"PDF", fixture_text("%PDF-1.4\n1 0 obj\n"), true, CAUSE_PICTURE_TYPE},
        {"PS", fixture_text("%!PS-Adobe-3.0\nshowpage\n"), true, CAUSE_PICTURE_TYPE},
        {"MVG", fixture_text("push graphic-context\nimage over 0,0 0,0 'msl:x'\n"), true,
         CAUSE_PICTURE_TYPE},
        {"HTML", fixture_text("<!DOCTYPE html><title>sign in</title>"), true, CAUSE_PICTURE_TYPE},
        {"a JPEG's first bytes", fixture_text("\xff\xd8\xff\xe0"), true, CAUSE_PICTURE_BROKEN},
        {"a PNG's signature", fixture_text("\x89PNG\r\n\x1a\n"), true, CAUSE_PICTURE_BROKEN},
        {"a GIF's signature", fixture_text("GIF89a"), true, CAUSE_PICTURE_BROKEN},
        {"a WebP's head", fixture_text("RIFFxxxxWEBPVP8 "), true, CAUSE_PICTURE_BROKEN},
        {"half a JPEG", fixture_cut(jpeg, 1, 2), false, CAUSE_PICTURE_BROKEN},
        {"most of a JPEG", fixture_cut(jpeg, 95, 100), false, CAUSE_PICTURE_BROKEN},
        {"half a PNG", fixture_cut(png, 1, 2), false, CAUSE_PICTURE_BROKEN},
        {"half a WebP", fixture_cut(webp, 1, 2), false, CAUSE_PICTURE_BROKEN},
        {"a quarter of a GIF", fixture_cut(gif, 1, 4), false, CAUSE_PICTURE_BROKEN},
        {"a huge PNG", fixture_png_bomb(60000, 60000), true, CAUSE_PICTURE_TOO_LARGE},
        {"a long PNG", fixture_png_bomb(20000, 10), true, CAUSE_PICTURE_TOO_LARGE},
        {"a PNG of no width", fixture_png_bomb(0, 10), true, CAUSE_PICTURE_BROKEN},
        {"a PNG beyond the format", fixture_png_bomb(UINT32_MAX, UINT32_MAX), true,
         CAUSE_PICTURE_TOO_LARGE},
    };
    struct rig rig;

    rig_open(&rig, "visage-render");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        enum cause cause = rig_render(&rig, cases[i].file.bytes, cases[i].file.length, 64, 64,
                                      FIT_COVER, PICTURE_JPEG);

        cr_expect_eq(cause, cases[i].cause, "%s: %s", cases[i].what, cause_info(cause)->name);
        cr_expect_eq(rig.output.length, 0);
        if (cases[i].owned)
            file_free(&cases[i].file);
    }
    cr_expect_eq(renderer_deaths(rig.renderer), 0);
    file_free(&jpeg);
    file_free(&png);
    file_free(&gif);
    file_free(&webp);
    rig_close(&rig);
}

Test(render, cut_and_spoilt_files_never_kill_it)
{
    struct file files[] = {fixture_jpeg(60, 40, 6), fixture_png(60, 40, true), fixture_gif(60, 40),
                           fixture_webp_animated(60, 40), fixture_webp_turned(60, 40, 5)};
    struct rig rig;
    unsigned seed = 7;

    rig_open(&rig, "visage-render");
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        for (size_t part = 1; part < 16; part++) {
            struct file cut = fixture_cut(files[i], part, 16);

            rig_render(&rig, cut.bytes, cut.length, 20, 20, FIT_COVER, PICTURE_WEBP);
        }
        for (int round = 0; round < 40; round++) {
            size_t at = (size_t)rand_r(&seed) % files[i].length;
            unsigned char old = files[i].bytes[at];

            files[i].bytes[at] = (unsigned char)rand_r(&seed);
            rig_render(&rig, files[i].bytes, files[i].length, 20, 20, FIT_CONTAIN, PICTURE_PNG);
            files[i].bytes[at] = old;
        }
        file_free(&files[i]);
    }
    cr_expect_eq(renderer_deaths(rig.renderer), 0);
    rig_close(&rig);
}
