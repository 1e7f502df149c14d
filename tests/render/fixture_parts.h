/* SPDX-License-Identifier: MIT
 *
 * What fixtures are put together from. Private to fixture*.c.
 */
#ifndef VISAGE_TESTS_RENDER_FIXTURE_PARTS_H
#define VISAGE_TESTS_RENDER_FIXTURE_PARTS_H

#include <magick/api.h>

#include "render/fixture.h"

uint32_t square_colour(unsigned x, unsigned y, unsigned width, unsigned height);

/* RGBA for free(). */
unsigned char *draw_squares(unsigned width, unsigned height, unsigned orientation, bool alpha,
                            unsigned *stored_width, unsigned *stored_height);

/* An EXIF block with an orientation and a place; returns its length, at most 160. */
size_t make_exif(unsigned char *out, unsigned orientation, bool prefix);

void insert(struct file *file, size_t at, const unsigned char *bytes, size_t length);
/* Behind IHDR. */
void insert_png_chunk(struct file *file, const char *type, const unsigned char *data,
                      size_t length);
void fill(Image *image, uint32_t colour);

#endif
