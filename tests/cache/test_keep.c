/* SPDX-License-Identifier: MIT
 *
 * What the keeper does to the cache.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "cache/actor.h"
#include "cache/lock_file.h"
#include "cache/state.h"

#define LIMIT (UINT64_C(16) << 20)
#define PICTURE_COST (4096 + INDEX_ENTRY_COST) /* of a blob of one block */
#define FITTING ((unsigned)((LIMIT - LIMIT / 64) / PICTURE_COST))

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

TestSuite(keep, .init = set_up, .fini = tear_down);

static void reopen(void)
{
    cache_close(&cache);
    cache = fixture_worker(&f);
}

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

/* ---- room ---- */

Test(keep, shrinks_to_the_low_water_mark_in_short_steps)
{
    unsigned steps = 0;
    bool more = true;

    fill(FITTING);
    cr_assert_gt(fixture_stats(cache).bytes, fixture_stats(cache).low_water);
    for (; more; steps++) {
        uint64_t before = fixture_stats(cache).blobs;

        cr_assert_eq(cache_shrink(cache, &more), 0);
        cr_assert_leq(before - fixture_stats(cache).blobs, INDEX_VICTIMS_MAX);
    }
    cr_assert_gt(steps, 1);
    cr_assert_leq(fixture_stats(cache).bytes, fixture_stats(cache).low_water);
    cr_assert_gt(fixture_stats(cache).bytes + PICTURE_COST, fixture_stats(cache).low_water,
                 "and no further");
    cr_assert_eq(cache_shrink(cache, &more), 0);
    cr_assert_not(more);
    cr_assert_gt(fixture_stats(cache).bytes + PICTURE_COST, fixture_stats(cache).low_water);
    fixture_assert_consistent(&f, cache);
}

Test(keep, evictions_are_counted)
{
    uint64_t entries;
    bool more = true;

    fill(FITTING + 10);
    cr_assert_eq(atomic_load(&cache_slot(cache)->counters[COUNT_EVICTIONS]), 10);
    cr_assert_eq(atomic_load(&cache_slot(cache)->counters[COUNT_EVICTED_BYTES]), 10 * 4096);
    entries = fixture_stats(cache).entries;
    while (more)
        cr_assert_eq(cache_shrink(cache, &more), 0);
    cr_assert_eq(atomic_load(&cache_slot(cache)->counters[COUNT_EVICTIONS]),
                 10 + entries - fixture_stats(cache).entries);
}

Test(keep, an_insertion_at_the_bound_asks_for_the_keeper_once)
{
    fill(FITTING);
    cr_assert_not(cache_wants_keeper(cache));
    cr_assert_eq(fixture_insert(cache, "demo/more", FITTING, 100), 0);
    cr_assert(cache_wants_keeper(cache));
    cr_assert_not(cache_wants_keeper(cache));
}

static uint64_t available(void)
{
    struct statvfs fs;

    cr_assert_eq(statvfs(f.directory, &fs), 0);
    return (uint64_t)fs.f_bavail * fs.f_frsize;
}

/* More than there is and than the cache could free. */
Test(keep, below_the_disks_floor_nothing_is_stored_and_all_is_evicted)
{
    uint64_t entries;
    bool more = true;

    fill(100);
    f.config.min_free = available() + (UINT64_C(1) << 40);
    reopen();
    cr_assert_eq(cache_shrink(cache, &more), 0);
    cr_assert(more, "a step at a time");
    entries = fixture_stats(cache).entries;
    cr_assert(entries > 0 && entries < 100);
    cr_assert_eq(fixture_insert(cache, "demo/new", 1000, 100), -ENOSPC);
    cr_assert_not(fixture_has(cache, "demo/new"));
    cr_assert_eq(fixture_count_files(&f, "tmp", NULL), 0);
    cr_assert(cache_wants_keeper(cache));
    while (more)
        cr_assert_eq(cache_shrink(cache, &more), 0);
    cr_assert_eq(fixture_stats(cache).entries, 0);
    cr_assert_eq(fixture_count_files(&f, "blobs", NULL), 0);
    fixture_assert_consistent(&f, cache);
}

