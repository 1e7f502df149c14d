/* SPDX-License-Identifier: MIT
 *
 * Initials from the real renderer, asked as a worker asks. What needs a font that is not
 * installed is skipped; what needs any font at all takes DejaVu's.
 */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <criterion/criterion.h>
#include <criterion/parameterized.h>

#include "base/generator.h"
#include "image/renderer/palette.h"
#include "image/sniff.h"
#include "render/fixture.h"
#include "render/rig.h"

#define DEJAVU "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf"
#define NOTO "/usr/share/fonts/truetype/noto/"
#define CJK "/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc"
#define EMOJI NOTO "NotoColorEmoji.ttf"

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* Seeds that give a deep and a light ground. */
#define DEEP 3
#define LIGHT (PALETTE_DEEP + 3)

static struct digest seed_of(unsigned n)
{
    return (struct digest){{(unsigned char)(n >> 8), (unsigned char)n}};
}

static void need(const char *font)
{
    if (access(font, R_OK) < 0)
        cr_skip_test("%s is not installed", font);
}

/* A rig with the usual fonts, or with one alone. */
static void open_with(struct rig *rig, char *font)
{
    static char *fonts[1];

    rig_open(rig, "visage-render");
    if (!font)
        return;
    need(font);
    fonts[0] = font;
    rig->config.render.fonts.items = fonts;
    rig->config.render.fonts.count = 1;
}

static enum cause draw(struct rig *rig, unsigned seed, const char *text, uint32_t width,
                       uint32_t height, enum picture_type type)
{
    const struct rendering want = {.width = width, .height = height, .fit = FIT_COVER,
                                   .quality = 92};
    const struct digest digest = seed_of(seed);

    return renderer_generate(rig->renderer, GENERATOR_INITIALS, &digest, text, &want, type,
                             &rig->output, &rig->result);
}

/* For pixels_free(). Ends the test if there are none. */
static struct pixels draw_pixels(struct rig *rig, unsigned seed, const char *text, uint32_t width,
                                 uint32_t height)
{
    enum cause cause = draw(rig, seed, text, width, height, PICTURE_PNG);
    struct pixels p;

    cr_assert_eq(cause, CAUSE_NONE, "\"%s\": %s", text, cause_info(cause)->name);
    p = pixels_of(rig->output.data, rig->output.length);
    cr_assert(p.rgba && p.width == width && p.height == height);
    return p;
}

static int distance(const unsigned char *a, const unsigned char *b)
{
    int most = 0;

    for (int i = 0; i < 4; i++)
        if (abs(a[i] - b[i]) > most)
            most = abs(a[i] - b[i]);
    return most;
}

static const unsigned char *at(const struct pixels *p, unsigned long x, unsigned long y)
{
    return p->rgba + 4 * (y * p->width + x);
}

static bool is_ink(const struct pixels *p, unsigned long x, unsigned long y)
{
    return distance(at(p, x, y), at(p, 0, 0)) > 40;
}

static uint32_t ground_of(const struct pixels *p)
{
    return (uint32_t)p->rgba[0] << 16 | (uint32_t)p->rgba[1] << 8 | p->rgba[2];
}

struct box {
    unsigned long left, top, right, bottom; /* the last two are behind the ink */
};

static struct box ink_box(const struct pixels *p)
{
    struct box box = {p->width, p->height, 0, 0};

    for (unsigned long y = 0; y < p->height; y++)
        for (unsigned long x = 0; x < p->width; x++)
            if (is_ink(p, x, y)) {
                box.left = x < box.left ? x : box.left;
                box.right = x + 1 > box.right ? x + 1 : box.right;
                box.top = y < box.top ? y : box.top;
                box.bottom = y + 1;
            }
    return box;
}

static unsigned long count_differing(const struct pixels *a, const struct pixels *b, int tolerance)
{
    unsigned long count = 0;

    for (unsigned long i = 0; i < a->width * a->height; i++)
        count += distance(a->rgba + 4 * i, b->rgba + 4 * i) > tolerance;
    return count;
}

