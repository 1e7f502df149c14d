/* SPDX-License-Identifier: MIT
 *
 * sniff_picture() knows only the formats that the renderer decodes: nothing else
 * is a picture where one is to be drawn.
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

/* ---- what is not decoded ---- */

/* Behind the mark that ends what begins here; the end where it is not there. */
static const char *behind(const char *p, const char *end, const char *mark)
{
    const char *found = memmem(p, (size_t)(end - p), mark, strlen(mark));

    return found ? found + strlen(mark) : end;
}

static bool begins(const char *p, const char *end, const char *text)
{
    return (size_t)(end - p) >= strlen(text) && memcmp(p, text, strlen(text)) == 0;
}

/* The root element, after what may stand before it (XML 1.0 section 2.8). A document type with
 * declarations of its own is not looked through, and no picture needs one. */
static bool is_svg(const char *p, size_t length)
{
    const char *end = p + length;

    if (begins(p, end, "\xef\xbb\xbf"))
        p += 3;
    for (;;) {
        while (p < end && (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n'))
            p++;
        if (begins(p, end, "<?"))
            p = behind(p, end, "?>");
        else if (begins(p, end, "<!--"))
            p = behind(p, end, "-->");
        else if (begins(p, end, "<!DOCTYPE svg"))
            p = behind(p, end, ">");
        else
            break;
    }
    return begins(p, end, "<svg") && end - p > 4 && strchr(" \t\r\n>/", p[4]) && p[4];
}

/* No type, the number of a directory of icons, at least one of them, whose fourth byte is zero. */
static bool is_ico(const unsigned char *p, size_t length)
{
    return length >= 22 && memcmp(p, "\0\0\1\0", 4) == 0 && (p[4] || p[5]) && p[9] == 0;
}

/* The file header, with its four reserved bytes, and the size of a header that is known. */
static bool is_bmp(const unsigned char *p, size_t length)
{
    static const unsigned char sizes[] = {12, 40, 52, 56, 64, 108, 124};

    return length >= 26 && memcmp(p, "BM", 2) == 0 && memcmp(p + 6, "\0\0\0\0", 4) == 0 &&
           memchr(sizes, p[14], sizeof sizes) && memcmp(p + 15, "\0\0\0", 3) == 0;
}

enum picture_type sniff_any_picture(const void *bytes, size_t length)
{
    enum picture_type type = sniff_picture(bytes, length);

    if (type != PICTURE_UNKNOWN)
        return type;
    if (is_svg(bytes, length))
        return PICTURE_SVG;
    if (is_ico(bytes, length))
        return PICTURE_ICO;
    return is_bmp(bytes, length) ? PICTURE_BMP : PICTURE_UNKNOWN;
}
