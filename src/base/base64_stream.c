/* SPDX-License-Identifier: MIT */
#include "base/base64_stream.h"

#include <errno.h>

#define LAST_PADDING 2u

static int value_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '+')
        return 62;
    return c == '/' ? 63 : -1;
}

/* One more character of the group. False for one that cannot stand there. */
static int take(struct base64_stream *s, char c)
{
    int value = value_of(c);

    if (c == '=') {
        value = 0;
        s->padding++;
    } else if (s->padding > 0) {
        return 0;
    }
    if (value < 0 || s->padding > LAST_PADDING || (s->padding > 0 && s->count < 2))
        return 0;
    s->bits = s->bits << 6 | (uint32_t)value;
    s->count++;
    return 1;
}

/* A whole group. Returns its bytes, or -1 if it has bits that belong to none. */
static int put(struct base64_stream *s, unsigned char out[3])
{
    unsigned length = 3 - s->padding;

    for (unsigned i = 0; i < 3; i++) {
        unsigned char byte = (unsigned char)(s->bits >> (16 - 8 * i));

        if (i < length)
            out[i] = byte;
        else if (byte)
            return -1;
    }
    s->bits = 0;
    s->count = 0;
    return (int)length;
}

ssize_t base64_stream_feed(struct base64_stream *s, const char *text, size_t length, void *out)
{
    unsigned char *at = out;

    for (size_t i = 0; i < length && !s->broken; i++) {
        int n = 0;

        if (text[i] == '\n' || text[i] == '\r')
            continue;
        /* Behind the padding nothing begins. */
        if ((s->padding > 0 && s->count == 0) || !take(s, text[i]))
            s->broken = 1;
        else if (s->count == 4 && (n = put(s, at)) < 0)
            s->broken = 1;
        at += n > 0 ? n : 0;
    }
    return s->broken ? -EINVAL : at - (unsigned char *)out;
}

int base64_stream_finish(const struct base64_stream *s)
{
    return s->broken || s->count > 0 ? -EINVAL : 0;
}
