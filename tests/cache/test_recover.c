/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cache/fixture.h"

static struct fixture f;
static struct cache *cache;

static void set_up(void)
{
    fixture_open(&f, 1 << 20);
}

static void tear_down(void)
{
    cache_close(&cache);
    fixture_close(&f);
}

TestSuite(recover, .init = set_up, .fini = tear_down);

static struct digest write_blob(struct cache *c, const char *bytes)
{
    struct blob_writer w;
    struct digest digest;

    cr_assert_eq(blob_writer_begin(&w, cache_blobs(c)), 0);
    cr_assert_eq(blob_writer_add(&w, bytes, strlen(bytes)), 0);
    cr_assert_eq(blob_writer_finish(&w, &digest), 0);
    cr_assert_eq(blob_writer_commit(&w, &digest), 0);
    return digest;
}

/* Runs `body` in a worker of its own that is then killed. */
static void in_killed_worker(void (*body)(struct cache *))
{
    int status;
    pid_t child = fork();

    if (child == 0) {
        body(fixture_worker(&f));
        kill(getpid(), SIGKILL);
    }
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_assert(WIFSIGNALED(status));
}

static void leave_temporary_file(struct cache *c)
{
    struct blob_writer w;

    cr_assert_eq(blob_writer_begin(&w, cache_blobs(c)), 0);
    cr_assert_eq(blob_writer_add(&w, "half", 4), 0);
}

Test(recover, temporary_files_of_a_killed_worker_go)
{
    in_killed_worker(leave_temporary_file);
    cr_assert_eq(fixture_count_files(&f, "tmp", NULL), 1);
    cache = fixture_worker(&f);
    cr_assert_eq(fixture_count_files(&f, "tmp", NULL), 0);
}

Test(recover, temporary_files_of_a_live_worker_stay)
{
    struct cache *second;
    struct blob_writer w;
    char error[CONFIG_ERROR_MAX];
    int status;
    pid_t child;

    cache = fixture_worker(&f);
    cr_assert_eq(blob_writer_begin(&w, cache_blobs(cache)), 0);
    child = fork();
    if (child == 0)
        /* Another worker starts; this process's copy of `cache` is not touched. */
        _exit(cache_open(&f.config, CACHE_WORKER, &second, error) != 0);
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    cr_assert_eq(fixture_count_files(&f, "tmp", NULL), 1);
    blob_writer_abort(&w);
}

/* Killed between the rename and the commit. */
static void leave_uncommitted_blob(struct cache *c)
{
    struct digest digest;

    cr_assert_eq(digest_of("orphan", 6, &digest), 0);
    cr_assert_geq(scoreboard_pend(cache_slot(c), &digest), 0);
    write_blob(c, "orphan");
}

Test(recover, a_blob_that_was_never_committed_goes)
{
    in_killed_worker(leave_uncommitted_blob);
    cr_assert_eq(fixture_count_files(&f, "blobs", NULL), 1);
    cache = fixture_worker(&f);
    cr_assert_eq(fixture_count_files(&f, "blobs", NULL), 0);
}

/* Killed after the commit, before it took the digest off the scoreboard. */
static void leave_committed_blob(struct cache *c)
{
    struct entry e;

    cr_assert_eq(fixture_insert(c, "demo/a", 1, 100), 0);
    cr_assert_eq(fixture_lookup(c, "demo/a", &e), 0);
    cr_assert_geq(scoreboard_pend(cache_slot(c), &e.blob), 0);
}

Test(recover, a_blob_that_was_committed_stays)
{
    struct entry e;

    in_killed_worker(leave_committed_blob);
    cache = fixture_worker(&f);
    cr_assert_eq(fixture_lookup(cache, "demo/a", &e), 0);
    cr_assert_eq(fixture_count_files(&f, "blobs", NULL), 1);
}

/* Many workers die in the middle of inserting at the bound; afterwards files and index
 * agree. The kill comes from outside at a random moment. */
static int count_blob(const struct digest *blob, uint64_t length, uint32_t uses, void *context)
{
    int fd = blob_open(cache_blobs(cache), blob);

    (void)length;
    (void)uses;
    cr_assert_geq(fd, 0, "on record without a file");
    close(fd);
    ++*(unsigned *)context;
    return 0;
}

