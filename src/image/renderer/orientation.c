/* SPDX-License-Identifier: MIT */
#include "image/renderer/orientation.h"

#include <stdlib.h>
#include <string.h>

#include <libexif/exif-data.h>

/* More is no EXIF data but something that hides there; JPEG allows 64 KiB. */
#define EXIF_MAX ((size_t)1 << 20)

static const char prefix[6] = "Exif\0";

/* Parses bytes that begin with the prefix. */
static unsigned read_tag(const unsigned char *exif, size_t length)
{
    ExifData *data = exif_data_new();
    ExifEntry *entry;
    unsigned value = 0;

    if (!data)
        return 0;
    exif_data_unset_option(data, EXIF_DATA_OPTION_FOLLOW_SPECIFICATION);
    exif_data_load_data(data, exif, (unsigned)length);
    entry = exif_content_get_entry(data->ifd[EXIF_IFD_0], EXIF_TAG_ORIENTATION);
    if (entry && entry->format == EXIF_FORMAT_SHORT && entry->components >= 1 && entry->size >= 2)
        value = exif_get_short(entry->data, exif_data_get_byte_order(data));
    exif_data_unref(data);
    return value <= 8 ? value : 0;
}

unsigned orientation_from_exif(const unsigned char *exif, size_t length)
{
    unsigned char *with_prefix;
    unsigned value;

    if (length < 8 || length > EXIF_MAX)
        return 0;
    if (memcmp(exif, prefix, sizeof prefix) == 0)
        return read_tag(exif, length);
    /* PNG and WebP leave out what libexif asks for. */
    with_prefix = malloc(length + sizeof prefix);
    if (!with_prefix)
        return 0;
    memcpy(with_prefix, prefix, sizeof prefix);
    memcpy(with_prefix + sizeof prefix, exif, length);
    value = read_tag(with_prefix, length + sizeof prefix);
    free(with_prefix);
    return value;
}

/* XMP part 1, section 7: the property is an attribute (tiff:Orientation="6") or
 * an element (<tiff:Orientation>6</tiff:Orientation>). */
unsigned orientation_from_xmp(const unsigned char *xmp, size_t length)
{
    static const char name[] = "tiff:Orientation";
    const unsigned char *end = xmp + length;
    const unsigned char *p = memmem(xmp, length, name, sizeof name - 1);

    if (!p)
        return 0;
    p += sizeof name - 1;
    while (p < end && (*p == '=' || *p == '"' || *p == '\'' || *p == '>' || *p == ' '))
        p++;
    if (p >= end || *p < '1' || *p > '8' || (p + 1 < end && p[1] >= '0' && p[1] <= '9'))
        return 0;
    return (unsigned)(*p - '0');
}

unsigned orientation_turned(unsigned orientation, uint32_t degrees)
{
    /* by a quarter: those without a mirror go round, and so do those with one */
    static const unsigned char next[] = {0, 6, 7, 8, 5, 2, 3, 4, 1};

    for (; degrees >= 90; degrees -= 90)
        orientation = next[orientation];
    return orientation;
}

bool orientation_apply(Image **image, unsigned orientation, ExceptionInfo *exception)
{
    Image *turned;

    if (orientation < 2 || orientation > 8)
        return true;
    turned = AutoOrientImage(*image, (OrientationType)orientation, exception);
    if (!turned)
        return false;
    turned->orientation = TopLeftOrientation;
    DestroyImage(*image);
    *image = turned;
    return true;
}
