/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "cache/actor.h"
#include "cache/queue.h"
#include "cache/state.h"
#include "kv/kv.h"

static struct fixture f;
static struct cache *cache;

static void set_up(void)
{
    fixture_open(&f, 1 << 20);
    cache = fixture_worker(&f);
}

static void tear_down(void)
{
    cache_close(&cache);
    fixture_close(&f);
}

TestSuite(queue, .init = set_up, .fini = tear_down);

static int add_text(struct cache *c, const char *text)
{
    struct digest key;

    cr_assert_eq(cache_key(text, &key), 0);
    return queue_add(c, QUEUE_REFRESH, &key, text);
}

static int add(struct cache *c, unsigned i)
{
    char text[32];

    snprintf(text, sizeof text, "demo/%u?w=1", i);
    return add_text(c, text);
}

static uint64_t length(void)
{
    uint64_t n = UINT64_MAX;

    cr_assert_eq(cache_queue_length(cache, &n), 0);
    return n;
}

Test(queue, gives_back_what_was_added)
{
    int64_t before_ms = clock_boot_ms();
    struct queue_item item;
    struct digest key;

    cr_assert_eq(queue_take(cache, &item), -ENOENT);
    cr_assert_eq(add(cache, 1), 0);
    cr_assert_eq(length(), 1);
    cr_assert_eq(queue_take(cache, &item), 0);
    cr_assert_eq(item.kind, QUEUE_REFRESH);
    cr_assert_str_eq(item.text, "demo/1?w=1");
    cr_assert_eq(cache_key("demo/1?w=1", &key), 0);
    cr_assert(digest_equal(&item.key, &key));
    cr_assert_geq(item.added_ms, before_ms);
    cr_assert_leq(item.added_ms, clock_boot_ms());
    cr_assert_eq(length(), 0);
    cr_assert_eq(queue_take(cache, &item), -ENOENT, "once");
}

Test(queue, takes_texts_of_every_length)
{
    char text[ENTRY_TEXT_MAX];
    struct queue_item item;

    for (size_t n = 0; n < sizeof text; n += n < 4 ? 1 : 51) {
        memset(text, 'a', n);
        text[n] = '\0';
        cr_assert_eq(add_text(cache, text), 0);
        memset(&item, 0xff, sizeof item);
        cr_assert_eq(queue_take(cache, &item), 0);
        cr_assert_str_eq(item.text, text);
    }
    memset(text, 'b', sizeof text);
    text[sizeof text - 1] = '\0';
    cr_assert_eq(add_text(cache, text), 0);
    cr_assert_eq(queue_take(cache, &item), 0);
    cr_assert_str_eq(item.text, text, "the longest");
}

