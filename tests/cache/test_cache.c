/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cache/fixture.h"
#include "cache/index_record.h"

#define LIMIT (UINT64_C(1) << 20)

static struct fixture f;
static struct cache *cache;

static void set_up(void)
{
    fixture_open(&f, LIMIT);
    cache = fixture_worker(&f);
}

static void tear_down(void)
{
    cache_close(&cache);
    fixture_close(&f);
}

TestSuite(cache, .init = set_up, .fini = tear_down);

/* How many pictures of this length the bound leaves room for, beside `taken` bytes. */
static unsigned fitting(uint64_t length, uint64_t taken)
{
    return (unsigned)((LIMIT - LIMIT / 64 - taken) / (blob_disk_bytes(length) + INDEX_ENTRY_COST));
}

Test(cache, finds_what_was_inserted)
{
    struct entry e;
    const unsigned char *bytes;
    int error;

    cr_assert_eq(fixture_lookup(cache, "demo/a", &e), -ENOENT);
    cr_assert_eq(fixture_insert(cache, "demo/a", 1, 5000), 0);
    cr_assert_eq(fixture_lookup(cache, "demo/a", &e), 0);
    cr_assert_eq(e.length, 5000);
    cr_assert_eq(e.kind, ENTRY_VARIANT);
    bytes = cache_blob_bytes(cache, &e, &error);
    cr_assert_not_null(bytes);
    cr_assert_eq(cache_blob_bytes(cache, &e, &error), bytes, "the hot copy");
    fixture_assert_consistent(&f, cache);
}

Test(cache, a_key_is_not_believed_without_its_text)
{
    struct digest key;
    struct entry e;

    cr_assert_eq(fixture_insert(cache, "demo/a", 1, 100), 0);
    cr_assert_eq(cache_key("demo/a", &key), 0);
    cr_assert_eq(cache_lookup(cache, &key, "demo/b", &e), -ENOENT);
}

Test(cache, entries_share_a_blob)
{
    struct digest key;
    struct entry e;

    cr_assert_eq(fixture_insert(cache, "demo/a", 7, 5000), 0);
    cr_assert_eq(fixture_insert(cache, "demo/b", 7, 5000), 0);
    cr_assert_eq(fixture_stats(cache).entries, 2);
    cr_assert_eq(fixture_stats(cache).blobs, 1);
    cr_assert_eq(fixture_stats(cache).bytes, 8192 + 2 * INDEX_ENTRY_COST);
    cr_assert_eq(fixture_lookup(cache, "demo/a", &e), 0);
    cr_assert_eq(cache_key("demo/a", &key), 0);
    cr_assert_eq(cache_remove(cache, &key, &e), 0);
    cr_assert_eq(fixture_count_files(&f, "blobs", NULL), 1, "the other still uses it");
    cr_assert_eq(fixture_lookup(cache, "demo/b", &e), 0);
    cr_assert_eq(cache_key("demo/b", &key), 0);
    cr_assert_eq(cache_remove(cache, &key, &e), 0);
    cr_assert_eq(fixture_count_files(&f, "blobs", NULL), 0);
    cr_assert_eq(fixture_stats(cache).bytes, 0);
    fixture_assert_consistent(&f, cache);
}

Test(cache, a_replaced_entry_lets_its_blob_go)
{
    for (unsigned i = 0; i < 5; i++)
        cr_assert_eq(fixture_insert(cache, "demo/a", i, 5000), 0);
    cr_assert_eq(fixture_stats(cache).entries, 1);
    cr_assert_eq(fixture_stats(cache).blobs, 1);
    fixture_assert_consistent(&f, cache);
    for (unsigned i = 0; i < 3; i++)
        cr_assert_eq(fixture_insert(cache, "demo/a", 4, 5000), 0, "the same bytes again");
    fixture_assert_consistent(&f, cache);
}

Test(cache, evicts_the_oldest_first_of_what_nobody_uses)
{
    unsigned room = fitting(4096, 0);
    char text[32];

    for (unsigned i = 0; i < 300; i++) {
        snprintf(text, sizeof text, "demo/%u", i);
        cr_assert_eq(fixture_insert(cache, text, i, 4096), 0);
    }
    for (unsigned i = 0; i < 300; i++) {
        snprintf(text, sizeof text, "demo/%u", i);
        cr_assert_eq(fixture_has(cache, text), i >= 300 - room, "%s", text);
    }
    fixture_assert_consistent(&f, cache);
}

