/* SPDX-License-Identifier: MIT
 *
 * Pictures of atproto's accounts, as Coves and Bluesky's CDN have them:
 *
 *   /img/{preset}/plain/{did}/{cid}[@jpeg|@webp|@png|@avif]
 *
 * A DID may have '%' in it, so that an escaped one is escaped twice: each segment is
 * cut off the raw path and decoded once.
 */
#include "route/dialect.h"

#include <stdio.h>
#include <string.h>

#include "base/cid.h"
#include "base/did.h"
#include "http/percent.h"

#define BLUESKY_QUALITY 85 /* theirs is not published */

struct known_preset {
    const char *name;
    struct rendering rendering;
};

static const struct known_preset coves[] = {
    {"avatar", {1000, 1000, FIT_COVER, 85, {0}}},
    {"avatar_small", {360, 360, FIT_COVER, 80, {0}}},
    {"banner", {640, 300, FIT_COVER, 85, {0}}},
    {"embed_thumbnail", {720, 360, FIT_COVER, 80, {0}}},
    {"content_preview", {800, 0, FIT_CONTAIN, 80, {0}}},
    {"content_full", {1600, 0, FIT_CONTAIN, 90, {0}}},
};

static const struct known_preset bluesky[] = {
    {"avatar", {1000, 1000, FIT_COVER, BLUESKY_QUALITY, {0}}},
    {"avatar_thumbnail", {128, 128, FIT_COVER, BLUESKY_QUALITY, {0}}},
    {"banner", {3000, 1000, FIT_COVER, BLUESKY_QUALITY, {0}}},
    {"feed_thumbnail", {2000, 2000, FIT_CONTAIN, BLUESKY_QUALITY, {0}}},
    {"feed_fullsize", {1000, 1000, FIT_CONTAIN, BLUESKY_QUALITY, {0}}},
};

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* A piece of the path: [text, text + length). */
struct span {
    const char *text;
    size_t length;
};

/* What stands in the path, undecoded. */
struct parts {
    struct span preset, did, cid;
};

/* Cuts the segment off that `rest` begins with, and its '/'. False if no '/' follows it. */
static bool next_segment(struct span *rest, struct span *segment)
{
    const char *slash = memchr(rest->text, '/', rest->length);

    *segment = *rest;
    if (slash)
        segment->length = (size_t)(slash - rest->text);
    rest->text += segment->length + (slash != NULL);
    rest->length -= segment->length + (slash != NULL);
    return slash != NULL;
}

static bool span_is(struct span span, const char *text)
{
    return span.length == strlen(text) && memcmp(span.text, text, span.length) == 0;
}

/* What is missing at the end is left empty. */
static bool cut(const struct route_input *in, struct parts *out)
{
    struct span rest = {in->raw, in->raw_length}, segment;

    *out = (struct parts){.preset = {"", 0}};
    if (!next_segment(&rest, &segment) || segment.length > 0)
        return false;
    if (!next_segment(&rest, &segment) || !span_is(segment, "img") ||
        !next_segment(&rest, &out->preset))
        return false;
    next_segment(&rest, &segment);
    if (!span_is(segment, "plain"))
        return false;
    next_segment(&rest, &out->did);
    return !next_segment(&rest, &out->cid) && rest.length == 0;
}

/* For the line of text that says that there is none of this name; nothing else is repeated. */
static void note_unknown(struct span name, struct picture_request *out)
{
    if (name.length > CONFIG_NAME_MAX)
        return;
    for (size_t i = 0; i < name.length; i++)
        if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-",
                    name.text[i]))
            return;
    memcpy(out->preset, name.text, name.length);
}

static const char *prefix(const struct config *config)
{
    return config->atproto.prefix;
}

static bool takes(const struct route_input *in)
{
    struct parts parts;

    return cut(in, &parts);
}

