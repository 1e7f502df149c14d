/* SPDX-License-Identifier: MIT */
#include "base/utf8.h"

#include <criterion/criterion.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* From a heap copy, so that a sanitizer sees a read past its end. */
static size_t length_of(const char *bytes, size_t room)
{
    char *copy = malloc(room ? room : 1);
    size_t length;

    memcpy(copy, bytes, room);
    length = utf8_length(copy, room);
    free(copy);
    return length;
}

static bool is_character(uint32_t c)
{
    return c <= 0x10FFFF && !(c >= 0xD800 && c <= 0xDFFF);
}

Test(utf8, all_characters_and_no_part_of_one)
{
    for (uint32_t c = 0; c <= 0x10FFFF; c++) {
        char bytes[4];
        size_t length;

        if (!is_character(c))
            continue;
        length = utf8_encode(c, bytes);
        cr_assert_eq(length, c < 0x80 ? 1u : c < 0x800 ? 2u : c < 0x10000 ? 3u : 4u, "U+%04X", c);
        cr_assert_eq(utf8_length(bytes, sizeof bytes), length, "U+%04X", c);
        for (size_t room = 0; room < length; room++)
            cr_assert_eq(utf8_length(bytes, room), 0, "%zu bytes of U+%04X", room, c);
    }
}

/* What the bits say, written to have one form only, gives the same bytes again. */
static bool is_what_would_be_written(const unsigned char *bytes, size_t length)
{
    uint32_t c = length == 1 ? bytes[0] : bytes[0] & (0x7Fu >> length);
    char written[4];

    for (size_t i = 1; i < length; i++)
        c = c << 6 | (bytes[i] & 0x3F);
    return is_character(c) && utf8_encode(c, written) == length &&
           memcmp(written, bytes, length) == 0;
}

Test(utf8, nothing_else_is_a_character)
{
    for (uint32_t n = 0; n < 1u << 24; n++) {
        /* All first and second bytes, and of the third and fourth one those at the bounds. */
        static const unsigned char last[] = {0x00, 0x7F, 0x80, 0x81, 0xBE, 0xBF, 0xC0, 0xFF};
        unsigned char bytes[4] = {(unsigned char)(n >> 16), (unsigned char)(n >> 8),
                                  last[n >> 4 & 7], last[n & 7]};
        size_t length;

        if ((n & 0x88) != 0)
            continue;
        length = utf8_length((const char *)bytes, sizeof bytes);
        if (length > 0)
            cr_assert(is_what_would_be_written(bytes, length), "%02x%02x%02x%02x", bytes[0],
                      bytes[1], bytes[2], bytes[3]);
    }
}

Test(utf8, overlong_forms_surrogates_and_what_is_too_large)
{
    static const char *const bad[] = {
        "\x80",
        "\xBF",
        "\xC0\x80",
        "\xC0\xAF",
        "\xC1\xBF",
        "\xC3",
        "\xC3(",
        "\xE0\x80\x80",
        "\xE0\x9F\xBF",
        "\xE2\x82",
        "\xE2(\xA1",
        "\xE2\x82(",
        "\xED\xA0\x80",
        "\xED\xBF\xBF",
        "\xF0\x80\x80\x80",
        "\xF0\x8F\xBF\xBF",
        "\xF0\x9F\x98",
        "\xF0\x9F(\x80",
        "\xF4\x90\x80\x80",
        "\xF5\x80\x80\x80",
        "\xF8\x88\x80\x80\x80",
        "\xFE",
        "\xFF",
    };

    for (size_t i = 0; i < COUNT(bad); i++)
        cr_expect_eq(length_of(bad[i], strlen(bad[i])), 0, "row %zu", i);
}
