/* SPDX-License-Identifier: MIT */
#include "base/hmac.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "base/hex.h"

static const char jefe[] = "what do ya want for nothing?";

/* RFC 4231 section 4.3 and RFC 2202 section 3, test case 2; in two parts. */
Test(hmac, gives_the_vectors_of_the_standards)
{
    const struct hmac_part parts[] = {{jefe, 10}, {jefe + 10, sizeof jefe - 11}};
    unsigned char sha256[HMAC_SHA256_SIZE], sha1[HMAC_SHA1_SIZE];
    char hex[2 * HMAC_SHA256_SIZE + 1];

    cr_assert_eq(hmac_sha256("Jefe", 4, parts, 2, sha256), 0);
    hex_encode(sha256, sizeof sha256, hex);
    cr_expect_str_eq(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    cr_assert_eq(hmac_sha1("Jefe", 4, parts, 2, sha1), 0);
    hex_encode(sha1, sizeof sha1, hex);
    cr_expect_str_eq(hex, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
}

/* RFC 4231 section 4.7: a key longer than a block. */
Test(hmac, takes_long_keys)
{
    static const char text[] = "Test Using Larger Than Block-Size Key - Hash Key First";
    const struct hmac_part part = {text, sizeof text - 1};
    unsigned char key[131], out[HMAC_SHA256_SIZE];
    char hex[2 * HMAC_SHA256_SIZE + 1];

    memset(key, 0xaa, sizeof key);
    cr_assert_eq(hmac_sha256(key, sizeof key, &part, 1, out), 0);
    hex_encode(out, sizeof out, hex);
    cr_expect_str_eq(hex, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

Test(hmac, equal_is_equal)
{
    cr_expect(hmac_equal("abcd", "abcd", 4));
    cr_expect_not(hmac_equal("abcd", "abce", 4));
    cr_expect_not(hmac_equal("abcd", "bbcd", 4));
}

Test(hmac, hexadecimal_both_ways)
{
    unsigned char out[4];

    cr_expect_eq(hex_decode("00fFa7", 6, out, sizeof out), 3);
    cr_expect_arr_eq(out, ((unsigned char[]){0x00, 0xff, 0xa7}), 3);
    cr_expect_eq(hex_decode("", 0, out, 0), 0);
    cr_expect_eq(hex_decode("abc", 3, out, sizeof out), -EINVAL);
    cr_expect_eq(hex_decode("0g", 2, out, sizeof out), -EINVAL);
    cr_expect_eq(hex_decode(" 0", 2, out, sizeof out), -EINVAL);
    cr_expect_eq(hex_decode("0011223344", 10, out, sizeof out), -ENOSPC);
}
