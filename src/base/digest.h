/* SPDX-License-Identifier: MIT
 *
 * SHA-256 (FIPS 180-4), the name of every blob and the hash of every key, and
 * its hexadecimal form.
 */
#ifndef VISAGE_BASE_DIGEST_H
#define VISAGE_BASE_DIGEST_H

#include <stdbool.h>
#include <stddef.h>

#define DIGEST_SIZE 32
#define DIGEST_HEX_SIZE (2 * DIGEST_SIZE + 1) /* with the closing NUL */

struct digest {
    unsigned char bytes[DIGEST_SIZE];
};

struct digest_stream;

/* The digest of `length` bytes. Returns 0, or -EIO if the crypto library failed. */
int digest_of(const void *bytes, size_t length, struct digest *out);

/* Starts a digest over a stream. NULL without memory. Free it with digest_stream_free(). */
struct digest_stream *digest_stream_new(void);

/* Starts over, for the next stream. Returns 0 or -EIO. */
int digest_stream_reset(struct digest_stream *s);

/* Adds bytes. Returns 0 or -EIO. */
int digest_stream_add(struct digest_stream *s, const void *bytes, size_t length);

/* Gives the digest; only digest_stream_reset() or _free() may follow. Returns 0 or -EIO. */
int digest_stream_finish(struct digest_stream *s, struct digest *out);

/* Frees the stream at *s and clears the pointer; NULL is fine. */
void digest_stream_free(struct digest_stream **s);

/* Lower-case hexadecimal, NUL-terminated. */
void digest_to_hex(const struct digest *d, char out[DIGEST_HEX_SIZE]);

/* Reads exactly 64 hexadecimal digits of either case. False for anything else. */
bool digest_from_hex(const char *hex, size_t length, struct digest *out);

bool digest_equal(const struct digest *a, const struct digest *b);

#endif