/* A commit writes to the file and thereby renews its time. */
static void age_file(void)
{
    const struct timespec old[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
    char path[PATH_MAX];

    snprintf(path, sizeof path, "%s/run.mdb", f.directory);
    cr_assert_eq(utimensat(AT_FDCWD, path, old, 0), 0);
}

static bool was_written(void)
{
    char path[PATH_MAX];
    struct stat st;

    snprintf(path, sizeof path, "%s/run.mdb", f.directory);
    cr_assert_eq(stat(path, &st), 0);
    return st.st_mtim.tv_sec != 1000;
}

/* A picture that has expired is asked for again and again until it is refreshed. */
Test(queue, what_is_there_already_costs_no_write)
{
    struct queue_item item;

    age_file();
    cr_assert_eq(add(cache, 1), 0);
    cr_assert(was_written());
    age_file();
    for (unsigned i = 0; i < 10; i++)
        cr_assert_eq(add(cache, 1), 0);
    cr_assert_not(was_written());
    cr_assert_eq(length(), 1);
    cr_assert_eq(queue_take(cache, &item), 0);
    age_file();
    cr_assert_eq(queue_take(cache, &item), -ENOENT);
    cr_assert_not(was_written(), "nor does looking into an empty one");
    cr_assert_eq(add(cache, 1), 0, "once it was taken, it may come again");
    cr_assert_eq(length(), 1);
}

Test(queue, is_bounded, .timeout = 60)
{
    struct queue_item item;

    for (unsigned i = 0; i < QUEUE_MAX; i++)
        cr_assert_eq(add(cache, i), 0, "%u", i);
    cr_assert_eq(add(cache, QUEUE_MAX), -ENOSPC);
    cr_assert_eq(add(cache, 0), 0, "it is there already");
    cr_assert_eq(length(), QUEUE_MAX);
    cr_assert_eq(queue_take(cache, &item), 0);
    cr_assert_eq(add(cache, QUEUE_MAX), 0, "there is room again");
    for (unsigned i = 0; i < QUEUE_MAX; i++)
        cr_assert_eq(queue_take(cache, &item), 0, "%u", i);
    cr_assert_eq(queue_take(cache, &item), -ENOENT);
    cr_assert_eq(length(), 0);
}

/* Workers leave it, the keeper finds it, whoever comes and goes meanwhile. */
Test(queue, survives_who_added)
{
    struct queue_item item;

    cr_assert_eq(add(cache, 1), 0);
    cache_close(&cache);
    cache = fixture_worker(&f);
    cr_assert_eq(queue_take(cache, &item), 0);
    cr_assert_str_eq(item.text, "demo/1?w=1");
}

static int put_body(struct kv_txn *txn, void *context)
{
    const struct kv_slice *record = context;

    return kv_put(txn, RUN_QUEUE, record[0], record[1]);
}

/* run.mdb outlives an upgrade: what another version has left must not stop the keeper for ever. */
Test(queue, what_is_no_item_is_dropped)
{
    static const unsigned char key[33] = {0}, long_key[200] = {0};
    static const char text[8 + ENTRY_TEXT_MAX];
    const struct kv_slice records[][2] = {
        {{"k", 1}, {text, 8}},
        {{key, sizeof key}, {text, 7}},
        {{long_key, sizeof long_key}, {text, 20}},
        {{"\x01", 1}, {"", 0}},
        {{key, sizeof key - 1}, {text, sizeof text}},
    };
    struct queue_item item;

    for (size_t i = 0; i < sizeof records / sizeof *records; i++)
        cr_assert_eq(kv_update(cache->run, put_body, (void *)(uintptr_t)records[i]), 0);
    cr_assert_eq(add(cache, 1), 0);
    cr_assert_eq(queue_take(cache, &item), 0);
    cr_assert_str_eq(item.text, "demo/1?w=1");
    cr_assert_eq(queue_take(cache, &item), -ENOENT);
    cr_assert_eq(length(), 0);
}

/* ---- several processes ---- */

enum { ADD_ALL = -1, TAKE = -2, ITEMS = 500 };

/* Returns an item's number, or a negative errno. */
static int64_t obey(struct cache *c, int64_t command)
{
    struct queue_item item;
    unsigned i;
    int rc;

    if (command == ADD_ALL) {
        for (i = 0; i < ITEMS; i++)
            if ((rc = add(c, i)) != 0)
                return rc;
        return 0;
    }
    rc = queue_take(c, &item);
    if (rc)
        return rc;
    return sscanf(item.text, "demo/%u?w=1", &i) == 1 ? (int64_t)i : -EINVAL;
}

Test(queue, no_item_is_taken_twice)
{
    enum { TAKERS = 3 };
    static bool taken[ITEMS];
    struct actor takers[TAKERS];
    unsigned running = TAKERS, total = 0;

    for (unsigned i = 0; i < ITEMS; i++)
        cr_assert_eq(add(cache, i), 0);
    for (unsigned t = 0; t < TAKERS; t++)
        actor_start(&takers[t], &f, obey);
    for (unsigned t = 0; t < TAKERS; t++)
        actor_tell(&takers[t], TAKE);
    for (unsigned t = 0; running > 0; t = (t + 1) % TAKERS) {
        int64_t i;

        if (takers[t].pid == 0)
            continue;
        i = actor_answer(&takers[t]);
        if (i == -ENOENT) {
            actor_end(&takers[t]);
            takers[t].pid = 0;
            running--;
            continue;
        }
        cr_assert(i >= 0 && i < ITEMS, "%d", (int)i);
        cr_assert_not(taken[i], "%d", (int)i);
        taken[i] = true;
        total++;
        actor_tell(&takers[t], TAKE);
    }
    cr_assert_eq(total, ITEMS);
}

/* Many workers serve the same expired pictures at the same time. */
Test(queue, the_same_from_several_is_there_once)
{
    enum { ADDERS = 3 };
    struct actor adders[ADDERS];

    for (unsigned t = 0; t < ADDERS; t++)
        actor_start(&adders[t], &f, obey);
    for (unsigned t = 0; t < ADDERS; t++)
        actor_tell(&adders[t], ADD_ALL);
    for (unsigned t = 0; t < ADDERS; t++) {
        cr_assert_eq(actor_answer(&adders[t]), 0);
        actor_end(&adders[t]);
    }
    cr_assert_eq(length(), ITEMS);
}