static void expect_centred(struct rig *rig, const char *text, uint32_t width, uint32_t height)
{
    struct pixels p = draw_pixels(rig, LIGHT, text, width, height);
    struct box box = ink_box(&p);
    uint32_t side = width < height ? width : height;

    cr_assert_lt(box.left, box.right, "\"%s\" is not seen", text);
    cr_expect_leq(fabs((double)(box.left + box.right) - width) / 2, 0.02 * side,
                  "\"%s\": %lu..%lu of %u", text, box.left, box.right, width);
    cr_expect_leq(fabs((double)(box.top + box.bottom) - height) / 2, 0.02 * side,
                  "\"%s\": %lu..%lu of %u", text, box.top, box.bottom, height);
    cr_expect_leq(hypot((double)(box.right - box.left), (double)(box.bottom - box.top)),
                  0.86 * side, "\"%s\" would be cut by a circle", text);
    cr_expect_geq(fmax((double)(box.right - box.left), (double)(box.bottom - box.top)), 0.3 * side,
                  "\"%s\" is small", text);
    pixels_free(&p);
}

Test(initials, are_centred_and_within_a_circle)
{
    static const char *const texts[] = {"A", "J T", "W M", "Q", "\u00c9", "\u1eaa N", "I", "1",
                                        "\u042f \u0429", "\u03a9 \u0391", "l", "X\u0301"};
    struct rig rig;

    open_with(&rig, DEJAVU);
    for (size_t i = 0; i < COUNT(texts); i++) {
        expect_centred(&rig, texts[i], 256, 256);
        expect_centred(&rig, texts[i], 300, 200);
        expect_centred(&rig, texts[i], 200, 1000);
    }
    rig_close(&rig);
}

struct sample {
    char name[16];
    char font[80];
    char text[40];
};

ParameterizedTestParameters(initials, scripts_are_drawn_with_their_font)
{
    static struct sample samples[] = {
        {"Arabic", NOTO "NotoSansArabic-Bold.ttf", "\u0645 \u0639"},
        {"Hebrew", NOTO "NotoSansHebrew-Bold.ttf", "\u05d3 \u05d2"},
        {"Devanagari", NOTO "NotoSansDevanagari-Bold.ttf", "\u0915\u094d\u0937 \u0938\u093f\u0902"},
        {"Bengali", NOTO "NotoSansBengali-Bold.ttf", "\u09b6\u09cd\u09b0\u09c0"},
        {"Tamil", NOTO "NotoSansTamil-Bold.ttf", "\u0bb0 \u0b95\u0bc1"},
        {"Thai", NOTO "NotoLoopedThai-Bold.ttf", "\u0e2d \u0e01"},
        {"Sinhala", NOTO "NotoSansSinhala-Bold.ttf", "\u0dc1\u0dca\u200d\u0dbb\u0dd3"},
        {"Khmer", NOTO "NotoSansKhmer-Bold.ttf", "\u1780\u17d2\u179a\u17bb"},
        {"Georgian", NOTO "NotoSansGeorgian-Bold.ttf", "\u10d2"},
        {"Han", CJK, "\u738b \u5c0f"},
        {"kana", CJK, "\u30b8 \u30ac"},
        {"Hangul", CJK, "\uae40 \ubbfc"},
        {"emoji", EMOJI, "\U0001f98a"},
        {"two emoji", EMOJI, "\U0001f1e9\U0001f1ea \U0001f44d\U0001f3fd"},
    };

    return cr_make_param_array(struct sample, samples, COUNT(samples));
}

ParameterizedTest(struct sample *sample, initials, scripts_are_drawn_with_their_font)
{
    struct rig rig;

    need(sample->font);
    open_with(&rig, NULL);
    expect_centred(&rig, sample->text, 256, 256);
    expect_centred(&rig, sample->text, 64, 64);
    rig_close(&rig);
    open_with(&rig, sample->font);
    expect_centred(&rig, sample->text, 256, 256);
    cr_expect_eq(renderer_deaths(rig.renderer), 0);
    rig_close(&rig);
}

Test(initials, other_letters_are_other_pictures)
{
    static const char *const texts[] = {"A", "B", "A B", "B A", "\u00c4", "\u0410\u0301", "8",
                                        "O", "Q"};
    struct pixels p[COUNT(texts)];
    struct rig rig;

    open_with(&rig, DEJAVU);
    for (size_t i = 0; i < COUNT(texts); i++) {
        p[i] = draw_pixels(&rig, DEEP, texts[i], 80, 80);
        for (size_t k = 0; k < i; k++)
            cr_expect_gt(count_differing(&p[i], &p[k], 60), 40, "%s and %s", texts[i], texts[k]);
    }
    for (size_t i = 0; i < COUNT(texts); i++)
        pixels_free(&p[i]);
    rig_close(&rig);
}

