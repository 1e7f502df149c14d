/* SPDX-License-Identifier: MIT
 *
 * The dialect of Gravatar and Libravatar:
 *
 *   /avatar/{hash}[.{ext}]?s=&d=&f=&r=
 *
 * with an MD5 or SHA-256 in hex, and ext webp, jpg, jpeg, png or gif (which is
 * answered as PNG). Clients of these services do not expect to be corrected: a
 * parameter that makes no sense is as good as none.
 */
#include "route/dialect.h"

#include <string.h>
#include <strings.h>

#include "base/hex.h"
#include "base/initials.h"
#include "http/form.h"
#include "http/url.h"
#include "route/generated.h"
#include "route/size.h"

#define MD5_DIGITS 32
#define SHA256_DIGITS 64
#define USUAL_SIZE 80
#define NAME_MAX 512  /* bytes of a name that initials are made of */
#define NUMBER_MAX 64 /* bytes of a parameter that is a number or a word */

static const char lead[] = "/avatar/";

struct parts {
    const char *hash;
    size_t hash_length;
    enum picture_type format; /* PICTURE_UNKNOWN without an extension */
};

static char lower(char digit)
{
    return digit >= 'A' && digit <= 'F' ? (char)(digit - 'A' + 'a') : digit;
}

static bool read_extension(const char *text, size_t length, enum picture_type *out)
{
    *out = PICTURE_UNKNOWN;
    if (length == 0)
        return true;
    if (*text != '.')
        return false;
    *out = picture_type_from_name(text + 1, length - 1);
    if (*out == PICTURE_GIF)
        *out = PICTURE_PNG;
    return picture_type_is_output(*out);
}

static bool take_apart(const struct route_input *in, struct parts *out)
{
    size_t length = in->path_length, digits = 0;

    if (!in->path || length < strlen(lead) || memcmp(in->path, lead, strlen(lead)) != 0)
        return false;
    out->hash = in->path + strlen(lead);
    length -= strlen(lead);
    while (digits < length && hex_value(out->hash[digits]) >= 0)
        digits++;
    out->hash_length = digits;
    return (digits == MD5_DIGITS || digits == SHA256_DIGITS) &&
           read_extension(out->hash + digits, length - digits, &out->format);
}

/* ---- parameters ---- */

/* The decoded value of the first parameter that has one of two names. False without one, and where
 * its value is broken or too long. */
static bool get(const struct http_request *request, const char *name, const char *alias, char *out,
                size_t size)
{
    const char *at = request->query;
    size_t left = request->query_length;

    while (left > 0) {
        const char *end = memchr(at, '&', left);
        size_t length = end ? (size_t)(end - at) : left;

        if (http_form_count(at, length, name) > 0)
            return http_form_get(at, length, name, out, size) >= 0;
        if (alias && http_form_count(at, length, alias) > 0)
            return http_form_get(at, length, alias, out, size) >= 0;
        length += end ? 1 : 0;
        at += length;
        left -= length;
    }
    return false;
}

/* A number too large to be held is as good as the largest that is allowed. */
static uint32_t read_size(const struct http_request *request, uint32_t most)
{
    char text[NUMBER_MAX];
    uint32_t size = 0;

    if (!get(request, "s", "size", text, sizeof text))
        return USUAL_SIZE;
    for (const char *p = text; *p; p++) {
        if (*p < '0' || *p > '9')
            return USUAL_SIZE;
        if (size <= most)
            size = size * 10 + (uint32_t)(*p - '0');
    }
    return size > 0 ? size : USUAL_SIZE;
}

static uint32_t choose_size(const struct route_input *in)
{
    const struct config *config = in->config;
    uint32_t most = config->gravatar.max_size, size = read_size(in->request, most);

    size = size < most ? size : most;
    if (config->size_count > 0)
        size = size_snap(config, size);
    return size < most ? size : most;
}

static enum rating read_rating(const struct route_input *in)
{
    static const char *const names[] = {
        [RATING_G] = "g", [RATING_PG] = "pg", [RATING_R] = "r", [RATING_X] = "x"};
    char text[NUMBER_MAX];

    if (get(in->request, "r", "rating", text, sizeof text))
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
            if (strcasecmp(text, names[i]) == 0)
                return (enum rating)i;
    return in->config->gravatar.rating;
}

static bool is_forced(const struct http_request *request)
{
    char text[NUMBER_MAX];

    return get(request, "f", "forcedefault", text, sizeof text) && strcasecmp(text, "y") == 0;
}

/* A URL without a query, on a host of the list and at its usual port, in a spelling that may stand
 * in a header. */
