/* SPDX-License-Identifier: MIT
 *
 * The options that say how large, and what of it. In those of several arguments an
 * empty one leaves things as they are.
 */
#include <stdint.h>
#include <string.h>

#include "route/imgproxy.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static struct effects *effects_of(struct imgproxy_options *o)
{
    return &o->out->rendering.effects;
}

static bool set_length(struct piece text, uint32_t *out)
{
    *out = 0;
    return text.length == 0 || imgproxy_read_whole(text, PICTURE_LENGTH_MAX, out);
}

bool imgproxy_set_width(struct imgproxy_options *o, const struct piece *a, size_t count)
{
    return count == 1 && set_length(a[0], &o->out->rendering.width);
}

bool imgproxy_set_height(struct imgproxy_options *o, const struct piece *a, size_t count)
{
    return count == 1 && set_length(a[0], &o->out->rendering.height);
}

bool imgproxy_set_min_width(struct imgproxy_options *o, const struct piece *a, size_t count)
{
    return count == 1 && set_length(a[0], &effects_of(o)->min_width);
}

bool imgproxy_set_min_height(struct imgproxy_options *o, const struct piece *a, size_t count)
{
    return count == 1 && set_length(a[0], &effects_of(o)->min_height);
}

bool imgproxy_set_type(struct imgproxy_options *o, const struct piece *a, size_t count)
{
    static const struct {
        const char *name;
        enum picture_fit fit;
    } types[] = {{"fit", FIT_INSIDE},
                 {"fill", FIT_FILL},
                 {"fill-down", FIT_FILL_DOWN},
                 {"force", FIT_FORCE},
                 {"auto", FIT_AUTO},
                 {"", FIT_INSIDE}};

    for (size_t i = 0; i < COUNT(types) && count == 1; i++)
        if (strlen(types[i].name) == a[0].length &&
            memcmp(types[i].name, a[0].text, a[0].length) == 0) {
            o->out->rendering.fit = types[i].fit;
            return true;
        }
    return false;
}

bool imgproxy_set_enlarge(struct imgproxy_options *o, const struct piece *a, size_t count)
{
    effects_of(o)->enlarge = imgproxy_read_boolean(a[0]);
    return count == 1;
}

bool imgproxy_set_upright(struct imgproxy_options *o, const struct piece *a, size_t count)
{
    effects_of(o)->keep_orientation = a[0].length > 0 && !imgproxy_read_boolean(a[0]);
    return count == 1;
}

bool imgproxy_set_turn(struct imgproxy_options *o, const struct piece *a, size_t count)
{
    int64_t degrees = 0;

    if (count != 1 ||
        (a[0].length > 0 && !imgproxy_read_decimal(a[0], 1, INT32_MAX, &degrees)) ||
        memchr(a[0].text, '.', a[0].length) || degrees % 90 != 0)
        return false;
    effects_of(o)->turn = (uint32_t)((degrees % 360 + 360) % 360);
    return true;
}

/* A factor; one is as good as none. */
static bool read_factor(struct piece text, uint32_t *out)
{
    int64_t value = PICTURE_WHOLE;

    if (text.length > 0 &&
        (!imgproxy_read_decimal(text, PICTURE_WHOLE, PICTURE_FACTOR_MAX, &value) || value <= 0))
        return false;
    *out = value == PICTURE_WHOLE ? 0 : (uint32_t)value;
    return true;
}

bool imgproxy_set_dpr(struct imgproxy_options *o, const struct piece *a, size_t count)
{
    return count == 1 && read_factor(a[0], &effects_of(o)->dpr);
}

/* ---- several arguments: an empty one leaves things as they are ---- */

bool imgproxy_set_extend(struct imgproxy_options *o, const struct piece *a, size_t count)
{
    struct effects *e = effects_of(o);

    e->extend = imgproxy_read_boolean(a[0]);
    return count == 1 || imgproxy_read_gravity(a + 1, count - 1, &e->extend_gravity);
}

bool imgproxy_set_extend_ratio(struct imgproxy_options *o, const struct piece *a, size_t count)
{
    struct effects *e = effects_of(o);

    e->extend_ratio = imgproxy_read_boolean(a[0]);
    return count == 1 || imgproxy_read_gravity(a + 1, count - 1, &e->extend_gravity);
}

bool imgproxy_set_size(struct imgproxy_options *o, const struct piece *a, size_t count)
{
    static imgproxy_apply *const parts[] = {imgproxy_set_width, imgproxy_set_height,
                                            imgproxy_set_enlarge};

    if (count > 7)
        return false;
    for (size_t i = 0; i < COUNT(parts) && i < count; i++)
        if (a[i].length > 0 && !parts[i](o, a + i, 1))
            return false;
    return count < 4 || (a[3].length == 0 && count == 4) || imgproxy_set_extend(o, a + 3, count - 3);
}

bool imgproxy_set_resize(struct imgproxy_options *o, const struct piece *a, size_t count)
{
    if (a[0].length > 0 && !imgproxy_set_type(o, a, 1))
        return false;
    return count == 1 || imgproxy_set_size(o, a + 1, count - 1);
}

bool imgproxy_set_zoom(struct imgproxy_options *o, const struct piece *a, size_t count)
{
    struct effects *e = effects_of(o);

    return count <= 2 && read_factor(a[0], &e->zoom_x) &&
           read_factor(a[count - 1], &e->zoom_y);
}

bool imgproxy_set_gravity(struct imgproxy_options *o, const struct piece *a, size_t count)
{
    if (count == 1 && a[0].length == 0) {
        effects_of(o)->gravity = (struct gravity){.kind = GRAVITY_CENTRE};
        return true;
    }
    return imgproxy_read_gravity(a, count, &effects_of(o)->gravity);
}

/* Less than one is a part of the side. */
static bool read_crop(struct piece text, uint32_t *out, uint32_t *is_part)
{
    int64_t value = 0;

    if (text.length > 0 &&
        (!imgproxy_read_decimal(text, PICTURE_WHOLE, (int64_t)PICTURE_LENGTH_MAX * PICTURE_WHOLE,
                                &value) ||
         value < 0))
        return false;
    *is_part = value > 0 && value < PICTURE_WHOLE;
    *out = (uint32_t)(*is_part ? value : value / PICTURE_WHOLE);
    return true;
}

bool imgproxy_set_crop(struct imgproxy_options *o, const struct piece *a, size_t count)
{
    struct effects *e = effects_of(o);

    if (!read_crop(a[0], &e->crop_width, &e->crop_width_is_part) ||
        (count > 1 && !read_crop(a[1], &e->crop_height, &e->crop_height_is_part)))
        return false;
    if (count <= 2)
        return true;
    o->crop_has_gravity = true;
    return imgproxy_read_gravity(a + 2, count - 2, &e->crop_gravity);
}

bool imgproxy_set_padding(struct imgproxy_options *o, const struct piece *a, size_t count)
{
    struct effects *e = effects_of(o);
    uint32_t *const sides[] = {&e->padding_top, &e->padding_right, &e->padding_bottom,
                               &e->padding_left};
    static const size_t like[] = {0, 0, 0, 1}; /* what a side is that is not given */

    if (count > COUNT(sides))
        return false;
    for (size_t i = 0; i < COUNT(sides); i++) {
        if (i < count && a[i].length > 0) {
            if (!set_length(a[i], sides[i]))
                return false;
        } else {
            *sides[i] = *sides[like[i]];
        }
    }
    return true;
}
