/* SPDX-License-Identifier: MIT */
#include "base/utf8.h"

/* The length that a first byte promises, and the bounds of the second one, which are what keeps
 * overlong forms, surrogates and too large numbers out (section 4). */
static size_t begin(unsigned char first, unsigned char *least, unsigned char *most)
{
    *least = 0x80;
    *most = 0xBF;
    if (first < 0x80)
        return 1;
    if (first < 0xC2 || first > 0xF4)
        return 0;
    if (first < 0xE0)
        return 2;
    if (first == 0xE0)
        *least = 0xA0;
    else if (first == 0xED)
        *most = 0x9F;
    else if (first == 0xF0)
        *least = 0x90;
    else if (first == 0xF4)
        *most = 0x8F;
    return first < 0xF0 ? 3 : 4;
}

size_t utf8_length(const char *s, size_t room)
{
    const unsigned char *bytes = (const unsigned char *)s;
    unsigned char least, most;
    size_t length = room > 0 ? begin(bytes[0], &least, &most) : 0;

    if (length > room)
        return 0;
    if (length > 1 && (bytes[1] < least || bytes[1] > most))
        return 0;
    for (size_t i = 2; i < length; i++)
        if ((bytes[i] & 0xC0) != 0x80)
            return 0;
    return length;
}

size_t utf8_encode(uint32_t c, char out[4])
{
    static const unsigned char first[] = {0, 0x00, 0xC0, 0xE0, 0xF0};
    size_t length = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

    for (size_t i = length - 1; i > 0; i--, c >>= 6)
        out[i] = (char)(0x80 | (c & 0x3F));
    out[0] = (char)(first[length] | c);
    return length;
}
