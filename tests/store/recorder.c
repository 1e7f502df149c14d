/* SPDX-License-Identifier: MIT
 *
 * Stands between a program with its libraries and libc: functions of the program itself are found
 * first. The kernel is called directly, and nothing is kept between calls but the number of steps,
 * so that it does not matter how early they come. Offsets are of 64 bits, so this is for machines of
 * 64 bits. What would go past it shows itself: the tests compare what the record says with what is
 * there.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "store/record.h"

/* ---- what is watched ---- */

static const char *variable(const char *name)
{
    const char *value = getenv(name);

    return value && *value ? value : NULL;
}

/* The lock file of LMDB means nothing to who opens it first. */
static bool is_watched(const char *path)
{
    const char *root = variable(RECORD_FILE) ? variable(RECORD_ROOT) : NULL;
    size_t length = root ? strlen(root) : 0, end = strlen(path);

    return root && strncmp(path, root, length) == 0 &&
           (path[length] == '\0' || path[length] == '/') &&
           !(end > 5 && strcmp(path + end - 5, "-lock") == 0);
}

static bool path_of(int fd, char out[PATH_MAX])
{
    char link[64];
    ssize_t n;

    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    n = readlink(link, out, PATH_MAX - 1);
    if (n <= 0)
        return false;
    out[n] = '\0';
    return true;
}

static bool is_watched_fd(int fd)
{
    char path[PATH_MAX];
    int saved = errno;
    bool watched = variable(RECORD_FILE) && path_of(fd, path) && is_watched(path);

    errno = saved;
    return watched;
}

static uint64_t inode_of_fd(int fd)
{
    struct stat st;

    return fstat(fd, &st) == 0 ? st.st_ino : 0;
}

/* A name in a directory. */
struct place {
    bool watched;
    bool there;
    uint64_t directory, inode;
    char name[NAME_MAX + 1];
};

static struct place place_of(int at, const char *path)
{
    char whole[2 * PATH_MAX] = "", *slash;
    struct place p = {.watched = false};
    int saved = errno;
    struct stat st;

    if (!variable(RECORD_FILE))
        return p;
    if (path[0] != '/') {
        if (at == AT_FDCWD || !path_of(at, whole))
            return p;
        strcat(whole, "/");
    }
    strncat(whole, path, PATH_MAX - 1);
    slash = strrchr(whole, '/');
    if (is_watched(whole) && slash && strlen(slash + 1) <= NAME_MAX) {
        p.watched = true;
        p.there = lstat(whole, &st) == 0;
        p.inode = p.there ? st.st_ino : 0;
        strcpy(p.name, slash + 1);
        *slash = '\0';
        p.directory = stat(whole, &st) == 0 ? st.st_ino : 0;
    }
    errno = saved;
    return p;
}

/* ---- the record ---- */

static void put(enum record_kind kind, uint64_t inode, uint64_t target, uint64_t offset,
                const void *bytes, size_t size)
{
    struct record head = {(uint32_t)kind, (uint32_t)size, inode, target, offset};
    const struct iovec parts[2] = {{&head, sizeof head}, {(void *)(uintptr_t)bytes, size}};
    int saved = errno;
    long fd = syscall(SYS_openat, AT_FDCWD, variable(RECORD_FILE),
                      O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);

    if (fd < 0 || syscall(SYS_writev, fd, parts, 2) != (long)(sizeof head + size))
        abort();
    syscall(SYS_close, fd);
    errno = saved;
}

void recorder_mark(const char *text)
{
    if (variable(RECORD_FILE))
        put(RECORD_MARK, 0, 0, 0, text, strlen(text));
}

static void put_other(const char *what)
{
    put(RECORD_OTHER, 0, 0, 0, what, strlen(what));
}

/* ---- steps ---- */

enum step { OPENS, WRITES, NAMES, SYNCS };

static unsigned long steps;

static bool is_now(const char *name)
{
    const char *value = variable(name);

    return value && strtoul(value, NULL, 10) == steps;
}

