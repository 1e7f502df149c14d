/* SPDX-License-Identifier: MIT
 *
 * Canonical texts. A source's name has no '/' and an id has no '?', so both can
 * be read off a text again, and no two different things share one. Written by
 * hand rather than with snprintf(): every request needs them.
 */
#include "route/request.h"

#include <string.h>

#define LONGEST_RENDERING \
    "?w=&h=&fit=contain&q=&f=webp&bg=ffffff&v=" PICTURE_RENDERING_VERSION

_Static_assert(CONFIG_NAME_MAX + 1 + PICTURE_ID_MAX + sizeof LONGEST_RENDERING +
                       3 * 10 /* digits of a uint32_t */ <= PICTURE_CANONICAL_MAX,
               "the longest canonical text fits");

static char *put_text(char *at, const char *text)
{
    size_t n = strlen(text);

    memcpy(at, text, n);
    return at + n;
}

static char *put_number(char *at, uint32_t value)
{
    char digits[10];
    size_t n = 0;

    do {
        digits[n++] = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    while (n)
        *at++ = digits[--n];
    return at;
}

static char *put_colour(char *at, uint32_t colour)
{
    for (int shift = 20; shift >= 0; shift -= 4)
        *at++ = "0123456789abcdef"[colour >> shift & 15];
    return at;
}

static char *put_subject(char *at, const struct picture_request *r)
{
    at = put_text(at, r->source->name);
    *at++ = '/';
    return put_text(at, r->id);
}

size_t picture_subject_text(const struct picture_request *r, char out[PICTURE_CANONICAL_MAX])
{
    char *at = put_subject(out, r);

    *at = '\0';
    return (size_t)(at - out);
}

size_t picture_variant_text(const struct picture_request *r, enum picture_type format,
                            char out[PICTURE_CANONICAL_MAX])
{
    char *at = put_subject(out, r);

    at = put_text(at, "?w=");
    at = put_number(at, r->rendering.width);
    at = put_text(at, "&h=");
    at = put_number(at, r->rendering.height);
    at = put_text(at, "&fit=");
    at = put_text(at, picture_fit_name(r->rendering.fit));
    if (format != PICTURE_PNG) {
        at = put_text(at, "&q=");
        at = put_number(at, r->rendering.quality);
    }
    at = put_text(at, "&f=");
    at = put_text(at, picture_type_name(format));
    if (format == PICTURE_JPEG) {
        at = put_text(at, "&bg=");
        at = put_colour(at, r->background);
    }
    at = put_text(at, "&v=" PICTURE_RENDERING_VERSION);
    *at = '\0';
    return (size_t)(at - out);
}
