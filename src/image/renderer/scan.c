/* SPDX-License-Identifier: MIT
 *
 * The library's own way to a JPEG's size decodes all of a progressive file, and
 * it must be known before the first pixel, so the headers are walked here.
 */
#include "image/renderer/scan.h"

#include <string.h>

static uint32_t be16(const unsigned char *p)
{
    return (uint32_t)p[0] << 8 | p[1];
}

static uint32_t be32(const unsigned char *p)
{
    return be16(p) << 16 | be16(p + 2);
}

static uint32_t le16(const unsigned char *p)
{
    return (uint32_t)p[1] << 8 | p[0];
}

/* ITU-T T.81 table B.1: start of frame, all kinds; C4, C8 and CC are others. */
static bool is_start_of_frame(unsigned marker)
{
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

/* Markers without a length: TEM, RST0-7, SOI (T.81 B.1.1.3). */
static bool stands_alone(unsigned marker)
{
    return marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8);
}

static bool ends_with_eoi(const unsigned char *bytes, size_t from, size_t length)
{
    /* Other data may follow the picture, so the last mark need not be the last
     * two bytes. */
    for (size_t at = length; at >= from + 2; at--)
        if (bytes[at - 2] == 0xff && bytes[at - 1] == 0xd9)
            return true;
    return false;
}

bool scan_jpeg(const unsigned char *bytes, size_t length, struct scan *scan)
{
    size_t at = 2;

    *scan = (struct scan){0};
    while (at + 4 <= length) {
        unsigned marker;
        size_t segment;

        if (bytes[at] != 0xff || bytes[at + 1] == 0xff || bytes[at + 1] == 0) {
            at++; /* fill bytes (T.81 B.1.1.2), or rubbish that decoders skip too */
            continue;
        }
        marker = bytes[at + 1];
        at += 2;
        if (stands_alone(marker))
            continue;
        if (marker == 0xd9)
            break;
        if (at + 2 > length)
            break;
        segment = be16(bytes + at);
        if (segment < 2)
            break;
        if (marker == 0xda) {
            scan->has_end = ends_with_eoi(bytes, at, length);
            break;
        }
        if (segment > length - at)
            break;
        if (is_start_of_frame(marker) && segment >= 8 && scan->width == 0) {
            scan->height = be16(bytes + at + 3);
            scan->width = be16(bytes + at + 5);
        }
        if (marker == 0xe1 && !scan->exif && segment > 8 &&
            memcmp(bytes + at + 2, "Exif\0", 5) == 0) {
            scan->exif = bytes + at + 2;
            scan->exif_length = segment - 2;
        }
        at += segment;
    }
    return scan->width > 0 && scan->height > 0;
}

/* PNG (third edition) 11.3.3.4: keyword, NUL, compression flag and method,
 * language, NUL, translated keyword, NUL, text. */
static void take_itxt(const unsigned char *p, size_t length, struct scan *scan)
{
    static const char keyword[] = "XML:com.adobe.xmp";
    const unsigned char *end = p + length, *text;

    if (length < sizeof keyword + 4 || memcmp(p, keyword, sizeof keyword) != 0 ||
        p[sizeof keyword] != 0)
        return;
    text = memchr(p + sizeof keyword + 2, 0, length - sizeof keyword - 2);
    if (text)
        text = memchr(text + 1, 0, (size_t)(end - text - 1));
    if (!text)
        return;
    scan->xmp = text + 1;
    scan->xmp_length = (size_t)(end - text - 1);
}

bool scan_png(const unsigned char *bytes, size_t length, struct scan *scan)
{
    size_t at = 8;

    *scan = (struct scan){0};
    if (length < 33 || memcmp(bytes + 12, "IHDR", 4) != 0)
        return false;
    scan->width = be32(bytes + 16);
    scan->height = be32(bytes + 20);
    while (length - at >= 12) {
        size_t chunk = be32(bytes + at);
        const unsigned char *type = bytes + at + 4, *data = bytes + at + 8;

        if (chunk > length - at - 12)
            break;
        if (memcmp(type, "eXIf", 4) == 0 && !scan->exif && chunk > 8) {
            scan->exif = data;
            scan->exif_length = chunk;
        } else if (memcmp(type, "iTXt", 4) == 0 && !scan->xmp) {
            take_itxt(data, chunk, scan);
        } else if (memcmp(type, "IEND", 4) == 0) {
            scan->has_end = true;
            break;
        }
        at += 12 + chunk;
    }
    return scan->width > 0 && scan->height > 0;
}

/* GIF89a section 18: the logical screen. */
bool scan_gif(const unsigned char *bytes, size_t length, struct scan *scan)
{
    *scan = (struct scan){0};
    if (length < 13)
        return false;
    scan->width = le16(bytes + 6);
    scan->height = le16(bytes + 8);
    return true;
}
