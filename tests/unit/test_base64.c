/* SPDX-License-Identifier: MIT */
#include "base/base64.h"
#include "base/base64_stream.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* RFC 4648 section 10, and bytes that no text has. */
static const struct {
    const char *plain;
    size_t length;
    const char *encoded;
} vectors[] = {
    {"", 0, ""},
    {"f", 1, "Zg=="},
    {"fo", 2, "Zm8="},
    {"foo", 3, "Zm9v"},
    {"foob", 4, "Zm9vYg=="},
    {"fooba", 5, "Zm9vYmE="},
    {"foobar", 6, "Zm9vYmFy"},
    {"\0", 1, "AA=="},
    {"\0\0\0", 3, "AAAA"},
    {"\xff\xff\xff", 3, "////"},
    {"\xfb\xef\xbe", 3, "++++"},
    {"\xff", 1, "/w=="},
    {"\0\x10\x83\x10Q\x87 \x92\x8b", 9, "ABCDEFGHIJKL"},
};

/* From a heap copy without a NUL, into a buffer of the very size, so that a sanitizer sees a step
 * past either end. */
static ssize_t decode(const char *text, size_t length, void *out, size_t size)
{
    char *copy = malloc(length ? length : 1), *room = malloc(size ? size : 1);
    ssize_t n;

    memcpy(copy, text, length);
    n = base64_decode(copy, length, room, size);
    if (n > 0)
        memcpy(out, room, (size_t)n);
    free(copy);
    free(room);
    return n;
}

Test(base64, encodes_the_vectors_of_the_standard)
{
    for (size_t i = 0; i < COUNT(vectors); i++) {
        size_t size = BASE64_SIZE(vectors[i].length);
        char *out = malloc(size);

        base64_encode(vectors[i].plain, vectors[i].length, out);
        cr_expect_str_eq(out, vectors[i].encoded);
        cr_expect_eq(strlen(out) + 1, size);
        free(out);
    }
}

Test(base64, decodes_the_vectors_of_the_standard)
{
    for (size_t i = 0; i < COUNT(vectors); i++) {
        char out[16];
        ssize_t n = decode(vectors[i].encoded, strlen(vectors[i].encoded), out,
                           vectors[i].length);

        cr_expect_eq(n, (ssize_t)vectors[i].length, "%s", vectors[i].encoded);
        cr_expect_eq(memcmp(out, vectors[i].plain, vectors[i].length), 0, "%s",
                     vectors[i].encoded);
    }
}

/* Section 3: what no encoder writes is refused, so that one secret has one spelling. */
Test(base64, refuses_what_no_encoder_writes)
{
    static const char *const bad[] = {
        "Z",        "Zg",       "Zg=",      "Zm9",      "Zm9vY",    "Zm9vYg",   "Zm9vYg=",
        "====",     "Z===",     "=Zg=",     "Z=g=",     "Zg=A",     "Zm8=Zm8=", "Zg==Zg==",
        "Zg==\n",   "Zg==\r\n", "Zm9v\n",   " Zm9v",    "Zm 9v",    "Zm9v    ", "Z\ng=",
        "Zh==",     "Zv==",     "Zm9=",     "Zm+=",     "Z_==",     "-w==",     "_w==",
        "Zg==AAAA", "AA=A",     "A=AA",     "Zm9vZg=",  "\xc3\xa9==", "Zg.=",   "Zg%3",
        "*Zm9v***",
    };

    for (size_t i = 0; i < COUNT(bad); i++) {
        char out[32];

        cr_expect_eq(decode(bad[i], strlen(bad[i]), out, sizeof out), -EINVAL, "\"%s\" was taken",
                     bad[i]);
    }
}

Test(base64, refuses_every_byte_that_is_no_digit)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    for (int byte = 0; byte < 256; byte++)
        for (size_t at = 0; at < 4; at++) {
            char text[4] = {'A', 'A', 'A', 'A'}, out[3];
            bool digit = byte != 0 && strchr(digits, byte);

            text[at] = (char)byte;
            /* '=' may stand at the end. */
            if (byte == '=' && at == 3)
                cr_expect_eq(decode(text, 4, out, 3), 2);
            else
                cr_expect_eq(decode(text, 4, out, 3), digit ? 3 : -EINVAL, "0x%02x at %zu",
                             (unsigned)byte, at);
        }
}

Test(base64, says_when_it_does_not_fit)
{
    char out[8];

    for (size_t i = 0; i < COUNT(vectors); i++)
        for (size_t size = 0; size < vectors[i].length && size <= sizeof out; size++)
            cr_expect_eq(decode(vectors[i].encoded, strlen(vectors[i].encoded), out, size),
                         -ENOSPC, "%s in %zu", vectors[i].encoded, size);
}