Test(keep, above_the_disks_floor_all_is_as_ever)
{
    bool more = true;

    fill(100);
    f.config.min_free = available() / 10 * 9;
    reopen();
    cr_assert_eq(fixture_insert(cache, "demo/new", 1000, 100), 0);
    cr_assert_eq(cache_shrink(cache, &more), 0);
    cr_assert_not(more);
    cr_assert_eq(fixture_stats(cache).entries, 101);
    cr_assert_not(cache_wants_keeper(cache));
}

/* What needs no room on the disk can be noted all the same: a failure, a renewal. */
Test(keep, below_the_disks_floor_failures_and_renewals_are_stored)
{
    const struct entry failure = {.kind = ENTRY_NEGATIVE, .cause = CAUSE_ORIGIN_NOT_FOUND};
    struct digest key;
    struct entry e;

    fill(1);
    f.config.min_free = available() + (UINT64_C(1) << 40);
    reopen();
    cr_assert_eq(fixture_insert_bare(cache, &failure, "!demo/b"), 0);
    cr_assert(fixture_has(cache, "!demo/b"));
    cr_assert_eq(fixture_lookup(cache, name(0), &e), 0);
    cr_assert_eq(cache_key(name(0), &key), 0);
    e.expires_ms = 12345;
    cr_assert_eq(cache_insert(cache, &key, &e, NULL), 0);
    cr_assert_eq(fixture_lookup(cache, name(0), &e), 0);
    cr_assert_eq(e.expires_ms, 12345);
}

/* ---- originals that are too large to keep ---- */

static void insert_original(const char *text, unsigned seed, size_t length)
{
    const struct entry like = {.kind = ENTRY_ORIGINAL, .etag = "\"a\""};

    cr_assert_eq(fixture_insert_like(cache, &like, text, seed, length), 0);
}

Test(keep, an_original_can_be_stripped_of_its_bytes)
{
    struct digest key;
    struct entry e, stripped;

    insert_original("demo/a", 1, 10000);
    cr_assert_eq(fixture_lookup(cache, "demo/a", &e), 0);
    cr_assert_eq(cache_key("demo/a", &key), 0);
    cr_assert_eq(cache_strip(cache, &key, &e), 0);
    cr_assert_eq(fixture_lookup(cache, "demo/a", &stripped), 0);
    cr_assert(stripped.bodiless);
    cr_assert_eq(stripped.length, 10000);
    cr_assert_str_eq(stripped.etag, "\"a\"");
    cr_assert_eq(stripped.sequence, e.sequence);
    cr_assert(digest_equal(&stripped.blob, &e.blob));
    cr_assert_eq(fixture_count_files(&f, "blobs", NULL), 0);
    cr_assert_eq(fixture_stats(cache).bytes, INDEX_ENTRY_COST);
    cr_assert_eq(cache_strip(cache, &key, &stripped), -ENOENT, "it has none any more");
    fixture_assert_consistent(&f, cache);

    /* An answer of 304 renews what is known of it; a new body makes it whole again. */
    stripped.expires_ms = 12345;
    cr_assert_eq(cache_insert(cache, &key, &stripped, NULL), 0);
    cr_assert_eq(fixture_lookup(cache, "demo/a", &e), 0);
    cr_assert(e.bodiless);
    cr_assert_eq(e.expires_ms, 12345);
    insert_original("demo/a", 1, 10000);
    cr_assert_eq(fixture_lookup(cache, "demo/a", &e), 0);
    cr_assert_not(e.bodiless);
    fixture_assert_consistent(&f, cache);
    cr_assert_eq(cache_remove(cache, &key, &e), 0);
    cr_assert_eq(fixture_stats(cache).bytes, 0);
    fixture_assert_consistent(&f, cache);
}

