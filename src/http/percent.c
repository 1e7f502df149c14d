/* SPDX-License-Identifier: MIT */
#include "http/percent.h"

#include <errno.h>
#include <stdbool.h>

#include "base/hex.h"

ssize_t http_percent_decode(const char *text, size_t length, char *out, size_t size)
{
    size_t n = 0;

    for (size_t i = 0; i < length; i++) {
        char c = text[i];

        if (c == '%') {
            int high, low;

            if (length - i < 3)
                return -EINVAL;
            high = hex_value(text[i + 1]);
            low = hex_value(text[i + 2]);
            if (high < 0 || low < 0)
                return -EINVAL;
            c = (char)(high << 4 | low);
            i += 2;
        }
        /* What follows reads C strings: a NUL would hide the rest from it. */
        if (c == '\0')
            return -EINVAL;
        if (n + 1 >= size)
            return -ENOSPC;
        out[n++] = c;
    }
    if (n >= size)
        return -ENOSPC;
    out[n] = '\0';
    return (ssize_t)n;
}

/* Unreserved characters (RFC 3986 section 2.3). */
static bool is_unreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

/* Those that section 3.3 lets stand in a segment and that identifiers are made of. */
static bool is_usual_in_segment(char c)
{
    return c == ':' || c == '@' || c == '=' || c == '+';
}

static ssize_t encode(const char *text, size_t length, bool strict, char *out, size_t size)
{
    static const char digits[] = "0123456789ABCDEF";
    size_t n = 0;

    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)text[i];
        bool plain = is_unreserved(text[i]) || (!strict && is_usual_in_segment(text[i]));
        size_t need = plain ? 1 : 3;

        if (size - n <= need) /* n <= size holds throughout; one byte stays for the NUL */
            return -ENOSPC;
        if (plain) {
            out[n++] = text[i];
        } else {
            out[n++] = '%';
            out[n++] = digits[byte >> 4];
            out[n++] = digits[byte & 15];
        }
    }
    if (n >= size)
        return -ENOSPC;
    out[n] = '\0';
    return (ssize_t)n;
}

ssize_t http_percent_encode_segment(const char *text, size_t length, char *out, size_t size)
{
    return encode(text, length, false, out, size);
}

ssize_t http_percent_encode_strictly(const char *text, size_t length, char *out, size_t size)
{
    return encode(text, length, true, out, size);
}