/* Whether the step is to be taken; else errno says why not. */
static bool step(enum step kind)
{
    const char *error = variable(RECORD_ERRNO);

    if (variable(RECORD_ONLY) && kind != WRITES)
        return true;
    steps++;
    if (is_now(RECORD_KILL))
        raise(SIGKILL);
    if (!is_now(RECORD_FAIL))
        return true;
    recorder_mark("fault");
    errno = error ? atoi(error) : kind == SYNCS ? EIO : kind == OPENS ? EMFILE : ENOSPC;
    return false;
}

/* ---- opening ---- */

static int open_recorded(int at, const char *path, int flags, mode_t mode)
{
    struct place p = place_of(at, path);
    int fd;

    if (p.watched && !step(OPENS))
        return -1;
    fd = (int)syscall(SYS_openat, at, path, flags, mode);
    if (fd < 0 || !p.watched)
        return fd;
    if ((flags & O_CREAT) && !p.there)
        put(RECORD_CREATE, p.directory, inode_of_fd(fd), 0, p.name, strlen(p.name));
    else if (flags & O_TRUNC)
        put_other("O_TRUNC");
    return fd;
}

static mode_t mode_of(int flags, va_list more)
{
    return flags & O_CREAT ? (mode_t)va_arg(more, unsigned) : 0;
}

int open(const char *path, int flags, ...)
{
    va_list more;
    int fd;

    va_start(more, flags);
    fd = open_recorded(AT_FDCWD, path, flags, mode_of(flags, more));
    va_end(more);
    return fd;
}

int openat(int at, const char *path, int flags, ...)
{
    va_list more;
    int fd;

    va_start(more, flags);
    fd = open_recorded(at, path, flags, mode_of(flags, more));
    va_end(more);
    return fd;
}

int open64(const char *path, int flags, ...) __attribute__((alias("open")));
int openat64(int at, const char *path, int flags, ...) __attribute__((alias("openat")));

/* ---- bytes ---- */

/* Through O_DSYNC a write is two steps: it is there for all to see, then it is on disk. */
static ssize_t sync_written(int fd, uint64_t offset, ssize_t n)
{
    if (!(fcntl(fd, F_GETFL) & O_DSYNC))
        return n;
    if (!step(SYNCS))
        return -1;
    put(RECORD_SYNC_RANGE, inode_of_fd(fd), (uint64_t)n, offset, NULL, 0);
    return n;
}

static ssize_t written(int fd, const struct iovec *parts, int count, uint64_t offset, ssize_t n)
{
    ssize_t left = n;
    uint64_t at = offset;

    for (int i = 0; i < count && left > 0; i++) {
        size_t size = parts[i].iov_len < (size_t)left ? parts[i].iov_len : (size_t)left;

        put(RECORD_WRITE, inode_of_fd(fd), 0, at, parts[i].iov_base, size);
        at += size;
        left -= (ssize_t)size;
    }
    return n > 0 ? sync_written(fd, offset, n) : n;
}

ssize_t write(int fd, const void *bytes, size_t size)
{
    const struct iovec part = {(void *)(uintptr_t)bytes, size};

    return writev(fd, &part, 1);
}

ssize_t writev(int fd, const struct iovec *parts, int count)
{
    off_t offset;

    if (!is_watched_fd(fd))
        return syscall(SYS_writev, fd, parts, count);
    offset = lseek(fd, 0, SEEK_CUR);
    if (!step(WRITES))
        return -1;
    return written(fd, parts, count, (uint64_t)offset, syscall(SYS_writev, fd, parts, count));
}

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t offset)
{
    bool watched = is_watched_fd(fd);
    ssize_t n;

    if (watched && !step(WRITES))
        return -1;
    n = syscall(SYS_pwritev, fd, parts, count, (long)offset, 0L);
    return watched ? written(fd, parts, count, (uint64_t)offset, n) : n;
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t offset)
{
    const struct iovec part = {(void *)(uintptr_t)bytes, size};

    return pwritev(fd, &part, 1, offset);
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t offset)
    __attribute__((alias("pwrite")));
ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t offset)
    __attribute__((alias("pwritev")));

/* The model of a disk has no use for these: nothing that is recorded should do them. */
int ftruncate(int fd, off_t length)
{
    if (is_watched_fd(fd))
        put_other("ftruncate");
    return (int)syscall(SYS_ftruncate, fd, length);
}

