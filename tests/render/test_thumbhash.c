/* SPDX-License-Identifier: MIT */
#include "image/renderer/thumbhash.h"

#include <criterion/criterion.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* A ramp to the right, one down, stripes, and alpha that jumps. The caller frees it. */
static unsigned char *ramps(uint32_t width, uint32_t height, bool alpha)
{
    unsigned char *rgba = malloc((size_t)width * height * 4), *p = rgba;

    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++, p += 4) {
            p[0] = (unsigned char)(x * 255 / width);
            p[1] = (unsigned char)(y * 255 / height);
            p[2] = (unsigned char)((x + y) * 7);
            p[3] = alpha ? (unsigned char)(x * 3 + y * 5) : 255;
        }
    return rgba;
}

/* What the public implementation gives of the same pictures. */
Test(thumbhash, is_that_of_the_public_implementation)
{
    static const struct {
        uint32_t width, height;
        bool alpha;
        const char *hash;
    } rows[] = {
        {100, 100, false, "df070a371a80877770777778887887878777070778808f07"},
        {100, 40, false, "df070a3b9a70778770787877818008f888"},
        {30, 90, false, "dff709321a70708777876876818007f788"},
        {1, 1, false, "000802070000000000000000000000000000000000000000"},
        {100, 100, true, "dff7851d0c0880878087896999909006f6788887956088386a"},
        {100, 7, true, "df3786118c27747b907a88928038f877055b7788787887"},
        {2, 99, true, "9b5785190c777090d8787a71800af83977087688775888"},
        {64, 48, true, "9f07861c9018a086948978696906a7707f8877974038d3b506"},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        unsigned char *rgba = ramps(rows[i].width, rows[i].height, rows[i].alpha);
        unsigned char hash[THUMBHASH_MAX];
        char hex[2 * THUMBHASH_MAX + 1];
        size_t length = thumbhash_encode(rgba, rows[i].width, rows[i].height, hash);

        cr_assert_leq(length, sizeof hash);
        hex_encode(hash, length, hex);
        cr_expect_str_eq(hex, rows[i].hash, "%u x %u: %s", rows[i].width, rows[i].height, hex);
        free(rgba);
    }
}

static void fill(unsigned char *rgba, size_t count, const unsigned char colour[4])
{
    for (size_t i = 0; i < count; i++)
        memcpy(rgba + 4 * i, colour, 4);
}

Test(thumbhash, the_dominant_colour_is_the_most_frequent_one)
{
    unsigned char rgba[100 * 4];

    fill(rgba, 100, (unsigned char[]){10, 20, 30, 255});
    fill(rgba, 40, (unsigned char[]){200, 100, 50, 255});
    cr_expect_eq(dominant_colour(rgba, 10, 10), 0x0a141eu);
    fill(rgba, 60, (unsigned char[]){200, 100, 50, 255});
    cr_expect_eq(dominant_colour(rgba, 10, 10), 0xc86432u);
    /* What hardly shows does not count. */
    fill(rgba, 60, (unsigned char[]){200, 100, 50, 20});
    cr_expect_eq(dominant_colour(rgba, 10, 10), 0x0a141eu);
    fill(rgba, 100, (unsigned char[]){200, 100, 50, 0});
    cr_expect_eq(dominant_colour(rgba, 10, 10), 0u);
    fill(rgba, 100, (unsigned char[]){255, 255, 255, 255});
    cr_expect_eq(dominant_colour(rgba, 10, 10), 0xffffffu);
}
