/* SPDX-License-Identifier: MIT
 *
 * Looking at all entries, a few at a time.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "cache/fixture.h"

static struct fixture f;
static struct cache *cache;

static void set_up(void)
{
    fixture_open(&f, UINT64_C(16) << 20);
    cache = fixture_worker(&f);
}

static void tear_down(void)
{
    cache_close(&cache);
    fixture_close(&f);
}

TestSuite(walk, .init = set_up, .fini = tear_down);

static const char *name(unsigned i)
{
    static char text[32];

    snprintf(text, sizeof text, "demo/%u", i);
    return text;
}

static void fill(unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        cr_assert_eq(fixture_insert(cache, name(i), i, 100), 0, "%u", i);
}

struct visit {
    unsigned seen, calls, stop;
    bool of[1000];
    struct digest last;
};

static int see(const struct digest *key, const struct entry *e, bool purged, void *context)
{
    struct visit *v = context;
    unsigned i;

    cr_assert_not(purged);
    cr_assert_eq(sscanf(e->text, "demo/%u", &i), 1);
    cr_assert_lt(i, 1000);
    cr_assert_not(v->of[i], "%u once", i);
    v->of[i] = true;
    if (v->seen > 0)
        cr_assert_lt(memcmp(v->last.bytes, key->bytes, DIGEST_SIZE), 0, "in order");
    v->last = *key;
    return ++v->seen == v->stop ? 7 : 0;
}

Test(walk, a_walk_in_batches_sees_every_entry_once)
{
    static const size_t batches[] = {1, 7, 100, 500, 999, 1000, 1001, SIZE_MAX};

    fill(1000);
    for (size_t b = 0; b < sizeof batches / sizeof *batches; b++) {
        struct visit v = {.stop = 0};
        bool done = false;

        for (; !done; v.calls++) {
            unsigned before = v.seen;

            cr_assert_eq(cache_walk_entries(cache, v.seen ? &v.last : NULL, batches[b], see, &v,
                                            &done), 0);
            cr_assert_leq(v.seen - before, batches[b]);
        }
        cr_assert_eq(v.seen, 1000, "in batches of %zu", batches[b]);
        cr_assert_leq(v.calls, 1000 / batches[b] + 1);
    }
}

/* The last one seen may have been removed when the walk goes on. */
Test(walk, a_walk_goes_on_where_an_entry_was)
{
    struct visit v = {.stop = 0};
    bool done = false;

    fill(100);
    while (!done) {
        struct entry e;

        cr_assert_eq(cache_walk_entries(cache, v.seen ? &v.last : NULL, 10, see, &v, &done), 0);
        for (unsigned i = 0; i < 100; i++)
            if (v.of[i] && fixture_lookup(cache, name(i), &e) == 0) {
                struct digest key;

                cr_assert_eq(cache_key(name(i), &key), 0);
                cr_assert_eq(cache_remove(cache, &key, &e), 0);
            }
    }
    cr_assert_eq(v.seen, 100);
    cr_assert_eq(fixture_stats(cache).entries, 0);
}

Test(walk, a_walk_ends_when_told_to)
{
    struct visit v = {.stop = 5};
    bool done = true;

    fill(20);
    cr_assert_eq(cache_walk_entries(cache, NULL, SIZE_MAX, see, &v, &done), 7);
    cr_assert_eq(v.seen, 5);
    cr_assert_not(done);
}
