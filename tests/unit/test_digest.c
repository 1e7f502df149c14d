/* SPDX-License-Identifier: MIT */
#include "base/digest.h"

#include <criterion/criterion.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* The examples of FIPS 180-4, and the empty text. */
static const struct {
    const char *text;
    const char *hex;
} known[] = {
    {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
};

Test(digest, known_texts)
{
    for (size_t i = 0; i < COUNT(known); i++) {
        struct digest d;
        char hex[DIGEST_HEX_SIZE];

        cr_assert_eq(digest_of(known[i].text, strlen(known[i].text), &d), 0);
        digest_to_hex(&d, hex);
        cr_expect_str_eq(hex, known[i].hex, "of \"%s\": %s", known[i].text, hex);
    }
}

/* A million times 'a', in pieces of all sizes. */
Test(digest, a_stream_gives_what_its_whole_gives)
{
    const size_t total = 1000000;
    struct digest_stream *s = digest_stream_new();
    struct digest d;
    char hex[DIGEST_HEX_SIZE], piece[1024];
    size_t done = 0, step = 0;

    cr_assert_not_null(s);
    memset(piece, 'a', sizeof piece);
    while (done < total) {
        size_t n = step++ % (sizeof piece + 1);

        if (n > total - done)
            n = total - done;
        cr_assert_eq(digest_stream_add(s, piece, n), 0);
        done += n;
    }
    cr_assert_eq(digest_stream_finish(s, &d), 0);
    digest_to_hex(&d, hex);
    cr_expect_str_eq(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    digest_stream_free(&s);
    cr_expect_null(s);
    digest_stream_free(&s);
}

Test(digest, reset_starts_over)
{
    struct digest_stream *s = digest_stream_new();
    struct digest first, second, whole;

    cr_assert_not_null(s);
    cr_assert_eq(digest_of("abc", 3, &whole), 0);
    cr_assert_eq(digest_stream_add(s, "junk", 4), 0);
    cr_assert_eq(digest_stream_reset(s), 0);
    cr_assert_eq(digest_stream_add(s, "abc", 3), 0);
    cr_assert_eq(digest_stream_finish(s, &first), 0);
    cr_assert_eq(digest_stream_reset(s), 0);
    cr_assert_eq(digest_stream_add(s, "a", 1), 0);
    cr_assert_eq(digest_stream_add(s, "bc", 2), 0);
    cr_assert_eq(digest_stream_finish(s, &second), 0);
    cr_expect(digest_equal(&first, &whole));
    cr_expect(digest_equal(&second, &whole));
    digest_stream_free(&s);
}

/* A digest in one go while a stream is under way leaves the stream alone. */
Test(digest, streams_are_independent)
{
    struct digest_stream *s = digest_stream_new();
    struct digest d, other, whole;

    cr_assert_not_null(s);
    cr_assert_eq(digest_of("abcdef", 6, &whole), 0);
    cr_assert_eq(digest_stream_add(s, "abc", 3), 0);
    cr_assert_eq(digest_of("something else", 14, &other), 0);
    cr_assert_eq(digest_stream_add(s, "def", 3), 0);
    cr_assert_eq(digest_stream_finish(s, &d), 0);
    cr_expect(digest_equal(&d, &whole));
    cr_expect_not(digest_equal(&d, &other));
    digest_stream_free(&s);
}

Test(digest, hex_goes_both_ways)
{
    struct digest d, back;
    char hex[DIGEST_HEX_SIZE];

    for (size_t i = 0; i < DIGEST_SIZE; i++)
        d.bytes[i] = (unsigned char)(i * 37 + 200);
    digest_to_hex(&d, hex);
    cr_expect_eq(strlen(hex), (size_t)DIGEST_HEX_SIZE - 1);
    cr_expect_eq(strspn(hex, "0123456789abcdef"), (size_t)DIGEST_HEX_SIZE - 1);
    cr_assert(digest_from_hex(hex, strlen(hex), &back));
    cr_expect(digest_equal(&d, &back));
    for (char *p = hex; *p; p++)
        if (*p >= 'a')
            *p = (char)(*p - 'a' + 'A');
    memset(&back, 0, sizeof back);
    cr_assert(digest_from_hex(hex, strlen(hex), &back));
    cr_expect(digest_equal(&d, &back));
}

Test(digest, hex_takes_exactly_64_digits)
{
    static const char good[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    static const char wrong[] = "g/:@G`\xff -+x";
    struct digest d;
    char hex[sizeof good + 1];

    cr_expect(digest_from_hex(good, 64, &d));
    cr_expect_not(digest_from_hex(good, 0, &d));
    cr_expect_not(digest_from_hex(good, 63, &d));
    strcpy(hex, good);
    strcat(hex, "0");
    cr_expect_not(digest_from_hex(hex, 65, &d));
    for (size_t i = 0; i < 64; i++) {
        for (size_t j = 0; j < sizeof wrong; j++) { /* its NUL too */
            strcpy(hex, good);
            hex[i] = wrong[j];
            cr_expect_not(digest_from_hex(hex, 64, &d), "byte %02x at %zu was taken",
                          (unsigned)(unsigned char)wrong[j], i);
        }
    }
}

Test(digest, equal_looks_at_every_bit)
{
    struct digest a, b;

    cr_assert_eq(digest_of("x", 1, &a), 0);
    for (size_t i = 0; i < 8 * DIGEST_SIZE; i++) {
        b = a;
        cr_expect(digest_equal(&a, &b));
        b.bytes[i / 8] = (unsigned char)(b.bytes[i / 8] ^ 1u << i % 8);
        cr_expect_not(digest_equal(&a, &b), "bit %zu", i);
    }
}
