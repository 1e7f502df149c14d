/* SPDX-License-Identifier: MIT
 *
 * Renaming and removing are up to a process of their own, the warden: the directory is that of who has
 * called, and root becomes somebody else to read the store. It also outlives a kill -9.
 */
#include "ctl/export_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/write_all.h"

#define BLOCK 65536u
#define TEMPORARY ".visage-export.XXXXXX"

struct place {
    char path[PATH_MAX];
    char temporary[PATH_MAX + sizeof TEMPORARY]; /* beside it */
    size_t directory;                            /* length of its name, with the '/' */
};

/* ---- the warden ---- */

static int sync_directory(struct place *p)
{
    int fd, rc = 0;

    p->path[p->directory] = '\0';
    fd = open(p->directory > 0 ? p->path : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    if (fsync(fd) != 0 && errno != EINVAL) /* some file systems know no such thing */
        rc = -errno;
    close(fd);
    return rc;
}

static void __attribute__((noreturn)) watch(int socket, struct place *p)
{
    ssize_t n;
    char word;
    int rc = -1;

    do
        n = read(socket, &word, 1);
    while (n < 0 && errno == EINTR);
    if (n == 1)
        rc = rename(p->temporary, p->path) == 0 ? 0 : -errno;
    if (rc != 0)
        unlink(p->temporary);
    else
        rc = sync_directory(p);
    if (n == 1)
        send(socket, &rc, sizeof rc, MSG_NOSIGNAL);
    _exit(0);
}

/* Signals are for who writes: the warden ends with that one. */
static pid_t fork_deaf(void)
{
    sigset_t all, before;
    pid_t pid;

    sigfillset(&all);
    if (sigprocmask(SIG_SETMASK, &all, &before) != 0)
        return -1;
    pid = fork();
    if (pid != 0)
        sigprocmask(SIG_SETMASK, &before, NULL);
    return pid;
}

static int start_warden(struct export_file *f, struct place *p)
{
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return -errno;
    f->pid = fork_deaf();
    if (f->pid == 0) {
        close(ends[0]);
        close(f->fd);
        watch(ends[1], p);
    }
    close(ends[1]);
    if (f->pid < 0) {
        int rc = -errno;

        close(ends[0]);
        return rc;
    }
    f->warden = ends[0];
    return 0;
}

static int ask_warden(const struct export_file *f)
{
    ssize_t n = send(f->warden, "", 1, MSG_NOSIGNAL);
    int rc;

    while (n == 1 && (n = recv(f->warden, &rc, sizeof rc, MSG_WAITALL)) < 0 && errno == EINTR)
        n = 1;
    return n == (ssize_t)sizeof rc ? rc : -EIO;
}

/* ---- opening ---- */

/* A link stays one: what it leads to is replaced. */
static int find_place(struct place *p, const char *path, bool exists)
{
    const char *slash;

    if (exists && !realpath(path, p->path))
        return -errno;
    if (!exists && (size_t)snprintf(p->path, sizeof p->path, "%s", path) >= sizeof p->path)
        return -ENAMETOOLONG;
    slash = strrchr(p->path, '/');
    p->directory = slash ? (size_t)(slash - p->path) + 1 : 0;
    memcpy(p->temporary, p->path, p->directory);
    strcpy(p->temporary + p->directory, TEMPORARY);
    return 0;
}

static int open_beside(struct export_file *f, const char *path)
{
    struct place p;
    int rc = find_place(&p, path, f->displaces);

    if (rc)
        return rc;
    f->fd = mkostemp(p.temporary, O_CLOEXEC); /* 0600, for people's pictures are nobody else's */
    if (f->fd < 0)
        return -errno;
    rc = start_warden(f, &p);
    if (rc)
        unlink(p.temporary);
    return rc;
}

static int open_output(struct export_file *f)
{
    f->fd = STDOUT_FILENO;
    f->is_output = true;
    return 0;
}

static bool is_output(const struct stat *st)
{
    struct stat output;

    return fstat(STDOUT_FILENO, &output) == 0 && output.st_dev == st->st_dev &&
           output.st_ino == st->st_ino;
}

static int open_path(struct export_file *f, const char *path)
{
    struct stat st;

    if (strcmp(path, "-") == 0)
        return open_output(f);
    f->displaces = stat(path, &st) == 0;
    if (!f->displaces)
        return errno == ENOENT && *path ? open_beside(f, path) : -errno;
    if (is_output(&st))
        return open_output(f);
    if (S_ISREG(st.st_mode))
        return open_beside(f, path);
    f->fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    return f->fd < 0 ? -errno : 0;
}

int export_file_open(struct export_file *f, const char *path)
{
    *f = (struct export_file){.fd = -1, .warden = -1, .block = malloc(BLOCK)};
    return f->block ? open_path(f, path) : -ENOMEM;
}

/* ---- writing ---- */

static void flush(struct export_file *f)
{
    if (!f->rc && f->used > 0)
        f->rc = write_all(f->fd, f->block, f->used);
    f->used = 0;
}

void export_file_put(struct export_file *f, const char *bytes, size_t length)
{
    while (length > 0 && !f->rc) {
        size_t room = BLOCK - f->used, taken = length < room ? length : room;

        memcpy(f->block + f->used, bytes, taken);
        f->used += taken;
        bytes += taken;
        length -= taken;
        if (f->used == BLOCK)
            flush(f);
    }
}

/* ---- the end ---- */

int export_file_commit(struct export_file *f)
{
    flush(f);
    if (f->warden < 0)
        return f->rc;
    if (!f->rc && fsync(f->fd) != 0)
        f->rc = -errno;
    return f->rc ? f->rc : ask_warden(f);
}

void export_file_close(struct export_file *f)
{
    if (f->warden >= 0) {
        close(f->warden);
        while (waitpid(f->pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    if (f->fd >= 0 && !f->is_output)
        close(f->fd);
    free(f->block);
    *f = (struct export_file){.fd = -1, .warden = -1};
}
