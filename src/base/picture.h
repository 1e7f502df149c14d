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
    FIT_COVER = 1,     /* exactly width x height: scaled to cover it, centre cut out; enlarges */
    FIT_CONTAIN = 2,   /* whole picture within width x height, 0 = no bound; never enlarges */
    FIT_FILL = 3,      /* like FIT_COVER, but a picture that is smaller is not enlarged, only cut,
                          unless effects.enlarge is set; 0 = the side that keeps the proportions */
    FIT_FILL_DOWN = 4, /* the same, cut to the proportions of width x height if it is smaller */
    FIT_FORCE = 5,     /* exactly width x height, whatever becomes of the proportions */
    FIT_AUTO = 6,      /* FIT_FILL if picture and width x height are both upright or both not, else
                          FIT_CONTAIN */
};

/* Which part of a picture stays where it is cut, or where it stands where room is added. */
enum gravity_kind {
    GRAVITY_CENTRE = 0,
    GRAVITY_NORTH,
    GRAVITY_SOUTH,
    GRAVITY_EAST,
    GRAVITY_WEST,
    GRAVITY_NORTH_EAST,
    GRAVITY_NORTH_WEST,
    GRAVITY_SOUTH_EAST,
    GRAVITY_SOUTH_WEST,
    GRAVITY_POINT, /* around the point (x, y): thousandths of the picture's sides, 0..1000 */
};

struct gravity {
    enum gravity_kind kind;
    int32_t x, y; /* otherwise: pixels away from that edge, or to the right of and below the centre */
};

/* What only some dialects can ask for. All zero: nothing of it. Applied in this order: turned
 * upright by its own metadata, cropped, turned, scaled, cut, blurred, sharpened, extended, padded. */
struct effects {
    bool keep_orientation;       /* what the metadata says is not applied */
    bool enlarge;                /* FIT_CONTAIN and FIT_FILL may enlarge */
    bool extend;                 /* room is added up to width x height */
    bool has_background;         /* behind transparency, in every format; else see below */
    uint32_t background;         /* 0xRRGGBB */
    uint32_t turn;               /* degrees clockwise: 0, 90, 180, 270 */
    uint32_t min_width, min_height; /* at least, whatever the fit says; 0: no bound */
    uint32_t crop_width, crop_height; /* of the original, before scaling; 0: all of it */
    struct gravity crop_gravity;
    struct gravity gravity;        /* of what is cut by the fit */
    struct gravity extend_gravity;
    uint32_t padding_top, padding_right, padding_bottom, padding_left; /* pixels of the output */
    uint32_t blur, sharpen;        /* sigma in thousandths of a pixel; 0: none */
};

/* How a variant is drawn. Width and height are in pixels, after dpr; in
 * FIT_COVER both are at least 1, in the other fits either may be 0 (no bound). */
struct rendering {
    uint32_t width;
    uint32_t height;
    enum picture_fit fit;
    uint32_t quality; /* 1..100 */
    struct effects effects;
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

/* "cover", "contain", "fill", "fill-down", "force" or "auto". */
const char *picture_fit_name(enum picture_fit fit);

#endif
