/* SPDX-License-Identifier: MIT
 *
 * Identicons from the real renderer, asked as a worker asks. What a promise is
 * about can be seen in the pixels, so it is looked for there.
 */
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <criterion/criterion.h>
#include <criterion/parameterized.h>

#include "image/sniff.h"
#include "render/fixture.h"
#include "render/rig.h"

#define PROGRAM "tests/render/visage-render-misbehave"

static const enum picture_type outputs[] = {PICTURE_JPEG, PICTURE_PNG, PICTURE_WEBP};

static struct digest number(unsigned n)
{
    struct digest seed = {{0}};

    memcpy(seed.bytes, &n, sizeof n);
    return seed;
}

static enum cause draw(struct rig *rig, struct digest seed, uint32_t width, uint32_t height,
                       enum picture_fit fit, enum picture_type type)
{
    const struct rendering want = {.width = width, .height = height, .fit = fit, .quality = 92};

    return renderer_generate(rig->renderer, GENERATOR_IDENTICON, &seed, NULL, &want, type,
                             &rig->output, &rig->result);
}

/* For pixels_free(). Ends the test if there are none. */
static struct pixels draw_pixels(struct rig *rig, struct digest seed, uint32_t width,
                                 uint32_t height, enum picture_type type)
{
    enum cause cause = draw(rig, seed, width, height, FIT_COVER, type);
    struct pixels p;

    cr_assert_eq(cause, CAUSE_NONE, "%ux%u: %s", width, height, cause_info(cause)->name);
    p = pixels_of(rig->output.data, rig->output.length);
    cr_assert(p.rgba && p.width == width && p.height == height);
    return p;
}

static const unsigned char *at(const struct pixels *p, unsigned long x, unsigned long y)
{
    return p->rgba + 4 * (y * p->width + x);
}

static uint32_t colour_at(const struct pixels *p, unsigned long x, unsigned long y)
{
    const unsigned char *c = at(p, x, y);

    return (uint32_t)c[0] << 16 | (uint32_t)c[1] << 8 | c[2];
}

static int distance(const unsigned char *a, const unsigned char *b)
{
    int most = 0;

    for (int i = 0; i < 4; i++)
        if (abs(a[i] - b[i]) > most)
            most = abs(a[i] - b[i]);
    return most;
}

static unsigned count_differing(const struct pixels *a, const struct pixels *b)
{
    unsigned count = 0;

    for (size_t i = 0; i < a->width * a->height; i++)
        count += memcmp(a->rgba + 4 * i, b->rgba + 4 * i, 4) != 0;
    return count;
}

static void expect_drawn(struct rig *rig, enum cause cause, enum picture_type type, uint32_t width,
                         uint32_t height)
{
    cr_expect_eq(cause, CAUSE_NONE, "%s", cause_info(cause)->name);
    cr_expect_eq(rig->result.type, type);
    cr_expect_eq(sniff_picture(rig->output.data, rig->output.length), type);
    cr_expect(rig->result.width == width && rig->result.height == height, "%ux%u, not %ux%u",
              rig->result.width, rig->result.height, width, height);
    cr_expect(rig->result.source_width == width && rig->result.source_height == height);
    cr_expect_not(rig->result.source_alpha);
    cr_expect(has_only_pixels(rig->output.data, rig->output.length));
}

