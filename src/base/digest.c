/* SPDX-License-Identifier: MIT */
#include "base/digest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "base/hex.h"

struct digest_stream {
    EVP_MD_CTX *context;
};

/* Fetched once: looking the algorithm up costs more than hashing a key. */
static const EVP_MD *algorithm(void)
{
    static EVP_MD *md;

    if (!md)
        md = EVP_MD_fetch(NULL, "SHA256", NULL);
    return md;
}

int digest_of(const void *bytes, size_t length, struct digest *out)
{
    static struct digest_stream *shared; /* a worker is single-threaded */

    if (!shared)
        shared = digest_stream_new();
    if (!shared || digest_stream_reset(shared) || digest_stream_add(shared, bytes, length))
        return -EIO;
    return digest_stream_finish(shared, out);
}

struct digest_stream *digest_stream_new(void)
{
    struct digest_stream *s = calloc(1, sizeof *s);

    if (!s)
        return NULL;
    s->context = EVP_MD_CTX_new();
    if (!s->context || digest_stream_reset(s))
        digest_stream_free(&s);
    return s;
}

int digest_stream_reset(struct digest_stream *s)
{
    return EVP_DigestInit_ex2(s->context, algorithm(), NULL) == 1 ? 0 : -EIO;
}

int digest_stream_add(struct digest_stream *s, const void *bytes, size_t length)
{
    return EVP_DigestUpdate(s->context, bytes, length) == 1 ? 0 : -EIO;
}

int digest_stream_finish(struct digest_stream *s, struct digest *out)
{
    return EVP_DigestFinal_ex(s->context, out->bytes, NULL) == 1 ? 0 : -EIO;
}

void digest_stream_free(struct digest_stream **s)
{
    if (!*s)
        return;
    EVP_MD_CTX_free((*s)->context);
    free(*s);
    *s = NULL;
}

void digest_to_hex(const struct digest *d, char out[DIGEST_HEX_SIZE])
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < DIGEST_SIZE; i++) {
        out[2 * i] = digits[d->bytes[i] >> 4];
        out[2 * i + 1] = digits[d->bytes[i] & 15];
    }
    out[2 * DIGEST_SIZE] = '\0';
}

bool digest_from_hex(const char *hex, size_t length, struct digest *out)
{
    if (length != 2 * DIGEST_SIZE)
        return false;
    for (size_t i = 0; i < DIGEST_SIZE; i++) {
        int high = hex_value(hex[2 * i]), low = hex_value(hex[2 * i + 1]);

        if (high < 0 || low < 0)
            return false;
        out->bytes[i] = (unsigned char)(high << 4 | low);
    }
    return true;
}

bool digest_equal(const struct digest *a, const struct digest *b)
{
    return memcmp(a->bytes, b->bytes, DIGEST_SIZE) == 0;
}
