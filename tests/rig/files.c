/* SPDX-License-Identifier: MIT */
#include "rig/files.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "base/clock.h"

#define AWAIT_MS 20000

void files_path(char out[FILES_PATH_MAX], const char *format, ...)
{
    va_list ap;
    int n;

    va_start(ap, format);
    n = vsnprintf(out, FILES_PATH_MAX, format, ap);
    va_end(ap);
    cr_assert(n > 0 && n < FILES_PATH_MAX, "%s: too long", out);
}

void files_make_directory(char path[FILES_PATH_MAX])
{
    const char *parent = getenv("TMPDIR");

    files_path(path, "%s/visage-e2e.XXXXXX", parent && *parent == '/' ? parent : "/tmp");
    cr_assert_not_null(mkdtemp(path), "%s: %s", path, strerror(errno));
    /* Some servers drop root for another user. */
    cr_assert_eq(chmod(path, 0755), 0);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
    (void)st;
    (void)type;
    (void)where;
    if (remove(path) != 0 && errno != ENOENT)
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
    return 0;
}

void files_remove_tree(const char *path)
{
    if (getenv("VISAGE_KEEP"))
        fprintf(stderr, "kept: %s\n", path);
    else
        nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void write_all(int fd, const char *bytes, size_t length, const char *path)
{
    while (length > 0) {
        ssize_t n = write(fd, bytes, length);

        if (n < 0 && errno == EINTR)
            continue;
        cr_assert(n > 0, "%s: %s", path, strerror(errno));
        bytes += n;
        length -= (size_t)n;
    }
}

void files_write_bytes(const char *path, const void *bytes, size_t length, mode_t mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);

    cr_assert(fd >= 0, "%s: %s", path, strerror(errno));
    write_all(fd, bytes, length, path);
    cr_assert_eq(fchmod(fd, mode), 0); /* whatever the umask */
    cr_assert_eq(close(fd), 0);
}

void files_write(const char *path, const char *text, mode_t mode)
{
    files_write_bytes(path, text, strlen(text), mode);
}

bool files_read(const char *path, struct buffer *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    char block[65536];
    ssize_t n;

    if (fd < 0)
        return false;
    while ((n = read(fd, block, sizeof block)) > 0)
        cr_assert_eq(buffer_append(out, block, (size_t)n), 0);
    close(fd);
    return n == 0;
}

bool files_await(const char *path)
{
    int64_t until_ms = clock_boot_ms() + AWAIT_MS;

    while (access(path, F_OK) != 0) {
        if (clock_boot_ms() >= until_ms)
            return false;
        clock_sleep_ms(5);
    }
    return true;
}

void files_copy_program(const char *from, const char *to)
{
    struct buffer bytes = {0};
    int fd;

    cr_assert(files_read(from, &bytes), "%s: %s", from, strerror(errno));
    fd = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
    cr_assert(fd >= 0, "%s: %s", to, strerror(errno));
    write_all(fd, bytes.data, bytes.length, to);
    cr_assert_eq(fchmod(fd, 0755), 0);
    cr_assert_eq(close(fd), 0);
    buffer_free(&bytes);
}

/* nftw() passes no context on. */
static unsigned counted_files;
static unsigned long long counted_bytes;

static int count_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
    (void)path;
    (void)where;
    if (type == FTW_F) {
        counted_files++;
        counted_bytes += (unsigned long long)st->st_blocks * 512;
    }
    return 0;
}

unsigned files_count(const char *path)
{
    counted_files = 0;
    nftw(path, count_one, 16, FTW_PHYS);
    return counted_files;
}

unsigned long long files_disk_bytes(const char *path)
{
    counted_bytes = 0;
    nftw(path, count_one, 16, FTW_PHYS);
    return counted_bytes;
}
