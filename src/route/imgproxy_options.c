/* SPDX-License-Identifier: MIT
 *
 * imgproxy's options: a function each, and a table that says which. Where several
 * set the same, the last one counts.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/base64.h"
#include "base/siphash.h"
#include "http/percent.h"
#include "route/imgproxy.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define ARGUMENTS_MAX 16
#define PRESET_DEPTH_MAX 8

static struct effects *effects_of(struct imgproxy_options *o)
{
    return &o->out->rendering.effects;
}

/* ---- how it is painted, and what is said of the answer ---- */

static bool read_sigma(const struct piece *a, size_t count, uint32_t *out)
{
    int64_t value = 0;

    if (count != 1 || (a[0].length > 0 &&
                       (!imgproxy_read_decimal(a[0], 1000, PICTURE_SIGMA_MAX, &value) || value < 0)))
        return false;
    *out = (uint32_t)value;
    return true;
}

static bool set_blur(struct imgproxy_options *o, const struct piece *a, size_t count)
{
    return read_sigma(a, count, &effects_of(o)->blur);
}

static bool set_sharpen(struct imgproxy_options *o, const struct piece *a, size_t count)
{
    return read_sigma(a, count, &effects_of(o)->sharpen);
}

static bool set_quality(struct imgproxy_options *o, const struct piece *a, size_t count)
{
    uint32_t quality = 0;

    if (count != 1 || (a[0].length > 0 && !imgproxy_read_whole(a[0], 100, &quality)))
        return false;
    o->out->rendering.quality = quality ? quality : o->config->quality;
    return true;
}

static bool set_max_bytes(struct imgproxy_options *o, const struct piece *a, size_t count)
{
    uint32_t bytes = 0;

    if (count != 1 || (a[0].length > 0 && !imgproxy_read_whole(a[0], PICTURE_BYTES_MAX, &bytes)))
        return false;
    effects_of(o)->max_bytes = bytes;
    return true;
}

/* Metadata and profiles are never kept, whatever is said. */
static bool say_nothing(struct imgproxy_options *o, const struct piece *a, size_t count)
{
    (void)o;
    (void)a;
    return count == 1;
}

static bool set_buster(struct imgproxy_options *o, const struct piece *a, size_t count)
{
    static const unsigned char key[SIPHASH_KEY_SIZE];

    if (count != 1)
        return false;
    o->out->buster = a[0].length ? siphash(key, a[0].text, a[0].length) : 0;
    return true;
}

static bool set_expires(struct imgproxy_options *o, const struct piece *a, size_t count)
{
    int64_t when = 0;

    if (count != 1 || memchr(a[0].text, '.', a[0].length) ||
        (a[0].length > 0 && !imgproxy_read_decimal(a[0], 1, INT64_MAX / 1000, &when)))
        return false;
    o->out->expires_s = when > 0 ? when : 0;
    return true;
}

static bool set_attachment(struct imgproxy_options *o, const struct piece *a, size_t count)
{
    o->out->attachment = imgproxy_read_boolean(a[0]);
    return count == 1;
}

static bool set_format(struct imgproxy_options *o, const struct piece *a, size_t count)
{
    return count == 1 && imgproxy_options_format(o, a[0]) == CAUSE_NONE;
}

static bool set_background(struct imgproxy_options *o, const struct piece *a, size_t count)
{
    struct effects *e = effects_of(o);
    uint32_t colour = 0, part;

    if (count != 1 && count != 3)
        return false;
    if (count == 1 && a[0].length > 0 && !imgproxy_read_colour(a[0], &colour))
        return false;
    for (size_t i = 0; count == 3 && i < 3; i++) {
        if (!imgproxy_read_whole(a[i], 255, &part))
            return false;
        colour = colour << 8 | part;
    }
    e->has_background = count == 3 || a[0].length > 0;
    e->background = colour;
    return true;
}

static bool set_filename(struct imgproxy_options *o, const struct piece *a, size_t count)
{
    char name[1024];
    ssize_t n;

    if (count > 2)
        return false;
    if (count == 2 && imgproxy_read_boolean(a[1]))
        n = base64url_decode(a[0].text, a[0].length, name, sizeof name);
    else
        n = http_percent_decode(a[0].text, a[0].length, name, sizeof name);
    if (n < 0)
        return false;
    imgproxy_read_filename((struct piece){name, (size_t)n}, o->out->filename);
    return true;
}

/* ---- presets ---- */

