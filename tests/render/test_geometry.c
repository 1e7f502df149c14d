/* SPDX-License-Identifier: MIT
 *
 * The renderer's pure parts: which part of a picture is shown and how large, what
 * a file's first bytes say, and what its headers say.
 */
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "image/renderer/geometry.h"
#include "image/renderer/orientation.h"
#include "image/renderer/scan.h"
#include "image/sniff.h"

Test(geometry, contain_never_enlarges_and_truncates)
{
    static const struct {
        uint32_t width, height, want_width, want_height, out_width, out_height;
    } cases[] = {
        {900, 1600, 800, 0, 800, 1422},   {3200, 800, 1600, 0, 1600, 400},
        {400, 300, 800, 0, 400, 300},     {400, 300, 0, 0, 400, 300},
        {400, 300, 0, 150, 200, 150},     {400, 300, 200, 200, 200, 150},
        {300, 400, 200, 200, 150, 200},   {1000, 1, 10, 0, 10, 1},
        {1, 1000, 0, 10, 1, 10},          {8192, 4096, 0, 0, 4096, 2048},
        {4096, 8192, 0, 0, 2048, 4096},   {16384, 3, 0, 0, 4096, 1},
        {100, 100, 100, 100, 100, 100},   {101, 100, 100, 100, 100, 99},
        {16384, 16384, 9999, 1, 1, 1},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct rendering want = {
            cases[i].want_width, cases[i].want_height, FIT_CONTAIN, 80, {0}};
        struct geometry g = geometry_plan(cases[i].width, cases[i].height, false, &want);

        cr_expect(g.out_width == cases[i].out_width && g.out_height == cases[i].out_height,
                  "case %zu: %ux%u", i, g.out_width, g.out_height);
        cr_expect(g.x == 0 && g.y == 0 && g.width == cases[i].width &&
                  g.height == cases[i].height);
    }
}

Test(geometry, cover_cuts_the_middle_and_fills_exactly)
{
    static const struct {
        uint32_t width, height, want_width, want_height;
        struct geometry g;
    } cases[] = {
        {400, 300, 100, 100, {50, 0, 300, 300, 100, 100}},
        {300, 400, 100, 100, {0, 50, 300, 300, 100, 100}},
        {10, 10, 100, 50, {0, 2, 10, 5, 100, 50}},
        {640, 300, 640, 300, {0, 0, 640, 300, 640, 300}},
        {1, 1, 4096, 4096, {0, 0, 1, 1, 4096, 4096}},
        {1000, 1, 1, 1000, {499, 0, 1, 1, 1, 1000}},
        {16384, 16384, 4096, 1, {0, 8190, 16384, 4, 4096, 1}},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct rendering want = {cases[i].want_width, cases[i].want_height, FIT_COVER, 80, {0}};
        struct geometry g = geometry_plan(cases[i].width, cases[i].height, false, &want);

        cr_expect(memcmp(&g, &cases[i].g, sizeof g) == 0, "case %zu: %u+%u %ux%u -> %ux%u", i, g.x,
                  g.y, g.width, g.height, g.out_width, g.out_height);
    }
}

Test(geometry, a_turned_picture_is_planned_lying_down)
{
    const struct rendering cover = {640, 300, FIT_COVER, 80, {0}}, contain = {800, 0, FIT_CONTAIN, 80, {0}};
    struct geometry g = geometry_plan(300, 640, true, &cover);

    cr_expect(g.width == 300 && g.height == 640 && g.out_width == 300 && g.out_height == 640);
    g = geometry_plan(1600, 900, true, &contain); /* seen as 900x1600 */
    cr_expect(g.out_height == 800 && g.out_width == 1422, "%ux%u", g.out_width, g.out_height);
}

Test(geometry, prescale_leaves_twice_the_target)
{
    static const struct {
        uint32_t width, height, out_width, out_height, n;
    } cases[] = {
        {512, 512, 128, 128, 2}, {4000, 3000, 128, 96, 8}, {255, 255, 128, 128, 1},
        {256, 256, 128, 128, 1}, {128, 128, 128, 128, 1},  {10, 10, 100, 100, 1},
        {4000, 500, 100, 125, 2}, {768, 768, 128, 128, 3},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct geometry g = {.width = cases[i].width,
                             .height = cases[i].height,
                             .out_width = cases[i].out_width,
                             .out_height = cases[i].out_height};

        cr_expect_eq(geometry_prescale(&g), cases[i].n, "case %zu: %u", i, geometry_prescale(&g));
    }
}

Test(geometry, a_carried_plan_stays_inside)
{
    for (uint32_t from = 1; from < 60; from++)
        for (uint32_t to = 1; to <= from; to++)
            for (uint32_t at = 0; at < from; at += 3) {
                struct geometry g = {.x = at, .y = at, .width = from - at, .height = from - at};

                geometry_carry(&g, from, from, to, to);
                cr_assert(g.width >= 1 && g.x + g.width <= to && g.y + g.height <= to,
                          "%u of %u at %u", to, from, at);
            }
}