Test(identicon, every_format_and_fit_gives_the_size_that_was_asked_for)
{
    static const struct {
        uint32_t width, height;
        enum picture_fit fit;
        uint32_t out_width, out_height;
    } cases[] = {
        {80, 80, FIT_COVER, 80, 80},    {200, 80, FIT_COVER, 200, 80},
        {33, 90, FIT_COVER, 33, 90},    {1, 1, FIT_COVER, 1, 1},
        {0, 0, FIT_CONTAIN, 256, 256},  {100, 0, FIT_CONTAIN, 100, 100},
        {0, 40, FIT_CONTAIN, 40, 40},   {100, 40, FIT_CONTAIN, 40, 40},
        {40, 100, FIT_CONTAIN, 40, 40}, {5000, 300, FIT_CONTAIN, 300, 300},
    };
    struct rig rig;
    enum cause cause;

    rig_open(&rig, "visage-render");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (size_t k = 0; k < sizeof outputs / sizeof *outputs; k++) {
            cause = draw(&rig, number(1), cases[i].width, cases[i].height, cases[i].fit,
                         outputs[k]);
            expect_drawn(&rig, cause, outputs[k], cases[i].out_width, cases[i].out_height);
        }
        cause = draw(&rig, number(1), cases[i].width, cases[i].height, cases[i].fit, PICTURE_AUTO);
        expect_drawn(&rig, cause, PICTURE_JPEG, cases[i].out_width, cases[i].out_height);
    }
    cr_expect_eq(renderer_deaths(rig.renderer), 0);
    rig_close(&rig);
}

Test(identicon, no_bound_makes_a_side_larger_than_the_largest)
{
    struct rig rig;

    rig_open(&rig, "visage-render");
    expect_drawn(&rig, draw(&rig, number(1), 0, 100000, FIT_CONTAIN, PICTURE_JPEG), PICTURE_JPEG,
                 PICTURE_SIDE_MAX, PICTURE_SIDE_MAX);
    rig_close(&rig);
}

Test(identicon, impossible_renderings_are_refused_here)
{
    static const struct rendering bad[] = {
        {.width = 0, .height = 10, .fit = FIT_COVER, .quality = 80},
        {.width = 10, .height = 0, .fit = FIT_COVER, .quality = 80},
        {.width = 10, .height = 10, .fit = 0, .quality = 80},
        {.width = 10, .height = 10, .fit = FIT_COVER, .quality = 0},
        {.width = 10, .height = 10, .fit = FIT_COVER, .quality = 101},
        {.width = 5000, .height = 10, .fit = FIT_COVER, .quality = 80},
        {.width = 10, .height = 5000, .fit = FIT_COVER, .quality = 80},
        {.width = 10, .height = 10, .fit = FIT_CONTAIN, .quality = 0},
        {.width = 10, .height = 10, .fit = (enum picture_fit)9, .quality = 80},
    };
    const struct digest seed = number(1);
    struct rig rig;

    rig_open(&rig, "visage-render");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_expect_eq(renderer_generate(rig.renderer, GENERATOR_IDENTICON, &seed, NULL, &bad[i],
                                       PICTURE_PNG, &rig.output, &rig.result),
                     CAUSE_INTERNAL, "case %zu", i);
    cr_expect_eq(draw(&rig, seed, 10, 10, FIT_COVER, PICTURE_GIF), CAUSE_INTERNAL);
    cr_expect_eq(draw(&rig, seed, 10, 10, FIT_COVER, PICTURE_UNKNOWN), CAUSE_INTERNAL);
    cr_expect_eq(renderer_pid(rig.renderer), 0, "nothing was asked of a child");
    rig_close(&rig);
}

Test(identicon, the_same_seed_gives_the_same_bytes_in_any_process)
{
    struct rig rig, other;

    rig_open(&rig, "visage-render");
    rig_open(&other, "visage-render");
    for (unsigned n = 0; n < 12; n++) {
        enum picture_type type = outputs[n % 3];

        cr_assert_eq(draw(&rig, number(n), 80, 64, FIT_COVER, type), CAUSE_NONE);
        cr_assert_eq(draw(&other, number(99), 20, 20, FIT_COVER, type), CAUSE_NONE);
        cr_assert_eq(draw(&other, number(n), 80, 64, FIT_COVER, type), CAUSE_NONE);
        cr_expect(rig.output.length == other.output.length &&
                  memcmp(rig.output.data, other.output.data, rig.output.length) == 0);
    }
    cr_expect_neq(renderer_pid(rig.renderer), renderer_pid(other.renderer));
    rig_close(&rig);
    rig_close(&other);
}

