/* SPDX-License-Identifier: MIT
 *
 * From painted pixels to a picture file in memory, through GraphicsMagick.
 */
#ifndef VISAGE_DEMO_ENCODE_H
#define VISAGE_DEMO_ENCODE_H

#include <stddef.h>

enum encoding {
    ENCODING_JPEG,
    ENCODING_JPEG_SIDEWAYS, /* stored turned a quarter left, with the EXIF tag that turns it back */
    ENCODING_PNG,
    ENCODING_WEBP,
};

/* Once, before any thread is started. Returns 0, or -1 after a message on stderr. */
int encode_init(void);

/* `rgba` is side * side * 4 premultiplied floats; it is changed. On success
 * returns 0 and *bytes is malloc'ed; else -1 after a message on stderr. */
int encode_picture(float *rgba, unsigned side, enum encoding encoding, unsigned char **bytes,
                   size_t *length);

#endif
