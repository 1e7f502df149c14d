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
    /* Never decoded, only passed on. */
    PICTURE_SVG = 7,
    PICTURE_ICO = 8,
    PICTURE_BMP = 9,
    /* As an output only: JPEG, or PNG where the picture has transparency. */
    PICTURE_AUTO = 15,
};

/* The first two round down and know nothing else; the others round to the nearest, and with them
 * 0 is the side that keeps the proportions, save in FIT_FORCE, where it is the picture's own. */
enum picture_fit {
    FIT_COVER = 1,     /* exactly width x height: scaled to cover it, centre cut out; enlarges */
    FIT_CONTAIN = 2,   /* whole picture within width x height, 0 = no bound; never enlarges */
    FIT_FILL = 3,      /* scaled to cover width x height and cut; what is smaller is only cut */
    FIT_FILL_DOWN = 4, /* the same; what is smaller is cut to the proportions of width x height */
    FIT_FORCE = 5,     /* exactly width x height, whatever becomes of the proportions */
    FIT_AUTO = 6,      /* FIT_FILL if picture and width x height are both upright or both not, else
                          FIT_INSIDE */
    FIT_INSIDE = 7,    /* whole picture within width x height */
};

/* Parts of a side, and factors, are told in millionths. */
#define PICTURE_WHOLE 1000000

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
    GRAVITY_FOCUS, /* around the point (x, y): parts of the sides, 0 to PICTURE_WHOLE */
};

struct gravity {
    uint32_t kind; /* enum gravity_kind */
    /* But for GRAVITY_FOCUS: away from that edge, or to the right of and below the centre; pixels
     * before dpr, or parts of the side, -PICTURE_WHOLE to PICTURE_WHOLE. */
    int32_t x, y;
    uint32_t x_is_part, y_is_part; /* 0 or 1 */
};

/* What only some dialects can ask for. All zero: nothing of it. Applied in this order: turned
 * upright by its own metadata, turned, cropped, scaled, cut, blurred, sharpened, extended, padded,
 * laid on its background. Nothing but 32-bit integers, so that it has no gaps and can travel;
 * FIT_COVER with any of it is FIT_FILL with `enlarge`, and FIT_CONTAIN is FIT_INSIDE. */
struct effects {
    uint32_t keep_orientation; /* 1: what the metadata says is not applied; HEIC and AVIF are
                                  upright all the same */
    uint32_t turn;             /* degrees clockwise: 0, 90, 180, 270 */
    uint32_t crop_width, crop_height; /* of the turned original; 0: all of it */
    uint32_t crop_width_is_part, crop_height_is_part; /* 1: in parts of the side, not in pixels */
    struct gravity crop_gravity;
    uint32_t dpr; /* a factor for width, height, offsets and padding; 0: they are meant as they are.
                     Where nothing may be enlarged it gives way, offsets and padding with it */
    uint32_t zoom_x, zoom_y;        /* factors for width and height alone; 0: none */
    uint32_t enlarge;               /* 1: what is smaller is enlarged */
    uint32_t min_width, min_height; /* at least so large before the cut, enlarged or not; 0: none */
    struct gravity gravity;         /* of what is cut by the fit */
    uint32_t blur, sharpen;         /* sigma in thousandths of a pixel; 0: none */
    uint32_t extend;                /* 1: room is added up to width x height */
    uint32_t extend_ratio; /* 1: up to their proportions, where both are there; not with `extend` */
    struct gravity extend_gravity;
    uint32_t padding_top, padding_right, padding_bottom, padding_left; /* pixels, before dpr */
    uint32_t has_background; /* 1: behind transparency and room, in every format; 0: transparent,
                                but for JPEG, which has a background of its own */
    uint32_t background;     /* 0xRRGGBB */
    uint32_t max_bytes; /* of a JPEG or WebP, which loses quality for it; 0: as many as there are */
};

/* How a variant is drawn. In FIT_COVER width and height are at least 1, in the other fits either
 * may be 0. */
struct rendering {
    uint32_t width;
    uint32_t height;
    enum picture_fit fit;
    uint32_t quality; /* 1..100 */
    struct effects effects;
};

/* Raise it when the renderer draws the same request differently: variants of before are then
 * not found any more. */
#define PICTURE_RENDERING_VERSION "1"

#define PICTURE_SIDE_MAX 4096u /* no output side is larger; what would be is drawn smaller */
#define PICTURE_LENGTH_MAX 1000000u       /* of any other number of pixels in a rendering */
#define PICTURE_FACTOR_MAX 1000000000u    /* dpr and zoom: a thousand */
#define PICTURE_SIGMA_MIN 200u            /* blur and sharpen: less changes nothing */
#define PICTURE_SIGMA_MAX 1000000u        /* a thousand pixels */
#define PICTURE_BYTES_MAX 1000000000u     /* max_bytes */

#define PICTURE_THUMBHASH_MAX 28 /* bytes of a ThumbHash; no picture has a longer one */

/* "webp" for configuration and canonical text; NULL for PICTURE_UNKNOWN. */
const char *picture_type_name(enum picture_type type);

/* "image/webp"; "application/octet-stream" for what has none. */
const char *picture_media_type(enum picture_type type);

/* The other way, `length` bytes without parameters, in any case and by any of the names that a
 * type goes by. */
enum picture_type picture_type_from_media_type(const char *name, size_t length);

/* From a configuration's name ("jpeg", "jpg", "webp", ...), `length` bytes, case-sensitive. */
enum picture_type picture_type_from_name(const char *name, size_t length);

/* True for the types that are decoded, given a library that can: not for those that are only passed
 * on. */
bool picture_type_is_input(enum picture_type type);

/* True for the types that visage can write: JPEG, PNG and WebP. */
bool picture_type_is_output(enum picture_type type);

/* "cover", "contain", "fill", "fill-down", "force", "auto" or "inside". */
const char *picture_fit_name(enum picture_fit fit);

/* From such a name, `length` bytes; 0 for any other. */
enum picture_fit picture_fit_from_name(const char *name, size_t length);

/* False for one that means only what width, height and fit say. */
bool effects_are_any(const struct effects *effects);

/* The effects without those that change nothing here: the gravity of a cut where nothing is cut, a
 * dpr of one, and the like. Two renderings that are equal then are the same picture. */
struct effects effects_that_show(const struct rendering *rendering);

/* Whether the renderer draws it: each number within its bounds. What a URL asks for has to be
 * looked at with this before it is asked for. */
bool rendering_is_sane(const struct rendering *rendering);

#endif
