/* SPDX-License-Identifier: MIT
 *
 * Pictures' ids as names of files: with one more extension, which tells the type.
 */
#ifndef VISAGE_CTL_PICTURE_NAME_H
#define VISAGE_CTL_PICTURE_NAME_H

#include <stddef.h>

#include "base/picture.h"

/* What a file is called until it is whole. No picture's: those have an extension. */
#define PICTURE_NAME_TEMPORARY ".visage-export"

/* The length without the extension, if it is one of a picture's, in any case; else all of it. What is
 * nothing but an extension is a name. */
size_t picture_name_length(const char *name);

/* ".png"; "" for what has none. */
const char *picture_name_extension(enum picture_type type);

#endif
