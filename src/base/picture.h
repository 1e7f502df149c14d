/* SPDX-License-Identifier: MIT
 *
 * The words for pictures that every house shares: types, fits, what a client
 * asked to be drawn.
 */
#ifndef VISAGE_BASE_PICTURE_H
#define VISAGE_BASE_PICTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Values are stored in the index: never renumber. */
enum picture_type {
    PICTURE_UNKNOWN = 0,
    PICTURE_JPEG = 1,
    PICTURE_PNG = 2,
    PICTURE_GIF = 3,
    PICTURE_WEBP = 4,
    PICTURE_AVIF = 5,
    PICTURE_HEIC = 6,
    /* As an output only: JPEG, or PNG where the picture has transparency. */
    PICTURE_AUTO = 15,
};

enum picture_fit {
    FIT_COVER = 1,   /* exactly width x height: scaled to cover it, centre cut out; enlarges */
    FIT_CONTAIN = 2, /* whole picture within width x height, 0 = no bound; never enlarges */
};

/* How a variant is drawn. Width and height are in pixels, after dpr; in
 * FIT_COVER both are at least 1, in FIT_CONTAIN either may be 0 (no bound). */
struct rendering {
    uint32_t width;
    uint32_t height;
    enum picture_fit fit;
    uint32_t quality; /* 1..100 */
};

#define PICTURE_SIDE_MAX 4096u /* no output side is larger */

/* "webp" for configuration and canonical text; NULL for PICTURE_UNKNOWN. */
const char *picture_type_name(enum picture_type type);

/* "image/webp"; "application/octet-stream" for what has none. */
const char *picture_media_type(enum picture_type type);

/* From a configuration's name ("jpeg", "jpg", "webp", ...), `length` bytes, case-sensitive. */
enum picture_type picture_type_from_name(const char *name, size_t length);

/* True for the types that visage can write: JPEG, PNG and WebP. */
bool picture_type_is_output(enum picture_type type);

/* "cover" or "contain". */
const char *picture_fit_name(enum picture_fit fit);

#endif
