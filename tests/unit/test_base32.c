/* SPDX-License-Identifier: MIT */
#include "base/base32.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* RFC 4648 section 10, in lower case and without padding; and bytes that no text has. */
static const struct {
    const char *plain;
    size_t length;
    const char *encoded;
} vectors[] = {
    {"", 0, ""},
    {"f", 1, "my"},
    {"fo", 2, "mzxq"},
    {"foo", 3, "mzxw6"},
    {"foob", 4, "mzxw6yq"},
    {"fooba", 5, "mzxw6ytb"},
    {"foobar", 6, "mzxw6ytboi"},
    {"\0", 1, "aa"},
    {"\xff", 1, "74"},
    {"\0\0\0\0\0", 5, "aaaaaaaa"},
    {"\xff\xff\xff\xff\xff", 5, "77777777"},
    {"\x00\x44\x32\x14\xc7\x42\x54\xb6\x35\xcf\x84\x65\x3a\x56\xd7\xc6\x75\xbe\x77\xdf", 20,
     "abcdefghijklmnopqrstuvwxyz234567"},
};

/* From a heap copy without a NUL, into a buffer of the very size, so that a sanitizer sees a step
 * past either end. */
static ssize_t decode(const char *text, size_t length, void *out, size_t size)
{
    char *copy = malloc(length ? length : 1), *room = malloc(size ? size : 1);
    ssize_t n;

    memcpy(copy, text, length);
    n = base32_decode(copy, length, room, size);
    if (n > 0)
        memcpy(out, room, (size_t)n);
    free(copy);
    free(room);
    return n;
}

Test(base32, encodes_the_vectors_of_the_standard)
{
    for (size_t i = 0; i < COUNT(vectors); i++) {
        char *out = malloc(BASE32_SIZE(vectors[i].length));

        base32_encode(vectors[i].plain, vectors[i].length, out);
        cr_expect_str_eq(out, vectors[i].encoded);
        cr_expect_eq(strlen(out) + 1, BASE32_SIZE(vectors[i].length));
        free(out);
    }
}

Test(base32, decodes_them_again)
{
    for (size_t i = 0; i < COUNT(vectors); i++) {
        size_t length = strlen(vectors[i].encoded);
        char out[32];

        cr_expect_eq(decode(vectors[i].encoded, length, out, vectors[i].length),
                     (ssize_t)vectors[i].length, "%s", vectors[i].encoded);
        cr_expect_eq(memcmp(out, vectors[i].plain, vectors[i].length), 0);
        if (vectors[i].length > 0)
            cr_expect_eq(decode(vectors[i].encoded, length, out, vectors[i].length - 1), -ENOSPC);
    }
}

Test(base32, refuses_what_no_encoder_writes)
{
    static const char *const bad[] = {
        "MY", "my======", "m", "mzx", "mzxw6y", "mz", "mzxr", "my\n", " my", "m1", "m8", "m0", "m=",
        "m\x80", "aaaaaaaab", "ab",
    };
    char out[32];

    for (size_t i = 0; i < COUNT(bad); i++)
        cr_expect_eq(decode(bad[i], strlen(bad[i]), out, sizeof out), -EINVAL, "%s", bad[i]);
    cr_expect_eq(decode("m\0", 2, out, sizeof out), -EINVAL);
}

Test(base32, any_bytes_come_back)
{
    unsigned char bytes[67], back[67];
    char text[BASE32_SIZE(sizeof bytes)];

    for (size_t length = 0; length <= sizeof bytes; length++) {
        for (size_t i = 0; i < length; i++)
            bytes[i] = (unsigned char)(i * 151 + length * 29);
        base32_encode(bytes, length, text);
        cr_expect_eq(decode(text, strlen(text), back, sizeof back), (ssize_t)length);
        cr_expect_eq(memcmp(bytes, back, length), 0);
    }
}
