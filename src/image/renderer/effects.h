/* SPDX-License-Identifier: MIT
 *
 * What is done to a picture once it has its size and stands upright: blurred,
 * sharpened, given room around it, laid on a background.
 */
#ifndef VISAGE_RENDERER_EFFECTS_H
#define VISAGE_RENDERER_EFFECTS_H

#include <stdbool.h>

#include <magick/api.h>

#include "base/picture.h"
#include "image/renderer/layout.h"

/* Does it to *image, which is in sRGB and as large as the layout's cut. *alpha says whether
 * a pixel is not opaque, before and after. False without memory. */
bool effects_apply(Image **image, const struct effects *effects, const struct layout *layout,
                   bool *alpha, ExceptionInfo *exception);

#endif
