/* SPDX-License-Identifier: MIT
 *
 * HMAC (RFC 2104): what signed URLs are signed with.
 */
#ifndef VISAGE_BASE_HMAC_H
#define VISAGE_BASE_HMAC_H

#include <stdbool.h>
#include <stddef.h>

#define HMAC_SHA256_SIZE 32
#define HMAC_SHA1_SIZE 20

/* A piece of the message; several stand behind each other. */
struct hmac_part {
    const void *bytes;
    size_t length;
};

/* Return 0, or -EIO if the crypto library failed. */
int hmac_sha256(const void *key, size_t key_length, const struct hmac_part *parts, size_t count,
                unsigned char out[HMAC_SHA256_SIZE]);
int hmac_sha1(const void *key, size_t key_length, const struct hmac_part *parts, size_t count,
              unsigned char out[HMAC_SHA1_SIZE]);

/* Whether both are the same, in a time that does not tell where they differ. */
bool hmac_equal(const void *a, const void *b, size_t length);

#endif