Test(base64, what_was_encoded_is_decoded)
{
    unsigned char bytes[300], back[300];
    char text[BASE64_SIZE(sizeof bytes)];
    uint32_t seed = 1;

    for (size_t i = 0; i < sizeof bytes; i++) {
        seed = seed * 1103515245u + 12345u;
        bytes[i] = (unsigned char)(seed >> 16);
    }
    for (size_t length = 0; length <= sizeof bytes; length++) {
        base64_encode(bytes, length, text);
        cr_assert_eq(strlen(text), BASE64_SIZE(length) - 1);
        cr_assert_eq(decode(text, strlen(text), back, length), (ssize_t)length);
        cr_assert_eq(memcmp(back, bytes, length), 0);
    }
}

/* ---- for URLs ---- */

static const struct {
    const char *plain;
    size_t length;
    const char *encoded;
} url_vectors[] = {
    {"", 0, ""},           {"f", 1, "Zg"},          {"fo", 2, "Zm8"},
    {"foo", 3, "Zm9v"},    {"foob", 4, "Zm9vYg"},   {"fooba", 5, "Zm9vYmE"},
    {"\xff\xff\xff", 3, "____"}, {"\xfb\xef\xbe", 3, "----"}, {"\xff", 1, "_w"},
};

static ssize_t decode_url(const char *text, size_t length, void *out, size_t size)
{
    char *copy = malloc(length ? length : 1), *room = malloc(size ? size : 1);
    ssize_t n;

    memcpy(copy, text, length);
    n = base64url_decode(copy, length, room, size);
    if (n > 0)
        memcpy(out, room, (size_t)n);
    free(copy);
    free(room);
    return n;
}

Test(base64, the_form_for_urls_has_its_own_digits_and_no_padding)
{
    for (size_t i = 0; i < COUNT(url_vectors); i++) {
        size_t size = BASE64URL_SIZE(url_vectors[i].length);
        char *out = malloc(size), back[16];

        base64url_encode(url_vectors[i].plain, url_vectors[i].length, out);
        cr_expect_str_eq(out, url_vectors[i].encoded);
        cr_expect_eq(strlen(out) + 1, size);
        cr_expect_eq(decode_url(out, size - 1, back, url_vectors[i].length),
                     (ssize_t)url_vectors[i].length);
        cr_expect_arr_eq(back, url_vectors[i].plain, url_vectors[i].length);
        free(out);
    }
}

Test(base64, what_no_encoder_writes_for_urls_is_refused)
{
    static const char *const bad[] = {"Z", "Zg==", "Zg=", "Zh", "Zm9", "+___", "/___", "Zm9v Zg",
                                      "Zm9vY", "Zm9v\n", "====", "Zm=v"};
    char out[16];

    for (size_t i = 0; i < COUNT(bad); i++)
        cr_expect_eq(decode_url(bad[i], strlen(bad[i]), out, sizeof out), -EINVAL, "%s", bad[i]);
    cr_expect_eq(decode_url("Zm9vYg", 6, out, 3), -ENOSPC);
}

/* ---- piece by piece ---- */

/* In pieces of this size. Returns the length, or -EINVAL. */
static ssize_t decode_stream(const char *text, size_t length, size_t piece, unsigned char *out)
{
    struct base64_stream s = {0};
    ssize_t done = 0;

    for (size_t at = 0; at < length; at += piece) {
        size_t left = length - at;
        ssize_t n = base64_stream_feed(&s, text + at, left < piece ? left : piece, out + done);

        if (n < 0)
            return n;
        done += n;
    }
    return base64_stream_finish(&s) ? -EINVAL : done;
}

Test(base64, a_stream_gives_the_same_however_it_is_cut_and_broken_into_lines)
{
    unsigned char bytes[300], back[BASE64_STREAM_SIZE(600)];
    char text[BASE64_SIZE(sizeof bytes)], lines[sizeof text + 40];

    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(i * 7 + 3);
    for (size_t length = 0; length <= sizeof bytes; length += 37) {
        size_t used = 0;

        base64_encode(bytes, length, text);
        for (size_t i = 0; text[i]; i++) {
            if (i > 0 && i % 76 == 0)
                used += (size_t)sprintf(lines + used, "%s", i % 152 ? "\n" : "\r\n");
            lines[used++] = text[i];
        }
        for (size_t piece = 1; piece <= 100; piece++) {
            cr_assert_eq(decode_stream(lines, used, piece, back), (ssize_t)length);
            cr_assert_eq(memcmp(back, bytes, length), 0);
        }
    }
}

Test(base64, a_stream_refuses_what_no_encoder_writes)
{
    static const char *const bad[] = {
        "Z",    "Zg",       "Zg=",      "Zm9",  "Zm9vY", "====",  "Z===",  "=Zg=",
        "Z=g=", "Zg=A",     "Zm8=Zm8=", "Zg==Zg==", " Zm9v", "Zm 9v", "Zh==", "Zv==",
        "Zm9=", "Z_==",     "-w==",     "Zg==AAAA", "AA=A",  "A=AA",  "Zg===", "*Zm9v***",
    };

    for (size_t i = 0; i < COUNT(bad); i++)
        for (size_t piece = 1; piece < 10; piece++) {
            unsigned char out[32];

            cr_expect_eq(decode_stream(bad[i], strlen(bad[i]), piece, out), -EINVAL,
                         "\"%s\" was taken", bad[i]);
        }
}
