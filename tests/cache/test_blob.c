/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cache/fixture.h"

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

TestSuite(blob, .init = set_up, .fini = tear_down);

Test(blob, is_named_by_its_content)
{
    struct blob_writer w;
    struct digest digest, expected;
    char path[PATH_MAX], bytes[6];
    struct stat st;
    int fd;

    cr_assert_eq(blob_writer_begin(&w, cache_blobs(cache)), 0);
    cr_assert_eq(blob_writer_add(&w, "hel", 3), 0);
    cr_assert_eq(blob_writer_add(&w, "lo", 2), 0);
    cr_assert_eq(blob_writer_finish(&w, &digest), 0);
    cr_assert_eq(w.length, 5);
    cr_assert_eq(blob_writer_commit(&w, &digest), 0);
    cr_assert_eq(digest_of("hello", 5, &expected), 0);
    cr_assert(digest_equal(&digest, &expected));

    snprintf(path, sizeof path,
             "%s/blobs/2c/f24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
             f.directory);
    cr_assert_eq(stat(path, &st), 0);
    cr_assert_eq(st.st_mode & 0777, 0600);
    fd = blob_open(cache_blobs(cache), &digest);
    cr_assert_geq(fd, 0);
    cr_assert_eq(read(fd, bytes, sizeof bytes), 5);
    cr_assert_eq(memcmp(bytes, "hello", 5), 0);
    close(fd);
    cr_assert_eq(fixture_count_files(&f, "tmp", NULL), 0);
    cr_assert_eq(blob_unlink(cache_blobs(cache), &digest), 0);
    cr_assert_eq(blob_unlink(cache_blobs(cache), &digest), 0, "gone already is fine");
    cr_assert_eq(blob_open(cache_blobs(cache), &digest), -ENOENT);
}

Test(blob, abort_leaves_nothing)
{
    struct blob_writer w;

    cr_assert_eq(blob_writer_begin(&w, cache_blobs(cache)), 0);
    cr_assert_eq(blob_writer_add(&w, "x", 1), 0);
    cr_assert_eq(fixture_count_files(&f, "tmp", NULL), 1);
    blob_writer_abort(&w);
    blob_writer_abort(&w);
    cr_assert_eq(fixture_count_files(&f, "tmp", NULL), 0);
}

/* The renderer is not trusted: what it is given cannot be written through. */
Test(blob, the_readers_descriptor_is_read_only)
{
    struct blob_writer w;
    char byte;
    int fd;

    cr_assert_eq(blob_writer_begin(&w, cache_blobs(cache)), 0);
    cr_assert_eq(blob_writer_add(&w, "x", 1), 0);
    fd = blob_writer_open_readonly(&w);
    cr_assert_geq(fd, 0);
    blob_writer_abort(&w);
    cr_assert_lt(write(fd, "y", 1), 0);
    cr_assert_lt(ftruncate(fd, 0), 0);
    cr_assert_eq(pread(fd, &byte, 1, 0), 1, "it outlives the file's name");
    cr_assert_eq(byte, 'x');
    close(fd);
}

static void ignore(int signal)
{
    (void)signal;
}

/* RLIMIT_FSIZE stands in for a full disk: a write past it fails in the same way. It holds for
 * memory files too, so it is lifted again by the first write to one. */
static void limit_file_size(rlim_t bytes)
{
    struct rlimit limit = {.rlim_cur = bytes, .rlim_max = RLIM_INFINITY};

    signal(SIGXFSZ, ignore);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

Test(blob, an_error_that_is_not_the_disks_is_reported)
{
    struct blob_writer w;

    cr_assert_eq(blob_writer_begin(&w, &(struct blob_store){.blobs_fd = -1, .tmp_fd = -1}),
                 -EBADF);
    cr_assert_eq(blob_writer_begin(&w, cache_blobs(cache)), 0);
    close(w.fd);
    w.fd = openat(cache_blobs(cache)->tmp_fd, w.temp, O_RDONLY);
    cr_assert_geq(w.fd, 0);
    cr_assert_eq(blob_writer_add(&w, "x", 1), -EBADF);
    blob_writer_abort(&w);
    cr_assert_eq(fixture_count_files(&f, "tmp", NULL), 0);
}

Test(blob, a_write_past_the_limit_is_an_error_where_memory_has_no_room_either)
{
    struct blob_writer w;
    char bytes[8192] = {0};

    cr_assert_eq(blob_writer_begin(&w, cache_blobs(cache)), 0);
    limit_file_size(4096);
    cr_assert_eq(blob_writer_add(&w, bytes, sizeof bytes), -EFBIG);
    limit_file_size(RLIM_INFINITY);
    blob_writer_abort(&w);
    cr_assert_eq(fixture_count_files(&f, "tmp", NULL), 0);
}

/* A directory that is gone stands for a disk that takes no new file. */
Test(blob, goes_on_in_memory_when_the_disk_takes_nothing)
{
    struct blob_store *store = cache_blobs(cache);
    struct blob_writer w;
    struct digest digest, expected;
    char bytes[3000], back[sizeof bytes];
    int fd;

    if (geteuid() == 0)
        cr_skip_test("permissions do not stop root; the server tests fill a real disk");
    memset(bytes, 'b', sizeof bytes);
    cr_assert_eq(digest_of(bytes, sizeof bytes, &expected), 0);
    cr_assert_eq(fchmod(store->tmp_fd, 0500), 0);
    cr_assert_eq(blob_writer_begin(&w, store), 0);
    cr_assert(w.in_memory);
    cr_assert_eq(blob_writer_add(&w, bytes, sizeof bytes), 0);
    fd = blob_writer_open_readonly(&w);
    cr_assert_geq(fd, 0);
    cr_assert_eq(blob_writer_finish(&w, &digest), 0);
    cr_assert(digest_equal(&digest, &expected));
    cr_assert_eq(blob_writer_commit(&w, &digest), -ENOSPC);
    cr_assert_eq(pread(fd, back, sizeof back, 0), (ssize_t)sizeof back);
    cr_assert_eq(memcmp(back, bytes, sizeof bytes), 0);
    cr_assert_lt(write(fd, "y", 1), 0, "sealed");
    close(fd);
    cr_assert_eq(fchmod(store->tmp_fd, 0700), 0);
}