Test(keep, stripping_spares_what_others_use_and_what_is_newer)
{
    struct digest key, variant_key;
    struct entry old, e, variant;

    insert_original("demo/a", 1, 100);
    insert_original("demo/b", 1, 100);
    cr_assert_eq(fixture_insert(cache, "demo/a?w=1", 2, 100), 0);
    cr_assert_eq(cache_key("demo/a", &key), 0);
    cr_assert_eq(cache_key("demo/a?w=1", &variant_key), 0);
    cr_assert_eq(fixture_lookup(cache, "demo/a?w=1", &variant), 0);
    cr_assert_eq(cache_strip(cache, &variant_key, &variant), -ENOENT, "a variant is no original");
    cr_assert_eq(fixture_lookup(cache, "demo/a", &e), 0);
    cr_assert_eq(cache_strip(cache, &key, &e), 0);
    cr_assert_eq(fixture_count_files(&f, "blobs", NULL), 2, "demo/b has the same bytes");
    cr_assert_eq(fixture_lookup(cache, "demo/b", &old), 0);
    insert_original("demo/b", 3, 100);
    cr_assert_eq(cache_key("demo/b", &key), 0);
    cr_assert_eq(cache_strip(cache, &key, &old), -ENOENT, "it was fetched anew meanwhile");
    cr_assert_eq(fixture_lookup(cache, "demo/b", &e), 0);
    cr_assert_not(e.bodiless);
    fixture_assert_consistent(&f, cache);
}

/* ---- sweeping ---- */

/* A file of this content in its place, without a record. */
static struct digest place_file(struct cache *c, const char *bytes)
{
    struct blob_writer w;
    struct digest digest;

    cr_assert_eq(blob_writer_begin(&w, cache_blobs(c)), 0);
    cr_assert_eq(blob_writer_add(&w, bytes, strlen(bytes)), 0);
    cr_assert_eq(blob_writer_finish(&w, &digest), 0);
    cr_assert_eq(blob_writer_commit(&w, &digest), 0);
    return digest;
}

static int sweep_all(void)
{
    int removed = 0;

    for (unsigned i = 0; i < 256; i++) {
        int n = cache_sweep_blobs(cache, (unsigned char)i);

        cr_assert_geq(n, 0);
        removed += n;
    }
    return removed;
}

Test(keep, files_that_the_index_does_not_know_are_swept)
{
    struct digest orphan;

    fill(300);
    cr_assert_eq(sweep_all(), 0);
    orphan = place_file(cache, "orphan");
    for (unsigned i = 0; i < 256; i++)
        if (i != orphan.bytes[0])
            cr_assert_eq(cache_sweep_blobs(cache, (unsigned char)i), 0, "%u", i);
    cr_assert(blob_exists(cache_blobs(cache), &orphan));
    cr_assert_eq(cache_sweep_blobs(cache, orphan.bytes[0]), 1);
    cr_assert_not(blob_exists(cache_blobs(cache), &orphan));
    fixture_assert_consistent(&f, cache);
}

/* A file that somebody keeps there is none of ours. */
Test(keep, strangers_among_the_blobs_are_left_alone)
{
    static const char *const strangers[] = {"README", ".hidden", "cdef", "ABCDEF"};
    struct digest orphan = place_file(cache, "orphan");
    char path[PATH_MAX];

    for (size_t i = 0; i < sizeof strangers / sizeof *strangers; i++) {
        int fd;

        snprintf(path, sizeof path, "%s/blobs/%02x/%s", f.directory, orphan.bytes[0],
                 strangers[i]);
        fd = open(path, O_WRONLY | O_CREAT, 0600);
        cr_assert_geq(fd, 0);
        close(fd);
    }
    cr_assert_eq(sweep_all(), 1);
    cr_assert_eq(fixture_count_files(&f, "blobs", NULL), 4);
}

enum { HOLD, COMMIT };

static const char content[] = "in motion";