Test(initials, the_same_are_the_same_bytes_in_any_process)
{
    struct rig rig, other;

    open_with(&rig, DEJAVU);
    open_with(&other, DEJAVU);
    for (unsigned n = 0; n < 6; n++) {
        cr_assert_eq(draw(&rig, n, "J T", 80, 64, PICTURE_WEBP), CAUSE_NONE);
        cr_assert_eq(draw(&other, 99, "Q", 32, 32, PICTURE_PNG), CAUSE_NONE);
        cr_assert_eq(draw(&other, n, "J T", 80, 64, PICTURE_WEBP), CAUSE_NONE);
        cr_expect(rig.output.length == other.output.length &&
                  memcmp(rig.output.data, other.output.data, rig.output.length) == 0);
    }
    rig_close(&rig);
    rig_close(&other);
}

/* Each pixel of the small one against the mean of those that it stands for. */
static void expect_same_picture(const struct pixels *small, const struct pixels *large)
{
    unsigned long times = large->width / small->width, far = 0;

    for (unsigned long i = 0; i < small->width * small->height; i++) {
        unsigned long x = i % small->width * times, y = i / small->width * times;
        unsigned long sum[4] = {0};
        unsigned char mean[4];

        for (unsigned long k = 0; k < times * times; k++)
            for (int c = 0; c < 4; c++)
                sum[c] += at(large, x + k % times, y + k / times)[c];
        for (int c = 0; c < 4; c++)
            mean[c] = (unsigned char)(sum[c] / (times * times));
        far += distance(small->rgba + 4 * i, mean) > 40;
    }
    cr_expect_leq(far, small->width * small->height / 50, "%lu pixels differ", far);
}

Test(initials, are_the_same_picture_at_every_size)
{
    static const char *const texts[] = {"J T", "Q", "\u00c9", "\U0001f98a"};
    struct rig rig;

    open_with(&rig, NULL);
    need(DEJAVU);
    for (size_t i = 0; i < COUNT(texts); i++)
        for (uint32_t side = 16; side <= 64; side *= 2) {
            struct pixels small, large;

            if (i == 3 && access(EMOJI, R_OK) < 0)
                continue;
            small = draw_pixels(&rig, DEEP, texts[i], side, side);
            large = draw_pixels(&rig, DEEP, texts[i], 256, 256);
            expect_same_picture(&small, &large);
            pixels_free(&small);
            pixels_free(&large);
        }
    rig_close(&rig);
}

Test(initials, every_format_and_size_can_be_had)
{
    static const enum picture_type types[] = {PICTURE_JPEG, PICTURE_PNG, PICTURE_WEBP};
    static const uint32_t sides[] = {1, 2, 24, 512, PICTURE_SIDE_MAX};
    struct rig rig;

    open_with(&rig, DEJAVU);
    for (size_t i = 0; i < COUNT(sides); i++)
        for (size_t k = 0; k < COUNT(types); k++) {
            if (sides[i] > 512 && types[k] != PICTURE_JPEG)
                continue;
            cr_expect_eq(draw(&rig, 0, "A B", sides[i], sides[i], types[k]), CAUSE_NONE);
            cr_expect_eq(sniff_picture(rig.output.data, rig.output.length), types[k]);
            cr_expect_eq(rig.result.width, sides[i]);
            cr_expect_not(rig.result.source_alpha);
            cr_expect(has_only_pixels(rig.output.data, rig.output.length));
        }
    rig_close(&rig);
}

/* Columns with ink, from the left: the widths of the two letters. */
static void measure_letters(struct rig *rig, const char *text, unsigned long widths[2])
{
    struct pixels p = draw_pixels(rig, DEEP, text, 256, 256);
    unsigned runs = 0;
    bool before = false;

    widths[0] = widths[1] = 0;
    for (unsigned long x = 0; x < p.width; x++) {
        bool ink = false;

        for (unsigned long y = 0; y < p.height; y++)
            ink |= is_ink(&p, x, y);
        runs += ink && !before;
        if (ink && runs <= 2)
            widths[runs - 1]++;
        before = ink;
    }
    cr_expect_eq(runs, 2, "%s: %u letters", text, runs);
    pixels_free(&p);
}

