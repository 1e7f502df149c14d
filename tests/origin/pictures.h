/* SPDX-License-Identifier: MIT
 *
 * Pictures for tests: gradients, shapes and noise, so that they compress, scale
 * and look somewhat like photographs. The same arguments give the same pixels.
 */
#ifndef VISAGE_TESTS_PICTURES_H
#define VISAGE_TESTS_PICTURES_H

#include <stdbool.h>
#include <stddef.h>

/* Each allocates *bytes, for the caller to free. Returns 0, or -1 with *bytes NULL. */
int picture_make_jpeg(unsigned width, unsigned height, unsigned seed, unsigned char **bytes,
                      size_t *length);

/* With `alpha`, the corners are transparent and the rim of the disc half so. */
int picture_make_png(unsigned width, unsigned height, unsigned seed, bool alpha,
                     unsigned char **bytes, size_t *length);

#endif
