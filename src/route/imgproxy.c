/* SPDX-License-Identifier: MIT
 *
 * The imgproxy dialect:
 *
 *   /{signature}/{option}/.../plain/{escaped URL}[@{format}]
 *   /{signature}/{option}/.../{URL in Base64, in any number of segments}[.{format}]
 *
 * The signature is of all that follows it, and is looked at before anything else.
 * What servers and browsers do to such paths on the way is undone before: ':' of
 * options escaped, one '/' of the URL's "//" lost.
 */
#include "route/imgproxy.h"

#include <string.h>
#include <strings.h>

#include "base/base64.h"
#include "http/percent.h"
#include "route/dialect.h"
#include "route/id.h"

#define PLAIN "/plain/"
#define PATH_ROOM (HTTP_PATH_MAX + 2) /* the lost '/' more */

struct path {
    struct piece signature;
    char text[PATH_ROOM]; /* what is signed: what follows the signature, as it was meant */
    size_t length;
};

/* ---- the path as it was meant ---- */

static const char *find_plain(const char *text, size_t length)
{
    return memmem(text, length, PLAIN, strlen(PLAIN));
}

static void put(struct path *p, const char *text, size_t length)
{
    memcpy(p->text + p->length, text, length);
    p->length += length;
}

/* "%3A" in options becomes ':'. */
static void put_options(struct path *p, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        bool colon = length - i > 2 && strncasecmp(text + i, "%3A", 3) == 0;

        put(p, colon ? ":" : text + i, 1);
        i += colon ? 2 : 0;
    }
}

/* "scheme:/x" becomes "scheme://x". */
static void put_url(struct path *p, const char *text, size_t length)
{
    size_t scheme = 0;

    while (scheme < length && strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                     "+.-", text[scheme]))
        scheme++;
    if (scheme > 0 && length - scheme > 2 && text[scheme] == ':' && text[scheme + 1] == '/' &&
        text[scheme + 2] != '/') {
        put(p, text, scheme);
        put(p, "://", 3);
        text += scheme + 2;
        length -= scheme + 2;
    }
    put(p, text, length);
}

/* False for a path without a signature, or without anything behind it. */
static bool split(const struct route_input *in, struct path *p)
{
    struct piece rest = {in->raw + 1, in->raw_length - 1};
    const char *plain;
    size_t options;

    p->length = 0;
    if (in->raw_length < 2 || !piece_next(&rest, '/', &p->signature) ||
        p->signature.length == 0 || !rest.text || rest.length == 0)
        return false;
    rest.text--; /* the '/' is signed, too */
    rest.length++;
    plain = find_plain(rest.text, rest.length);
    options = plain ? (size_t)(plain - rest.text) + strlen(PLAIN) : rest.length;
    put_options(p, rest.text, options);
    if (plain)
        put_url(p, rest.text + options, rest.length - options);
    return true;
}

/* ---- the picture's URL ---- */

/* Cuts "@format" or ".format" off; false if there are several. */
static bool cut_format(struct piece *text, char mark, struct piece *format)
{
    struct piece rest = *text, more;

    *format = (struct piece){"", 0};
    piece_next(&rest, mark, text);
    if (rest.text)
        piece_next(&rest, mark, format);
    return !piece_next(&rest, mark, &more);
}

static enum cause read_plain(const struct config_source *source, struct piece url,
                             struct picture_request *out)
{
    char decoded[PATH_ROOM];
    ssize_t n = http_percent_decode(url.text, url.length, decoded, sizeof decoded);

    return n <= 0 ? CAUSE_BAD_REQUEST : id_from_url(source, decoded, (size_t)n, out->id);
}

static enum cause read_base64(const struct config_source *source, struct piece text,
                              struct picture_request *out)
{
    char joined[PATH_ROOM], decoded[PATH_ROOM];
    size_t length = 0;
    ssize_t n;

    for (size_t i = 0; i < text.length; i++)
        if (text.text[i] != '/')
            joined[length++] = text.text[i];
    while (length > 0 && joined[length - 1] == '=')
        length--;
    n = base64url_decode(joined, length, decoded, sizeof decoded);
    if (n <= 0 || memchr(decoded, '\0', (size_t)n))
        return CAUSE_BAD_REQUEST;
    return id_from_url(source, decoded, (size_t)n, out->id);
}