Test(initials, run_in_the_direction_of_their_script)
{
    unsigned long widths[2];
    struct rig rig;

    open_with(&rig, DEJAVU);
    measure_letters(&rig, "I M", widths);
    cr_expect_lt(widths[0], widths[1]);
    measure_letters(&rig, "M I", widths);
    cr_expect_gt(widths[0], widths[1]);
    measure_letters(&rig, "\u05d5 \u05e9", widths); /* the narrow vav first: on the right */
    cr_expect_gt(widths[0], widths[1]);
    measure_letters(&rig, "\u05e9 \u05d5", widths);
    cr_expect_lt(widths[0], widths[1]);
    rig_close(&rig);
}

Test(initials, arabic_letters_do_not_join)
{
    unsigned long widths[2];
    struct rig rig;

    open_with(&rig, DEJAVU);
    measure_letters(&rig, "\u0633 \u0635", widths);
    rig_close(&rig);
}

Test(initials, an_emoji_has_its_own_colours_on_a_light_ground)
{
    struct rig rig;

    open_with(&rig, EMOJI);
    for (unsigned seed = 0; seed < PALETTE_SIZE; seed++) {
        struct pixels p = draw_pixels(&rig, seed, "\U0001f98a", 64, 64);
        unsigned long orange = 0, white = 0;
        bool light = false;

        for (unsigned i = PALETTE_DEEP; i < PALETTE_SIZE; i++)
            light |= ground_of(&p) == palette[i].ground;
        cr_expect(light);
        for (unsigned long i = 0; i < 64 * 64; i++) {
            const unsigned char *c = p.rgba + 4 * i;

            orange += c[0] > 220 && c[1] > 70 && c[1] < 170 && c[2] < 80;
            white += c[0] > 210 && abs(c[0] - c[1]) < 12 && abs(c[1] - c[2]) < 12;
        }
        cr_expect_gt(orange, 300);
        cr_expect_gt(white, 40);
        pixels_free(&p);
    }
    rig_close(&rig);
}

Test(initials, coloured_emoji_come_before_those_of_text_fonts)
{
    static const char *const texts[] = {"\U0001f600", "\u2764\ufe0f", "\u26a1"};
    struct rig rig;

    need(EMOJI);
    need(DEJAVU);
    open_with(&rig, NULL);
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct pixels p = draw_pixels(&rig, DEEP, texts[i], 64, 64);
        unsigned long white = 0;

        for (unsigned long k = 0; k < 64 * 64; k++)
            white += distance(p.rgba + 4 * k, (unsigned char[]){255, 255, 255, 255}) < 8;
        cr_expect_lt(white, 200, "%s is in white ink", texts[i]);
        pixels_free(&p);
    }
    rig_close(&rig);
}

Test(initials, letters_come_from_the_first_font_that_has_them)
{
    static char *both[] = {NOTO "NotoSans-Bold.ttf", DEJAVU};
    static char *other_way[] = {DEJAVU, NOTO "NotoSans-Bold.ttf"};
    struct pixels first, second, alone;
    struct rig rig;

    need(both[0]);
    open_with(&rig, DEJAVU);
    alone = draw_pixels(&rig, DEEP, "A \u0531", 80, 80);
    rig_close(&rig);
    open_with(&rig, NULL);
    rig.config.render.fonts.items = both;
    rig.config.render.fonts.count = 2;
    first = draw_pixels(&rig, DEEP, "A \u0531", 80, 80); /* Armenian is in DejaVu only */
    rig_close(&rig);
    open_with(&rig, NULL);
    rig.config.render.fonts.items = other_way;
    rig.config.render.fonts.count = 2;
    second = draw_pixels(&rig, DEEP, "A \u0531", 80, 80);
    rig_close(&rig);
    cr_expect_eq(count_differing(&second, &alone, 0), 0);
    cr_expect_gt(count_differing(&first, &alone, 60), 40);
    pixels_free(&first);
    pixels_free(&second);
    pixels_free(&alone);
}