/* One large blob in place of more small ones than a transaction may free. */
Test(cache, makes_room_in_several_transactions)
{
    unsigned before = fitting(100, 0), after = fitting(100, LIMIT / 4 + INDEX_ENTRY_COST);
    char text[32];

    cr_assert_gt(before - after, 2 * INDEX_VICTIMS_MAX);
    for (unsigned i = 0; i < before; i++) {
        snprintf(text, sizeof text, "demo/%u", i);
        cr_assert_eq(fixture_insert(cache, text, i, 100), 0);
    }
    cr_assert_eq(fixture_stats(cache).entries, before);
    cr_assert_eq(fixture_insert(cache, "demo/large", 9999, LIMIT / 4), 0);
    cr_assert_eq(fixture_stats(cache).entries, after + 1);
    fixture_assert_consistent(&f, cache);
}

Test(cache, refuses_a_blob_that_would_flush_it)
{
    struct entry e;

    cr_assert_eq(fixture_insert(cache, "demo/a", 1, 100), 0);
    cr_assert_eq(fixture_insert(cache, "demo/large", 2, LIMIT / 4 + 1), -EFBIG);
    cr_assert_eq(fixture_lookup(cache, "demo/large", &e), -ENOENT);
    cr_assert_eq(fixture_lookup(cache, "demo/a", &e), 0);
    fixture_assert_consistent(&f, cache);
}

Test(cache, renews_an_entry_only_while_its_blob_is_there)
{
    struct digest key;
    struct entry e;

    cr_assert_eq(fixture_insert(cache, "demo/a", 1, 100), 0);
    cr_assert_eq(fixture_lookup(cache, "demo/a", &e), 0);
    cr_assert_eq(cache_key("demo/a", &key), 0);
    e.expires_ms = 12345;
    cr_assert_eq(cache_insert(cache, &key, &e, NULL), 0);
    cr_assert_eq(fixture_lookup(cache, "demo/a", &e), 0);
    cr_assert_eq(e.expires_ms, 12345);
    fixture_assert_consistent(&f, cache);
    cr_assert_eq(cache_remove(cache, &key, &e), 0);
    cr_assert_eq(cache_insert(cache, &key, &e, NULL), -ENOENT);
    cr_assert_eq(fixture_lookup(cache, "demo/a", &e), -ENOENT);
    fixture_assert_consistent(&f, cache);
}

Test(cache, remove_spares_a_newer_entry)
{
    struct digest key;
    struct entry old, e;

    cr_assert_eq(fixture_insert(cache, "demo/a", 1, 100), 0);
    cr_assert_eq(fixture_lookup(cache, "demo/a", &old), 0);
    cr_assert_eq(fixture_insert(cache, "demo/a", 2, 100), 0);
    cr_assert_eq(cache_key("demo/a", &key), 0);
    cr_assert_eq(cache_remove(cache, &key, &old), -ENOENT);
    cr_assert_eq(fixture_lookup(cache, "demo/a", &e), 0);
    fixture_assert_consistent(&f, cache);
}

static int insert_negative(const char *text)
{
    const struct entry like = {.kind = ENTRY_NEGATIVE, .cause = CAUSE_ORIGIN_NOT_FOUND};

    return fixture_insert_bare(cache, &like, text);
}

Test(cache, negative_entries_are_bounded_and_displace_no_picture)
{
    struct entry e;
    char text[32];

    cr_assert_eq(fixture_insert(cache, "demo/a", 1, 100), 0);
    for (unsigned i = 0; i < INDEX_NEGATIVES_MAX + 50; i++) {
        snprintf(text, sizeof text, "!demo/%u", i);
        cr_assert_eq(insert_negative(text), 0);
    }
    cr_assert_eq(fixture_stats(cache).negatives, INDEX_NEGATIVES_MAX);
    cr_assert_eq(fixture_stats(cache).entries, INDEX_NEGATIVES_MAX + 1);
    cr_assert_eq(fixture_lookup(cache, "!demo/0", &e), -ENOENT);
    cr_assert_eq(fixture_lookup(cache, text, &e), 0);
    cr_assert_eq(e.cause, CAUSE_ORIGIN_NOT_FOUND);
    cr_assert_eq(insert_negative(text), 0, "again");
    cr_assert_eq(fixture_stats(cache).negatives, INDEX_NEGATIVES_MAX);
    cr_assert_eq(fixture_lookup(cache, "demo/a", &e), 0);
    fixture_assert_consistent(&f, cache);
}

static void blob_file(const struct entry *e, char out[PATH_MAX])
{
    cr_assert_eq(cache_blob_path(cache, &e->blob, out, PATH_MAX), 0);
}

Test(cache, a_blob_that_vanished_is_told)
{
    struct entry e;
    char path[PATH_MAX];
    int error;

    cr_assert_eq(fixture_insert(cache, "demo/a", 1, 100), 0);
    cr_assert_eq(fixture_lookup(cache, "demo/a", &e), 0);
    blob_file(&e, path);
    cr_assert_eq(truncate(path, 50), 0);
    cr_assert_eq(cache_open_blob(cache, &e), -ENOENT, "shorter than on record");
    cr_assert_eq(unlink(path), 0);
    cr_assert_eq(cache_open_blob(cache, &e), -ENOENT);
    cr_assert_null(cache_blob_bytes(cache, &e, &error));
    cr_assert_eq(error, -ENOENT);
}

