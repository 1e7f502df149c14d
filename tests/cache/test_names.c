/* SPDX-License-Identifier: MIT
 *
 * What names mean, on record for all workers of a state directory.
 */
#include "cache/names.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cache/fixture.h"
#include "cache/state.h"
#include "kv/kv.h"

static struct fixture fixture;
static struct cache *cache;

static void set_up(void)
{
    fixture_open(&fixture, 1 << 20);
    cache = fixture_worker(&fixture);
}

static void tear_down(void)
{
    cache_close(&cache);
    fixture_close(&fixture);
}

TestSuite(names, .init = set_up, .fini = tear_down);

static void note(const char *name, const char *text, int64_t expires_ms)
{
    struct name_meaning m = {.learned_ms = 1, .expires_ms = expires_ms};

    snprintf(m.text, sizeof m.text, "%s", text);
    names_note(cache, NAME_DID, name, &m);
}

Test(names, are_known_until_they_expire)
{
    struct name_meaning m;

    cr_expect_eq(names_find(cache, NAME_DID, "did:plc:ada", 0, &m), -ENOENT);
    note("did:plc:ada", "https://pds.example.com", 1000);
    cr_assert_eq(names_find(cache, NAME_DID, "did:plc:ada", 999, &m), 0);
    cr_expect_str_eq(m.text, "https://pds.example.com");
    cr_expect_eq(m.cause, CAUSE_NONE);
    cr_expect_eq(m.learned_ms, 1);
    cr_expect_eq(m.expires_ms, 1000);
    cr_expect_eq(names_find(cache, NAME_DID, "did:plc:ada", 1000, &m), -ENOENT);
    cr_expect_eq(names_find(cache, NAME_DID, "did:plc:eve", 0, &m), -ENOENT);
}

Test(names, the_last_word_counts)
{
    struct name_meaning m = {.cause = CAUSE_ORIGIN_TIMEOUT, .expires_ms = 50};

    note("did:plc:ada", "https://a.example", 1000);
    names_note(cache, NAME_DID, "did:plc:ada", &m);
    cr_assert_eq(names_find(cache, NAME_DID, "did:plc:ada", 49, &m), 0);
    cr_expect_eq(m.cause, CAUSE_ORIGIN_TIMEOUT);
    cr_expect_str_eq(m.text, "");
    note("did:plc:ada", "https://b.example", 2000);
    cr_assert_eq(names_find(cache, NAME_DID, "did:plc:ada", 1500, &m), 0);
    cr_expect_str_eq(m.text, "https://b.example");
    names_forget(cache, NAME_DID, "did:plc:ada");
    cr_expect_eq(names_find(cache, NAME_DID, "did:plc:ada", 0, &m), -ENOENT);
    names_forget(cache, NAME_DID, "did:plc:ada");
}

Test(names, of_one_kind_are_not_those_of_another)
{
    struct name_meaning m;

    note("example.org", "x", 1000);
    cr_expect_eq(names_find(cache, (enum name_kind)200, "example.org", 0, &m), -ENOENT);
}

Test(names, may_be_long)
{
    char name[2049], text[NAMES_TEXT_MAX];
    struct name_meaning m;

    memset(name, 'n', sizeof name);
    name[sizeof name - 1] = '\0';
    memset(text, 't', sizeof text);
    text[sizeof text - 1] = '\0';
    note(name, text, 1000);
    cr_assert_eq(names_find(cache, NAME_DID, name, 0, &m), 0);
    cr_expect_str_eq(m.text, text);
    name[2047] = 'm';
    cr_expect_eq(names_find(cache, NAME_DID, name, 0, &m), -ENOENT);
}

static int count_body(struct kv_txn *txn, void *context)
{
    return kv_count(txn, RUN_NAMES, context);
}

Test(names, are_bounded_in_number)
{
    struct name_meaning m;
    uint64_t count = 0;
    char name[32];

    for (unsigned i = 0; i < NAMES_MAX + 100; i++) {
        snprintf(name, sizeof name, "did:plc:%u", i);
        note(name, "x", 1000);
    }
    cr_assert_eq(kv_view(cache->run, count_body, &count), 0);
    cr_expect_eq(count, (uint64_t)NAMES_MAX);
    cr_expect_eq(names_find(cache, NAME_DID, name, 0, &m), 0, "the last one has a place");
    /* One that is there needs none of another's. */
    note(name, "y", 1000);
    cr_assert_eq(kv_view(cache->run, count_body, &count), 0);
    cr_expect_eq(count, (uint64_t)NAMES_MAX);
}
