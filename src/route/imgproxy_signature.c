/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "base/base64.h"
#include "base/hmac.h"
#include "route/imgproxy.h"

bool imgproxy_is_signed(const struct imgproxy_keys *keys, size_t size, struct piece signature,
                        struct piece path)
{
    unsigned char given[HMAC_SHA256_SIZE], wanted[HMAC_SHA256_SIZE];
    bool is = false;

    if (size == 0 || size > sizeof given ||
        base64url_decode(signature.text, signature.length, given, sizeof given) != (ssize_t)size)
        return false;
    for (size_t i = 0; i < keys->count; i++) {
        const struct imgproxy_pair *pair = &keys->pairs[i];
        const struct hmac_part parts[] = {{pair->salt, pair->salt_length},
                                          {path.text, path.length}};

        if (hmac_sha256(pair->key, pair->key_length, parts, 2, wanted) == 0 &&
            hmac_equal(given, wanted, size))
            is = true;
    }
    return is;
}
