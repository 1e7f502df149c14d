/* SPDX-License-Identifier: MIT */
#include "base/base32.h"

#include <errno.h>
#include <stdint.h>

static const char digits[] = "abcdefghijklmnopqrstuvwxyz234567";

void base32_encode(const void *bytes, size_t length, char *out)
{
    const unsigned char *in = bytes;
    uint32_t bits = 0;
    unsigned count = 0;

    for (size_t i = 0; i < length; i++) {
        bits = (bits << 8 | in[i]) & 0xfff; /* at most four are left over */
        for (count += 8; count >= 5; count -= 5)
            *out++ = digits[bits >> (count - 5) & 31];
    }
    if (count > 0)
        *out++ = digits[bits << (5 - count) & 31];
    *out = '\0';
}

/* -1 for what is no digit. */
static int value_of(char c)
{
    if (c >= 'a' && c <= 'z')
        return c - 'a';
    return c >= '2' && c <= '7' ? c - '2' + 26 : -1;
}

ssize_t base32_decode(const char *text, size_t length, void *out, size_t size)
{
    unsigned char *to = out;
    uint32_t bits = 0;
    unsigned count = 0;
    size_t done = 0;

    for (size_t i = 0; i < length; i++) {
        int value = value_of(text[i]);

        if (value < 0)
            return -EINVAL;
        bits = (bits << 5 | (uint32_t)value) & 0xfff;
        count += 5;
        if (count < 8)
            continue;
        count -= 8;
        if (done == size)
            return -ENOSPC;
        to[done++] = (unsigned char)(bits >> count);
    }
    /* A whole digit left over, or bits that are not zero. */
    if (count >= 5 || bits & ((1u << count) - 1))
        return -EINVAL;
    return (ssize_t)done;
}
