/* SPDX-License-Identifier: MIT */
#include "cache/publish_root.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROOT_MODE 0755
#define TRIAL PUBLISH_ROOT_MARKER "-link"

#define WRONG(why, rc, ...) (snprintf(why, PUBLISH_ROOT_WHY_MAX, __VA_ARGS__), rc)

/* ---- where it is ---- */

/* Whether `path` is `directory` or in it. */
static bool is_within(const char *path, const char *directory)
{
    size_t length = strlen(directory);

    return strncmp(path, directory, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

static bool is_same(const char *a, const char *b)
{
    struct stat first, second;

    return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev &&
           first.st_ino == second.st_ino;
}

/* What is moved out of it must not be the cache's own. */
static int check_place(const char *root, const char *state, char why[PUBLISH_ROOT_WHY_MAX])
{
    static const char *const own[] = {"blobs", "tmp", "store"};
    char path[PATH_MAX];

    if (is_within(state, root) || is_same(root, state))
        return WRONG(why, -EINVAL, "the state directory is it, or in it");
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        int n = snprintf(path, sizeof path, "%s/%s", state, own[i]);

        if (n > 0 && (size_t)n < sizeof path && (is_within(root, path) || is_same(root, path)))
            return WRONG(why, -EINVAL, "it is the cache's own %s", own[i]);
    }
    return 0;
}

/* ---- whose it is ---- */

/* The name of something that is not Visage's, or "". */
static int find_foreign(const char *root, char out[NAME_MAX + 1])
{
    DIR *dir = opendir(root);
    struct dirent *entry;

    out[0] = '\0';
    if (!dir)
        return -errno;
    while (!out[0] && (entry = readdir(dir)) != NULL)
        if (entry->d_name[0] != '.')
            snprintf(out, NAME_MAX + 1, "%s", entry->d_name);
    closedir(dir);
    return 0;
}

/* The state directory that the marker names. -ENOENT: there is no marker. */
static int read_marker(const char *path, char owner[PATH_MAX])
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    ssize_t n;

    if (fd < 0)
        return -errno;
    n = read(fd, owner, PATH_MAX - 1);
    close(fd);
    if (n < 0)
        return -EIO;
    owner[n] = '\0';
    owner[strcspn(owner, "\n")] = '\0';
    return 0;
}

static int write_marker(const char *path, const char *state)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644), rc = 0;
    size_t length = strlen(state);

    if (fd < 0)
        return -errno;
    if (write(fd, state, length) != (ssize_t)length)
        rc = -ENOSPC;
    if (close(fd) != 0 && !rc)
        rc = -errno;
    if (rc)
        unlink(path);
    return rc;
}

static int check_owner(const char *root, const char *state, bool claim,
                       char why[PUBLISH_ROOT_WHY_MAX])
{
    char path[PATH_MAX], owner[PATH_MAX], foreign[NAME_MAX + 1];
    int n = snprintf(path, sizeof path, "%s/" PUBLISH_ROOT_MARKER, root), rc;

    if (n < 0 || (size_t)n >= sizeof path)
        return WRONG(why, -ENAMETOOLONG, "its name is too long");
    rc = read_marker(path, owner);
    if (!rc && strcmp(owner, state) == 0)
        return 0;
    if (!rc && owner[0])
        return WRONG(why, -EBUSY, "it belongs to the state directory %.150s; if that is not in use any "
                     "more, empty it and remove its file " PUBLISH_ROOT_MARKER, owner);
    if (rc && rc != -ENOENT)
        return WRONG(why, rc, "its file " PUBLISH_ROOT_MARKER ": %s", strerror(-rc));
    rc = find_foreign(root, foreign);
    if (rc)
        return WRONG(why, rc, "%s", strerror(-rc));
    if (foreign[0])
        return WRONG(why, -ENOTEMPTY, "it holds %.100s, which is not Visage's: name an empty directory",
                     foreign);
    rc = claim ? write_marker(path, state) : 0;
    return rc ? WRONG(why, rc, "its file " PUBLISH_ROOT_MARKER " cannot be written: %s",
                      strerror(-rc))
              : 0;
}

/* ---- whether links lead there ---- */

/* Two mounts of one file system do not let links through either, so it is tried. */
static int try_link(const char *root, const char *state, char why[PUBLISH_ROOT_WHY_MAX])
{
    char from[PATH_MAX], to[PATH_MAX];
    int n = snprintf(from, sizeof from, "%s/locks", state), rc = 0;
    int m = snprintf(to, sizeof to, "%s/" TRIAL ".%ld", root, (long)getpid());

    if (n < 0 || (size_t)n >= sizeof from || m < 0 || (size_t)m >= sizeof to ||
        access(from, F_OK) != 0)
        return 0; /* nothing is there yet to try it with */
    unlink(to);
    if (link(from, to) != 0)
        rc = -errno;
    unlink(to);
    if (rc == -EXDEV)
        return WRONG(why, rc, "it and the state directory are on two file systems, or two mounts of one: "
                     "no link leads from the one to the other");
    return rc ? WRONG(why, rc, "no link can be made in it: %s", strerror(-rc)) : 0;
}

/* ---- */

static int make(const char *root, char why[PUBLISH_ROOT_WHY_MAX])
{
    if (mkdir(root, ROOT_MODE) != 0)
        return errno == EEXIST ? 0 : WRONG(why, -errno, "it cannot be made: %s", strerror(errno));
    if (chmod(root, ROOT_MODE) != 0) /* the umask is for what is not published */
        return WRONG(why, -errno, "%s", strerror(errno));
    return 0;
}

/* The directory that it would be made in. The state directory is made by the first worker. */
static int check_parent(const char *root, const char *state, char why[PUBLISH_ROOT_WHY_MAX])
{
    char parent[PATH_MAX];
    char *slash;

    snprintf(parent, sizeof parent, "%s", root);
    slash = strrchr(parent, '/');
    slash[slash == parent ? 1 : 0] = '\0';
    if (faccessat(AT_FDCWD, parent, W_OK | X_OK, AT_EACCESS) == 0 ||
        (errno == ENOENT && strcmp(parent, state) == 0))
        return 1;
    return WRONG(why, -errno, "it cannot be made in %.150s: %s", parent, strerror(errno));
}

int publish_root_check(const char *root, const char *state, bool claim,
                       char why[PUBLISH_ROOT_WHY_MAX])
{
    struct stat st;
    int rc = check_place(root, state, why);

    if (!rc && claim)
        rc = make(root, why);
    if (rc)
        return rc;
    if (stat(root, &st) != 0)
        return errno == ENOENT ? check_parent(root, state, why)
                               : WRONG(why, -errno, "%s", strerror(errno));
    if (!S_ISDIR(st.st_mode))
        return WRONG(why, -ENOTDIR, "it is not a directory");
    rc = check_owner(root, state, claim, why);
    return rc ? rc : try_link(root, state, why);
}