Test(identicon, different_seeds_differ_in_many_pixels)
{
    enum { MANY = 100, SIDE = 64 };
    struct pixels p[MANY];
    struct rig rig;

    rig_open(&rig, "visage-render");
    for (unsigned n = 0; n < MANY; n++)
        p[n] = draw_pixels(&rig, number(n), SIDE, SIDE, PICTURE_PNG);
    for (unsigned a = 0; a < MANY; a++)
        for (unsigned b = a + 1; b < MANY; b++)
            cr_expect_gt(count_differing(&p[a], &p[b]), SIDE * SIDE / 20, "%u and %u", a, b);
    for (unsigned n = 0; n < MANY; n++)
        pixels_free(&p[n]);
    rig_close(&rig);
}

Test(identicon, every_bit_of_the_seed_counts)
{
    struct rig rig;
    struct pixels first;

    rig_open(&rig, "visage-render");
    first = draw_pixels(&rig, number(0), 32, 32, PICTURE_PNG);
    for (unsigned bit = 0; bit < 8 * DIGEST_SIZE; bit++) {
        struct digest seed = number(0);
        struct pixels p;

        seed.bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
        p = draw_pixels(&rig, seed, 32, 32, PICTURE_PNG);
        cr_expect_gt(count_differing(&first, &p), 32 * 32 / 20, "bit %u", bit);
        pixels_free(&p);
    }
    pixels_free(&first);
    rig_close(&rig);
}

/* Mirrored at both middles to the bit; at a diagonal what rounds in x is sampled in y. */
static void expect_symmetry(const struct pixels *p)
{
    unsigned long w = p->width, h = p->height;

    for (unsigned long y = 0; y < h; y++)
        for (unsigned long x = 0; x < w; x++) {
            cr_assert_eq(distance(at(p, x, y), at(p, w - 1 - x, y)), 0, "%lux%lu", w, h);
            cr_assert_eq(distance(at(p, x, y), at(p, x, h - 1 - y)), 0, "%lux%lu", w, h);
            if (w == h)
                cr_assert_leq(distance(at(p, x, y), at(p, y, x)), 16, "%lux%lu", w, h);
        }
}

