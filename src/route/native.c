/* SPDX-License-Identifier: MIT
 *
 * The native dialect:
 *
 *   /{preset}[@{dpr}x]/{source}/{id}[.{ext}]
 *   /s{size}[@{dpr}x]/{source}/{id}[.{ext}]
 *   /v/{version}/{either of them}.{ext}
 *   /{either of them, without .{ext}}/info
 *
 * with dpr 1, 2 or 3, and ext webp, jpg, jpeg or png. `{id}` is one or more
 * segments; {version} the first 16 digits of the digest of the original that is meant,
 * so that the URL never means another picture. /info is what is known of the picture, however it
 * would be drawn; with a .{ext} behind it, it belongs to the id. The last dialect to be asked, so it
 * takes whatever is left.
 */
#include "route/dialect.h"

#include <string.h>

#include "route/size.h"

#define SIZE_MAX_DIGITS 4

/* A piece of the path: [text, text + length). */
struct span {
    const char *text;
    size_t length;
};

/* Takes the segment that `rest` begins with, and its '/'. False when there is no
 * slash after it, that is when nothing follows. */
static bool next_segment(struct span *rest, struct span *segment)
{
    const char *slash = memchr(rest->text, '/', rest->length);

    segment->text = rest->text;
    if (!slash) {
        segment->length = rest->length;
        rest->text += rest->length;
        rest->length = 0;
        return false;
    }
    segment->length = (size_t)(slash - rest->text);
    rest->text += segment->length + 1;
    rest->length -= segment->length + 1;
    return true;
}

/* The output extension at the end of the path and its length with the dot, or
 * PICTURE_UNKNOWN. Other endings belong to the id. */
static enum picture_type output_extension(struct span path, size_t *extension_length)
{
    const char *dot = memrchr(path.text, '.', path.length);
    enum picture_type type;
    size_t n;

    if (!dot)
        return PICTURE_UNKNOWN;
    n = path.length - (size_t)(dot + 1 - path.text);
    type = picture_type_from_name(dot + 1, n);
    if (!picture_type_is_output(type))
        return PICTURE_UNKNOWN;
    *extension_length = n + 1;
    return type;
}

/* What follows the source is `rest`: cuts "/info" off, unless that is all of it. An extension before
 * it is none. */
static bool take_info(struct span *rest)
{
    static const char info[] = "/info";
    size_t n = sizeof info - 1;

    if (rest->length <= n || memcmp(rest->text + rest->length - n, info, n) != 0)
        return false;
    rest->length -= n;
    return true;
}

/* Cuts "@1x", "@2x" or "@3x" off; any other '@' is a fault. */
static enum cause take_ratio(struct span *segment, uint32_t *ratio)
{
    const char *at = memchr(segment->text, '@', segment->length);

    *ratio = 1;
    if (!at)
        return CAUSE_NONE;
    if (segment->text + segment->length - at != 3 || at[1] < '1' || at[1] > '3' || at[2] != 'x')
        return CAUSE_BAD_REQUEST;
    *ratio = (uint32_t)(at[1] - '0');
    segment->length = (size_t)(at - segment->text);
    return CAUSE_NONE;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* "s128". Without a digit after the 's' it is no size at all but the name of
 * some preset that is not there. */
static enum cause read_size(struct span segment, uint32_t *size)
{
    if (segment.length < 2 || segment.text[0] != 's' || !is_digit(segment.text[1]))
        return CAUSE_NOT_FOUND;
    if (segment.text[1] == '0' || segment.length > 1 + SIZE_MAX_DIGITS)
        return CAUSE_BAD_REQUEST;
    *size = 0;
    for (size_t i = 1; i < segment.length; i++) {
        if (!is_digit(segment.text[i]))
            return CAUSE_BAD_REQUEST;
        *size = *size * 10 + (uint32_t)(segment.text[i] - '0');
    }
    return CAUSE_NONE;
}

/* Clamped before too, so that nothing can wrap. 0, no bound, stays 0. */
static uint32_t multiply_side(uint32_t side, uint32_t ratio)
{
    return size_clamp(size_clamp(side) * ratio);
}

static enum cause read_rendering(const struct config *config, struct span segment,
                                 struct picture_request *picture)
{
    struct rendering *out = &picture->rendering;
    const struct config_preset *preset;
    uint32_t ratio, size;
    enum cause cause;

