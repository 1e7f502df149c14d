/* SPDX-License-Identifier: MIT */
#include "base/hmac.h"

#include <errno.h>
#include <stdint.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

static int hmac(const char *digest, const void *key, size_t key_length,
                const struct hmac_part *parts, size_t count, unsigned char *out, size_t size)
{
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)(uintptr_t)digest, 0),
        OSSL_PARAM_construct_end()};
    EVP_MAC *mac = EVP_MAC_fetch(NULL, OSSL_MAC_NAME_HMAC, NULL);
    EVP_MAC_CTX *ctx = mac ? EVP_MAC_CTX_new(mac) : NULL;
    size_t length = 0;
    int rc = -EIO;

    if (!ctx || !EVP_MAC_init(ctx, key, key_length, params))
        goto out;
    for (size_t i = 0; i < count; i++)
        if (!EVP_MAC_update(ctx, parts[i].bytes, parts[i].length))
            goto out;
    if (EVP_MAC_final(ctx, out, &length, size) && length == size)
        rc = 0;
out:
    EVP_MAC_CTX_free(ctx);
    EVP_MAC_free(mac);
    return rc;
}

int hmac_sha256(const void *key, size_t key_length, const struct hmac_part *parts, size_t count,
                unsigned char out[HMAC_SHA256_SIZE])
{
    return hmac("SHA256", key, key_length, parts, count, out, HMAC_SHA256_SIZE);
}

int hmac_sha1(const void *key, size_t key_length, const struct hmac_part *parts, size_t count,
              unsigned char out[HMAC_SHA1_SIZE])
{
    return hmac("SHA1", key, key_length, parts, count, out, HMAC_SHA1_SIZE);
}

bool hmac_equal(const void *a, const void *b, size_t length)
{
    return CRYPTO_memcmp(a, b, length) == 0;
}