Test(recover, files_and_index_agree_after_kills, .timeout = 60)
{
    unsigned on_record = 0;

    srand(1);
    for (int round = 0; round < 40; round++) {
        pid_t child = fork();

        if (child == 0) {
            char text[32];

            cache = fixture_worker(&f);
            for (unsigned i = 0;; i++) {
                snprintf(text, sizeof text, "demo/%u", i % 600);
                fixture_insert(cache, text, i % 450, 1000 + i % 100 * 100);
            }
        }
        usleep((useconds_t)(20000 + rand() % 30000));
        cr_assert_eq(kill(child, SIGKILL), 0);
        cr_assert_eq(waitpid(child, NULL, 0), child);
    }
    cache = fixture_worker(&f);
    cr_assert_eq(cache_walk_blobs(cache, count_blob, &on_record), 0);
    cr_assert_eq(on_record, fixture_count_files(&f, "blobs", NULL));
    cr_assert_gt(on_record, 0);
    cr_assert_eq(fixture_count_files(&f, "tmp", NULL), 0);
}

static void fill_a_little(struct cache *c)
{
    char text[32];

    for (unsigned i = 0; i < 100; i++) {
        snprintf(text, sizeof text, "demo/%u", i);
        cr_assert_eq(fixture_insert(c, text, i, 2000), 0);
    }
}

static void damage(const char *name)
{
    char path[PATH_MAX], garbage[4096];
    int fd;

    snprintf(path, sizeof path, "%s/%s", f.directory, name);
    memset(garbage, 0x5a, sizeof garbage);
    fd = open(path, O_WRONLY);
    cr_assert_geq(fd, 0);
    for (off_t at = 2 * 4096; at < 40 * 4096; at += 4096)
        cr_assert_eq(pwrite(fd, garbage, sizeof garbage, at), (ssize_t)sizeof garbage);
    close(fd);
}

static void forget_boot(void)
{
    char path[PATH_MAX];

    snprintf(path, sizeof path, "%s/boot", f.directory);
    cr_assert_eq(unlink(path), 0);
}

Test(recover, a_sound_index_survives_a_restart_of_the_machine)
{
    struct entry e;

    in_killed_worker(fill_a_little);
    forget_boot();
    cache = fixture_worker(&f);
    cr_assert_eq(fixture_lookup(cache, "demo/99", &e), 0);
}

Test(recover, a_damaged_index_is_dropped_with_its_blobs)
{
    struct entry e;

    in_killed_worker(fill_a_little);
    damage("index.mdb");
    forget_boot();
    cache = fixture_worker(&f);
    cr_assert_neq(fixture_lookup(cache, "demo/99", &e), 0);
    cr_assert_eq(fixture_count_files(&f, "blobs", NULL), 0);
    cr_assert_eq(fixture_insert(cache, "demo/1", 1, 100), 0);
}

/* Not synced, so a restart of the machine may take back commits whose files are there. */
Test(recover, blobs_that_a_restart_made_unknown_go)
{
    unsigned before;

    in_killed_worker(fill_a_little);
    before = fixture_count_files(&f, "blobs", NULL);
    cache = fixture_worker(&f);
    write_blob(cache, "unknown");
    cache_close(&cache);
    forget_boot();
    cache = fixture_worker(&f);
    cr_assert_eq(fixture_count_files(&f, "blobs", NULL), before);
}

/* The file that names the boot may be missing or unwritable; a live worker knows better. */
Test(recover, a_live_worker_proves_that_there_was_no_restart)
{
    char path[PATH_MAX];
    struct stat before, after;
    int status;
    pid_t child;

    cache = fixture_worker(&f);
    fill_a_little(cache);
    forget_boot();
    snprintf(path, sizeof path, "%s/run.mdb", f.directory);
    cr_assert_eq(stat(path, &before), 0);
    child = fork();
    if (child == 0) {
        struct cache *second;
        char error[CONFIG_ERROR_MAX];

        _exit(cache_open(&f.config, CACHE_WORKER, &second, error) != 0);
    }
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    cr_assert_eq(stat(path, &after), 0);
    cr_assert_eq(before.st_ino, after.st_ino, "run.mdb is the same file");
}

Test(recover, a_scoreboard_of_another_layout_is_replaced)
{
    char path[PATH_MAX];

    in_killed_worker(fill_a_little);
    snprintf(path, sizeof path, "%s/scoreboard", f.directory);
    cr_assert_eq(truncate(path, 100), 0);
    cache = fixture_worker(&f);
    cr_assert_not_null(cache_slot(cache));
}
