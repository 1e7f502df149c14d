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

#endif
