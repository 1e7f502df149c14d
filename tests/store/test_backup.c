/* SPDX-License-Identifier: MIT
 *
 * A copy of a store in use is a store: of one moment, with every picture, whoever uploads and deletes.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "store/fixture.h"

static struct store_fixture f;

static void set_up(void)
{
    store_fixture_open(&f);
}

static void tear_down(void)
{
    store_fixture_close(&f);
}

TestSuite(store_backup, .init = set_up, .fini = tear_down, .timeout = 120);

static int put(struct store *store, const char *subject, unsigned seed, uint32_t keep)
{
    return store_fixture_put(store, subject, seed, 500, keep, NULL);
}

static uint32_t keep_one(const char *subject, void *context)
{
    (void)subject;
    (void)context;
    return 1;
}

static struct store *open_copy(const char *directory)
{
    char error[CONFIG_ERROR_MAX];
    struct store *copy;

    cr_assert_eq(store_open(directory, &copy, error), 0, "%s", error);
    return copy;
}

static void in_top(const char *name, char out[PATH_MAX])
{
    snprintf(out, PATH_MAX, "%s/%s", f.top, name);
}

struct reading {
    struct store *store;
    unsigned versions;
};

static int read_back(const char *subject, const struct store_picture *p, void *context)
{
    struct reading *r = context;
    int fd = store_open_blob(r->store, &p->digest);

    cr_assert_geq(fd, 0, "%s is not there", subject);
    cr_assert_eq(store_check_bytes(fd, &p->digest, p->length), 0, "%s", subject);
    close(fd);
    r->versions++;
    return 0;
}

static int note_subject(const char *subject, const struct store_picture *p, void *context)
{
    char (*next)[64] = *(char (**)[64])context;

    (void)p;
    snprintf(*next, sizeof *next, "%s", subject);
    *(char (**)[64])context = next + 1;
    return 0;
}

/* Every version of everybody's; returns how many, and finds as many on record. */
static unsigned read_all(struct store *store)
{
    char subjects[64][64], (*next)[64] = subjects;
    struct reading reading = {.store = store};
    struct store_stats stats;
    struct digest last;
    bool done;

    cr_assert_eq(store_walk(store, NULL, 64, note_subject, &next, &last, &done), 0);
    cr_assert(done);
    for (char (*s)[64] = subjects; s < next; s++)
        cr_assert_eq(store_history(store, *s, read_back, &reading), 0);
    cr_assert_eq(store_stats(store, &stats), 0);
    cr_expect_eq(reading.versions, stats.versions);
    return reading.versions;
}

Test(store_backup, has_every_version_and_can_be_used_at_once)
{
    struct store_copied copied;
    char path[PATH_MAX];
    struct store *copy;

    for (unsigned seed = 1; seed <= 3; seed++)
        cr_assert_eq(put(f.store, "users/ada", seed, 3), 0);
    cr_assert_eq(put(f.store, "users/bob", 1, 1), 0);
    in_top("copy", path);
    cr_assert_eq(store_backup(f.store, path, NULL, &copied), 0);
    cr_expect_eq(copied.linked, 3u);
    cr_expect_eq(copied.copied, 0u);
    copy = open_copy(path);
    cr_expect_eq(read_all(copy), 4u);
    cr_expect(store_fixture_has(copy, "users/ada", 3, 500));
    /* The two go their own ways. */
    cr_assert_eq(put(copy, "users/eve", 9, 1), 0);
    cr_assert_eq(store_delete(copy, "users/ada", NULL, NULL), 0);
    cr_expect_eq(read_all(f.store), 4u);
    cr_assert_eq(store_delete(f.store, "users/bob", NULL, NULL), 0);
    cr_expect_eq(read_all(copy), 2u);
    store_close(&copy);
}

Test(store_backup, goes_into_an_empty_directory_and_into_no_other)
{
    struct store_copied copied;
    char path[PATH_MAX];

    cr_assert_eq(put(f.store, "users/ada", 1, 1), 0);
    in_top("empty", path);
    cr_assert_eq(mkdir(path, 0700), 0);
    cr_expect_eq(store_backup(f.store, path, NULL, &copied), 0);
    cr_expect_eq(store_backup(f.store, path, NULL, &copied), -ENOTEMPTY);
    cr_expect_eq(store_backup(f.store, f.directory, NULL, &copied), -ENOTEMPTY);
    in_top("none/copy", path);
    cr_expect_eq(store_backup(f.store, path, NULL, &copied), -ENOENT);
    cr_expect(store_fixture_has(f.store, "users/ada", 1, 500));
}

Test(store_backup, is_copied_where_it_cannot_be_linked)
{
    char other[] = "/dev/shm/visage-backup-XXXXXX", path[PATH_MAX];
    struct store_copied copied;
    struct stat here, there;
    struct store *copy;

    if (!mkdtemp(other))
        cr_skip_test("no /dev/shm");
    cr_assert_eq(stat(f.top, &here), 0);
    cr_assert_eq(stat(other, &there), 0);
    rmdir(other);
    if (here.st_dev == there.st_dev)
        cr_skip_test("it is the same disk");
    for (unsigned seed = 1; seed <= 5; seed++)
        cr_assert_eq(put(f.store, "users/ada", seed, 9), 0);
    snprintf(path, sizeof path, "%s", other);
    cr_assert_eq(store_backup(f.store, path, NULL, &copied), 0);
    cr_expect_eq(copied.linked, 0u);
    cr_expect_eq(copied.copied, 5u);
    copy = open_copy(path);
    cr_expect_eq(read_all(copy), 5u);
    cr_expect_eq(store_sweep(copy), 0, "nothing more");
    store_close(&copy);
    store_fixture_remove(path);
}

