/* SPDX-License-Identifier: MIT */
#include "base/cid.h"

#include <string.h>

#include "base/base32.h"

#define CID_MIN 8

/* CIDv1, the codec "raw", the hash SHA2-256, its length. */
static const unsigned char head[] = {0x01, 0x55, 0x12, DIGEST_SIZE};

#define BINARY_SIZE (sizeof head + DIGEST_SIZE)

_Static_assert(BASE32_SIZE(BINARY_SIZE) == CID_BLOB_LENGTH, "a multibase prefix in place of NUL");

static bool is_letter_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Coves' rule: ^[a-zA-Z0-9+=]{8,256}$, and no "Qmb" before it. */
static bool looks_like_one(const char *text, size_t length)
{
    if (length < CID_MIN || length > CID_MAX || memcmp(text, "Qmb", 3) == 0)
        return false;
    for (size_t i = 0; i < length; i++)
        if (!is_letter_or_digit(text[i]) && text[i] != '+' && text[i] != '=')
            return false;
    return true;
}

bool cid_is_taken(enum cid_rule rule, const char *text, size_t length)
{
    struct digest digest;

    return rule == CID_STRICT ? cid_parse(text, length, &digest) : looks_like_one(text, length);
}

bool cid_parse(const char *text, size_t length, struct digest *out)
{
    unsigned char bytes[BINARY_SIZE];

    if (length != CID_BLOB_LENGTH || text[0] != 'b' ||
        base32_decode(text + 1, length - 1, bytes, sizeof bytes) != (ssize_t)sizeof bytes ||
        memcmp(bytes, head, sizeof head) != 0)
        return false;
    memcpy(out->bytes, bytes + sizeof head, DIGEST_SIZE);
    return true;
}

void cid_format(const struct digest *digest, char out[CID_BLOB_SIZE])
{
    unsigned char bytes[BINARY_SIZE];

    memcpy(bytes, head, sizeof head);
    memcpy(bytes + sizeof head, digest->bytes, DIGEST_SIZE);
    out[0] = 'b';
    base32_encode(bytes, sizeof bytes, out + 1);
}
