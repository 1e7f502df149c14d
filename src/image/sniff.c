/* SPDX-License-Identifier: MIT
 *
 * Only the formats that the renderer decodes are known here: whatever is not
 * named below is not a picture as far as visage is concerned.
 */
#include "image/sniff.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static uint32_t big_endian_32(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static bool is_brand(const unsigned char *p, const char brands[][5], size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (memcmp(p, brands[i], 4) == 0)
            return true;
    return false;
}

/* The file type box, ISO/IEC 14496-12 section 4.3: size, "ftyp", major brand,
 * minor version, compatible brands up to the box's end. "mif1" and "msf1" say
 * only that there is a HEIF structure, so the compatible brands tell which
 * codec is inside; without "avif" among them it is taken for HEIC, and the
 * decoder has the last word. */
static enum picture_type sniff_iso_media(const unsigned char *p, size_t length)
{
    static const char avif[][5] = {"avif", "avis"};
    static const char heic[][5] = {"heic", "heix", "hevc", "hevx", "heim", "heis"};
    static const char structural[][5] = {"mif1", "msf1"};
    size_t end;

    if (length < 16 || memcmp(p + 4, "ftyp", 4) != 0)
        return PICTURE_UNKNOWN;
    end = big_endian_32(p);
    if (end < 16)
        return PICTURE_UNKNOWN;
    if (end > length)
        end = length;
    if (is_brand(p + 8, avif, sizeof avif / sizeof *avif))
        return PICTURE_AVIF;
    if (is_brand(p + 8, heic, sizeof heic / sizeof *heic))
        return PICTURE_HEIC;
    if (!is_brand(p + 8, structural, sizeof structural / sizeof *structural))
        return PICTURE_UNKNOWN;
    for (size_t at = 16; at + 4 <= end; at += 4)
        if (is_brand(p + at, avif, sizeof avif / sizeof *avif))
            return PICTURE_AVIF;
    return PICTURE_HEIC;
}

enum picture_type sniff_picture(const void *bytes, size_t length)
{
    const unsigned char *p = bytes;

    if (length >= 3 && memcmp(p, "\xff\xd8\xff", 3) == 0)
        return PICTURE_JPEG;
    if (length >= 8 && memcmp(p, "\x89PNG\r\n\x1a\n", 8) == 0)
        return PICTURE_PNG;
    if (length >= 6 && (memcmp(p, "GIF87a", 6) == 0 || memcmp(p, "GIF89a", 6) == 0))
        return PICTURE_GIF;
    if (length >= 12 && memcmp(p, "RIFF", 4) == 0 && memcmp(p + 8, "WEBP", 4) == 0)
        return PICTURE_WEBP;
    return sniff_iso_media(p, length);
}