Test(store_backup, no_change_waits_for_its_end_and_what_is_to_be_unlinked_goes_then)
{
    struct store_removed removed;
    struct store_picture p;
    uint64_t versions;
    int held;

    for (unsigned seed = 1; seed <= 2; seed++) {
        cr_assert_eq(put(f.store, "users/ada", seed, 2), 0);
        cr_assert_eq(put(f.store, "users/bob", 10 + seed, 2), 0);
    }
    cr_expect_eq(store_settle(f.store, 0), 0);
    held = store_fixture_hold(&f);
    cr_expect_eq(store_settle(f.store, 0), 0, "nothing is to be unlinked");
    cr_expect_eq(store_delete(f.store, "users/ada", NULL, &removed), 0);
    cr_expect_eq(removed.blobs, 2u);
    cr_expect_eq(put(f.store, "users/bob", 13, 2), 0);
    cr_expect_eq(store_trim_all(f.store, keep_one, NULL, &versions), 0);
    cr_expect_eq(versions, 1u);
    store_fixture_reopen(&f);
    cr_expect_geq(store_sweep(f.store), 0);
    cr_expect_eq(store_find(f.store, "users/ada", &p), -ENOENT);
    cr_expect_eq(store_settle(f.store, 0), -EAGAIN);
    cr_expect_eq(store_settle(f.store, 20), -EAGAIN);
    cr_expect_eq(store_fixture_files(&f, "blobs"), 5u);
    close(held);
    cr_expect_eq(store_settle(f.store, 0), 0);
    cr_expect_eq(store_fixture_files(&f, "blobs"), 1u);
    cr_expect(store_fixture_has(f.store, "users/bob", 13, 500));
}

static void *complete_soon(void *held)
{
    const struct timespec a_moment = {.tv_nsec = 30000000};

    nanosleep(&a_moment, NULL);
    close(*(int *)held);
    return NULL;
}

Test(store_backup, who_waits_for_its_end_is_told_when_it_has_come)
{
    pthread_t thread;
    int held;

    cr_assert_eq(put(f.store, "users/ada", 1, 1), 0);
    held = store_fixture_hold(&f);
    cr_assert_eq(store_delete(f.store, "users/ada", NULL, NULL), 0);
    cr_assert_eq(pthread_create(&thread, NULL, complete_soon, &held), 0);
    cr_expect_eq(store_settle(f.store, 60000), 0);
    cr_expect_eq(store_fixture_files(&f, "blobs"), 0u);
    cr_assert_eq(pthread_join(thread, NULL), 0);
}

enum { WRITERS = 3, SUBJECTS = 6, BACKUPS = 12 };

static _Noreturn void be_busy(unsigned seed)
{
    char error[CONFIG_ERROR_MAX], subject[32];
    struct store *store;

    if (store_open(f.directory, &store, error) != 0)
        _exit(1);
    for (;;) {
        seed = seed * 1103515245u + 12345u;
        snprintf(subject, sizeof subject, "users/%u", (seed >> 16) % SUBJECTS);
        if ((seed >> 20) % 5 == 0)
            store_delete(store, subject, NULL, NULL);
        else if (put(store, subject, seed >> 8, 1 + (seed >> 12) % 3) != 0)
            _exit(1);
    }
}

Test(store_backup, is_whole_while_others_upload_and_delete)
{
    const struct timespec a_moment = {.tv_nsec = 20000000};
    pid_t pids[WRITERS];
    char name[16], path[PATH_MAX];

    store_close(&f.store);
    for (unsigned i = 0; i < WRITERS; i++)
        if ((pids[i] = fork()) == 0)
            be_busy(i + 1);
    store_fixture_reopen(&f);
    for (unsigned i = 0; i < BACKUPS; i++) {
        struct store_copied copied;
        struct store *copy;

        nanosleep(&a_moment, NULL);
        snprintf(name, sizeof name, "copy%u", i);
        in_top(name, path);
        cr_assert_eq(store_backup(f.store, path, NULL, &copied), 0);
        copy = open_copy(path);
        cr_assert_geq(store_sweep(copy), 0);
        read_all(copy);
        store_close(&copy);
    }
    for (unsigned i = 0; i < WRITERS; i++) {
        int status;

        cr_expect_eq(kill(pids[i], SIGKILL), 0);
        cr_assert_eq(waitpid(pids[i], &status, 0), pids[i]);
        cr_expect(WIFSIGNALED(status), "it failed");
    }
    cr_assert_geq(store_sweep(f.store), 0);
    read_all(f.store);
}

static bool cannot_unlink;

/* This comes before libc's. */
int unlinkat(int directory, const char *name, int flags)
{
    if (cannot_unlink) {
        errno = EIO;
        return -1;
    }
    return (int)syscall(SYS_unlinkat, directory, name, flags);
}

Test(store_backup, is_whole_though_a_file_that_was_deleted_cannot_be_removed)
{
    struct store_copied copied;
    char directory[PATH_MAX];
    struct store *copy;

    in_top("copy", directory);
    cr_assert_eq(put(f.store, "users/ada", 1, 1), 0);
    cr_assert_eq(put(f.store, "users/bob", 2, 1), 0);
    cannot_unlink = true;
    cr_assert_eq(store_delete(f.store, "users/ada", NULL, NULL), 0);
    cr_expect_eq(store_settle(f.store, 0), -EIO);
    cr_assert_eq(store_backup(f.store, directory, NULL, &copied), 0);
    cannot_unlink = false;
    copy = open_copy(directory);
    cr_expect(store_fixture_has(copy, "users/bob", 2, 500));
    store_close(&copy);
}
