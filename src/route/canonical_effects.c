/* SPDX-License-Identifier: MIT */
#include "route/canonical_effects.h"

#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum kind { NUMBER, COLOUR, GRAVITY };

/* In the order in which they are written, which is that of the struct. A colour stands for the
 * flag before it, too. */
static const struct field {
    const char *name;
    size_t at;
    enum kind kind;
} fields[] = {
    {"&or=", offsetof(struct effects, keep_orientation), NUMBER},
    {"&rot=", offsetof(struct effects, turn), NUMBER},
    {"&cw=", offsetof(struct effects, crop_width), NUMBER},
    {"&ch=", offsetof(struct effects, crop_height), NUMBER},
    {"&cwp=", offsetof(struct effects, crop_width_is_part), NUMBER},
    {"&chp=", offsetof(struct effects, crop_height_is_part), NUMBER},
    {"&cg=", offsetof(struct effects, crop_gravity), GRAVITY},
    {"&dpr=", offsetof(struct effects, dpr), NUMBER},
    {"&zx=", offsetof(struct effects, zoom_x), NUMBER},
    {"&zy=", offsetof(struct effects, zoom_y), NUMBER},
    {"&el=", offsetof(struct effects, enlarge), NUMBER},
    {"&mw=", offsetof(struct effects, min_width), NUMBER},
    {"&mh=", offsetof(struct effects, min_height), NUMBER},
    {"&g=", offsetof(struct effects, gravity), GRAVITY},
    {"&bl=", offsetof(struct effects, blur), NUMBER},
    {"&sh=", offsetof(struct effects, sharpen), NUMBER},
    {"&ex=", offsetof(struct effects, extend), NUMBER},
    {"&exr=", offsetof(struct effects, extend_ratio), NUMBER},
    {"&eg=", offsetof(struct effects, extend_gravity), GRAVITY},
    {"&pt=", offsetof(struct effects, padding_top), NUMBER},
    {"&pr=", offsetof(struct effects, padding_right), NUMBER},
    {"&pb=", offsetof(struct effects, padding_bottom), NUMBER},
    {"&pl=", offsetof(struct effects, padding_left), NUMBER},
    {"&b=", offsetof(struct effects, background), COLOUR},
    {"&mb=", offsetof(struct effects, max_bytes), NUMBER},
};

static const char *const gravity_names[] = {
    [GRAVITY_CENTRE] = "ce",     [GRAVITY_NORTH] = "no",      [GRAVITY_SOUTH] = "so",
    [GRAVITY_EAST] = "ea",       [GRAVITY_WEST] = "we",       [GRAVITY_NORTH_EAST] = "noea",
    [GRAVITY_NORTH_WEST] = "nowe", [GRAVITY_SOUTH_EAST] = "soea", [GRAVITY_SOUTH_WEST] = "sowe",
    [GRAVITY_FOCUS] = "fp",
};

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* ---- forth ---- */

static const void *value_of(const struct effects *e, const struct field *field)
{
    return (const unsigned char *)e + field->at;
}

/* None needs more than "&zxp=" and a gravity with two numbers of eleven bytes. */
#define LONGEST_FIELD 48

static char *put_gravity(char *at, const char *name, const struct gravity *g)
{
    static const struct gravity none;
    int n;

    if (memcmp(g, &none, sizeof none) == 0 || g->kind >= COUNT(gravity_names))
        return at;
    n = snprintf(at, LONGEST_FIELD, "%s%s:%d%s:%d%s", name, gravity_names[g->kind], g->x,
                 g->x_is_part ? "p" : "", g->y, g->y_is_part ? "p" : "");
    return n > 0 ? at + n : at;
}

static char *put_field(char *at, const struct effects *e, const struct field *field)
{
    uint32_t value;
    int n;

    if (field->kind == GRAVITY)
        return put_gravity(at, field->name, value_of(e, field));
    memcpy(&value, value_of(e, field), sizeof value);
    if (field->kind == COLOUR ? !e->has_background : value == 0)
        return at;
    n = snprintf(at, LONGEST_FIELD, field->kind == COLOUR ? "%s%06x" : "%s%u", field->name, value);
    return n > 0 ? at + n : at;
}

char *canonical_put_effects(char *at, const struct rendering *rendering)
{
    struct effects e;

    if (!effects_are_any(&rendering->effects))
        return at;
    e = effects_that_show(rendering);
    for (size_t i = 0; i < COUNT(fields); i++)
        at = put_field(at, &e, &fields[i]);
    return at;
}

/* ---- back ---- */

static bool take_digits(const char **at, unsigned base, uint32_t *out)
{
    static const char digits[] = "0123456789abcdef";
    uint64_t n = 0;
    const char *start = *at, *digit;

    while (**at && (digit = memchr(digits, **at, base)) != NULL && n <= UINT32_MAX) {
        n = n * base + (uint64_t)(digit - digits);
        ++*at;
    }
    *out = (uint32_t)n;
    return *at > start && n <= UINT32_MAX;
}

/* "-12" or "500000p" */
static bool take_offset(const char **at, int32_t *out, uint32_t *is_part)
{
    bool negative = **at == '-';
    uint32_t n;

    *at += negative;
    if (!take_digits(at, 10, &n) || n > INT_MAX)
        return false;
    *out = negative ? -(int32_t)n : (int32_t)n;
    *is_part = **at == 'p';
    *at += *is_part;
    return true;
}

static bool take_gravity(const char **at, struct gravity *out)
{
    size_t length = strcspn(*at, ":");

    for (uint32_t i = 0; i < COUNT(gravity_names); i++) {
        if (strlen(gravity_names[i]) != length || memcmp(*at, gravity_names[i], length) != 0)
            continue;
        out->kind = i;
        *at += length;
        if (*(*at)++ != ':' || !take_offset(at, &out->x, &out->x_is_part))
            return false;
        return *(*at)++ == ':' && take_offset(at, &out->y, &out->y_is_part);
    }
    return false;
}

static bool take_field(const char **at, const struct field *field, struct effects *out)
{
    void *to = (unsigned char *)out + field->at;
    struct gravity gravity;
    uint32_t value;

    if (field->kind == GRAVITY) {
        if (!take_gravity(at, &gravity))
            return false;
        memcpy(to, &gravity, sizeof gravity);
        return true;
    }
    if (!take_digits(at, field->kind == COLOUR ? 16 : 10, &value) ||
        (field->kind == COLOUR && value > 0xffffff))
        return false;
    memcpy(to, &value, sizeof value);
    if (field->kind == COLOUR)
        out->has_background = 1;
    return true;
}

bool canonical_take_effects(const char **at, struct effects *out)
{
    *out = (struct effects){0};
    for (size_t i = 0; i < COUNT(fields); i++) {
        size_t n = strlen(fields[i].name);

        if (strncmp(*at, fields[i].name, n) != 0)
            continue;
        *at += n;
        if (!take_field(at, &fields[i], out))
            return false;
    }
    return true;
}