static const char *find_preset(const struct config *config, struct piece name)
{
    for (size_t i = 0; i < config->imgproxy.preset_count; i++) {
        const char *preset = config->imgproxy.presets[i];

        if (strcspn(preset, "=") == name.length && memcmp(preset, name.text, name.length) == 0)
            return preset;
    }
    return NULL;
}

/* Whether a preset is being read already, further out, or too many are. */
static bool is_within(const struct imgproxy_options *o, const char *preset)
{
    unsigned depth = 0;

    for (; o; o = o->outer)
        if (o->preset == preset || ++depth > PRESET_DEPTH_MAX)
            return true;
    return false;
}

/* A preset within itself says nothing. */
static bool apply_preset(struct imgproxy_options *o, const char *preset)
{
    struct imgproxy_options inner = *o;
    const char *text = preset + strcspn(preset, "=") + 1;
    struct piece rest = {text, strlen(text)}, option;

    if (is_within(o, preset))
        return true;
    inner.preset = preset;
    inner.outer = o;
    while (piece_next(&rest, '/', &option))
        if (imgproxy_options_apply(&inner, option) != CAUSE_NONE)
            return false;
    o->crop_has_gravity = inner.crop_has_gravity;
    o->is_unwritable = inner.is_unwritable;
    return true;
}

static bool use_presets(struct imgproxy_options *o, const struct piece *a, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *preset = find_preset(o->config, a[i]);

        if (!preset || !apply_preset(o, preset))
            return false;
    }
    return true;
}

/* ---- all of them ---- */

static const struct option {
    const char *names[3];
    imgproxy_apply *apply;
} options[] = {
    {{"rs", "resize"}, imgproxy_set_resize},
    {{"s", "size"}, imgproxy_set_size},
    {{"rt", "resizing_type"}, imgproxy_set_type},
    {{"w", "width"}, imgproxy_set_width},
    {{"h", "height"}, imgproxy_set_height},
    {{"mw", "min-width"}, imgproxy_set_min_width},
    {{"mh", "min-height"}, imgproxy_set_min_height},
    {{"z", "zoom"}, imgproxy_set_zoom},
    {{"dpr"}, imgproxy_set_dpr},
    {{"el", "enlarge"}, imgproxy_set_enlarge},
    {{"ex", "extend"}, imgproxy_set_extend},
    {{"exar", "extend_ar", "extend_aspect_ratio"}, imgproxy_set_extend_ratio},
    {{"g", "gravity"}, imgproxy_set_gravity},
    {{"c", "crop"}, imgproxy_set_crop},
    {{"pd", "padding"}, imgproxy_set_padding},
    {{"ar", "auto_rotate"}, imgproxy_set_upright},
    {{"rot", "rotate"}, imgproxy_set_turn},
    {{"bg", "background"}, set_background},
    {{"bl", "blur"}, set_blur},
    {{"sh", "sharpen"}, set_sharpen},
    {{"q", "quality"}, set_quality},
    {{"mb", "max_bytes"}, set_max_bytes},
    {{"f", "ext", "format"}, set_format},
    {{"sm", "strip_metadata"}, say_nothing},
    {{"scp", "strip_color_profile"}, say_nothing},
    {{"cb", "cachebuster"}, set_buster},
    {{"exp", "expires"}, set_expires},
    {{"fn", "filename"}, set_filename},
    {{"att", "return_attachment"}, set_attachment},
    {{"pr", "preset"}, use_presets},
};

static const struct option *find_option(struct piece name)
{
    for (size_t i = 0; i < COUNT(options); i++)
        for (size_t n = 0; n < COUNT(options[i].names) && options[i].names[n]; n++)
            if (strlen(options[i].names[n]) == name.length &&
                memcmp(options[i].names[n], name.text, name.length) == 0)
                return &options[i];
    return NULL;
}

/* By any of its names, whichever the URL has. What is in a preset needs no permission. */
static bool is_allowed(const struct imgproxy_options *o, const struct option *option)
{
    const struct config *config = o->config;

    if (config->imgproxy.allowed_count == 0 || o->preset)
        return true;
    for (size_t i = 0; option && i < config->imgproxy.allowed_count; i++) {
        const char *name = config->imgproxy.allowed_options[i];

        if (find_option((struct piece){name, strlen(name)}) == option)
            return true;
    }
    return false;
}

