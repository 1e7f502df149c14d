/* SPDX-License-Identifier: MIT */
#include "base/buffer.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>

Test(buffer, begins_empty)
{
    struct buffer b = {0};

    cr_expect_eq(b.length, 0);
    cr_expect_null(b.data);
    buffer_clear(&b);
    buffer_free(&b);
    cr_expect_null(b.data);
}

Test(buffer, appends_and_ends_with_nul)
{
    struct buffer b = {0};

    cr_expect_eq(buffer_append(&b, "abc", 3), 0);
    cr_expect_eq(buffer_puts(&b, "def"), 0);
    cr_expect_eq(buffer_append(&b, "g\0h", 3), 0);
    cr_expect_eq(buffer_puts(&b, ""), 0);
    cr_expect_eq(buffer_append(&b, NULL, 0), 0);
    cr_expect_eq(b.length, 9);
    cr_expect_arr_eq(b.data, "abcdefg\0h", 10);
    buffer_free(&b);
}

Test(buffer, an_empty_append_gives_an_empty_string)
{
    struct buffer b = {0};

    cr_expect_eq(buffer_puts(&b, ""), 0);
    cr_assert_not_null(b.data);
    cr_expect_str_eq(b.data, "");
    buffer_free(&b);
}

Test(buffer, grows_over_every_boundary)
{
    struct buffer b = {0};

    for (size_t i = 0; i < 5000; i++) {
        char c = (char)('a' + i % 26);

        cr_assert_eq(buffer_append(&b, &c, 1), 0);
        cr_assert_eq(b.length, i + 1);
        cr_assert_gt(b.capacity, b.length);
        cr_assert_eq(b.data[b.length], '\0');
    }
    for (size_t i = 0; i < 5000; i++)
        cr_assert_eq(b.data[i], (char)('a' + i % 26));
    buffer_free(&b);
}

Test(buffer, printf_of_any_length)
{
    struct buffer b = {0};
    char long_text[1000];
    size_t expected = 0;

    memset(long_text, 'x', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = '\0';
    for (int n = 0; n < 999; n += 7) {
        cr_assert_eq(buffer_printf(&b, "%.*s|%d;", n, long_text, n), 0);
        expected += (size_t)n + 3 + (n > 9) + (n > 99);
        cr_assert_eq(b.length, expected, "at %d: %zu", n, b.length);
        cr_assert_eq(strlen(b.data), expected);
    }
    buffer_free(&b);
    cr_expect_eq(buffer_printf(&b, "%s", ""), 0);
    cr_expect_str_eq(b.data, "");
    cr_expect_eq(buffer_printf(&b, "%d-%s", -5, "a"), 0);
    cr_expect_str_eq(b.data, "-5-a");
    buffer_free(&b);
}

Test(buffer, truncate_drops_the_end)
{
    struct buffer b = {0};

    buffer_truncate(&b, 0);
    cr_expect_eq(b.length, 0);
    cr_assert_eq(buffer_puts(&b, "before and after"), 0);
    buffer_truncate(&b, 6);
    cr_expect_eq(b.length, 6);
    cr_expect_str_eq(b.data, "before");
    buffer_free(&b);
}

Test(buffer, clear_keeps_the_memory_and_free_gives_it_back)
{
    struct buffer b = {0};
    size_t capacity;

    cr_assert_eq(buffer_puts(&b, "some text"), 0);
    capacity = b.capacity;
    buffer_clear(&b);
    cr_expect_eq(b.length, 0);
    cr_expect_str_eq(b.data, "");
    cr_expect_eq(b.capacity, capacity);
    cr_expect_eq(buffer_puts(&b, "x"), 0);
    cr_expect_str_eq(b.data, "x");
    buffer_free(&b);
    cr_expect_null(b.data);
    cr_expect_eq(b.length, 0);
    cr_expect_eq(b.capacity, 0);
    cr_expect_eq(buffer_puts(&b, "again"), 0);
    cr_expect_str_eq(b.data, "again");
    buffer_free(&b);
}

Test(buffer, an_impossible_size_leaves_it_unchanged)
{
    struct buffer b = {0};

    cr_assert_eq(buffer_puts(&b, "kept"), 0);
    cr_expect_eq(buffer_reserve(&b, SIZE_MAX), -ENOMEM);
    cr_expect_eq(buffer_reserve(&b, SIZE_MAX - 4), -ENOMEM);
    cr_expect_eq(buffer_reserve(&b, SIZE_MAX - 5), -ENOMEM);
    cr_expect_eq(buffer_reserve(&b, SIZE_MAX / 2 + 2), -ENOMEM);
    cr_expect_eq(buffer_append(&b, "x", SIZE_MAX - 2), -ENOMEM);
    cr_expect_eq(b.length, 4);
    cr_expect_str_eq(b.data, "kept");
    buffer_free(&b);
}

Test(buffer, reserve_makes_room)
{
    struct buffer b = {0};
    char *before;

    cr_assert_eq(buffer_reserve(&b, 1000), 0);
    cr_expect_gt(b.capacity, (size_t)1000);
    cr_expect_eq(b.length, 0);
    before = b.data;
    for (int i = 0; i < 1000; i++)
        cr_assert_eq(buffer_append(&b, "y", 1), 0);
    cr_expect_eq(b.data, before, "the memory moved although there was room");
    buffer_free(&b);
}

Test(buffer, numbers_are_decimal)
{
    static const struct {
        int64_t number;
        const char *text;
    } table[] = {
        {0, "0"}, {7, "7"}, {10, "10"}, {-1, "-1"}, {-120, "-120"},
        {INT64_MAX, "9223372036854775807"}, {INT64_MIN, "-9223372036854775808"},
    };

    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct buffer b = {0};

        cr_assert_eq(buffer_number(&b, table[i].number), 0);
        cr_assert_str_eq(b.data, table[i].text);
        cr_assert_eq(b.length, strlen(table[i].text));
        buffer_free(&b);
    }
}
