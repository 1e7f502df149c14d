/* SPDX-License-Identifier: MIT
 *
 * Uploads that are committed together. That they are on disk then is for test_power to prove.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/fixture.h"

#define MOST 100
#define LENGTH 500u

static struct store_fixture f;

static void set_up(void)
{
    store_fixture_open(&f);
}

static void tear_down(void)
{
    store_fixture_close(&f);
}

TestSuite(store_together, .init = set_up, .fini = tear_down);

static struct store_upload uploads[MOST];
static struct store_picture pictures[MOST];
static struct store_put list[MOST];
static int rcs[MOST];
static size_t count;

static void add(const char *subject, unsigned seed, const struct store_condition *condition)
{
    store_fixture_upload(f.store, seed, LENGTH, &uploads[count], &pictures[count]);
    list[count] = (struct store_put){&uploads[count], subject, &pictures[count], 1, condition};
    rcs[count++] = 1;
}

static void commit_all(void)
{
    store_commit_all(f.store, list, count, rcs);
    count = 0;
}

static bool has(const char *subject, unsigned seed)
{
    return store_fixture_has(f.store, subject, seed, LENGTH);
}

static int put(const char *subject, unsigned seed)
{
    return store_fixture_put(f.store, subject, seed, LENGTH, 1, NULL);
}

static void expect_files(unsigned blobs)
{
    struct store_stats stats;

    cr_assert_eq(store_stats(f.store, &stats), 0);
    cr_expect_eq(stats.blobs, blobs);
    cr_expect_eq(stats.bytes, (uint64_t)blobs * LENGTH);
    cr_expect_eq(store_fixture_files(&f, "blobs"), blobs);
    cr_expect_eq(store_fixture_files(&f, "tmp"), 0u);
}

Test(store_together, each_is_there_with_what_is_known_of_it)
{
    static char subjects[MOST][32];
    struct store_picture found;

    for (unsigned i = 0; i < MOST; i++) {
        snprintf(subjects[i], sizeof subjects[i], "users/%u", i);
        add(subjects[i], i + 1, NULL);
    }
    commit_all();
    for (unsigned i = 0; i < MOST; i++) {
        cr_expect_eq(rcs[i], 0);
        cr_expect(has(subjects[i], i + 1));
        cr_assert_eq(store_find(f.store, subjects[i], &found), 0);
        cr_expect_eq(found.uploaded_ms, 1001 + (int64_t)i);
        cr_expect_eq(found.sequence, i + 1u);
        cr_expect_eq(pictures[i].sequence, i + 1u);
    }
    expect_files(MOST);
}

Test(store_together, they_come_one_after_the_other)
{
    add("users/ada", 1, NULL);
    add("users/bob", 1, NULL); /* the same bytes */
    add("users/ada", 2, NULL);
    add("users/ada", 3, NULL);
    commit_all();
    for (unsigned i = 0; i < 4; i++)
        cr_expect_eq(rcs[i], 0);
    cr_expect(has("users/ada", 3));
    cr_expect(has("users/bob", 1));
    expect_files(2);
}

Test(store_together, a_condition_that_does_not_hold_is_against_its_own_alone)
{
    const struct store_condition absent = {STORE_IF_ABSENT, {{0}}};

    cr_assert_eq(put("users/bob", 1), 0);
    add("users/ada", 2, &absent);
    add("users/bob", 3, &absent);
    add("users/eve", 4, &absent);
    add("users/eve", 5, &absent); /* the one before is there then */
    commit_all();
    cr_expect_eq(rcs[0], 0);
    cr_expect_eq(rcs[1], -ECANCELED);
    cr_expect_eq(rcs[2], 0);
    cr_expect_eq(rcs[3], -ECANCELED);
    cr_expect(has("users/ada", 2));
    cr_expect(has("users/bob", 1));
    cr_expect(has("users/eve", 4));
    expect_files(3);
    add("users/bob", 6, &absent);
    add("users/eve", 7, &absent);
    commit_all();
    cr_expect_eq(rcs[0], -ECANCELED);
    cr_expect_eq(rcs[1], -ECANCELED);
    expect_files(3);
}

/* A file where the directory of its blob is to be. */
static void block(unsigned seed)
{
    struct digest digest = store_fixture_digest(seed, LENGTH);
    char path[PATH_MAX];
    int fd;

    snprintf(path, sizeof path, "%s/blobs/%02x", f.directory, digest.bytes[0]);
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    cr_assert_geq(fd, 0, "%s: %s", path, strerror(errno));
    close(fd);
}

Test(store_together, a_file_that_cannot_be_linked_is_against_its_own_alone)
{
    block(2);
    add("users/ada", 1, NULL);
    add("users/bob", 2, NULL);
    add("users/eve", 3, NULL);
    commit_all();
    cr_expect_eq(rcs[0], 0);
    cr_expect_eq(rcs[1], -ENOTDIR);
    cr_expect_eq(rcs[2], 0);
    cr_expect(has("users/ada", 1));
    cr_expect_not(has("users/bob", 2));
    cr_expect(has("users/eve", 3));
    cr_expect_eq(store_fixture_files(&f, "tmp"), 0u);
}