static bool take_url(const struct config_list *hosts, const char *text, char *out, size_t size)
{
    const char *host;
    size_t length;

    if (strpbrk(text, "?#") || http_url_normalise(text, strlen(text), out, size) < 0)
        return false;
    length = http_url_host(out, &host);
    for (size_t i = 0; i < hosts->count && host[length] != ':'; i++)
        if (http_host_matches(hosts->items[i], host, length))
            return true;
    return false;
}

/* ---- the default ---- */

_Static_assert(PICTURE_TEXT_MAX + 1 >= INITIALS_SIZE, "any initials fit");

static bool read_initials(const struct http_request *request, char out[PICTURE_TEXT_MAX + 1])
{
    char text[NAME_MAX];

    if (get(request, "initials", NULL, text, sizeof text) &&
        initials_as_given(text, strlen(text), out) > 0)
        return true;
    return get(request, "name", NULL, text, sizeof text) &&
           initials_of_name(text, strlen(text), out) > 0;
}

/* An MD5 has half of the bytes that a drawing wants. */
static enum cause read_seed(const char *hash, size_t length, struct digest *out)
{
    if (length == SHA256_DIGITS)
        return digest_from_hex(hash, length, out) ? CAUSE_NONE : CAUSE_BAD_REQUEST;
    return digest_of(hash, length, out) == 0 ? CAUSE_NONE : CAUSE_INTERNAL;
}

static void choose_default(const struct route_input *in, struct picture_default *out)
{
    const struct config *config = in->config;
    char value[PICTURE_LOCATION_MAX + 1];
    enum generator named;

    out->generator = config->gravatar.generator;
    if (!get(in->request, "d", "default", value, sizeof value))
        return;
    named = generator_from_name(value, strlen(value));
    if (named != GENERATOR_NONE || strcmp(value, "404") == 0)
        out->generator = named;
    else if (take_url(&config->gravatar.default_hosts, value, out->location, sizeof out->location))
        out->generator = GENERATOR_NONE;
    else
        out->location[0] = '\0';
}

/* What is the same for everybody is so in the cache. */
static enum cause complete_default(const struct route_input *in, const char *hash,
                                   struct picture_default *out)
{
    if (out->generator == GENERATOR_INITIALS && !read_initials(in->request, out->text))
        out->generator = GENERATOR_COLOR;
    switch (out->generator) {
    case GENERATOR_NONE:
    case GENERATOR_MP:
    case GENERATOR_BLANK:
        return CAUSE_NONE;
    default:
        return read_seed(hash, strlen(hash), &out->seed);
    }
}

/* ---- the dialect ---- */

static void choose_sources(const struct route_input *in, struct picture_request *out)
{
    const struct config *config = in->config;
    enum rating rating = read_rating(in);

    out->source = generated_source(GENERATOR_NONE);
    if (is_forced(in->request))
        return;
    for (size_t i = 0; i < config->gravatar.source_count; i++) {
        const struct config_source *source = config->gravatar.sources[i];

        if (source->rating <= rating &&
            id_allowed(in->rules, source, out->id, strlen(out->id)))
            out->chain[out->chain_length++] = source;
    }
    if (out->chain_length > 0)
        out->source = out->chain[0];
}

static const char *prefix(const struct config *config)
{
    return config->gravatar.prefix;
}

static bool takes(const struct route_input *in)
{
    struct parts parts;

    return take_apart(in, &parts);
}

/* Where a format is named that is not configured, Accept decides, too. */
static bool is_negotiated(const struct config *config, enum picture_type format)
{
    return format == PICTURE_UNKNOWN || !format_is_configured(config, format);
}

static bool negotiates(const struct route_input *in)
{
    struct parts parts;

    return take_apart(in, &parts) && is_negotiated(in->config, parts.format);
}

static enum cause route_gravatar(const struct route_input *in, struct picture_request *out)
{
    struct parts parts;
    uint32_t side = choose_size(in);

    if (!take_apart(in, &parts))
        return CAUSE_BAD_REQUEST;
    out->background = in->config->background;
    out->rendering = (struct rendering){
        .width = side, .height = side, .fit = FIT_COVER, .quality = in->config->quality};
    out->negotiated = is_negotiated(in->config, parts.format);
    out->format = out->negotiated ? PICTURE_UNKNOWN : parts.format;
    for (size_t i = 0; i < parts.hash_length; i++)
        out->id[i] = lower(parts.hash[i]);
    out->id[parts.hash_length] = '\0';
    choose_sources(in, out);
    choose_default(in, &out->standard);
    return complete_default(in, out->id, &out->standard);
}

const struct dialect gravatar_dialect = {.name = DIALECT_GRAVATAR,
                                         .prefix = prefix,
                                         .takes = takes,
                                         .route = route_gravatar,
                                         .negotiates = negotiates};
