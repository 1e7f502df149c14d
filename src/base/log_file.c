/* SPDX-License-Identifier: MIT */
#include "base/log_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"

#define LOOK_MS 1000

static int file = -1;
static char *path;
static dev_t device; /* of the open file */
static ino_t inode;
static int64_t looked_ms;

/* Links are followed: the path is the administrator's own, and logs are moved to another disk
 * that way. A pipe that nobody reads must not hold us, neither here nor when it is full. */
static int open_now(const char *name, struct stat *st)
{
    mode_t old = umask(0027);
    int fd = open(name, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0640);
    int rc = fd < 0 ? -errno : 0;

    umask(old);
    if (!rc && fstat(fd, st) != 0) {
        rc = -errno;
        close(fd);
    }
    return rc ? rc : fd;
}

static void adopt(int fd, const struct stat *st)
{
    if (file >= 0)
        close(file);
    file = fd;
    device = st->st_dev;
    inode = st->st_ino;
}

int log_file_open(const char *name)
{
    char *copy = strdup(name);
    struct stat st;
    int fd = copy ? open_now(copy, &st) : -ENOMEM;

    if (fd < 0) {
        free(copy);
        return fd;
    }
    adopt(fd, &st);
    free(path);
    path = copy;
    looked_ms = clock_boot_ms();
    return 0;
}

static void follow_path(void)
{
    int64_t now_ms = clock_boot_ms();
    struct stat st;
    int fd;

    if (now_ms - looked_ms < LOOK_MS)
        return;
    looked_ms = now_ms;
    if (stat(path, &st) == 0 && st.st_dev == device && st.st_ino == inode)
        return;
    fd = open_now(path, &st);
    if (fd >= 0)
        adopt(fd, &st);
}

void log_file_write(const char *bytes, size_t length)
{
    if (file < 0)
        return;
    follow_path();
    /* A full disk must not stop a request. */
    if (write(file, bytes, length) < 0)
        return;
}

void log_file_close(void)
{
    if (file >= 0)
        close(file);
    file = -1;
    free(path);
    path = NULL;
}
