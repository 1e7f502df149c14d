/* SPDX-License-Identifier: MIT
 *
 * Initials on a coloured ground: the colours by the seed, the letters by the text.
 */
#ifndef VISAGE_RENDERER_INITIALS_H
#define VISAGE_RENDERER_INITIALS_H

#include <stdint.h>

#include <magick/api.h>

#include "base/cause.h"
#include "image/render_protocol.h"

/* An opaque picture in sRGB: the same one for the same seed and text at every size, cut to the
 * square of the smaller side and with ground around that. `text` is what base/initials.h makes of
 * a name. NULL with *cause CAUSE_PICTURE_TYPE if no font has its letters, or there are
 * none; CAUSE_PICTURE_TOO_LARGE without memory. */
Image *initials_draw(const unsigned char seed[RENDER_SEED_SIZE], const char *text, uint32_t width,
                     uint32_t height, enum cause *cause);

#endif
