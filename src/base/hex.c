/* SPDX-License-Identifier: MIT */
#include "base/hex.h"

#include <errno.h>

int hex_value(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F')
        return digit - 'A' + 10;
    return -1;
}

void hex_encode(const void *bytes, size_t length, char *out)
{
    const unsigned char *in = bytes;

    for (size_t i = 0; i < length; i++) {
        *out++ = "0123456789abcdef"[in[i] >> 4];
        *out++ = "0123456789abcdef"[in[i] & 15];
    }
    *out = '\0';
}

ssize_t hex_decode(const char *text, size_t length, void *out, size_t size)
{
    unsigned char *to = out;

    if (length % 2 != 0)
        return -EINVAL;
    if (length / 2 > size)
        return -ENOSPC;
    for (size_t i = 0; i < length; i += 2) {
        int high = hex_value(text[i]), low = hex_value(text[i + 1]);

        if (high < 0 || low < 0)
            return -EINVAL;
        *to++ = (unsigned char)(high << 4 | low);
    }
    return (ssize_t)(length / 2);
}
