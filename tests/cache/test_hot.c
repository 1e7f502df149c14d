/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "cache/hot.h"

static struct digest name(unsigned i)
{
    struct digest d;

    cr_assert_eq(digest_of(&i, sizeof i, &d), 0);
    return d;
}

static const void *put(struct hot *hot, unsigned i, size_t length)
{
    struct digest d = name(i);
    unsigned char *bytes = malloc(length);

    memset(bytes, (int)i, length);
    return hot_put(hot, &d, bytes, length);
}

static bool has(struct hot *hot, unsigned i, size_t length)
{
    struct digest d = name(i);
    size_t found;
    const unsigned char *bytes = hot_get(hot, &d, &found);

    if (!bytes)
        return false;
    cr_assert_eq(found, length);
    cr_assert_eq(bytes[0], (unsigned char)i);
    cr_assert_eq(bytes[length - 1], (unsigned char)i);
    return true;
}

Test(hot, gives_back_what_was_put)
{
    struct hot *hot = hot_new(1 << 16);

    cr_assert_not(has(hot, 1, 100));
    cr_assert_not_null(put(hot, 1, 100));
    cr_assert(has(hot, 1, 100));
    cr_assert_not_null(put(hot, 1, 100), "the same again is not an error");
    hot_free(&hot);
    cr_assert_null(hot);
}

Test(hot, stays_within_its_capacity)
{
    struct hot *hot = hot_new(10000);
    unsigned kept = 0;

    for (unsigned i = 0; i < 1000; i++)
        put(hot, i, 1000);
    for (unsigned i = 0; i < 1000; i++)
        kept += has(hot, i, 1000);
    cr_assert_eq(kept, 10);
    hot_free(&hot);
}

Test(hot, keeps_what_is_used)
{
    struct hot *hot = hot_new(10000);

    put(hot, 0, 1000);
    for (unsigned i = 1; i < 500; i++) {
        put(hot, i, 1000);
        cr_assert(has(hot, 0, 1000), "after %u others", i);
    }
    hot_free(&hot);
}

Test(hot, refuses_what_is_too_large_or_empty)
{
    struct hot *hot = hot_new(1000);

    cr_assert_null(put(hot, 1, 251));
    cr_assert_not_null(put(hot, 2, 250));
    cr_assert_not(hot_fits(hot, 0));
    cr_assert_not(hot_fits(hot, UINT64_MAX));
    hot_free(&hot);
}

Test(hot, of_no_capacity_keeps_nothing)
{
    struct hot *hot = hot_new(0);

    cr_assert_null(put(hot, 1, 1));
    hot_free(&hot);
}