    if (segment.length == 0)
        return CAUSE_BAD_REQUEST;
    cause = take_ratio(&segment, &ratio);
    if (cause)
        return cause;
    preset = config_find_preset(config, segment.text, segment.length);
    if (preset) {
        *out = preset->rendering;
        out->width = multiply_side(out->width, ratio);
        out->height = multiply_side(out->height, ratio);
        return CAUSE_NONE;
    }
    cause = read_size(segment, &size);
    if (cause)
        return cause;
    if (config->size_count == 0)
        return CAUSE_NOT_FOUND;
    *out = (struct rendering){.width = size_snap(config, size * ratio),
                              .fit = FIT_COVER,
                              .quality = config->quality};
    out->height = out->width;
    picture->snapped = out->width != size * ratio;
    return CAUSE_NONE;
}

static const char *prefix(const struct config *config)
{
    return config->prefix;
}

static bool takes(const struct route_input *in)
{
    (void)in;
    return true;
}

/* Takes "v/{version}/" off. No preset is called "v". */
static enum cause take_version(struct span *rest, struct picture_request *out)
{
    struct span after = *rest, segment;

    if (!next_segment(&after, &segment) || segment.length != 1 || *segment.text != 'v')
        return CAUSE_NONE;
    if (!next_segment(&after, &segment))
        return CAUSE_NOT_FOUND;
    if (segment.length != PICTURE_VERSION_DIGITS)
        return CAUSE_BAD_REQUEST;
    for (size_t i = 0; i < segment.length; i++)
        if (!strchr("0123456789abcdef", segment.text[i]))
            return CAUSE_BAD_REQUEST;
    memcpy(out->version, segment.text, PICTURE_VERSION_DIGITS);
    out->version[PICTURE_VERSION_DIGITS] = '\0';
    out->immutable = true;
    *rest = after;
    return CAUSE_NONE;
}

static enum cause route_native(const struct route_input *in, struct picture_request *out)
{
    const struct config *config = in->config;
    struct span rest, segment;
    size_t extension_length = 0;
    bool more;
    enum cause cause;

    if (!in->path)
        return CAUSE_BAD_REQUEST;
    if (in->path_length <= 1) /* nothing, or the '/' alone */
        return CAUSE_NOT_FOUND;
    rest = (struct span){in->path + 1, in->path_length - 1};
    cause = take_version(&rest, out);
    if (cause)
        return cause;
    more = next_segment(&rest, &segment);
    cause = read_rendering(config, segment, out);
    if (cause)
        return cause;
    if (!more)
        return CAUSE_NOT_FOUND;

    more = next_segment(&rest, &segment);
    if (segment.length == 0)
        return CAUSE_BAD_REQUEST;
    out->background = config->background;
    out->source = config_find_source(config, segment.text, segment.length);
    /* The web's own dialects have signatures, which must not be got around. */
    if (!out->source || out->source->type == SOURCE_WEB || !more)
        return CAUSE_NOT_FOUND;

    if (!out->immutable && take_info(&rest)) {
        picture_make_info(out);
    } else {
        out->format = output_extension(rest, &extension_length);
        out->negotiated = out->format == PICTURE_UNKNOWN;
        rest.length -= extension_length;
    }
    if (rest.length > PICTURE_ID_MAX ||
        !id_allowed(in->rules, out->source, rest.text, rest.length))
        return CAUSE_BAD_REQUEST;
    if (!out->info &&
        (out->negotiated ? out->immutable : !format_is_configured(config, out->format)))
        return CAUSE_NOT_FOUND;
    memcpy(out->id, rest.text, rest.length);
    out->id[rest.length] = '\0';
    return CAUSE_NONE;
}

static bool negotiates(const struct route_input *in)
{
    struct picture_request ignored;
    struct span rest, segment;
    size_t extension_length;

    if (in->path_length <= 1)
        return false;
    rest = (struct span){in->path + 1, in->path_length - 1};
    ignored.immutable = false;
    return take_version(&rest, &ignored) == CAUSE_NONE && !ignored.immutable &&
           next_segment(&rest, &segment) && next_segment(&rest, &segment) && !take_info(&rest) &&
           output_extension(rest, &extension_length) == PICTURE_UNKNOWN;
}

const struct dialect native_dialect = {
    .name = DIALECT_NATIVE, .prefix = prefix, .takes = takes, .route = route_native, .negotiates = negotiates};
