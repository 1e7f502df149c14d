/* SPDX-License-Identifier: MIT
 *
 * What killed processes leave: files that nobody has named go, and what is on record is whole.
 */
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "store/suite.h"

STORE_SUITE(sweep);

Test(sweep, what_a_killed_upload_left_is_swept_and_a_living_one_is_not)
{
    struct store_upload u;
    int ready[2];
    pid_t pid;
    char byte;

    cr_assert_eq(pipe(ready), 0);
    store_close(&f.store); /* not to be open over a fork */
    pid = fork();
    if (pid == 0) {
        char error[CONFIG_ERROR_MAX];
        struct store *store;

        if (store_open(f.directory, &store, error) != 0 || store_upload_begin(store, &u) != 0 ||
            store_upload_add(&u, "abc", 3) != 0 || write(ready[1], "x", 1) != 1)
            _exit(1);
        for (;;)
            pause();
    }
    cr_assert_eq(read(ready[0], &byte, 1), 1);
    store_fixture_reopen(&f);
    cr_expect_eq(store_sweep(f.store), 0, "its writer is alive");
    cr_expect_eq(store_fixture_files(&f, "tmp"), 1u);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    cr_expect_eq(store_sweep(f.store), 1);
    cr_expect_eq(store_fixture_files(&f, "tmp"), 0u);
}

Test(sweep, a_blob_that_nobody_has_named_is_swept)
{
    char path[PATH_MAX];
    int fd;

    cr_assert_eq(put("users/ada", 1), 0);
    snprintf(path, sizeof path, "%s/blobs/00", f.directory);
    mkdir(path, 0700);
    strcat(path, "/00000000000000000000000000000000000000000000000000000000000000");
    fd = open(path, O_WRONLY | O_CREAT, 0600);
    cr_assert_geq(fd, 0);
    close(fd);
    cr_expect_eq(store_sweep(f.store), 1);
    cr_expect_neq(access(path, F_OK), 0);
    cr_expect(has("users/ada", 1));
}

/* ---- files that cannot be unlinked ---- */

#define MANY 150u /* more than are unlinked in one transaction */

/* A directory in its place. */
static void stick(unsigned seed)
{
    char path[PATH_MAX];

    blob_path(seed, path);
    cr_assert_eq(unlink(path), 0);
    cr_assert_eq(mkdir(path, 0700), 0);
}

static void unstick(unsigned seed)
{
    char path[PATH_MAX];

    blob_path(seed, path);
    cr_assert_eq(rmdir(path), 0);
}

static int delete_of(unsigned seed)
{
    char subject[32];

    snprintf(subject, sizeof subject, "users/%u", seed);
    return store_delete(f.store, subject, NULL, NULL);
}

static void put_many(void)
{
    char subject[32];

    for (unsigned i = 0; i < MANY; i++) {
        snprintf(subject, sizeof subject, "users/%u", i);
        cr_assert_eq(put(subject, i), 0);
    }
}

Test(sweep, a_file_that_cannot_be_unlinked_does_not_keep_others)
{
    int held;

    put_many();
    for (unsigned i = 0; i < MANY; i += 2)
        stick(i);
    held = store_fixture_hold(&f);
    for (unsigned i = 0; i < MANY; i++)
        cr_assert_eq(delete_of(i), 0);
    cr_assert_eq(store_settle(f.store, 0), -EAGAIN);
    cr_assert_eq(store_fixture_files(&f, "blobs"), MANY / 2);
    close(held);
    cr_expect_eq(store_settle(f.store, 0), -EISDIR);
    cr_expect_eq(store_fixture_files(&f, "blobs"), 0u);
    for (unsigned i = 2; i < MANY; i += 2)
        unstick(i);
    cr_expect_eq(store_settle(f.store, 0), -EISDIR, "it stays on record");
    unstick(0);
    cr_expect_eq(store_settle(f.store, 0), 0);
}

