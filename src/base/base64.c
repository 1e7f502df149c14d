/* SPDX-License-Identifier: MIT */
#include "base/base64.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_encode(const void *bytes, size_t length, char *out)
{
    const unsigned char *in = bytes;

    for (; length > 0; in += 3, out += 4) {
        size_t n = length < 3 ? length : 3;
        uint32_t group = (uint32_t)in[0] << 16 | (n > 1 ? (uint32_t)in[1] << 8 : 0) |
                         (n > 2 ? in[2] : 0u);

        out[0] = digits[group >> 18];
        out[1] = digits[group >> 12 & 63];
        out[2] = n > 1 ? digits[group >> 6 & 63] : '=';
        out[3] = n > 2 ? digits[group & 63] : '=';
        length -= n;
    }
    *out = '\0';
}

/* How many of a group's four characters are no padding; 0 if they are no group. */
static size_t decode_group(const char *text, uint32_t *group)
{
    size_t n = text[3] != '=' ? 4 : text[2] != '=' ? 3 : 2;

    *group = 0;
    for (size_t i = 0; i < 4; i++) {
        const char *digit = i < n && text[i] ? strchr(digits, text[i]) : NULL;

        if (i < n && !digit)
            return 0;
        *group = *group << 6 | (digit ? (uint32_t)(digit - digits) : 0);
    }
    if ((n == 3 && *group & 0xff) || (n == 2 && *group & 0xffff))
        return 0;
    return n;
}

ssize_t base64_decode(const char *text, size_t length, void *out, size_t size)
{
    unsigned char *to = out;
    size_t done = 0;

    if (length % 4 != 0)
        return -EINVAL;
    for (size_t i = 0; i < length; i += 4) {
        uint32_t group;
        size_t n = decode_group(text + i, &group);

        if (n == 0 || (n < 4 && i + 4 < length))
            return -EINVAL;
        if (done + n - 1 > size)
            return -ENOSPC;
        for (size_t k = 0; k + 1 < n; k++)
            to[done++] = (unsigned char)(group >> (16 - 8 * k));
    }
    return (ssize_t)done;
}

/* ---- for URLs ---- */

static void swap(char *text, const char from[2], const char to[2])
{
    for (; *text; text++)
        *text = *text == from[0] ? to[0] : *text == from[1] ? to[1] : *text;
}

void base64url_encode(const void *bytes, size_t length, char *out)
{
    const unsigned char *in = bytes;
    size_t whole = length / 3 * 3;
    char last[BASE64_SIZE(3)];

    base64_encode(in, whole, out);
    base64_encode(in + whole, length - whole, last);
    last[length > whole ? length - whole + 1 : 0] = '\0';
    strcpy(out + whole / 3 * 4, last);
    swap(out, "+/", "-_");
}

ssize_t base64url_decode(const char *text, size_t length, void *out, size_t size)
{
    unsigned char *to = out;
    ssize_t done = 0;

    /* Group by group: the text has no padding, and is not ours to change. */
    for (size_t i = 0; i < length; i += 4) {
        size_t left = length - i < 4 ? length - i : 4;
        char group[] = "====";
        ssize_t n;

        memcpy(group, text + i, left);
        if (memchr(group, '+', left) || memchr(group, '/', left) || memchr(group, '=', left))
            return -EINVAL;
        swap(group, "-_", "+/");
        n = base64_decode(group, 4, to + done, size - (size_t)done);
        if (n < 0)
            return n;
        if (n != (ssize_t)left - 1)
            return -EINVAL;
        done += n;
    }
    return done;
}
