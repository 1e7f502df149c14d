/* SPDX-License-Identifier: MIT */
#include "ctl/backup_place.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define DESCRIPTORS 16 /* for nftw() */
#define RECORDS "store.mdb"

/* In this order: without records it is no store. */
static const char *const parts[] = {"tmp", "blobs", RECORDS};
#define PARTS (sizeof parts / sizeof *parts)

#define PART_MAX 16
#define PATH_SIZE (PATH_MAX + sizeof BACKUP_PLACE_NAME + PART_MAX)

static void path_in(const char *directory, const char *name, char out[PATH_SIZE])
{
    snprintf(out, PATH_SIZE, "%s/%s", directory, name);
}

/* ---- removing ---- */

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)type;
    return at->level == 0 || remove(path) == 0 || errno == ENOENT ? 0 : -errno;
}

/* All that is in a directory. */
static int empty(const char *path)
{
    int rc = nftw(path, remove_one, DESCRIPTORS, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);

    return rc != -1 ? rc : errno == ENOENT ? 0 : -errno;
}

static int remove_tree(const char *path)
{
    int rc = empty(path);

    return rc || rmdir(path) == 0 || errno == ENOENT ? rc : -errno;
}

/* Whoever was killed may have moved some of it. */
static int remove_remains(const struct backup_place *p)
{
    char path[PATH_SIZE];
    int rc = empty(p->building);

    for (size_t i = 0; i + 1 < PARTS && !rc; i++) {
        path_in(p->directory, parts[i], path);
        rc = remove_tree(path);
    }
    return rc;
}

/* ---- beginning ---- */

static bool is_one_of_its(const char *name, bool begun)
{
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || strcmp(name, BACKUP_PLACE_NAME) == 0)
        return true;
    for (size_t i = 0; i + 1 < PARTS; i++)
        if (begun && strcmp(name, parts[i]) == 0)
            return true;
    return false;
}

/* Nothing is taken for remains that may be anything else. */
static int check_empty(const struct backup_place *p, bool begun)
{
    DIR *directory = opendir(p->directory);
    const struct dirent *entry;
    int rc = 0;

    if (!directory)
        return -errno;
    while (!rc && (errno = 0, entry = readdir(directory)) != NULL)
        rc = is_one_of_its(entry->d_name, begun) ? 0 : -ENOTEMPTY;
    if (!rc && errno)
        rc = -errno;
    closedir(directory);
    return rc;
}

static int take(struct backup_place *p)
{
    struct stat st;

    p->lock = open(p->building, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (p->lock < 0)
        return errno == ENOENT ? -EBUSY : -errno;
    if (flock(p->lock, LOCK_EX | LOCK_NB) != 0)
        return errno == EWOULDBLOCK ? -EBUSY : -errno;
    if (fstat(p->lock, &st) != 0)
        return -errno;
    return st.st_nlink == 0 ? -EBUSY : 0; /* its maker has just ended */
}

static int take_and_clear(struct backup_place *p)
{
    struct stat st;
    bool begun = lstat(p->building, &st) == 0;
    int rc = check_empty(p, begun);

    if (rc)
        return rc;
    if (mkdir(p->building, 0700) != 0 && errno != EEXIST)
        return -errno;
    rc = take(p);
    if (!rc) /* once more: another one may have ended in between */
        rc = check_empty(p, begun);
    if (!rc)
        rc = remove_remains(p);
    if (rc && p->lock >= 0)
        close(p->lock);
    return rc;
}

int backup_place_begin(struct backup_place *p, const char *directory)
{
    int rc;

    *p = (struct backup_place){.lock = -1, .made = mkdir(directory, 0700) == 0};
    if (!p->made && errno != EEXIST)
        return -errno;
    if (!realpath(directory, p->directory))
        return -errno;
    snprintf(p->building, sizeof p->building, "%s/" BACKUP_PLACE_NAME, p->directory);
    rc = take_and_clear(p);
    if (rc && p->made)
        rmdir(p->directory);
    return rc;
}

/* ---- ending ---- */

static int sync_names(const char *directory)
{
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc = 0;

    if (fd < 0)
        return -errno;
    if (fsync(fd) != 0)
        rc = -errno;
    close(fd);
    return rc;
}

static int move(const struct backup_place *p, const char *name)
{
    char from[PATH_SIZE], to[PATH_SIZE];

    path_in(p->building, name, from);
    path_in(p->directory, name, to);
    return rename(from, to) == 0 ? 0 : -errno;
}

int backup_place_commit(struct backup_place *p)
{
    int rc = 0;

    for (size_t i = 0; i < PARTS && !rc; i++) {
        /* Files before what is on record of them, on disk, too. */
        if (strcmp(parts[i], RECORDS) == 0)
            rc = sync_names(p->directory);
        if (!rc)
            rc = move(p, parts[i]);
    }
    if (!rc)
        rc = sync_names(p->directory);
    if (!rc)
        rc = remove_tree(p->building);
    close(p->lock);
    return rc;
}

void backup_place_abort(struct backup_place *p)
{
    if (remove_remains(p) == 0)
        rmdir(p->building);
    if (p->made)
        rmdir(p->directory);
    close(p->lock);
}
