/* SPDX-License-Identifier: MIT
 *
 * Many different pictures out of one, for the cost of a copy. A comment with the
 * number makes the bytes differ. Adding its binary digits to low-frequency steps
 * of the first quantisation table (ITU-T T.81, B.2.4.1) scales a few coefficients
 * of every block, so that the pixels differ too and so does all that is rendered
 * from them.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "origin/behaviour.h"

#define FIRST_STEP 1 /* leaves the mean of each block alone */
#define STEPS 24     /* in zig-zag order: 2^24 different pictures */

static void vary_table(unsigned char *steps, uint64_t number)
{
    for (unsigned i = 0; i < STEPS; i++)
        if (number >> i & 1) {
            unsigned char *step = &steps[FIRST_STEP + i];

            *step = (unsigned char)(*step < 255 ? *step + 1 : *step - 1);
        }
}

/* Finds the first 8-bit table in `segments`, the bytes after SOI. */
static void vary_pixels(unsigned char *segments, size_t length, uint64_t number)
{
    size_t at = 0;

    while (at + 4 <= length && segments[at] == 0xff && segments[at + 1] != 0xda) {
        size_t size = (size_t)segments[at + 2] << 8 | segments[at + 3];

        if (segments[at + 1] == 0xdb && size >= 67 && at + 2 + size <= length &&
            segments[at + 4] >> 4 == 0) {
            vary_table(segments + at + 5, number);
            return;
        }
        at += 2 + size;
    }
}

int jpeg_variant(const unsigned char *bytes, size_t length, uint64_t number, unsigned char **out,
                 size_t *out_length)
{
    char comment[64];
    int n = snprintf(comment, sizeof comment, "picture number %llu", (unsigned long long)number);
    unsigned char *copy;
    size_t extra;

    if (n < 0 || length < 4 || bytes[0] != 0xff || bytes[1] != 0xd8)
        return -EINVAL;
    extra = 4 + (size_t)n;
    copy = malloc(length + extra);
    if (!copy)
        return -ENOMEM;
    memcpy(copy, bytes, 2);
    copy[2] = 0xff;
    copy[3] = 0xfe;
    copy[4] = (unsigned char)((extra - 2) >> 8);
    copy[5] = (unsigned char)((extra - 2) & 0xff);
    memcpy(copy + 6, comment, (size_t)n);
    memcpy(copy + 2 + extra, bytes + 2, length - 2);
    vary_pixels(copy + 2 + extra, length - 2, number);
    *out = copy;
    *out_length = length + extra;
    return 0;
}
