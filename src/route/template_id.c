/* SPDX-License-Identifier: MIT */
#include "route/template_id.h"

#include <string.h>

#include "base/hex.h"
#include "http/percent.h"

#define PLACEHOLDER "{id}"

/* What stands in a URL as it is (RFC 3986 section 2), as far as http_percent_encode_segment()
 * leaves it, and '/' between segments. Bytes beyond ASCII are escaped by whoever asks for them. */
static bool is_plain(char c)
{
    return (unsigned char)c >= 0x80 ||
           (c && strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:@=+/",
                        c));
}

/* Escaped, these two mean something else than plain, and ids do not know the difference. */
static bool is_ambiguous(int c)
{
    return c == '/' || c == '+';
}

static bool is_id(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (text[i] != '%') {
            if (!is_plain(text[i]))
                return false;
            continue;
        }
        if (length - i < 3 || hex_value(text[i + 1]) < 0 || hex_value(text[i + 2]) < 0 ||
            is_ambiguous(hex_value(text[i + 1]) << 4 | hex_value(text[i + 2])))
            return false;
        i += 2;
    }
    return length > 0;
}

/* How much of what the template has behind its id the URL has to end with: if it has no query, all
 * but the template's, which says how the picture is wanted and not whose it is. */
static size_t tail_length(const char *template, const char *place, const char *url, size_t length)
{
    const char *after = place + strlen(PLACEHOLDER);
    bool id_in_query = memchr(template, '?', (size_t)(place - template)) != NULL;

    return id_in_query || memchr(url, '?', length) ? strlen(after) : strcspn(after, "?");
}

bool template_id(const char *template, const char *url, size_t length,
                 char out[PICTURE_ID_MAX + 1])
{
    const char *place = strstr(template, PLACEHOLDER), *after;
    size_t before, rest;

    if (!place)
        return false;
    before = (size_t)(place - template);
    after = place + strlen(PLACEHOLDER);
    rest = tail_length(template, place, url, length);
    if (length < before + rest || memcmp(url, template, before) != 0 ||
        memcmp(url + length - rest, after, rest) != 0)
        return false;
    url += before;
    length -= before + rest;
    return is_id(url, length) && http_percent_decode(url, length, out, PICTURE_ID_MAX + 1) > 0;
}