/* Blobs are not synced: after a restart of the machine a file may have the right length and
 * the wrong bytes. */
Test(cache, a_blob_from_before_a_restart_is_checked)
{
    struct timespec old[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
    struct entry e;
    char path[PATH_MAX];
    struct stat st;
    int fd;

    cr_assert_eq(fixture_insert(cache, "demo/a", 1, 100), 0);
    cr_assert_eq(fixture_lookup(cache, "demo/a", &e), 0);
    blob_file(&e, path);
    cr_assert_eq(utimensat(AT_FDCWD, path, old, 0), 0);
    fd = cache_open_blob(cache, &e);
    cr_assert_geq(fd, 0);
    close(fd);
    cr_assert_eq(stat(path, &st), 0);
    cr_assert_gt(st.st_mtim.tv_sec, 1000, "checked once, not again");

    fd = open(path, O_WRONLY);
    cr_assert_eq(pwrite(fd, "\0\0\0\0", 4, 10), 4);
    close(fd);
    cr_assert_eq(utimensat(AT_FDCWD, path, old, 0), 0);
    cr_assert_eq(cache_open_blob(cache, &e), -ENOENT);
}

Test(cache, is_found_warm_by_the_next_worker)
{
    struct entry e;

    cr_assert_eq(fixture_insert(cache, "demo/a", 1, 100), 0);
    cache_close(&cache);
    cache = fixture_worker(&f);
    cr_assert_eq(fixture_lookup(cache, "demo/a", &e), 0);
}

Test(cache, a_visitor_creates_nothing)
{
    struct fixture other;
    char error[CONFIG_ERROR_MAX];
    struct cache *visitor;

    fixture_open(&other, LIMIT);
    cr_assert_eq(cache_open(&other.config, CACHE_VISITOR, &visitor, error), -ENOENT);
    cr_assert_null(visitor);
    cr_assert_eq(fixture_count_files(&other, ".", NULL), 0);
    fixture_close(&other);
}

static int spoil_body(struct kv_txn *txn, void *context)
{
    return kv_put(txn, ENTRIES, digest_slice(context), (struct kv_slice){"spoilt", 6});
}

/* Writes what is no record in the place of an entry's. */
static void spoil(const char *text)
{
    char path[PATH_MAX];
    struct kv_options options = {.path = path,
                                 .tables = index_tables,
                                 .table_count = INDEX_TABLES,
                                 .map_size = 64 << 20,
                                 .max_readers = 8,
                                 .mode = 0600};
    struct digest key;
    struct kv *kv;

    snprintf(path, sizeof path, "%s/index.mdb", f.directory);
    cr_assert_eq(cache_key(text, &key), 0);
    cache_close(&cache);
    cr_assert_eq(kv_open(&options, &kv), 0);
    cr_assert_eq(kv_update(kv, spoil_body, &key), 0);
    kv_close(&kv);
    cache = fixture_worker(&f);
}

/* They are in nobody's way, and in the end not in the totals either. */
Test(cache, records_that_cannot_be_read_are_displaced_like_any_other)
{
    unsigned room = fitting(4096, 0);
    struct entry e;
    char text[32];

    cr_assert_eq(insert_negative("!demo/0"), 0);
    for (unsigned i = 0; i < room; i++) {
        snprintf(text, sizeof text, "demo/%u", i);
        cr_assert_eq(fixture_insert(cache, text, i, 4096), 0);
    }
    spoil("demo/0");
    spoil("demo/1");
    spoil("!demo/0");
    cr_assert_eq(fixture_lookup(cache, "demo/0", &e), -EUCLEAN);
    cr_assert_eq(fixture_insert(cache, "demo/0", 0, 4096), 0, "overwritten");
    cr_assert_eq(fixture_lookup(cache, "demo/0", &e), 0);
    for (unsigned i = 0; i < 2 * room; i++) {
        snprintf(text, sizeof text, "demo/%u", room + i);
        cr_assert_eq(fixture_insert(cache, text, room + i, 4096), 0, "%s", text);
    }
    for (unsigned i = 1; i <= INDEX_NEGATIVES_MAX; i++) {
        snprintf(text, sizeof text, "!demo/%u", i);
        cr_assert_eq(insert_negative(text), 0, "%s", text);
    }
    cr_assert_eq(fixture_stats(cache).negatives, INDEX_NEGATIVES_MAX);
    cr_assert_eq(fixture_lookup(cache, "!demo/0", &e), -ENOENT);
    cr_assert_eq(fixture_lookup(cache, "demo/1", &e), -ENOENT);
    fixture_assert_consistent(&f, cache);
}
