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
 * memory or ENCODE_OUTPUT_MAX does not suffice, or CAUSE_INTERNAL. A JPEG or WebP of more
 * than max_bytes loses quality until it fits, or is as small as it gets; 0 is no bound. What
 * a larger try before has left in the file behind *length counts for nothing. */
enum cause encode_within(Image *image, enum picture_type type, uint32_t quality,
                         uint32_t max_bytes, int fd, uint64_t *length);

#endif
