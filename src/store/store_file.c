/* SPDX-License-Identifier: MIT */
#include "store/store_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/write_all.h"

#define DIRECTORY_MODE 0700
#define FILE_MODE 0600
#define NAME_TRIES 8
#define MADE_LEVELS 2 /* directories that this program makes: the store's in the state directory */
#define PATH_SIZE (DIGEST_HEX_SIZE + 1) /* "ab/" and the rest */
#define SECOND_NAME ".r"                /* of an upload that is to replace a file */

/* ---- directories ---- */

/* A name is on disk when the directory that has it is. One that is found may have been made by
 * somebody who was killed, or has not come to syncing it yet: whoever relies on a name syncs it. */
static int open_directory(int parent, const char *name)
{
    int fd;

    if (mkdirat(parent, name, DIRECTORY_MODE) != 0 && errno != EEXIST)
        return -errno;
    fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

static int sync_directory(int fd)
{
    return fsync(fd) == 0 ? 0 : -errno;
}

int store_directory_sync(const char *directory)
{
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc;

    if (fd < 0)
        return -errno;
    rc = sync_directory(fd);
    close(fd);
    return rc;
}

/* Where a directory cannot be read or written, others have made what is in it. */
static int sync_if_ours(const char *directory)
{
    int rc = store_directory_sync(directory);

    return rc == -EACCES || rc == -EROFS || rc == -EINVAL ? 0 : rc;
}

/* The directory's own name, and that of the one above it: the state directory, which the cache has
 * made. */
static int sync_names_of(const char *directory)
{
    char path[PATH_MAX];
    int rc = 0;

    if (strlen(directory) >= sizeof path)
        return -ENAMETOOLONG;
    strcpy(path, directory);
    for (size_t end = strlen(path); end > 1 && path[end - 1] == '/'; end--)
        path[end - 1] = '\0';
    for (unsigned i = 0; i < MADE_LEVELS && !rc; i++) {
        char *slash = strrchr(path, '/');

        if (!slash)
            return sync_if_ours(".");
        while (slash > path && slash[-1] == '/')
            slash--;
        if (slash == path)
            return sync_if_ours("/");
        *slash = '\0';
        rc = sync_if_ours(path);
    }
    return rc;
}

static int open_top(const char *directory)
{
    int fd, rc;

    if (mkdir(directory, DIRECTORY_MODE) != 0 && errno != EEXIST)
        return -errno;
    rc = sync_names_of(directory);
    if (rc)
        return rc;
    fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

int store_directories_open(const char *directory, struct store_directories *out, const char **what)
{
    int top = open_top(directory), rc = top < 0 ? top : 0;

    *out = (struct store_directories){.blobs_fd = -1, .tmp_fd = -1};
    *what = directory;
    if (!rc) {
        *what = "blobs";
        rc = out->blobs_fd = open_directory(top, "blobs");
    }
    if (rc >= 0) {
        *what = "tmp";
        rc = out->tmp_fd = open_directory(top, "tmp");
    }
    if (top >= 0)
        close(top);
    if (rc < 0)
        store_directories_close(out);
    return rc < 0 ? rc : 0;
}

int store_directories_look(const char *directory, struct store_directories *out)
{
    int top = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc = top < 0 ? -errno : 0;

    *out = (struct store_directories){.blobs_fd = -1, .tmp_fd = -1};
    if (rc)
        return rc;
    out->blobs_fd = openat(top, "blobs", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    rc = out->blobs_fd < 0 ? -errno : 0;
    close(top);
    return rc;
}

void store_directories_close(struct store_directories *d)
{
    if (d->blobs_fd >= 0)
        close(d->blobs_fd);
    if (d->tmp_fd >= 0)
        close(d->tmp_fd);
    *d = (struct store_directories){.blobs_fd = -1, .tmp_fd = -1};
}

/* ---- tmp/ ---- */

/* Open-file-description locks end with the process, however it ends (fcntl(2)). */
static int lock(int fd)
{
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

    return fcntl(fd, F_OFD_SETLK, &whole) == 0 ? 0 : -errno;
}

static int make_once(const struct store_directories *d, char name[STORE_TEMP_SIZE])
{
    struct stat st;
    uint64_t number;
    int fd;

    if (getrandom(&number, sizeof number, 0) != (ssize_t)sizeof number)
        return -EIO;
    snprintf(name, STORE_TEMP_SIZE, "%016" PRIx64, number);
    fd = openat(d->tmp_fd, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, FILE_MODE);
    if (fd < 0)
        return -errno;
    /* Whoever sweeps may have come between the two. */
    if (lock(fd) == 0 && fstat(fd, &st) == 0 && st.st_nlink > 0)
        return fd;
    close(fd);
    return -EEXIST;
}

int store_temp_make(const struct store_directories *d, char name[STORE_TEMP_SIZE])
{
    int fd = -EEXIST;

    for (int i = 0; fd == -EEXIST && i < NAME_TRIES; i++)
        fd = make_once(d, name);
    if (fd < 0)
        name[0] = '\0';
    return fd;
}

static DIR *open_again(int directory)
{
    int fd = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);

    if (fd >= 0 && !dir)
        close(fd);
    return dir;
}

static bool is_abandoned(int directory, const char *name)
{
    int fd = openat(directory, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    bool abandoned = fd >= 0 && lock(fd) == 0;

    /* Unlinked while it is locked: its writer, if there is one, sees that. */
    if (abandoned)
        abandoned = unlinkat(directory, name, 0) == 0;
    if (fd >= 0)
        close(fd);
    return abandoned;
}

int store_temp_sweep(const struct store_directories *d)
{
    DIR *dir = open_again(d->tmp_fd);
    struct dirent *entry;
    int removed = 0;

    if (!dir)
        return -errno;
    while ((entry = readdir(dir)) != NULL)
        if (entry->d_name[0] != '.')
            removed += is_abandoned(d->tmp_fd, entry->d_name);
    closedir(dir);
    return removed;
}

/* ---- blobs/ ---- */

static void path_of(const struct digest *digest, char out[PATH_SIZE])
{
    char hex[DIGEST_HEX_SIZE];

    digest_to_hex(digest, hex);
    snprintf(out, PATH_SIZE, "%.2s/%s", hex, hex + 2);
}

/* blobs/ab, made if there is none. */
static int open_blob_directory(struct store_directories *d, const struct digest *digest,
                               const char name[3])
{
    int fd = open_directory(d->blobs_fd, name);

    if (fd >= 0)
        d->found[digest->bytes[0]] = true;
    return fd;
}

/* Whether what has the name is whole. Returns 1, 0 or a negative errno. */
static int is_sound(int directory, const char *name, const struct digest *digest, uint64_t length)
{
    int fd = openat(directory, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK), rc;

    if (fd < 0)
        return errno == ENOENT ? -EAGAIN : errno == ELOOP ? 0 : -errno;
    rc = store_check_bytes(fd, digest, length);
    close(fd);
    return rc == 0 ? 1 : rc == -EBADMSG || rc == -EIO ? 0 : rc;
}

/* At one blow, by a second name: the first is wanted again if it comes to another try. */
static int replace(const struct store_directories *d, const char *name, int directory,
                   const char *blob)
{
    char second[STORE_TEMP_SIZE + sizeof SECOND_NAME];
    int rc = 0;

    snprintf(second, sizeof second, "%s" SECOND_NAME, name);
    if (linkat(d->tmp_fd, name, d->tmp_fd, second, 0) != 0 && errno != EEXIST)
        return -errno;
    if (renameat(d->tmp_fd, second, directory, blob) != 0) {
        rc = -errno;
        unlinkat(d->tmp_fd, second, 0);
    }
    return rc;
}

int store_blob_link(struct store_directories *d, const char *name, const struct digest *digest,
                    uint64_t length)
{
    char path[PATH_SIZE], directory[3];
    int fd, rc = 0;

    path_of(digest, path);
    snprintf(directory, sizeof directory, "%.2s", path);
    fd = open_blob_directory(d, digest, directory);
    if (fd < 0)
        return fd;
    if (linkat(d->tmp_fd, name, fd, path + 3, 0) != 0)
        rc = errno == EEXIST ? is_sound(fd, path + 3, digest, length) : -errno;
    else
        rc = 1;
    if (rc == 0) {
        log_error("store-damaged", "blob=%s action=\"replaced by an upload of the same picture\"",
                  path);
        rc = replace(d, name, fd, path + 3);
    }
    close(fd);
    return rc < 0 ? rc : 0;
}

int store_blob_is(const struct store_directories *d, const struct digest *digest, int fd)
{
    char path[PATH_SIZE];
    struct stat named, opened;

    path_of(digest, path);
    if (fstatat(d->blobs_fd, path, &named, AT_SYMLINK_NOFOLLOW) != 0 || fstat(fd, &opened) != 0)
        return -errno;
    return named.st_dev == opened.st_dev && named.st_ino == opened.st_ino;
}

static int open_blob_directory_there(const struct store_directories *d, const char path[PATH_SIZE])
{
    char directory[3];
    int fd;

    snprintf(directory, sizeof directory, "%.2s", path);
    fd = openat(d->blobs_fd, directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    return fd < 0 ? -errno : fd;
}

/* With one of them those of all that were there before. */
static int sync_directory_names(struct store_directories *d)
{
    int rc = sync_directory(d->blobs_fd);

    if (!rc)
        memcpy(d->named, d->found, sizeof d->named);
    return rc;
}

int store_blob_sync(struct store_directories *d, const struct digest *digest)
{
    char path[PATH_SIZE];
    int fd, rc = 0;

    path_of(digest, path);
    fd = open_blob_directory_there(d, path);
    if (fd < 0)
        return fd;
    d->found[digest->bytes[0]] = true;
    if (!d->named[digest->bytes[0]])
        rc = sync_directory_names(d);
    if (!rc)
        rc = sync_directory(fd);
    close(fd);
    return rc;
}

int store_blob_open(const struct store_directories *d, const struct digest *digest)
{
    char path[PATH_SIZE];
    int fd;

    path_of(digest, path);
    fd = openat(d->blobs_fd, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    return fd < 0 ? -errno : fd;
}

/* ---- a backup ---- */

static int copy_bytes(int from, int to)
{
    char block[65536];
    ssize_t n;
    int rc = 0;

    while (!rc && (n = read(from, block, sizeof block)) != 0)
        rc = n > 0 ? write_all(to, block, (size_t)n) : errno == EINTR ? 0 : -errno;
    return rc ? rc : fsync(to) == 0 ? 0 : -errno;
}

/* Whole whenever it is there. */
static int copy_blob(int from, struct store_directories *to, int directory, const char *name)
{
    char temp[STORE_TEMP_SIZE];
    int fd = store_temp_make(to, temp), rc;

    if (fd < 0)
        return fd;
    rc = copy_bytes(from, fd);
    if (!rc && linkat(to->tmp_fd, temp, directory, name, 0) != 0)
        rc = -errno;
    unlinkat(to->tmp_fd, temp, 0);
    close(fd);
    return rc ? rc : STORE_COPIED;
}

static int carry(const struct store_directories *from, struct store_directories *to, int directory,
                 const char path[PATH_SIZE])
{
    int fd, rc;

    if (linkat(from->blobs_fd, path, directory, path + 3, 0) == 0)
        return STORE_LINKED;
    if (errno == EEXIST)
        return STORE_THERE;
    if (errno != EXDEV && errno != EPERM && errno != EMLINK && errno != EOPNOTSUPP)
        return -errno;
    if (faccessat(directory, path + 3, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
        return STORE_THERE;
    fd = openat(from->blobs_fd, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return -errno;
    rc = copy_blob(fd, to, directory, path + 3);
    close(fd);
    return rc;
}

int store_blob_carry(const struct store_directories *from, struct store_directories *to,
                     const struct digest *digest)
{
    char path[PATH_SIZE], directory[3];
    int fd, rc;

    path_of(digest, path);
    snprintf(directory, sizeof directory, "%.2s", path);
    fd = open_blob_directory(to, digest, directory);
    if (fd < 0)
        return fd;
    rc = carry(from, to, fd, path);
    close(fd);
    return rc;
}

int store_blob_unlink(const struct store_directories *d, const struct digest *digest)
{
    char path[PATH_SIZE];
    int fd, rc;

    path_of(digest, path);
    fd = open_blob_directory_there(d, path);
    if (fd < 0)
        return fd == -ENOENT ? 0 : fd;
    if (unlinkat(fd, path + 3, 0) == 0 || errno == ENOENT)
        rc = sync_directory(fd);
    else
        rc = -errno;
    close(fd);
    return rc;
}

int store_blob_walk_part(const struct store_directories *d, unsigned first, store_each_file *each,
                         void *context)
{
    char name[3], hex[DIGEST_HEX_SIZE];
    struct dirent *entry;
    int fd, rc = 0;
    DIR *dir;

    snprintf(name, sizeof name, "%02x", first);
    fd = openat(d->blobs_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return errno == ENOENT ? 0 : -errno;
    dir = fdopendir(fd);
    if (!dir) {
        close(fd);
        return -ENOMEM;
    }
    while (!rc && (entry = readdir(dir)) != NULL) {
        struct digest digest;
        int n = snprintf(hex, sizeof hex, "%s%s", name, entry->d_name);

        if (n == (int)sizeof hex - 1 && digest_from_hex(hex, (size_t)n, &digest))
            rc = each(&digest, context);
    }
    closedir(dir);
    return rc;
}

int store_blob_walk(const struct store_directories *d, store_each_file *each, void *context)
{
    int rc = 0;

    for (unsigned first = 0; first < 256 && !rc; first++)
        rc = store_blob_walk_part(d, first, each, context);
    return rc;
}