Test(identicon, it_has_the_symmetries_of_the_square_at_every_size)
{
    static const unsigned sides[] = {16, 17, 24, 25, 32, 48, 64, 80, 96, 128, 192, 255, 360, 1000};
    struct rig rig;

    rig_open(&rig, "visage-render");
    for (size_t i = 0; i < sizeof sides / sizeof *sides; i++)
        for (unsigned n = 0; n < (sides[i] < 100 ? 16 : 3); n++) {
            struct pixels p = draw_pixels(&rig, number(n), sides[i], sides[i], PICTURE_PNG);

            expect_symmetry(&p);
            pixels_free(&p);
        }
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

Test(identicon, it_is_the_same_picture_at_every_size)
{
    static const unsigned sides[] = {16, 24, 50, 80, 250};
    struct rig rig;

    rig_open(&rig, "visage-render");
    for (size_t i = 0; i < sizeof sides / sizeof *sides; i++)
        for (unsigned n = 0; n < 12; n++) {
            unsigned side = sides[i];
            struct pixels small = draw_pixels(&rig, number(n), side, side, PICTURE_PNG);
            struct pixels large = draw_pixels(&rig, number(n), 4 * side, 4 * side, PICTURE_PNG);
            unsigned char shrunk[4];

            for (unsigned long k = 0; k < (unsigned long)side * side; k++) {
                shrink(&large, 4, k % side, k / side, shrunk);
                cr_assert_leq(distance(shrunk, at(&small, k % side, k / side)), 16,
                              "seed %u, %u pixels", n, side);
            }
            pixels_free(&small);
            pixels_free(&large);
        }
    rig_close(&rig);
}

Test(identicon, beyond_the_square_there_is_ground)
{
    static const unsigned sizes[][2] = {{200, 80}, {80, 200}, {82, 80}, {80, 1000}};
    struct rig rig;

    rig_open(&rig, "visage-render");
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (unsigned n = 0; n < 4; n++) {
            unsigned left = (sizes[i][0] - 80) / 2, top = (sizes[i][1] - 80) / 2;
            struct pixels square = draw_pixels(&rig, number(n), 80, 80, PICTURE_PNG);
            struct pixels p = draw_pixels(&rig, number(n), sizes[i][0], sizes[i][1], PICTURE_PNG);
            const unsigned char *ground = at(&square, 0, 0);

            for (unsigned long y = 0; y < p.height; y++)
                for (unsigned long x = 0; x < p.width; x++) {
                    bool inside = x >= left && x < left + 80 && y >= top && y < top + 80;

                    /* sums begin elsewhere, which may round a half differently */
                    cr_assert_leq(distance(at(&p, x, y),
                                           inside ? at(&square, x - left, y - top) : ground),
                                  inside);
                }
            pixels_free(&square);
            pixels_free(&p);
        }
    for (unsigned n = 0; n < 4; n++) { /* half a pixel off the middle is not seen */
        struct pixels p = draw_pixels(&rig, number(n), 81, 50, PICTURE_PNG);

        expect_symmetry(&p);
        pixels_free(&p);
    }
    rig_close(&rig);
}

Test(identicon, lossy_formats_show_the_same_picture)
{
    struct rig rig;

    rig_open(&rig, "visage-render");
    for (unsigned n = 0; n < 24; n++) {
        struct pixels exact = draw_pixels(&rig, number(n), 128, 128, PICTURE_PNG);

        for (size_t k = 0; k < sizeof outputs / sizeof *outputs; k++) {
            struct pixels p = draw_pixels(&rig, number(n), 128, 128, outputs[k]);
            unsigned long far = 0;

            cr_expect(pixel_is(&p, 2, 2, colour_at(&exact, 0, 0), 4));
            for (unsigned long i = 0; i < 128 * 128; i++)
                far += distance(at(&p, i % 128, i / 128), at(&exact, i % 128, i / 128)) > 64;
            /* along edges, colours are spread over two pixels */
            cr_expect_lt(far, 128 * 128 / 10, "seed %u as %s: %lu", n,
                         picture_type_name(outputs[k]), far);
            pixels_free(&p);
        }
        pixels_free(&exact);
    }
    rig_close(&rig);
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

static int compare_colours(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

/* The colour that most pixels have which do not have the ground's. */
static uint32_t foreground(const struct pixels *p, uint32_t ground, size_t *drawn)
{
    uint32_t colours[32 * 32], most = ground;
    size_t count = 0, run = 0, longest = 0;

    for (size_t i = 0; i < 32 * 32; i++)
        if (colour_at(p, i % 32, i / 32) != ground)
            colours[count++] = colour_at(p, i % 32, i / 32);
    qsort(colours, count, sizeof *colours, compare_colours);
    for (size_t i = 0; i < count; i++) {
        run = i > 0 && colours[i] == colours[i - 1] ? run + 1 : 1;
        if (run > longest) {
            longest = run;
            most = colours[i];
        }
    }
    *drawn = count;
    return most;
}

Test(identicon, the_foreground_stands_out_from_a_light_ground)
{
    struct rig rig;

    rig_open(&rig, "visage-render");
    for (unsigned n = 0; n < 1000; n++) {
        struct pixels p = draw_pixels(&rig, number(n), 32, 32, PICTURE_PNG);
        uint32_t ground = colour_at(&p, 0, 0);
        size_t drawn;
        double ratio = contrast(foreground(&p, ground, &drawn), ground);

        cr_expect_geq(ratio, 3.0, "seed %u: %.2f", n, ratio);
        cr_expect_geq(luminance(ground), 0.8, "seed %u", n);
        cr_expect_gt(drawn, 32 * 32 / 8, "seed %u: %zu pixels are not ground", n, drawn);
        pixels_free(&p);
    }
    rig_close(&rig);
}

/* The descriptors of a process, -1 if they cannot be seen. */
static int count_descriptors(long pid)
{
    char path[64];
    int count = 0;
    DIR *directory;

    snprintf(path, sizeof path, "/proc/%ld/fd", pid);
    directory = opendir(path);
    if (!directory)
        return -1;
    while (readdir(directory))
        count++;
    closedir(directory);
    return count;
}

Test(identicon, no_descriptor_is_left_open_on_either_side)
{
    struct file f = fixture_png(30, 20, false);
    struct rig rig;
    int here, there;
    long pid;

    rig_open(&rig, "visage-render");
    cr_assert_eq(draw(&rig, number(0), 16, 16, FIT_COVER, PICTURE_PNG), CAUSE_NONE);
    pid = renderer_pid(rig.renderer);
    here = count_descriptors((long)getpid());
    there = count_descriptors(pid);
    cr_assert_gt(here, 0);
    for (unsigned n = 0; n < 20; n++) {
        cr_expect_eq(draw(&rig, number(n), 16, 16, FIT_COVER, PICTURE_AUTO), CAUSE_NONE);
        cr_expect_eq(rig_render(&rig, f.bytes, f.length, 8, 8, FIT_COVER, PICTURE_PNG),
                     CAUSE_NONE);
    }
    cr_expect_eq(draw(&rig, number(0), 0, 16, FIT_COVER, PICTURE_PNG), CAUSE_INTERNAL);
    cr_expect_eq(renderer_pid(rig.renderer), pid, "it may not have more than a few, and left");
    cr_expect_eq(count_descriptors((long)getpid()), here);
    cr_expect_eq(count_descriptors(pid), there);
    file_free(&f);
    rig_close(&rig);
}

/* What the program for it does when the seed says so. */
struct fault {
    char what[20];
    enum cause cause;
    int64_t timeout_ms; /* 0: the usual */
};

ParameterizedTestParameters(identicon, a_fault_is_answered_and_the_next_one_drawn)
{
    static struct fault faults[] = {
        {"crash", CAUSE_RENDER_CRASHED, 0},          {"leave", CAUSE_RENDER_CRASHED, 0},
        {"spin", CAUSE_RENDER_TIMEOUT, 300},         {"hang", CAUSE_RENDER_TIMEOUT, 300},
        {"garbage-reply", CAUSE_RENDER_CRASHED, 0},  {"two-replies", CAUSE_PICTURE_BROKEN, 0},
        {"too-long-reply", CAUSE_RENDER_CRASHED, 0}, {"wrong-type", CAUSE_RENDER_CRASHED, 0},
        {"wrong-cause", CAUSE_RENDER_CRASHED, 0},    {"wrong-size", CAUSE_RENDER_CRASHED, 0},
        {"wrong-source", CAUSE_RENDER_CRASHED, 0},   {"wrong-alpha", CAUSE_RENDER_CRASHED, 0},
    };

    return cr_make_param_array(struct fault, faults, sizeof faults / sizeof *faults);
}

ParameterizedTest(struct fault *fault, identicon, a_fault_is_answered_and_the_next_one_drawn)
{
    struct digest seed = {{0}};
    struct rig rig;
    enum cause cause;
    uint32_t types;
    bool sandboxed;
    int here;

    snprintf((char *)seed.bytes, sizeof seed.bytes, "misbehave=%s", fault->what);
    rig_open(&rig, PROGRAM);
    cr_assert_eq(renderer_probe(rig.renderer, &types, &sandboxed), 0);
    here = count_descriptors((long)getpid());
    if (fault->timeout_ms)
        rig.config.render.timeout_ms = fault->timeout_ms;
    cause = draw(&rig, seed, 32, 32, FIT_COVER, PICTURE_WEBP);
    rig.config.render.timeout_ms = 20000;
    cr_expect_eq(cause, fault->cause, "%s: %s", fault->what, cause_info(cause)->name);
    cr_expect_eq(rig.output.length, 0);
    expect_drawn(&rig, draw(&rig, number(1), 32, 32, FIT_COVER, PICTURE_WEBP), PICTURE_WEBP, 32,
                 32);
    cr_expect_eq(renderer_deaths(rig.renderer), 1);
    cr_expect_eq(count_descriptors((long)getpid()), here);
    rig_close(&rig);
}
