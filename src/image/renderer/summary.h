/* SPDX-License-Identifier: MIT
 *
 * A picture in a few bytes: RENDER_SUMMARY.
 */
#ifndef VISAGE_RENDERER_SUMMARY_H
#define VISAGE_RENDERER_SUMMARY_H

#include <stdbool.h>

#include <magick/api.h>

#include "base/cause.h"
#include "image/render_protocol.h"

/* Whether a request of this kind asks for what can be summed up: a picture that fits. */
bool summary_is_sane(const struct render_request *request);

/* Sums up an image, upright, in sRGB and within RENDER_SUMMARY_SIDE; reply->source_alpha says whether
 * its transparency counts. Returns CAUSE_NONE or CAUSE_PICTURE_TOO_LARGE. */
enum cause summary_make(const Image *image, struct render_reply *reply, ExceptionInfo *exception);

#endif
