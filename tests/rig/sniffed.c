/* SPDX-License-Identifier: MIT */
#include "rig/sniffed.h"

#include <string.h>

static uint32_t big16(const unsigned char *p)
{
    return (uint32_t)p[0] << 8 | p[1];
}

static uint32_t little24(const unsigned char *p)
{
    return (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

/* PNG, section 11.2.2: IHDR comes first. */
static struct sniffed png(const unsigned char *p, size_t length)
{
    if (length < 33 || memcmp(p + 12, "IHDR", 4) != 0)
        return (struct sniffed){.type = ""};
    return (struct sniffed){"image/png", big16(p + 16) << 16 | big16(p + 18),
                            big16(p + 20) << 16 | big16(p + 22)};
}

/* ITU-T T.81, B.2.2: a frame header SOF0..SOF15, but for DHT, JPG and DAC. */
static struct sniffed jpeg(const unsigned char *p, size_t length)
{
    size_t at = 2;

    while (at + 9 < length && p[at] == 0xff) {
        unsigned char marker = p[at + 1];

        if (marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc)
            return (struct sniffed){"image/jpeg", big16(p + at + 7), big16(p + at + 5)};
        at += 2 + big16(p + at + 2);
    }
    return (struct sniffed){.type = ""};
}

/* RFC 9649, section 2.5 to 2.7. */
static struct sniffed webp(const unsigned char *p, size_t length)
{
    struct sniffed s = {.type = "image/webp"};

    if (length < 30)
        return (struct sniffed){.type = ""};
    if (memcmp(p + 12, "VP8 ", 4) == 0) {
        s.width = (uint32_t)(p[27] << 8 | p[26]) & 0x3fff;
        s.height = (uint32_t)(p[29] << 8 | p[28]) & 0x3fff;
    } else if (memcmp(p + 12, "VP8L", 4) == 0) {
        uint32_t bits = little24(p + 21) | (uint32_t)p[24] << 24;

        s.width = (bits & 0x3fff) + 1;
        s.height = (bits >> 14 & 0x3fff) + 1;
    } else if (memcmp(p + 12, "VP8X", 4) == 0) {
        s.width = little24(p + 24) + 1;
        s.height = little24(p + 27) + 1;
    } else {
        s.type = "";
    }
    return s;
}

struct sniffed sniffed_picture(const void *bytes, size_t length)
{
    if (length > 8 && memcmp(bytes, "\x89PNG\r\n\x1a\n", 8) == 0)
        return png(bytes, length);
    if (length > 3 && memcmp(bytes, "\xff\xd8\xff", 3) == 0)
        return jpeg(bytes, length);
    if (length > 12 && memcmp(bytes, "RIFF", 4) == 0 &&
        memcmp((const char *)bytes + 8, "WEBP", 4) == 0)
        return webp(bytes, length);
    return (struct sniffed){.type = ""};
}