int posix_fallocate(int fd, off_t offset, off_t length)
{
    if (is_watched_fd(fd))
        put_other("posix_fallocate");
    return syscall(SYS_fallocate, fd, 0, offset, length) == 0 ? 0 : errno;
}

/* ---- names ---- */

int mkdirat(int at, const char *path, mode_t mode)
{
    struct place p = place_of(at, path);

    if (p.watched && !step(NAMES))
        return -1;
    if (syscall(SYS_mkdirat, at, path, mode) != 0)
        return -1;
    if (p.watched)
        put(RECORD_MKDIR, p.directory, place_of(at, path).inode, 0, p.name, strlen(p.name));
    return 0;
}

int mkdir(const char *path, mode_t mode)
{
    return mkdirat(AT_FDCWD, path, mode);
}

int linkat(int from, const char *old, int to, const char *new, int flags)
{
    struct place source = place_of(from, old), p = place_of(to, new);

    if (p.watched && !step(NAMES))
        return -1;
    if (syscall(SYS_linkat, from, old, to, new, flags) != 0)
        return -1;
    if (p.watched)
        put(RECORD_LINK, p.directory, source.inode, 0, p.name, strlen(p.name));
    return 0;
}

int link(const char *old, const char *new)
{
    return linkat(AT_FDCWD, old, AT_FDCWD, new, 0);
}

int renameat(int from, const char *old, int to, const char *new)
{
    struct place source = place_of(from, old), p = place_of(to, new);
    char names[2 * NAME_MAX + 2];
    int n = snprintf(names, sizeof names, "%s/%s", p.name, source.name);

    if (p.watched && !step(NAMES))
        return -1;
    if (syscall(SYS_renameat2, from, old, to, new, 0) != 0)
        return -1;
    if (p.watched)
        put(RECORD_RENAME, p.directory, source.inode, source.directory, names, (size_t)n);
    return 0;
}

int rename(const char *old, const char *new)
{
    return renameat(AT_FDCWD, old, AT_FDCWD, new);
}

int unlinkat(int at, const char *path, int flags)
{
    struct place p = place_of(at, path);

    if (p.watched && !step(NAMES))
        return -1;
    if (syscall(SYS_unlinkat, at, path, flags) != 0)
        return -1;
    if (p.watched)
        put(RECORD_UNLINK, p.directory, p.inode, 0, p.name, strlen(p.name));
    return 0;
}

int unlink(const char *path)
{
    return unlinkat(AT_FDCWD, path, 0);
}

/* ---- syncing ---- */

static int sync_recorded(long call, int fd)
{
    bool watched = is_watched_fd(fd);

    if (watched && !step(SYNCS))
        return -1;
    if (syscall(call, fd) != 0)
        return -1;
    if (watched)
        put(RECORD_SYNC, inode_of_fd(fd), 0, 0, NULL, 0);
    return 0;
}

int fsync(int fd)
{
    return sync_recorded(SYS_fsync, fd);
}

int fdatasync(int fd)
{
    return sync_recorded(SYS_fdatasync, fd);
}

int syncfs(int fd)
{
    bool watched = is_watched_fd(fd);

    if (watched && !step(SYNCS))
        return -1;
    if (syscall(SYS_syncfs, fd) != 0)
        return -1;
    if (watched)
        put(RECORD_SYNC_ALL, 0, 0, 0, NULL, 0);
    return 0;
}

/* Promises nothing, but can fail. */
int sync_file_range(int fd, off64_t offset, off64_t length, unsigned flags)
{
    if (is_watched_fd(fd) && !step(SYNCS))
        return -1;
    return (int)syscall(SYS_sync_file_range, fd, offset, length, flags);
}

int fstatfs(int fd, struct statfs *out)
{
    int rc = (int)syscall(SYS_fstatfs, fd, out);

    if (rc == 0 && variable(RECORD_STRANGE))
        out->f_type = 0;
    return rc;
}

int fstatfs64(int fd, struct statfs64 *out) __attribute__((alias("fstatfs")));
