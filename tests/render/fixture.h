/* SPDX-License-Identifier: MIT
 *
 * Pictures drawn by code. Most show four squares, so that one sees which way up
 * and in which colours they came out: red and green above, blue and white below.
 */
#ifndef VISAGE_TESTS_RENDER_FIXTURE_H
#define VISAGE_TESTS_RENDER_FIXTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RED 0xdc1e1eu
#define GREEN 0x1ec81eu
#define BLUE 0x1e1edcu
#define WHITE 0xf0f0f0u
#define SECRET_PLACE "48.8584N 2.2945E" /* in every EXIF block drawn here */

struct file {
    unsigned char *bytes; /* for file_free(); NULL if it could not be drawn */
    size_t length;
};

void file_free(struct file *file);

/* Sets GraphicsMagick up in this process; all that draws or looks at pictures
 * here calls it, any number of times. */
void fixture_library(void);

/* The four squares, seen upright with these sides, stored for EXIF orientation
 * `orientation` (1 to 8), which the file carries. */
struct file fixture_jpeg(unsigned width, unsigned height, unsigned orientation);
struct file fixture_jpeg_grey(unsigned width, unsigned height);
struct file fixture_jpeg_cmyk(unsigned width, unsigned height);
/* With a colour profile: one whose red and green are swapped, or rubbish. */
struct file fixture_jpeg_swapped(unsigned width, unsigned height);
struct file fixture_jpeg_bad_profile(unsigned width, unsigned height);

/* With `alpha` the right half is see-through. */
struct file fixture_png(unsigned width, unsigned height, bool alpha);
/* Noise in all four channels. */
struct file fixture_png_noise(unsigned width, unsigned height);
struct file fixture_png_16(unsigned width, unsigned height);
struct file fixture_png_turned(unsigned width, unsigned height, unsigned orientation);
struct file fixture_png_xmp(unsigned width, unsigned height, unsigned orientation);
/* A header that promises a size, and next to nothing behind it. */
struct file fixture_png_bomb(uint32_t width, uint32_t height);

/* A canvas of these sides whose first frame is its lower right quarter, red; the
 * second covers it all with blue. */
struct file fixture_gif(unsigned width, unsigned height);
struct file fixture_webp_animated(unsigned width, unsigned height);

/* Lossless. */
struct file fixture_webp(unsigned width, unsigned height, bool alpha);
struct file fixture_webp_turned(unsigned width, unsigned height, unsigned orientation);

struct file fixture_text(const char *text);
/* The first `parts` of `of` of it. */
struct file fixture_cut(struct file file, size_t parts, size_t of);

#endif