Test(initials, without_a_font_that_has_them_are_refused)
{
    static char *const fonts[] = {"/nowhere/font.ttf", "/dev/zero", "/", "/etc/passwd"};
    struct file f = fixture_png(30, 20, false);
    struct rig rig;

    rig_open(&rig, "visage-render");
    rig.config.render.fonts.items = (char **)fonts;
    rig.config.render.fonts.count = COUNT(fonts);
    cr_expect_eq(draw(&rig, 0, "A", 32, 32, PICTURE_PNG), CAUSE_PICTURE_TYPE);
    cr_expect_eq(rig.output.length, 0);
    cr_expect_eq(rig_render(&rig, f.bytes, f.length, 8, 8, FIT_COVER, PICTURE_PNG), CAUSE_NONE);
    cr_expect_eq(renderer_deaths(rig.renderer), 0);
    rig_close(&rig);
    file_free(&f);

    open_with(&rig, DEJAVU);
    cr_expect_eq(draw(&rig, 0, "A \u738b", 32, 32, PICTURE_PNG), CAUSE_PICTURE_TYPE, "Han");
    cr_expect_eq(draw(&rig, 0, "", 32, 32, PICTURE_PNG), CAUSE_PICTURE_TYPE);
    cr_expect_eq(draw(&rig, 0, "A", 32, 32, PICTURE_PNG), CAUSE_NONE);
    cr_expect_eq(renderer_deaths(rig.renderer), 0);
    rig_close(&rig);
}

Test(initials, hostile_texts_are_drawn_or_refused)
{
    static const char *const texts[] = {
        "\xff\xfe\xff", "\xc0\x80", "\xed\xa0\x80", "\xe2\x82", "\x01\x02\n\t", "          ",
        "\u202eA", "\u200d", "\u200d\u200d\u200d\u200d", "\u0301", "A\u0301\u0301\u0301\u0301\u0301",
        "\ufdfd", "\ufdfa \ufdfa", "A A A A A A A A A A", "\u0915\u094d\u0915\u094d\u0915\u094d",
        "\U0001f468\u200d\U0001f468\u200d\U0001f468\u200d\U0001f468\u200d\U0001f468\u200d",
        "\U000e0067", "\U0010ffff", "\ufffd", "Zyxwvutsrqponmlkjihgfedcbazyxwvutsrqponmlkjihgfedcba",
        "\u2e3b \u2e3b", ".", "_", "\u0300\u0301 \u0302", "|", "\u30fb",
    };
    struct rig rig;
    long pid;

    open_with(&rig, NULL);
    need(DEJAVU);
    cr_assert_eq(draw(&rig, 0, "A", 32, 32, PICTURE_PNG), CAUSE_NONE);
    pid = renderer_pid(rig.renderer);
    for (size_t i = 0; i < COUNT(texts); i++)
        for (unsigned seed = 0; seed < PALETTE_SIZE; seed += PALETTE_DEEP) {
            enum cause cause = draw(&rig, seed, texts[i], 64, 64, PICTURE_PNG);

            cr_expect(cause == CAUSE_NONE || cause == CAUSE_PICTURE_TYPE, "\"%s\": %s", texts[i],
                      cause_info(cause)->name);
        }
    cr_expect_eq(renderer_deaths(rig.renderer), 0);
    cr_expect_eq(renderer_pid(rig.renderer), pid);
    rig_close(&rig);
}

Test(initials, drawn_in_between_leave_descriptors_and_memory_for_pictures)
{
    struct file f = fixture_png(300, 200, false);
    struct rig rig;
    long pid = 0;

    open_with(&rig, NULL);
    need(DEJAVU);
    for (int i = 0; i < 30; i++) {
        enum cause cause = draw(&rig, 0, i % 2 ? "A \U0001f98a" : "\u738b", 32, 32, PICTURE_PNG);

        cr_expect(cause == CAUSE_NONE || cause == CAUSE_PICTURE_TYPE);
        cr_expect_eq(rig_render(&rig, f.bytes, f.length, 80, 80, FIT_COVER, PICTURE_WEBP),
                     CAUSE_NONE);
        if (pid == 0)
            pid = renderer_pid(rig.renderer);
    }
    cr_expect_eq(renderer_pid(rig.renderer), pid);
    rig_close(&rig);
    file_free(&f);
}

/* A file of /proc, which the renderer can open as long as this process lives. Round 0 spoils
 * nothing. */
