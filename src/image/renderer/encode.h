/* SPDX-License-Identifier: MIT
 *
 * From pixels to the bytes that clients get: nothing but pixels goes in.
 */
#ifndef VISAGE_RENDERER_ENCODE_H
#define VISAGE_RENDERER_ENCODE_H

#include <stddef.h>
#include <stdint.h>

#include <magick/api.h>

#include "base/cause.h"
#include "base/picture.h"

#define ENCODE_OUTPUT_MAX ((size_t)64 << 20)

/* Writes the picture, in sRGB, as `type` (JPEG, PNG or WebP) to `fd` from its
 * start. Profiles, comments and the like are removed from `image`. Returns
 * CAUSE_NONE with the number of bytes in *length, CAUSE_PICTURE_TOO_LARGE when
 * memory or ENCODE_OUTPUT_MAX does not suffice, or CAUSE_INTERNAL. */
enum cause encode_picture(Image *image, enum picture_type type, uint32_t quality, int fd,
                          uint64_t *length);

#endif
