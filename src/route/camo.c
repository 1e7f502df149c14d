/* SPDX-License-Identifier: MIT
 *
 * Pictures of the web, passed on as they are, as camo and go-camo have their URLs:
 *
 *   /{40 hexadecimal digits}/{the URL in hexadecimal digits}
 *   /{40 hexadecimal digits}?url={the URL, percent-encoded}
 *   /{27 characters of base64url}/{the URL in base64url}
 *
 * The digest is the HMAC-SHA1 of the URL's bytes; its length tells the form. It is
 * looked at before anything that it signs, so that who cannot sign learns nothing.
 */
#include "route/dialect.h"

#include <string.h>

#include "base/base64.h"
#include "base/hex.h"
#include "base/hmac.h"
#include "http/form.h"

#define HEX_DIGEST 40
#define BASE64_DIGEST 27
#define URL_MAX HTTP_PATH_MAX /* more is not looked at */

/* A piece of the path: [text, text + length). */
struct span {
    const char *text;
    size_t length;
};

/* A URL and its signature. */
struct signed_url {
    unsigned char digest[HMAC_SHA1_SIZE];
    char url[URL_MAX + 1];
    size_t length;
};

/* "/{digest}" and, if there is more, "/{rest}"; rest->text is NULL if there is not. */
static bool split(const struct route_input *in, struct span *digest, struct span *rest)
{
    const char *slash;

    if (in->raw_length < 2)
        return false;
    *digest = (struct span){in->raw + 1, in->raw_length - 1};
    *rest = (struct span){NULL, 0};
    slash = memchr(digest->text, '/', digest->length);
    if (!slash)
        return true;
    rest->text = slash + 1;
    rest->length = digest->length - (size_t)(slash + 1 - digest->text);
    digest->length = (size_t)(slash - digest->text);
    return true;
}

static bool read_digest(struct span text, struct signed_url *out)
{
    ssize_t n = -1;

    if (text.length == HEX_DIGEST)
        n = hex_decode(text.text, text.length, out->digest, sizeof out->digest);
    else if (text.length == BASE64_DIGEST)
        n = base64url_decode(text.text, text.length, out->digest, sizeof out->digest);
    return n == (ssize_t)sizeof out->digest;
}

static const char *prefix(const struct config *config)
{
    return config->camo.prefix;
}

/* All that is below a prefix of its own. Without one, what no other dialect has: a digest and one
 * segment at most. */
static bool takes(const struct route_input *in)
{
    struct span digest, rest;
    struct signed_url parsed;

    if (in->config->camo.prefix[0])
        return true;
    return split(in, &digest, &rest) && read_digest(digest, &parsed) &&
           (rest.text ? memchr(rest.text, '/', rest.length) == NULL
                      : http_form_count(in->request->query, in->request->query_length, "url") > 0);
}

/* CAUSE_SIGNATURE for what cannot have been signed. */
static enum cause read_url(const struct route_input *in, struct signed_url *out)
{
    const struct http_request *request = in->request;
    struct span digest, rest;
    ssize_t n;

    if (!split(in, &digest, &rest))
        return CAUSE_NOT_FOUND;
    if (!read_digest(digest, out))
        return CAUSE_SIGNATURE;
    if (!rest.text && digest.length == HEX_DIGEST)
        n = http_form_get(request->query, request->query_length, "url", out->url, sizeof out->url);
    else if (!rest.text)
        return CAUSE_SIGNATURE;
    else if (digest.length == HEX_DIGEST)
        n = hex_decode(rest.text, rest.length, out->url, URL_MAX);
    else
        n = base64url_decode(rest.text, rest.length, out->url, URL_MAX);
    if (n < 0)
        return CAUSE_SIGNATURE;
    out->length = (size_t)n;
    return CAUSE_NONE;
}

static bool is_signed(const struct dialect_keys *keys, const struct signed_url *url)
{
    const struct hmac_part part = {url->url, url->length};
    const char *key = keys ? keys->camo.text : "";
    unsigned char digest[HMAC_SHA1_SIZE];

    if (keys && keys->unchecked)
        return true;
    return key[0] && hmac_sha1(key, strlen(key), &part, 1, digest) == 0 &&
           hmac_equal(digest, url->digest, sizeof digest);
}

/* Whether one of the field's members is of us (RFC 9110 section 7.6.3): protocol, blanks, name. */
static bool has_passed(const char *field, const char *name)
{
    size_t length = strlen(name);

    for (;;) {
        field += strspn(field, ", \t");
        if (!*field)
            return false;
        field += strcspn(field, ", \t"); /* the protocol */
        field += strspn(field, " \t");
        if (strcspn(field, ", \t") == length && memcmp(field, name, length) == 0)
            return true;
        field += strcspn(field, ",");
    }
}

static enum cause route_camo(const struct route_input *in, struct picture_request *out)
{
    const struct config_source *source = in->config->camo.source;
    struct signed_url url;
    enum cause cause = read_url(in, &url);

    if (cause == CAUSE_NONE && !is_signed(in->keys, &url))
        cause = CAUSE_SIGNATURE;
    if (cause != CAUSE_NONE)
        return cause;
    if (in->request->via && in->keys->camo.via[0] &&
        has_passed(in->request->via, in->keys->camo.via))
        return CAUSE_LOOP;
    out->source = source;
    picture_make_verbatim(out);
    return id_from_url(source, url.url, url.length, out->id);
}

static bool negotiates(const struct route_input *in)
{
    (void)in;
    return false;
}

const struct dialect camo_dialect = {.name = DIALECT_CAMO,
                                     .prefix = prefix,
                                     .takes = takes,
                                     .route = route_camo,
                                     .negotiates = negotiates};
