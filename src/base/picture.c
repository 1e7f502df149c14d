/* SPDX-License-Identifier: MIT */
#include "base/picture.h"

#include <string.h>
#include <strings.h>

static const struct {
    enum picture_type type;
    const char *name;
    const char *media_type;
} types[] = {
    {PICTURE_JPEG, "jpeg", "image/jpeg"}, {PICTURE_PNG, "png", "image/png"},
    {PICTURE_GIF, "gif", "image/gif"},    {PICTURE_WEBP, "webp", "image/webp"},
    {PICTURE_AVIF, "avif", "image/avif"}, {PICTURE_HEIC, "heic", "image/heic"},
    {PICTURE_SVG, "svg", "image/svg+xml"}, {PICTURE_ICO, "ico", "image/vnd.microsoft.icon"},
    {PICTURE_BMP, "bmp", "image/bmp"},    {PICTURE_AUTO, "auto", NULL},
};

/* What servers also call them. */
static const struct {
    enum picture_type type;
    const char *media_type;
} aliases[] = {
    {PICTURE_JPEG, "image/jpg"},    {PICTURE_JPEG, "image/pjpeg"}, {PICTURE_PNG, "image/x-png"},
    {PICTURE_PNG, "image/apng"},    {PICTURE_HEIC, "image/heif"},  {PICTURE_ICO, "image/x-icon"},
    {PICTURE_BMP, "image/x-ms-bmp"}, {PICTURE_BMP, "image/x-bmp"},
};

#define COUNT(a) (sizeof(a) / sizeof *(a))

const char *picture_type_name(enum picture_type type)
{
    for (size_t i = 0; i < COUNT(types); i++)
        if (types[i].type == type)
            return types[i].name;
    return NULL;
}

const char *picture_media_type(enum picture_type type)
{
    for (size_t i = 0; i < COUNT(types); i++)
        if (types[i].type == type && types[i].media_type)
            return types[i].media_type;
    return "application/octet-stream";
}

static bool is_named(const char *own, const char *name, size_t length)
{
    return own && strlen(own) == length && strncasecmp(own, name, length) == 0;
}

enum picture_type picture_type_from_media_type(const char *name, size_t length)
{
    for (size_t i = 0; i < COUNT(types); i++)
        if (is_named(types[i].media_type, name, length))
            return types[i].type;
    for (size_t i = 0; i < COUNT(aliases); i++)
        if (is_named(aliases[i].media_type, name, length))
            return aliases[i].type;
    return PICTURE_UNKNOWN;
}

enum picture_type picture_type_from_name(const char *name, size_t length)
{
    if (length == 3 && memcmp(name, "jpg", 3) == 0)
        return PICTURE_JPEG;
    for (size_t i = 0; i < COUNT(types); i++)
        if (strlen(types[i].name) == length && memcmp(types[i].name, name, length) == 0)
            return types[i].type;
    return PICTURE_UNKNOWN;
}

bool picture_type_is_input(enum picture_type type)
{
    return type >= PICTURE_JPEG && type <= PICTURE_HEIC;
}

bool picture_type_is_output(enum picture_type type)
{
    return type == PICTURE_JPEG || type == PICTURE_PNG || type == PICTURE_WEBP;
}

static const char *const fit_names[] = {
    [FIT_COVER] = "cover",         [FIT_CONTAIN] = "contain", [FIT_FILL] = "fill",
    [FIT_FILL_DOWN] = "fill-down", [FIT_FORCE] = "force",     [FIT_AUTO] = "auto",
    [FIT_INSIDE] = "inside",
};

const char *picture_fit_name(enum picture_fit fit)
{
    return fit >= FIT_COVER && fit <= FIT_INSIDE ? fit_names[fit] : "contain";
}

enum picture_fit picture_fit_from_name(const char *name, size_t length)
{
    for (size_t i = FIT_COVER; i < COUNT(fit_names); i++)
        if (strlen(fit_names[i]) == length && memcmp(fit_names[i], name, length) == 0)
            return (enum picture_fit)i;
    return (enum picture_fit)0;
}

bool effects_are_any(const struct effects *effects)
{
    static const struct effects none;

    _Static_assert(sizeof none % sizeof(uint32_t) == 0, "no gaps to compare");
    return memcmp(effects, &none, sizeof none) != 0;
}

static bool offset_is_sane(int32_t offset, uint32_t is_part)
{
    int32_t most = is_part ? (int32_t)PICTURE_WHOLE : (int32_t)PICTURE_LENGTH_MAX;

    return is_part <= 1 && offset >= -most && offset <= most;
}

