/* SPDX-License-Identifier: MIT
 *
 * A picture's bytes before anything decodes them: its type, its size, where its
 * metadata lies.
 */
#include <string.h>

#include "fuzz/fuzz.h"
#include "image/renderer/scan.h"
#include "image/sniff.h"

static void require_within(const uint8_t *data, size_t size, const unsigned char *part,
                           size_t length)
{
    if (part)
        REQUIRE(part >= data && length <= size && part + length <= data + size);
}

typedef bool scan_type(const unsigned char *bytes, size_t length, struct scan *scan);

static void scan_as(scan_type *type, const uint8_t *data, size_t size)
{
    struct scan scan = {0};

    (void)type(data, size, &scan);
    require_within(data, size, scan.exif, scan.exif_length);
    require_within(data, size, scan.xmp, scan.xmp_length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum picture_type type = sniff_picture(data, size);

    REQUIRE(type == PICTURE_UNKNOWN || picture_type_name(type) != NULL);
    REQUIRE(type != PICTURE_AUTO && type < PICTURE_SVG);
    REQUIRE(sniff_any_picture(data, size) == type || type == PICTURE_UNKNOWN);
    switch (type) {
    case PICTURE_JPEG:
        scan_as(scan_jpeg, data, size);
        break;
    case PICTURE_PNG:
        scan_as(scan_png, data, size);
        break;
    case PICTURE_GIF:
        scan_as(scan_gif, data, size);
        break;
    default:
        break;
    }
    return 0;
}
