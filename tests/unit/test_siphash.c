/* SPDX-License-Identifier: MIT */
#include "base/siphash.h"

#include <criterion/criterion.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

static unsigned char key[SIPHASH_KEY_SIZE], text[64];

static void set_up(void)
{
    for (unsigned i = 0; i < sizeof key; i++)
        key[i] = (unsigned char)i;
    for (unsigned i = 0; i < sizeof text; i++)
        text[i] = (unsigned char)i;
}

TestSuite(siphash, .init = set_up);

/* Appendix A of the paper. */
Test(siphash, the_published_example)
{
    cr_expect_eq(siphash(key, text, 15), 0xa129ca6149be45e5u);
}

Test(siphash, agrees_with_another_implementation_at_every_length)
{
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "SIPHASH", NULL);
    EVP_MAC_CTX *context = EVP_MAC_CTX_new(mac);
    size_t size = 8;
    const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_SIZE, &size),
                                     OSSL_PARAM_construct_end()};

    for (size_t length = 0; length <= sizeof text; length++) {
        unsigned char out[8];
        uint64_t expected = 0;
        size_t written;

        cr_assert(EVP_MAC_init(context, key, sizeof key, parameters));
        cr_assert(EVP_MAC_update(context, text, length));
        cr_assert(EVP_MAC_final(context, out, &written, sizeof out) && written == 8);
        for (unsigned i = 0; i < 8; i++)
            expected |= (uint64_t)out[i] << (8 * i);
        cr_expect_eq(siphash(key, text, length), expected, "length %zu", length);
    }
    EVP_MAC_CTX_free(context);
    EVP_MAC_free(mac);
}

Test(siphash, another_key_gives_another_hash)
{
    uint64_t before = siphash(key, text, 16);

    key[15] ^= 1;
    cr_expect_neq(siphash(key, text, 16), before);
}
