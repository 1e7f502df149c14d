/* SPDX-License-Identifier: MIT
 *
 * Images of disks as directories.
 */
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/disk.h"

uint64_t disk_hash(uint64_t h, const void *bytes, size_t length)
{
    const unsigned char *at = bytes;

    for (size_t i = 0; i < length; i++)
        h = (h ^ at[i]) * UINT64_C(0x100000001b3);
    return h;
}

uint64_t disk_image_hash(const struct disk_image *image)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);

    for (size_t i = 0; i < image->count; i++) {
        h = disk_hash(h, image->files[i].path, strlen(image->files[i].path) + 1);
        h = disk_hash(h, image->files[i].bytes, image->files[i].length);
    }
    return h;
}

static bool write_file(const char *path, const struct disk_file *file)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool whole = fd >= 0 && (file->length == 0 ||
                             write(fd, file->bytes, file->length) == (ssize_t)file->length);

    if (fd >= 0)
        close(fd);
    return whole;
}

bool disk_image_write(const struct disk_image *image, const char *directory)
{
    char path[PATH_MAX];
    bool written = true;

    for (size_t i = 0; i < image->count && written; i++) {
        const struct disk_file *file = &image->files[i];

        snprintf(path, sizeof path, "%.3000s%s", directory, file->path);
        written = file->directory ? mkdir(path, 0700) == 0 : write_file(path, file);
    }
    return written;
}

/* ---- comparing ---- */

/* For nftw(), which has no argument for it. */
static const struct disk_image *wanted;
static size_t top_length, found;
static char differs[160];

static bool has_bytes(const char *path, const struct disk_file *file)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    unsigned char *bytes = malloc(file->length + 1);
    bool same = fd >= 0 && bytes &&
                read(fd, bytes, file->length + 1) == (ssize_t)file->length &&
                (file->length == 0 || memcmp(bytes, file->bytes, file->length) == 0);

    free(bytes);
    if (fd >= 0)
        close(fd);
    return same;
}

static int compare_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    const char *name = path + top_length;
    size_t length = strlen(name);

    (void)type;
    (void)ftw;
    if (length == 0 || (length > 5 && strcmp(name + length - 5, "-lock") == 0))
        return 0;
    for (size_t i = 0; i < wanted->count; i++) {
        const struct disk_file *file = &wanted->files[i];

        if (strcmp(file->path, name) == 0 && file->directory == S_ISDIR(st->st_mode) &&
            (file->directory || has_bytes(path, file))) {
            found++;
            return 0;
        }
    }
    snprintf(differs, sizeof differs, "%.150s", name);
    return 1;
}

bool disk_image_is(const struct disk_image *image, const char *directory, char path[160])
{
    wanted = image;
    top_length = strlen(directory);
    found = 0;
    strcpy(differs, "something that is not there");
    if (nftw(directory, compare_one, 16, FTW_PHYS) == 0 && found == image->count)
        return true;
    memcpy(path, differs, sizeof differs);
    return false;
}
