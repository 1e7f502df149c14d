/* SPDX-License-Identifier: MIT
 *
 * What a file says of itself before anything is decoded: its size, where its
 * EXIF data lies, whether its end is there. Nothing is allocated: the pointers
 * are into the bytes that were given.
 */
#ifndef VISAGE_RENDERER_SCAN_H
#define VISAGE_RENDERER_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct scan {
    uint32_t width, height;
    const unsigned char *exif; /* with or without "Exif\0\0" before it; NULL for none */
    size_t exif_length;
    const unsigned char *xmp; /* text, not NUL-terminated; NULL for none */
    size_t xmp_length;
    bool has_end; /* the format's end mark was seen after the pixels */
};

/* Each returns false if there is no size to be found. */
bool scan_jpeg(const unsigned char *bytes, size_t length, struct scan *scan);
bool scan_png(const unsigned char *bytes, size_t length, struct scan *scan);
bool scan_gif(const unsigned char *bytes, size_t length, struct scan *scan);

#endif