Test(sweep, with_a_file_that_cannot_be_unlinked_a_store_is_opened)
{
    cr_assert_eq(put("users/ada", 1), 0);
    cr_assert_eq(put("users/bob", 2), 0);
    stick(1);
    cr_assert_eq(store_delete(f.store, "users/ada", NULL, NULL), 0);
    store_fixture_reopen(&f);
    cr_expect(has("users/bob", 2));
    cr_expect_eq(store_settle(f.store, 0), -EISDIR);
    unstick(1);
    cr_expect_eq(store_settle(f.store, 0), 0);
}

Test(sweep, of_files_that_are_left_only_ones_own_matter)
{
    int held;

    cr_assert_eq(put("users/ada", 1), 0);
    cr_assert_eq(put("users/bob", 2), 0);
    cr_assert_eq(put("users/eve", 3), 0);
    cr_assert_eq(put("users/joe", 3), 0);
    stick(1);
    cr_assert_eq(store_delete(f.store, "users/ada", NULL, NULL), 0);
    cr_assert_eq(store_delete(f.store, "users/bob", NULL, NULL), 0);
    cr_expect_eq(store_settle_subject(f.store, "users/ada", 0), -EISDIR);
    cr_expect_eq(store_settle_subject(f.store, "users/bob", 0), 0);
    cr_expect_eq(store_settle_subject(f.store, "users/kim", 0), 0);
    held = store_fixture_hold(&f);
    cr_assert_eq(store_delete(f.store, "users/eve", NULL, NULL), 0);
    cr_expect_eq(store_settle_subject(f.store, "users/eve", 60000), 0, "joe has it");
    cr_assert_eq(store_delete(f.store, "users/joe", NULL, NULL), 0);
    cr_expect_eq(store_settle_subject(f.store, "users/joe", 0), -EAGAIN);
    cr_assert_eq(put("users/eve", 3), 0);
    cr_expect_eq(store_settle_subject(f.store, "users/joe", 60000), 0, "eve has it again");
    close(held);
    store_fixture_reopen(&f);
    cr_expect_eq(store_settle_subject(f.store, "users/ada", 0), -EISDIR, "it is known for good");
    unstick(1);
    cr_expect_eq(store_settle_subject(f.store, "users/ada", 0), 0);
    cr_expect(has("users/eve", 3));
}

static uint32_t keep_all(const char *subject, void *context)
{
    (void)subject;
    (void)context;
    return STORE_KEEP_ALL;
}

Test(sweep, a_round_sweeps_what_a_sweep_does_and_its_time_is_kept)
{
    static const char *const loose[] = {"00", "80", "ff"};
    struct store_round round = {.directory = 0};
    char path[PATH_MAX];
    int64_t when_ms = 1;
    bool done = false;
    int fd;

    cr_assert_eq(put("users/ada", 1), 0);
    for (size_t i = 0; i < sizeof loose / sizeof *loose; i++) {
        snprintf(path, sizeof path, "%s/blobs/%s", f.directory, loose[i]);
        mkdir(path, 0700);
        strcat(path, "/00000000000000000000000000000000000000000000000000000000000000");
        fd = open(path, O_WRONLY | O_CREAT, 0600);
        cr_assert_geq(fd, 0);
        close(fd);
    }
    cr_assert_eq(store_last_round(f.store, &when_ms), 0);
    cr_expect_eq(when_ms, 0);
    while (!done)
        cr_assert_eq(store_round_step(f.store, &round, keep_all, NULL, &done), 0);
    cr_expect_eq(round.files, 3u);
    cr_expect_eq(store_fixture_files(&f, "blobs"), 1u);
    cr_assert_eq(store_note_round(f.store, 77), 0);
    store_fixture_reopen(&f);
    cr_assert_eq(store_last_round(f.store, &when_ms), 0);
    cr_expect_eq(when_ms, 77);
}

