/* SPDX-License-Identifier: MIT
 *
 * A picture as a file whose path is the id. It gets its name when it is whole.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/write_all.h"
#include "ctl/export.h"
#include "ctl/picture_name.h"

#define NAME_SIZE (PICTURE_ID_MAX + 16)
#define BLOCK 65536

/* The next directory on the way; closes the one before. */
static int descend(int from, const char *name)
{
    int fd = -1, rc = 0;

    if (mkdirat(from, name, 0777) == 0 || errno == EEXIST)
        fd = openat(from, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        rc = -errno;
    close(from);
    return rc ? rc : fd;
}

/* Ids were checked when they came, but by a pattern that may have been another one. */
static bool is_name(const char *name)
{
    return name[0] && strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

/* The directory that the file is to be in, with *name its last segment. */
static int open_place(int directory, char *path, const char **name)
{
    int fd = fcntl(directory, F_DUPFD_CLOEXEC, 3);
    char *segment = path, *slash;

    *name = path;
    if (fd < 0)
        return -errno;
    while (fd >= 0 && (slash = strchr(segment, '/')) != NULL) {
        *slash = '\0';
        if (!is_name(segment)) {
            close(fd);
            return -EINVAL;
        }
        fd = descend(fd, segment);
        segment = slash + 1;
    }
    *name = segment;
    return fd;
}

static int copy(int to, int from)
{
    char block[BLOCK];
    ssize_t n = 1;
    int rc = 0;

    while (n > 0 && !rc) {
        n = read(from, block, sizeof block);
        if (n > 0)
            rc = write_all(to, block, (size_t)n);
        else if (n < 0 && errno == EINTR)
            n = 1;
        else if (n < 0)
            rc = -errno;
    }
    return rc;
}

/* When it was uploaded: so it is when it was changed last, wherever it goes from here. */
static int set_time(int fd, int64_t uploaded_ms)
{
    const struct timespec at = {.tv_sec = uploaded_ms / 1000,
                                .tv_nsec = uploaded_ms % 1000 * 1000000};
    const struct timespec times[] = {at, at};

    return uploaded_ms > 0 && futimens(fd, times) != 0 ? -errno : 0;
}

static int write_file(int place, const char *name, int from, int64_t uploaded_ms)
{
    int to, rc;

    if (unlinkat(place, PICTURE_NAME_TEMPORARY, 0) != 0 && errno != ENOENT)
        return -errno;
    to = openat(place, PICTURE_NAME_TEMPORARY, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (to < 0)
        return -errno;
    rc = copy(to, from);
    if (!rc)
        rc = set_time(to, uploaded_ms);
    if (close(to) != 0 && !rc)
        rc = -errno;
    if (!rc && renameat(place, PICTURE_NAME_TEMPORARY, place, name) != 0)
        rc = -errno;
    if (rc)
        unlinkat(place, PICTURE_NAME_TEMPORARY, 0);
    return rc;
}

int export_to_tree(int directory, const char *id, const struct store_picture *p, int fd)
{
    char path[NAME_SIZE];
    const char *name;
    int n = snprintf(path, sizeof path, "%s%s", id, picture_name_extension(p->type)), place, rc;

    if (n < 0 || (size_t)n >= sizeof path)
        return -ENAMETOOLONG;
    place = open_place(directory, path, &name);
    if (place < 0)
        return place;
    rc = is_name(name) ? write_file(place, name, fd, p->uploaded_ms) : -EINVAL;
    close(place);
    return rc;
}