enum cause imgproxy_options_apply(struct imgproxy_options *o, struct piece text)
{
    struct piece rest = text, name, arguments[ARGUMENTS_MAX];
    const struct option *option;
    size_t count = 0;

    piece_next(&rest, ':', &name);
    option = find_option(name);
    if (!is_allowed(o, option))
        return CAUSE_OPTION_FORBIDDEN;
    while (count < COUNT(arguments) && piece_next(&rest, ':', &arguments[count]))
        count++;
    if (!option || count == 0 || rest.text)
        return CAUSE_BAD_REQUEST;
    return option->apply(o, arguments, count) ? CAUSE_NONE : CAUSE_BAD_REQUEST;
}

/* Formats that imgproxy knows and that are not drawn here: it has a status for that. */
static bool is_known(struct piece name)
{
    static const char *const names[] = {"avif", "gif",  "heic", "ico", "svg", "bmp",
                                        "tiff", "jxl", "best", "mp4", "psd", "pdf"};

    for (size_t i = 0; i < COUNT(names); i++)
        if (strlen(names[i]) == name.length && memcmp(names[i], name.text, name.length) == 0)
            return true;
    return false;
}

static bool is_configured(const struct config *config, enum picture_type format)
{
    for (size_t i = 0; i < config->format_count; i++)
        if (config->formats[i] == format)
            return true;
    return false;
}

enum cause imgproxy_options_format(struct imgproxy_options *o, struct piece name)
{
    enum picture_type type = picture_type_from_name(name.text, name.length);

    if (name.length > 0 && !picture_type_is_output(type) && !is_known(name))
        return CAUSE_BAD_REQUEST;
    o->out->format = picture_type_is_output(type) ? type : PICTURE_UNKNOWN;
    o->is_unwritable = name.length > 0 && !is_configured(o->config, type);
    return CAUSE_NONE;
}

enum cause imgproxy_options_begin(struct imgproxy_options *o, const struct config *config,
                                  struct picture_request *out)
{
    static const char name[] = "default";
    const char *preset = find_preset(config, (struct piece){name, strlen(name)});

    *o = (struct imgproxy_options){.config = config, .out = out};
    out->rendering = (struct rendering){.fit = FIT_INSIDE, .quality = config->quality};
    return !preset || apply_preset(o, preset) ? CAUSE_NONE : CAUSE_BAD_REQUEST;
}

enum cause imgproxy_options_end(struct imgproxy_options *o)
{
    struct effects *e = effects_of(o);

    if (!e->crop_width && !e->crop_height)
        e->crop_gravity = (struct gravity){.kind = GRAVITY_CENTRE};
    else if (!o->crop_has_gravity)
        e->crop_gravity = e->gravity;
    e->extend_ratio = e->extend_ratio && !e->extend;
    if (!e->extend && !e->extend_ratio)
        e->extend_gravity = (struct gravity){.kind = GRAVITY_CENTRE};
    if (!rendering_is_sane(&o->out->rendering))
        return CAUSE_BAD_REQUEST;
    return o->is_unwritable ? CAUSE_PICTURE_TYPE : CAUSE_NONE;
}

static int check_allowed(const struct config *config, char error[CONFIG_ERROR_MAX])
{
    for (size_t i = 0; i < config->imgproxy.allowed_count; i++) {
        const char *name = config->imgproxy.allowed_options[i];

        if (find_option((struct piece){name, strlen(name)}))
            continue;
        if (snprintf(error, CONFIG_ERROR_MAX, "%s: imgproxy: allowed_options: there is no option "
                     "\"%s\"", config->path, name) < 0)
            error[0] = '\0';
        return -EINVAL;
    }
    return 0;
}

int imgproxy_check(const struct config *config, char error[CONFIG_ERROR_MAX])
{
    for (size_t i = 0; i < config->imgproxy.preset_count; i++) {
        const char *preset = config->imgproxy.presets[i];
        struct picture_request out = {.format = PICTURE_UNKNOWN};
        struct imgproxy_options o;

        imgproxy_options_begin(&o, config, &out);
        if (apply_preset(&o, preset) && imgproxy_options_end(&o) == CAUSE_NONE)
            continue;
        if (snprintf(error, CONFIG_ERROR_MAX, "%s: imgproxy: presets: an option in \"%.*s\" is "
                     "unknown or has a wrong argument", config->path, (int)strcspn(preset, "="),
                     preset) < 0)
            error[0] = '\0';
        return -EINVAL;
    }
    return check_allowed(config, error);
}
