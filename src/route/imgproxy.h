/* SPDX-License-Identifier: MIT
 *
 * The parts of the imgproxy dialect. Private to the house.
 */
#ifndef VISAGE_ROUTE_IMGPROXY_H
#define VISAGE_ROUTE_IMGPROXY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cause.h"
#include "base/config.h"
#include "base/imgproxy_keys.h"
#include "route/request.h"

/* A piece of a URL, not NUL-terminated. */
struct piece {
    const char *text;
    size_t length;
};

/* Cuts off what `rest` begins with, up to the separator or the end. False if there is nothing left:
 * then nothing is behind the last separator either. */
bool piece_next(struct piece *rest, char separator, struct piece *out);

/* ---- the signature (imgproxy_signature.c) ---- */

/* Whether `signature` is that of `path` by one of the pairs, cut to `size` bytes. */
bool imgproxy_is_signed(const struct imgproxy_keys *keys, size_t size, struct piece signature,
                        struct piece path);

/* ---- options (imgproxy_options.c) ---- */

/* What options mean, while they are read. */
struct imgproxy_options {
    const struct config *config;
    struct picture_request *out;
    bool crop_has_gravity; /* else the crop has the fit's */
    bool is_unwritable;    /* the last format that was named is none that can be written */
    const char *preset;    /* that is being read, up to its '='; NULL: none */
    const struct imgproxy_options *outer; /* who asked for it */
};

/* Readies *out for options: what holds where none is given, and the default preset. Returns
 * CAUSE_NONE or CAUSE_BAD_REQUEST. */
enum cause imgproxy_options_begin(struct imgproxy_options *o, const struct config *config,
                                  struct picture_request *out);

/* Applies one, "name:argument:argument". Returns CAUSE_NONE; CAUSE_BAD_REQUEST for a name or an
 * argument that there is not; CAUSE_OPTION_FORBIDDEN for what the configuration does not allow. */
enum cause imgproxy_options_apply(struct imgproxy_options *o, struct piece option);

/* The format that the URL's end names. Returns CAUSE_NONE or CAUSE_BAD_REQUEST. */
enum cause imgproxy_options_format(struct imgproxy_options *o, struct piece name);

/* To be called last. Returns CAUSE_NONE; CAUSE_BAD_REQUEST for numbers that are too large;
 * CAUSE_PICTURE_TYPE for a format that cannot be written. */
enum cause imgproxy_options_end(struct imgproxy_options *o);

/* Tries all presets, and looks for the names of allowed_options. Returns 0, or -EINVAL with a message
 * that names the one that is wrong. */
int imgproxy_check(const struct config *config, char error[CONFIG_ERROR_MAX]);

/* One option's arguments, at least one, which may be empty. Returns whether they were understood. */
typedef bool imgproxy_apply(struct imgproxy_options *o, const struct piece *a, size_t count);

/* Of geometry (imgproxy_geometry.c). */
imgproxy_apply imgproxy_set_width;
imgproxy_apply imgproxy_set_height;
imgproxy_apply imgproxy_set_min_width;
imgproxy_apply imgproxy_set_min_height;
imgproxy_apply imgproxy_set_type;
imgproxy_apply imgproxy_set_enlarge;
imgproxy_apply imgproxy_set_upright;
imgproxy_apply imgproxy_set_turn;
imgproxy_apply imgproxy_set_dpr;
imgproxy_apply imgproxy_set_extend;
imgproxy_apply imgproxy_set_extend_ratio;
imgproxy_apply imgproxy_set_size;
imgproxy_apply imgproxy_set_resize;
imgproxy_apply imgproxy_set_zoom;
imgproxy_apply imgproxy_set_gravity;
imgproxy_apply imgproxy_set_crop;
imgproxy_apply imgproxy_set_padding;

/* ---- arguments (imgproxy_values.c) ---- */

/* Each returns false for what is none. A whole number from 0 to `most`. */
bool imgproxy_read_whole(struct piece text, uint32_t most, uint32_t *out);
/* A decimal fraction times `scale`, rounded, at most `most` away from 0. */
bool imgproxy_read_decimal(struct piece text, uint32_t scale, int64_t most, int64_t *out);
/* What is no word for true is false, as imgproxy has it. */
bool imgproxy_read_boolean(struct piece text);
/* Three or six hexadecimal digits. */
bool imgproxy_read_colour(struct piece text, uint32_t *out);
/* "ce", "noea", ... with offsets, or "fp" with a point; of at least one argument. */
bool imgproxy_read_gravity(const struct piece *arguments, size_t count, struct gravity *out);
/* A file's name for Content-Disposition, of what is harmless in it. */
void imgproxy_read_filename(struct piece text, char out[PICTURE_FILENAME_MAX]);

#endif
