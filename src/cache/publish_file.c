/* SPDX-License-Identifier: MIT */
#include "cache/publish_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cache/blob.h"

#define FILE_MODE 0644 /* what a web server sends to everybody need not be kept from anybody */
#define DIRECTORY_MODE 0755

/* Older than any file: whoever reads it makes it younger. */
static const struct timespec not_used[2] = {{.tv_sec = 0}, {.tv_nsec = UTIME_OMIT}};

/* Those that the path names below the root, from the top. */
static int make_directories(const char *path, size_t root)
{
    char directory[PATH_MAX];
    size_t length = strlen(path);

    if (length >= sizeof directory)
        return -ENAMETOOLONG;
    memcpy(directory, path, length + 1);
    for (char *slash = strchr(directory + root + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        /* The umask is the operator's; these are for everybody. */
        if (mkdir(directory, DIRECTORY_MODE) == 0) {
            if (chmod(directory, DIRECTORY_MODE) != 0)
                return -errno;
        } else if (errno != EEXIST) {
            return -errno;
        }
        *slash = '/';
    }
    return 0;
}

/* From the bottom, as far as they are empty. */
static void remove_directories(const char *path, size_t root)
{
    char directory[PATH_MAX];
    char *slash;

    if (strlen(path) >= sizeof directory)
        return;
    strcpy(directory, path);
    while ((slash = strrchr(directory + root + 1, '/')) != NULL) {
        *slash = '\0';
        if (rmdir(directory) != 0 && errno != ENOENT)
            return;
    }
}

static int link_blob(const struct blob_store *store, const char *blob, const char *path, size_t root)
{
    int rc;

    if (linkat(store->blobs_fd, blob, AT_FDCWD, path, 0) == 0)
        return 0;
    if (errno == EEXIST)
        rc = unlink(path) == 0 ? 0 : -errno;
    else if (errno == ENOENT)
        rc = make_directories(path, root);
    else
        return -errno;
    if (!rc && linkat(store->blobs_fd, blob, AT_FDCWD, path, 0) != 0)
        rc = -errno;
    return rc;
}

int publish_file_link(const struct blob_store *store, const struct digest *blob, const char *path,
                      size_t root)
{
    char name[BLOB_PATH_SIZE];
    int rc;

    blob_path(blob, name);
    if (fchmodat(store->blobs_fd, name, FILE_MODE, 0) != 0)
        return -errno;
    rc = link_blob(store, name, path, root);
    if (rc)
        remove_directories(path, root);
    else
        utimensat(AT_FDCWD, path, not_used, 0); /* else it counts as used once */
    return rc;
}

int publish_file_unlink(const char *path, size_t root)
{
    if (unlink(path) != 0 && errno != ENOENT && errno != ENOTDIR)
        return -errno;
    remove_directories(path, root);
    return 0;
}

bool publish_file_take_used(const char *path)
{
    struct stat st;

    if (stat(path, &st) != 0 || (st.st_atim.tv_sec == 0 && st.st_atim.tv_nsec == 0))
        return false;
    /* What cannot be set back would be used for ever. */
    return utimensat(AT_FDCWD, path, not_used, 0) == 0;
}