static const struct known_preset *find_preset(enum atproto_presets presets, struct span name)
{
    const struct known_preset *all = presets == ATPROTO_COVES ? coves : bluesky;
    size_t count = presets == ATPROTO_COVES ? COUNT(coves) : COUNT(bluesky);

    for (size_t i = 0; i < count; i++)
        if (span_is(name, all[i].name))
            return &all[i];
    return NULL;
}

/* The text of a segment decoded once, at the end of `out`. False for a broken escape and where there
 * is no room. */
static bool append_decoded(struct span segment, char *out, size_t size, size_t *length)
{
    ssize_t n = http_percent_decode(segment.text, segment.length, out + *length, size - *length);

    if (n < 0)
        return false;
    *length += (size_t)n;
    return true;
}

/* Behind the last '@', where that is one of the formats that the URLs know; it is cut off. */
static enum picture_type take_format(const char *cid, size_t *length)
{
    static const enum picture_type known[] = {PICTURE_JPEG, PICTURE_WEBP, PICTURE_PNG,
                                              PICTURE_AVIF};
    const char *at = memrchr(cid, '@', *length);

    for (size_t i = 0; at && i < COUNT(known); i++) {
        struct span name = {at + 1, (size_t)(cid + *length - (at + 1))};

        if (span_is(name, picture_type_name(known[i]))) {
            *length = (size_t)(at - cid);
            return known[i];
        }
    }
    return PICTURE_UNKNOWN;
}

static bool is_configured(const struct config *config, enum picture_type format)
{
    for (size_t i = 0; i < config->format_count; i++)
        if (config->formats[i] == format)
            return true;
    return false;
}

static enum cause choose_format(const struct config *config, enum picture_type named,
                                struct picture_request *out)
{
    out->format = named;
    if (named == PICTURE_UNKNOWN && config->atproto.presets == ATPROTO_COVES)
        out->format = PICTURE_JPEG; /* as Coves has it, whatever is configured */
    else if (named == PICTURE_UNKNOWN)
        out->negotiated = true;
    else if (!is_configured(config, named))
        return CAUSE_PICTURE_TYPE;
    return CAUSE_NONE;
}

/* Order and limits are Coves'. */
static enum cause route_atproto(const struct route_input *in, struct picture_request *out)
{
    const struct config *config = in->config;
    const struct known_preset *preset;
    enum picture_type format;
    struct parts parts;
    size_t length = 0, did;

    cut(in, &parts);
    if (parts.preset.length == 0 || parts.did.length == 0 || parts.cid.length == 0)
        return CAUSE_PARAMETER_MISSING;
    preset = find_preset(config->atproto.presets, parts.preset);
    if (!preset) {
        note_unknown(parts.preset, out);
        return CAUSE_PRESET_UNKNOWN;
    }
    if (!append_decoded(parts.did, out->id, sizeof out->id, &length) ||
        !did_is_valid(out->id, length))
        return CAUSE_DID_INVALID;
    out->id[length++] = '/';
    did = length;
    if (length >= sizeof out->id || !append_decoded(parts.cid, out->id, sizeof out->id, &length))
        return CAUSE_CID_INVALID;
    length -= did;
    format = take_format(out->id + did, &length);
    if (!cid_is_taken(config->atproto.source->verify_cid, out->id + did, length))
        return CAUSE_CID_INVALID;
    out->id[did + length] = '\0';
    out->source = config->atproto.source;
    out->rendering = preset->rendering;
    out->immutable = true;
    snprintf(out->preset, sizeof out->preset, "%s", preset->name);
    return choose_format(config, format, out);
}

static bool negotiates(const struct route_input *in)
{
    char cid[PICTURE_ID_MAX + 1];
    struct parts parts;
    size_t length = 0;

    return in->config->atproto.presets != ATPROTO_COVES && cut(in, &parts) &&
           append_decoded(parts.cid, cid, sizeof cid, &length) &&
           take_format(cid, &length) == PICTURE_UNKNOWN;
}

const struct dialect atproto_dialect = {.name = DIALECT_ATPROTO,
                                        .prefix = prefix,
                                        .takes = takes,
                                        .route = route_atproto,
                                        .negotiates = negotiates};
