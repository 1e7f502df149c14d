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

/* Unreserved characters (RFC 3986 section 2.3), and those that section 3.3 lets
 * stand in a segment and that identifiers are made of. */
static bool stands_for_itself(char c)
{
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
        return true;
    switch (c) {
    case '-':
    case '.':
    case '_':
    case '~':
    case ':':
    case '@':
    case '=':
    case '+':
        return true;
    default:
        return false;
    }
}

ssize_t http_percent_encode_segment(const char *text, size_t length, char *out, size_t size)
{
    static const char digits[] = "0123456789ABCDEF";
    size_t n = 0;

    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)text[i];
        bool plain = stands_for_itself(text[i]);
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