static bool gravity_is_sane(const struct gravity *g)
{
    if (g->kind == GRAVITY_FOCUS)
        return g->x >= 0 && g->x <= PICTURE_WHOLE && g->y >= 0 && g->y <= PICTURE_WHOLE &&
               g->x_is_part == 0 && g->y_is_part == 0;
    return g->kind < GRAVITY_FOCUS && offset_is_sane(g->x, g->x_is_part) &&
           offset_is_sane(g->y, g->y_is_part);
}

static bool crop_is_sane(uint32_t length, uint32_t is_part)
{
    return is_part <= 1 && length <= (is_part ? PICTURE_WHOLE : PICTURE_LENGTH_MAX);
}

static bool numbers_are_sane(const struct effects *e)
{
    const uint32_t flags[] = {e->keep_orientation, e->enlarge, e->extend, e->extend_ratio,
                              e->has_background};
    const uint32_t lengths[] = {e->min_width,     e->min_height,     e->padding_top,
                                e->padding_right, e->padding_bottom, e->padding_left};
    const uint32_t factors[] = {e->dpr, e->zoom_x, e->zoom_y};

    for (size_t i = 0; i < COUNT(flags); i++)
        if (flags[i] > 1)
            return false;
    for (size_t i = 0; i < COUNT(lengths); i++)
        if (lengths[i] > PICTURE_LENGTH_MAX)
            return false;
    for (size_t i = 0; i < COUNT(factors); i++)
        if (factors[i] > PICTURE_FACTOR_MAX)
            return false;
    return e->blur <= PICTURE_SIGMA_MAX && e->sharpen <= PICTURE_SIGMA_MAX &&
           e->background <= 0xffffff && e->max_bytes <= PICTURE_BYTES_MAX;
}

static bool effects_are_sane(const struct effects *e)
{
    return numbers_are_sane(e) && e->turn % 90 == 0 && e->turn < 360 &&
           crop_is_sane(e->crop_width, e->crop_width_is_part) &&
           crop_is_sane(e->crop_height, e->crop_height_is_part) &&
           gravity_is_sane(&e->crop_gravity) && gravity_is_sane(&e->gravity) &&
           gravity_is_sane(&e->extend_gravity);
}

bool rendering_is_sane(const struct rendering *r)
{
    if (r->quality < 1 || r->quality > 100 || r->fit < FIT_COVER || r->fit > FIT_INSIDE)
        return false;
    if (r->fit == FIT_COVER && (r->width < 1 || r->height < 1 || r->width > PICTURE_SIDE_MAX ||
                                r->height > PICTURE_SIDE_MAX))
        return false;
    if (r->fit > FIT_CONTAIN && (r->width > PICTURE_LENGTH_MAX || r->height > PICTURE_LENGTH_MAX))
        return false;
    return !effects_are_any(&r->effects) || effects_are_sane(&r->effects);
}

static void drop_if_one(uint32_t *factor)
{
    if (*factor == PICTURE_WHOLE)
        *factor = 0;
}

static void drop_if_whole(uint32_t *length, uint32_t *is_part)
{
    if (*is_part && *length == PICTURE_WHOLE)
        *length = 0;
    if (*length == 0)
        *is_part = 0;
}

static void drop_if_unseen(uint32_t *sigma)
{
    if (*sigma < PICTURE_SIGMA_MIN)
        *sigma = 0;
}

static void drop_parts_of_nothing(struct gravity *g)
{
    if (g->x == 0)
        g->x_is_part = 0;
    if (g->y == 0)
        g->y_is_part = 0;
}

/* A picture that is scaled to fit in, or to exactly what was asked for, has nothing to cut. */
static bool may_cut(const struct rendering *r, const struct effects *e)
{
    return e->min_width || e->min_height ||
           (r->fit != FIT_INSIDE && r->fit != FIT_CONTAIN && r->fit != FIT_FORCE);
}

struct effects effects_that_show(const struct rendering *r)
{
    static const struct gravity none;
    struct effects e = r->effects;

    drop_if_whole(&e.crop_width, &e.crop_width_is_part);
    drop_if_whole(&e.crop_height, &e.crop_height_is_part);
    drop_if_one(&e.dpr);
    drop_if_one(&e.zoom_x);
    drop_if_one(&e.zoom_y);
    drop_if_unseen(&e.blur);
    drop_if_unseen(&e.sharpen);
    if (e.extend)
        e.extend_ratio = 0;
    if (!e.has_background)
        e.background = 0;
    if (!e.crop_width && !e.crop_height)
        e.crop_gravity = none;
    if (!may_cut(r, &e))
        e.gravity = none;
    if (!e.extend && !e.extend_ratio)
        e.extend_gravity = none;
    drop_parts_of_nothing(&e.crop_gravity);
    drop_parts_of_nothing(&e.gravity);
    drop_parts_of_nothing(&e.extend_gravity);
    return e;
}