Test(sweep, whoever_finds_what_a_killed_upload_left_makes_a_round_due)
{
    int64_t when_ms = 1;
    char path[PATH_MAX];
    int fd;

    cr_assert_eq(store_note_round(f.store, 77), 0);
    snprintf(path, sizeof path, "%s/tmp/0123456789abcdef", f.directory);
    fd = open(path, O_WRONLY | O_CREAT, 0600);
    cr_assert_geq(fd, 0);
    close(fd);
    store_fixture_reopen(&f);
    cr_expect_eq(store_fixture_files(&f, "tmp"), 0u);
    cr_assert_eq(store_last_round(f.store, &when_ms), 0);
    cr_expect_eq(when_ms, 0);
}

enum { WRITERS = 4, SUBJECTS = 5, PICTURES = 7 };

/* Uploads and deletes until it is killed; no subject and no picture is its own alone. Says when it has
 * uploaded for the first time. */
static _Noreturn void be_busy(unsigned seed, int written)
{
    bool said = false;
    char error[CONFIG_ERROR_MAX], subject[32];
    struct store *store;

    if (store_open(f.directory, &store, error) != 0)
        _exit(1);
    for (;;) {
        seed = seed * 1103515245u + 12345u;
        snprintf(subject, sizeof subject, "users/%u", (seed >> 16) % SUBJECTS);
        if ((seed >> 20) % 4 == 0)
            store_delete(store, subject, NULL, NULL);
        else if (store_fixture_put(store, subject, (seed >> 8) % PICTURES, 500,
                                   1 + (seed >> 12) % 3, NULL) != 0 ||
                 (!said && write(written, "x", 1) != 1))
            _exit(1);
        else
            said = true;
    }
}

/* Kills all of them a moment after each has uploaded something. */
static void kill_the_busy(unsigned round)
{
    const struct timespec a_moment = {.tv_nsec = 3000000 * (long)round};
    pid_t pids[WRITERS];
    int written[2];
    char byte;

    cr_assert_eq(pipe(written), 0);
    for (unsigned i = 0; i < WRITERS; i++)
        if ((pids[i] = fork()) == 0)
            be_busy(round * WRITERS + i + 1, written[1]);
    close(written[1]);
    for (unsigned i = 0; i < WRITERS; i++)
        cr_expect_eq(read(written[0], &byte, 1), 1, "nobody has written");
    nanosleep(&a_moment, NULL);
    for (unsigned i = 0; i < WRITERS; i++)
        kill(pids[i], SIGKILL);
    for (unsigned i = 0; i < WRITERS; i++) {
        int status;

        cr_assert_eq(waitpid(pids[i], &status, 0), pids[i]);
        cr_expect(WIFSIGNALED(status), "it failed");
    }
    close(written[0]);
}

static int read_back(const char *subject, const struct store_picture *p, void *context)
{
    int fd = store_open_blob(f.store, &p->digest);
    struct digest found;
    char bytes[501];

    (void)context;
    cr_assert_geq(fd, 0, "%s has its bytes", subject);
    cr_assert_eq(read(fd, bytes, sizeof bytes), 500);
    close(fd);
    cr_assert_eq(digest_of(bytes, 500, &found), 0);
    cr_assert(digest_equal(&found, &p->digest));
    return 0;
}

Test(sweep, is_whole_whoever_is_killed)
{
    char subject[32];

    store_close(&f.store);
    for (unsigned round = 0; round < 15; round++)
        kill_the_busy(round);
    store_fixture_reopen(&f);
    cr_assert_geq(store_sweep(f.store), 0);
    for (unsigned i = 0; i < SUBJECTS; i++) {
        int rc;

        snprintf(subject, sizeof subject, "users/%u", i);
        rc = store_history(f.store, subject, read_back, NULL);
        cr_assert(rc == 0 || rc == -ENOENT, "%d", rc);
    }
    cr_expect_eq(store_fixture_files(&f, "blobs"), stats().blobs);
    for (unsigned i = 0; i < SUBJECTS; i++) {
        snprintf(subject, sizeof subject, "users/%u", i);
        store_delete(f.store, subject, NULL, NULL);
    }
    cr_expect_eq(stats().versions, 0u);
    cr_expect_eq(stats().bytes, 0u);
    cr_expect_eq(store_fixture_files(&f, "blobs"), 0u);
}
