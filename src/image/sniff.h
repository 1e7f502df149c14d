/* SPDX-License-Identifier: MIT
 *
 * The type of a picture by its magic bytes; names and Content-Type are never asked.
 */
#ifndef VISAGE_IMAGE_SNIFF_H
#define VISAGE_IMAGE_SNIFF_H

#include <stddef.h>

#include "base/picture.h"

#define SNIFF_BYTES 64 /* as many of the first bytes as are needed */

/* PICTURE_UNKNOWN for anything that is not decoded here. */
enum picture_type sniff_picture(const void *bytes, size_t length);

#define SNIFF_ANY_BYTES 1024 /* the same for what follows: SVG may begin with comments */

/* Also knows what is only passed on: SVG, ICO and BMP. */
enum picture_type sniff_any_picture(const void *bytes, size_t length);

#endif