static char *spoilt(const char *font, unsigned round, int *fd)
{
    static char path[64];
    struct stat st;
    unsigned char *bytes;
    FILE *from = fopen(font, "rb");
    uint32_t state = round + 1;
    size_t length;

    cr_assert(from && fstat(fileno(from), &st) == 0);
    bytes = malloc((size_t)st.st_size);
    cr_assert_not_null(bytes);
    length = fread(bytes, 1, (size_t)st.st_size, from);
    fclose(from);
    if (round % 4 == 3)
        length = length * (round + 1) / 32;
    for (unsigned i = 0; round > 0 && i < 64u << round % 8; i++) {
        state = state * 1664525u + 1013904223u;
        /* the directory and the tables it names: half of it at the beginning */
        bytes[(state >> 4) % (i % 2 ? length : 4096)] = (unsigned char)(state >> 24);
    }
    *fd = memfd_create("spoilt", 0);
    cr_assert(*fd >= 0 && write(*fd, bytes, length) == (ssize_t)length);
    free(bytes);
    snprintf(path, sizeof path, "/proc/%ld/fd/%d", (long)getpid(), *fd);
    return path;
}

static void try_spoilt(const char *font, unsigned round, const char *const *texts, size_t count)
{
    struct file f = fixture_png(30, 20, false);
    struct rig rig;
    int fd;

    open_with(&rig, spoilt(font, round, &fd));
    rig.config.render.timeout_ms = 5000;
    for (size_t i = 0; i < count; i++) {
        enum cause cause = draw(&rig, 0, texts[i], 64, 64, PICTURE_PNG);

        cr_expect(cause == CAUSE_NONE || cause == CAUSE_PICTURE_TYPE ||
                      cause == CAUSE_PICTURE_TOO_LARGE || cause == CAUSE_RENDER_CRASHED ||
                      cause == CAUSE_RENDER_TIMEOUT,
                  "%s", cause_info(cause)->name);
        cr_expect(round > 0 || i > 0 || cause == CAUSE_NONE, "the font itself is at fault");
    }
    cr_expect_eq(rig_render(&rig, f.bytes, f.length, 8, 8, FIT_COVER, PICTURE_PNG), CAUSE_NONE);
    rig_close(&rig);
    file_free(&f);
    close(fd);
}

Test(initials, a_spoilt_font_takes_no_more_than_the_renderer_down)
{
    static const char *const texts[] = {"A", "Q \u00c9", "\u0915\u094d\u0937", "\u0645 \u0639"};

    need(DEJAVU);
    for (unsigned round = 0; round < 24; round++)
        try_spoilt(DEJAVU, round, texts, COUNT(texts));
}

Test(initials, a_spoilt_emoji_font_neither)
{
    static const char *const texts[] = {"\U0001f98a", "\U0001f1e9\U0001f1ea \U0001f44d\U0001f3fd"};

    need(EMOJI);
    for (unsigned round = 0; round < 8; round++)
        try_spoilt(EMOJI, round, texts, COUNT(texts));
}

/* WCAG 2.2, "relative luminance" and "contrast ratio". */
static double luminance(uint32_t colour)
{
    static const double weights[] = {0.2126, 0.7152, 0.0722};
    double sum = 0;

    for (int i = 0; i < 3; i++) {
        double c = (colour >> (16 - 8 * i) & 0xff) / 255.0;

        sum += weights[i] * (c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4));
    }
    return sum;
}

static double contrast(uint32_t a, uint32_t b)
{
    double x = luminance(a), y = luminance(b);

    return x > y ? (x + 0.05) / (y + 0.05) : (y + 0.05) / (x + 0.05);
}

Test(initials, every_ink_can_be_read_on_its_ground)
{
    for (unsigned i = 0; i < PALETTE_SIZE; i++)
        cr_expect_geq(contrast(palette[i].ground, palette[i].ink), 4.5, "#%06x on #%06x: %.2f",
                      palette[i].ink, palette[i].ground,
                      contrast(palette[i].ground, palette[i].ink));
}

Test(initials, every_seed_has_colours_of_the_palette)
{
    struct rig rig;
    unsigned used = 0;

    open_with(&rig, DEJAVU);
    for (unsigned seed = 0; seed < PALETTE_SIZE; seed++) {
        struct pixels p = draw_pixels(&rig, seed, "I", 64, 64);

        for (unsigned i = 0; i < PALETTE_SIZE; i++)
            if (ground_of(&p) == palette[i].ground) {
                used++;
                cr_expect(pixel_is(&p, 32, 32, palette[i].ink, 0), "the stem of the I");
            }
        pixels_free(&p);
    }
    cr_expect_eq(used, PALETTE_SIZE);
    rig_close(&rig);
}
