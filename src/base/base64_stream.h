/* SPDX-License-Identifier: MIT
 *
 * Base64 (RFC 4648 section 4) that comes piece by piece, with or without line breaks.
 */
#ifndef VISAGE_BASE_BASE64_STREAM_H
#define VISAGE_BASE_BASE64_STREAM_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Room for what so many characters may give, with what was kept of those before. */
#define BASE64_STREAM_SIZE(n) (((n) + 3) / 4 * 3)

struct base64_stream {
    uint32_t bits;    /* of the group that has begun */
    unsigned count;   /* characters of it, padding included */
    unsigned padding; /* of these */
    unsigned broken;  /* 1: what came is none */
};

/* All zero begins one. Decodes `length` characters into `out`, which has BASE64_STREAM_SIZE(length)
 * bytes. Returns how many it wrote, or -EINVAL, from then on always, for anything that no encoder
 * writes: other characters, stray bits, something behind the padding. */
ssize_t base64_stream_feed(struct base64_stream *s, const char *text, size_t length, void *out);

/* Returns 0 if all that came was whole, else -EINVAL. */
int base64_stream_finish(const struct base64_stream *s);

#endif