static enum cause read_url(struct imgproxy_options *o, struct piece rest)
{
    const struct config_source *source = o->config->imgproxy.source;
    bool plain = rest.length > 6 && memcmp(rest.text, "plain/", 6) == 0;
    struct piece url = plain ? (struct piece){rest.text + 6, rest.length - 6} : rest, format;
    enum cause cause;

    o->out->source = source;
    if (!cut_format(&url, plain ? '@' : '.', &format))
        return CAUSE_BAD_REQUEST;
    cause = plain ? read_plain(source, url, o->out) : read_base64(source, url, o->out);
    if (cause == CAUSE_NONE && format.length > 0)
        cause = imgproxy_options_format(o, format);
    return cause;
}

/* ---- the dialect ---- */

static const char *prefix(const struct config *config)
{
    return config->imgproxy.prefix;
}

/* Whatever is below a prefix of its own. Without one, what has options or "plain" where they belong;
 * or a URL in Base64 behind something that is as long as a signature. */
static bool takes(const struct route_input *in)
{
    const struct config *config = in->config;
    size_t size = config->imgproxy.signature_size;
    struct path p;
    struct piece rest, segment = {"", 0};
    bool options = false;

    if (config->imgproxy.prefix[0])
        return true;
    if (!split(in, &p))
        return false;
    rest = (struct piece){p.text + 1, p.length - 1};
    while (piece_next(&rest, '/', &segment) && memchr(segment.text, ':', segment.length))
        options = true;
    if (options || (segment.length == 5 && memcmp(segment.text, "plain", 5) == 0))
        return true;
    return (config->imgproxy.insecure || p.signature.length == BASE64URL_SIZE(size) - 1) &&
           segment.length > 4 && memcmp(segment.text, "aHR0", 4) == 0; /* "htt" */
}

/* An option in the signature's place was forgotten to be signed. */
static bool is_admitted(const struct route_input *in, const struct path *p)
{
    const struct config *config = in->config;

    if (config->imgproxy.insecure)
        return !memchr(p->signature.text, ':', p->signature.length);
    if (!in->keys)
        return false;
    return in->keys->unchecked ||
           imgproxy_is_signed(&in->keys->imgproxy, config->imgproxy.signature_size, p->signature,
                              (struct piece){p->text, p->length});
}

/* All but the signature. */
static enum cause read_path(const struct config *config, const struct path *p,
                            struct picture_request *out)
{
    struct piece rest = {p->text + 1, p->length - 1}, segment, url = rest;
    struct imgproxy_options o;
    enum cause cause = imgproxy_options_begin(&o, config, out);

    while (cause == CAUSE_NONE && piece_next(&rest, '/', &segment) &&
           memchr(segment.text, ':', segment.length)) {
        cause = imgproxy_options_apply(&o, segment);
        url = rest;
    }
    if (cause == CAUSE_NONE && !url.text)
        cause = CAUSE_BAD_REQUEST;
    if (cause == CAUSE_NONE)
        cause = read_url(&o, url);
    if (cause == CAUSE_NONE)
        cause = imgproxy_options_end(&o);
    out->negotiated = out->format == PICTURE_UNKNOWN;
    out->max_age_s = config->imgproxy.max_age_ms / 1000;
    return cause;
}

static enum cause route_imgproxy(const struct route_input *in, struct picture_request *out)
{
    struct path p;

    if (!split(in, &p))
        return CAUSE_NOT_FOUND;
    if (!is_admitted(in, &p))
        return CAUSE_SIGNATURE;
    return read_path(in->config, &p, out);
}

static bool negotiates(const struct route_input *in)
{
    struct picture_request out = {.format = PICTURE_UNKNOWN};
    struct path p;

    return split(in, &p) && read_path(in->config, &p, &out) == CAUSE_NONE && out.negotiated;
}

const struct dialect imgproxy_dialect = {.name = DIALECT_IMGPROXY,
                                         .prefix = prefix,
                                         .takes = takes,
                                         .route = route_imgproxy,
                                         .negotiates = negotiates};