Test(sniff, magic_bytes_tell)
{
    static const struct {
        const char *bytes;
        size_t length;
        enum picture_type type;
    } cases[] = {
        {"\xff\xd8\xff\xe0....", 8, PICTURE_JPEG},
        {"\xff\xd8\xff", 3, PICTURE_JPEG},
        {"\xff\xd8", 2, PICTURE_UNKNOWN},
        {"\x89PNG\r\n\x1a\n", 8, PICTURE_PNG},
        {"\x89PNG\r\n\x1a\r", 8, PICTURE_UNKNOWN},
        {"\x8aMNG\r\n\x1a\n", 8, PICTURE_UNKNOWN},
        {"GIF87a", 6, PICTURE_GIF},
        {"GIF89a", 6, PICTURE_GIF},
        {"GIF88a", 6, PICTURE_UNKNOWN},
        {"RIFF....WEBPVP8 ", 16, PICTURE_WEBP},
        {"RIFF....WAVEfmt ", 16, PICTURE_UNKNOWN},
        {"\0\0\0\x10" "ftypavif\0\0\0\0", 16, PICTURE_AVIF},
        {"\0\0\0\x10" "ftypavis\0\0\0\0", 16, PICTURE_AVIF},
        {"\0\0\0\x10" "ftypheic\0\0\0\0", 16, PICTURE_HEIC},
        {"\0\0\0\x10" "ftypmp42\0\0\0\0", 16, PICTURE_UNKNOWN},
        {"\0\0\0\x18" "ftypmif1\0\0\0\0miafavif", 24, PICTURE_AVIF},
        {"\0\0\0\x18" "ftypmif1\0\0\0\0mif1heic", 24, PICTURE_HEIC},
        /* a brand behind the box's end does not count */
        {"\0\0\0\x14" "ftypmif1\0\0\0\0mif1avif", 24, PICTURE_HEIC},
        /* a box that says it is longer than the file */
        {"\xff\xff\xff\xff" "ftypmif1\0\0\0\0avif", 20, PICTURE_AVIF},
        {"\0\0\0\x04" "ftypavif\0\0\0\0", 16, PICTURE_UNKNOWN},
        {"<svg xmlns=\"http://www.w3.org/2000/svg\">", 40, PICTURE_UNKNOWN},
        {"%PDF-1.7 and so on", 18, PICTURE_UNKNOWN},
        {"BM..............", 16, PICTURE_UNKNOWN},
        {"II*\0............", 16, PICTURE_UNKNOWN},
        {"", 0, PICTURE_UNKNOWN},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        /* of exactly this length, so that a checker sees a read beyond it */
        char *copy = malloc(cases[i].length ? cases[i].length : 1);
        enum picture_type type;

        cr_assert_not_null(copy);
        memcpy(copy, cases[i].bytes, cases[i].length);
        type = sniff_picture(copy, cases[i].length);
        free(copy);
        cr_expect_eq(type, cases[i].type, "case %zu: %d", i, (int)type);
    }
}

Test(scan, any_bytes_are_survived)
{
    static const unsigned char likely[] = {0xff, 0xd8, 0xda, 0xe1, 0xc0, 0,   0,  8,
                                           'e',  'I',  'H',  'D',  'R',  'X', 'f'};
    unsigned seed = 20231;

    for (int round = 0; round < 20000; round++) {
        size_t length = (size_t)(rand_r(&seed) % 120);
        unsigned char *bytes = malloc(length ? length : 1);
        struct scan scan;

        cr_assert_not_null(bytes);
        for (size_t i = 0; i < length; i++) /* markers and lengths more often than by chance */
            bytes[i] = rand_r(&seed) % 3 ? (unsigned char)rand_r(&seed)
                                         : likely[(size_t)rand_r(&seed) % sizeof likely];
        if (length > 16 && round % 2)
            memcpy(bytes + 12, "IHDR", 4);
        if (scan_jpeg(bytes, length, &scan))
            cr_assert(scan.width && scan.height);
        if (scan_png(bytes, length, &scan))
            cr_assert(!scan.exif || scan.exif + scan.exif_length <= bytes + length);
        scan_gif(bytes, length, &scan);
        cr_assert_leq(orientation_from_exif(bytes, length), 8);
        cr_assert_leq(orientation_from_xmp(bytes, length), 8);
        free(bytes);
    }
}

Test(orientation, xmp_is_read_in_both_spellings)
{
    static const struct {
        const char *text;
        unsigned value;
    } cases[] = {
        {"<a tiff:Orientation=\"6\"/>", 6},
        {"<a tiff:Orientation='3'/>", 3},
        {"<tiff:Orientation>8</tiff:Orientation>", 8},
        {"<a tiff:Orientation=\"9\"/>", 0},
        {"<a tiff:Orientation=\"12\"/>", 0},
        {"<a tiff:Orientation=\"", 0},
        {"tiff:Orientation", 0},
        {"", 0},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        cr_expect_eq(orientation_from_xmp((const unsigned char *)cases[i].text,
                                          strlen(cases[i].text)),
                     cases[i].value, "%s", cases[i].text);
}