/* Removes what nobody uses as fast as it can, until it is killed. */
static void sweep(volatile unsigned *swept)
{
    char error[CONFIG_ERROR_MAX];
    struct store *store;
    int n = store_open(f.directory, &store, error);

    while (n >= 0) {
        n = store_sweep(store);
        *swept += n > 0;
    }
    _exit(1);
}

Test(store_together, files_that_are_swept_from_under_them_are_linked_again, .timeout = 120)
{
    volatile unsigned *swept = mmap(NULL, sizeof *swept, PROT_READ | PROT_WRITE,
                                    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    char subjects[8][32];
    pid_t pid;

    cr_assert_neq(swept, MAP_FAILED);
    store_close(&f.store);
    pid = fork();
    if (pid == 0)
        sweep(swept);
    store_fixture_reopen(&f);
    for (unsigned round = 0; round < 20 || *swept < 3; round++) {
        for (unsigned i = 0; i < 8; i++) {
            snprintf(subjects[i], sizeof subjects[i], "users/%u-%u", round, i);
            add(subjects[i], round * 8 + i + 1, NULL);
        }
        commit_all();
        for (unsigned i = 0; i < 8; i++) {
            cr_assert_eq(rcs[i], 0, "%s", strerror(-rcs[i]));
            cr_assert(has(subjects[i], round * 8 + i + 1));
        }
    }
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    munmap((void *)(uintptr_t)swept, sizeof *swept);
}

/* ---- a journal that has been given up ---- */

static const char *broken; /* below this directory of the store nothing can be synced by itself */

static bool is_broken(int fd)
{
    char name[64], path[PATH_MAX], wanted[PATH_MAX];
    ssize_t n;

    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    n = readlink(name, path, sizeof path - 1);
    if (n < 0)
        return true;
    path[n] = '\0';
    snprintf(wanted, sizeof wanted, "%s/%s/", f.directory, broken);
    return strncmp(path, wanted, strlen(wanted)) == 0;
}

/* These come before libc's. */
int fsync(int fd)
{
    if (broken && is_broken(fd)) {
        errno = EIO;
        return -1;
    }
    return (int)syscall(SYS_fsync, fd);
}

int syncfs(int fd)
{
    return broken ? 0 : (int)syscall(SYS_syncfs, fd);
}

int fstatfs(int fd, struct statfs *out)
{
    int rc = (int)syscall(SYS_fstatfs, fd, out);

    if (rc == 0 && broken)
        out->f_type = EXT4_SUPER_MAGIC;
    return rc;
}

static void expect_none_with(const char *directory)
{
    static char subjects[20][32];
    struct store_picture found;

    broken = directory;
    for (unsigned i = 0; i < 20; i++) {
        snprintf(subjects[i], sizeof subjects[i], "users/%u", i);
        add(subjects[i], i + 1, NULL);
    }
    commit_all();
    broken = NULL;
    for (unsigned i = 0; i < 20; i++) {
        cr_expect_eq(rcs[i], -EIO, "%u: %d", i, rcs[i]);
        cr_expect_eq(store_find(f.store, subjects[i], &found), -ENOENT);
    }
    expect_files(0);
    cr_expect_eq(put("users/ada", 1), 0);
}

Test(store_together, none_is_taken_where_files_cannot_be_synced_though_all_of_the_disk_can)
{
    expect_none_with("tmp");
}

Test(store_together, none_is_taken_where_names_cannot_be_synced_though_all_of_the_disk_can)
{
    expect_none_with("blobs");
}

/* ---- purges that are owed ---- */

static int note_purge(const char *subject, void *context)
{
    char *all = context;

    strcat(strcat(all, subject), " ");
    return 0;
}

/* In no order. */
static bool owed(const char *all, const char *subject)
{
    return strstr(all, subject);
}

Test(store_together, each_owes_a_purge_until_its_own_is_said_to_be_done)
{
    char all[256] = "";

    add("users/ada", 1, NULL);
    add("users/bob", 2, NULL);
    add("users/eve", 3, NULL);
    add("users/eve", 4, NULL);
    add("users/joe", 5, NULL);
    commit_all();
    store_purged(f.store, "users/bob");
    store_purged(f.store, "users/eve");
    cr_assert_eq(put("users/kim", 6), 0); /* takes them off the record */
    store_purged(f.store, "users/joe");   /* not of the last change any more */
    store_fixture_reopen(&f);
    cr_assert_eq(store_purge_owed(f.store, UINT64_MAX, note_purge, all), 0);
    cr_expect(owed(all, "users/ada "));
    cr_expect(owed(all, "users/joe "));
    cr_expect(owed(all, "users/kim "));
    cr_expect_eq(strlen(all), 3 * strlen("users/ada "), "%s", all);
}

Test(store_together, what_was_purged_does_not_stand_for_what_comes_with_others)
{
    char all[256] = "";

    add("users/ada", 1, NULL);
    add("users/bob", 2, NULL);
    commit_all();
    store_purged(f.store, "users/ada");
    store_purged(f.store, "users/bob");
    add("users/bob", 3, NULL);
    add("users/eve", 4, NULL);
    commit_all();
    store_purged(f.store, "users/eve");
    store_fixture_reopen(&f);
    cr_assert_eq(store_purge_owed(f.store, UINT64_MAX, note_purge, all), 0);
    cr_expect_str_eq(all, "users/bob ");
}