/* Between the renaming and the commit, as in an insertion. */
static int64_t insert_slowly(struct cache *c, int64_t command)
{
    struct entry e = {.kind = ENTRY_VARIANT, .length = strlen(content), .text = "demo/slow"};
    struct index_victims victims;
    struct digest key;
    int rc;

    if (digest_of(content, strlen(content), &e.blob) != 0 || cache_key(e.text, &key) != 0)
        return -EIO;
    if (command == HOLD) {
        rc = lock_take(c->lock_fd, LOCK_BYTE_BLOB + e.blob.bytes[0]);
        if (!rc)
            place_file(c, content);
        return rc;
    }
    rc = index_insert(c->index, &key, &e, true, &victims, NULL, NULL);
    lock_release(c->lock_fd, LOCK_BYTE_BLOB + e.blob.bytes[0]);
    return rc;
}

static int64_t sweep(struct cache *c, int64_t first)
{
    return cache_sweep_blobs(c, (unsigned char)first);
}

static void assert_waits_or_spares(struct actor *sweeper, unsigned char first)
{
    struct actor inserter;

    actor_start(&inserter, &f, insert_slowly);
    cr_assert_eq(actor_ask(&inserter, HOLD), 0);
    actor_tell(sweeper, first);
    usleep(20000); /* it would have removed the file by now */
    cr_assert_eq(actor_ask(&inserter, COMMIT), 0);
    cr_assert_eq(actor_answer(sweeper), 0);
    actor_end(&inserter);
}

/* There is no record yet, but whoever makes it holds the lock byte: the sweeper waits for it and
 * asks again. */
Test(keep, a_file_whose_record_is_being_committed_is_not_swept)
{
    struct actor sweeper;
    struct entry e;
    struct digest blob;
    int fd;

    cr_assert_eq(digest_of(content, strlen(content), &blob), 0);
    actor_start(&sweeper, &f, sweep);
    assert_waits_or_spares(&sweeper, blob.bytes[0]);
    cr_assert_eq(fixture_lookup(cache, "demo/slow", &e), 0);
    fd = cache_open_blob(cache, &e);
    cr_assert_geq(fd, 0);
    close(fd);
    fixture_assert_consistent(&f, cache);
}

/* Killed in between: nobody holds the byte, and the file is an orphan. */
Test(keep, a_file_whose_record_will_never_be_committed_is_swept)
{
    struct actor inserter;

    actor_start(&inserter, &f, insert_slowly);
    cr_assert_eq(actor_ask(&inserter, HOLD), 0);
    actor_kill(&inserter);
    cr_assert_eq(sweep_all(), 1);
    cr_assert_eq(fixture_count_files(&f, "blobs", NULL), 0);
}

static int64_t write_half(struct cache *c, int64_t command)
{
    static struct blob_writer w;

    (void)command;
    return blob_writer_begin(&w, cache_blobs(c));
}

Test(keep, temporary_files_of_the_dead_are_swept_and_of_nobody_else)
{
    struct actor dead, alive;
    struct blob_writer mine;
    char path[PATH_MAX];
    int fd;

    actor_start(&dead, &f, write_half);
    actor_start(&alive, &f, write_half);
    cr_assert_eq(actor_ask(&dead, 0), 0);
    cr_assert_eq(actor_ask(&alive, 0), 0);
    cr_assert_eq(blob_writer_begin(&mine, cache_blobs(cache)), 0);
    snprintf(path, sizeof path, "%s/tmp/stray", f.directory);
    fd = open(path, O_WRONLY | O_CREAT, 0600);
    cr_assert_geq(fd, 0);
    close(fd);
    cr_assert_eq(fixture_count_files(&f, "tmp", NULL), 4);
    cr_assert_eq(cache_sweep_temporary(cache), 1, "what bears no worker's name is nobody's");
    actor_kill(&dead);
    cr_assert_eq(cache_sweep_temporary(cache), 1);
    cr_assert_eq(cache_sweep_temporary(cache), 0);
    cr_assert_eq(fixture_count_files(&f, "tmp", NULL), 2);
    blob_writer_abort(&mine);
    actor_kill(&alive);
    cr_assert_eq(cache_sweep_temporary(cache), 1);
}
