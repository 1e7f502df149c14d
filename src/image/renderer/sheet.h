/* SPDX-License-Identifier: MIT
 *
 * Many generated pictures on one, for whoever wants to see what a style is like.
 */
#ifndef VISAGE_RENDERER_SHEET_H
#define VISAGE_RENDERER_SHEET_H

#include <stdbool.h>
#include <stddef.h>

#include <magick/api.h>

#include "image/render_protocol.h"

/* True if these bytes are tiles that can be drawn, and the sheet is as large as they need. */
bool sheet_is_sane(const struct render_request *request, const unsigned char *bytes,
                   size_t length);

/* Draws them on white; what is transparent shows a chequerboard. The caller destroys the image.
 * NULL without memory. */
Image *sheet_draw(const struct render_request *request, const unsigned char *bytes,
                  size_t length);

#endif
