/* SPDX-License-Identifier: MIT */
#include "cache/blob.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/write_all.h"

#define BLOCK 4096u

void blob_path(const struct digest *digest, char out[BLOB_PATH_SIZE])
{
    char hex[DIGEST_HEX_SIZE];

    digest_to_hex(digest, hex);
    out[0] = hex[0];
    out[1] = hex[1];
    out[2] = '/';
    memcpy(out + 3, hex + 2, sizeof hex - 2);
}

uint64_t blob_disk_bytes(uint64_t length)
{
    return (length + BLOCK - 1) / BLOCK * BLOCK;
}

/* Errors that say the disk is at fault, not the program. */
static bool is_disk_trouble(int error)
{
    return error == ENOSPC || error == EDQUOT || error == EFBIG || error == EIO ||
           error == EROFS || error == EACCES || error == EPERM;
}

static int open_memory(void)
{
    int fd = memfd_create("visage-blob", MFD_CLOEXEC | MFD_ALLOW_SEALING);

    return fd < 0 ? -errno : fd;
}

static int open_temp(struct blob_writer *w)
{
    struct blob_store *s = w->store;
    int fd;

    snprintf(w->temp, sizeof w->temp, "%u.%" PRIu64 ".%" PRIu64, s->slot, s->incarnation,
             ++s->counter);
    fd = openat(s->tmp_fd, w->temp, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, s->file_mode);
    if (fd < 0) {
        fd = -errno;
        w->temp[0] = '\0';
    }
    return fd;
}

int blob_writer_begin(struct blob_writer *w, struct blob_store *store)
{
    int fd;

    *w = (struct blob_writer){.store = store, .fd = -1};
    w->stream = digest_stream_new();
    if (!w->stream)
        return -ENOMEM;
    fd = open_temp(w);
    if (fd < 0 && is_disk_trouble(-fd)) {
        w->in_memory = true;
        fd = open_memory();
    }
    if (fd < 0) {
        digest_stream_free(&w->stream);
        return fd;
    }
    w->fd = fd;
    return 0;
}

static void remove_temp(struct blob_writer *w)
{
    if (w->temp[0])
        unlinkat(w->store->tmp_fd, w->temp, 0);
    w->temp[0] = '\0';
}

/* The disk is full, or the blob will not be kept: carry what is there over into memory. The size is
 * bounded by fetch.max_bytes, which the caller enforces. */
static int move_to_memory(struct blob_writer *w)
{
    char block[65536];
    uint64_t done = 0;
    int fd = open_memory(), rc = 0;

    if (fd < 0)
        return fd;
    while (done < w->length && !rc) {
        uint64_t left = w->length - done;
        ssize_t n = pread(w->fd, block, left < sizeof block ? (size_t)left : sizeof block,
                          (off_t)done);

        if (n <= 0)
            rc = n < 0 ? -errno : -EIO;
        else
            rc = write_all(fd, block, (size_t)n);
        done += n > 0 ? (uint64_t)n : 0;
    }
    if (rc) {
        close(fd);
        return rc;
    }
    close(w->fd);
    remove_temp(w);
    w->fd = fd;
    w->in_memory = true;
    return 0;
}

int blob_writer_add(struct blob_writer *w, const void *bytes, size_t length)
{
    int rc = 0;

    if (!w->in_memory && w->length + length > w->store->largest)
        rc = move_to_memory(w);
    if (!rc)
        rc = write_all(w->fd, bytes, length);
    if (rc && !w->in_memory && is_disk_trouble(-rc)) {
        rc = move_to_memory(w);
        if (!rc)
            rc = write_all(w->fd, bytes, length);
    }
    if (!rc)
        rc = digest_stream_add(w->stream, bytes, length);
    if (!rc)
        w->length += length;
    return rc;
}

int blob_writer_finish(struct blob_writer *w, struct digest *out)
{
    return digest_stream_finish(w->stream, out);
}

int blob_writer_open_readonly(struct blob_writer *w)
{
    int fd;

    if (!w->in_memory) {
        fd = openat(w->store->tmp_fd, w->temp, O_RDONLY | O_CLOEXEC);
        return fd < 0 ? -errno : fd;
    }
    if (fcntl(w->fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) != 0)
        return -errno;
    fd = fcntl(w->fd, F_DUPFD_CLOEXEC, 3);
    return fd < 0 ? -errno : fd;
}

static int rename_into_place(struct blob_writer *w, const struct digest *digest)
{
    char path[BLOB_PATH_SIZE], directory[3];
    const struct blob_store *s = w->store;

    blob_path(digest, path);
    if (renameat(s->tmp_fd, w->temp, s->blobs_fd, path) == 0)
        return 0;
    if (errno != ENOENT)
        return -errno;
    memcpy(directory, path, 2);
    directory[2] = '\0';
    if (mkdirat(s->blobs_fd, directory, s->dir_mode) != 0 && errno != EEXIST)
        return -errno;
    return renameat(s->tmp_fd, w->temp, s->blobs_fd, path) == 0 ? 0 : -errno;
}

int blob_writer_commit(struct blob_writer *w, const struct digest *digest)
{
    int rc = w->in_memory ? -ENOSPC : rename_into_place(w, digest);

    if (!rc)
        w->temp[0] = '\0';
    blob_writer_abort(w);
    return rc;
}

void blob_writer_abort(struct blob_writer *w)
{
    if (w->fd >= 0)
        close(w->fd);
    w->fd = -1;
    remove_temp(w);
    digest_stream_free(&w->stream);
}

int blob_store_check(const struct blob_store *store)
{
    struct stat st;

    if (fstat(store->blobs_fd, &st) != 0)
        return -errno;
    if (st.st_nlink == 0) /* our descriptor keeps a directory that has been removed */
        return -ENOENT;
    return faccessat(store->blobs_fd, ".", W_OK | X_OK, AT_EACCESS) == 0 ? 0 : -errno;
}

int blob_open(const struct blob_store *store, const struct digest *digest)
{
    char path[BLOB_PATH_SIZE];
    int fd;

    blob_path(digest, path);
    fd = openat(store->blobs_fd, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    return fd < 0 ? -errno : fd;
}

bool blob_exists(const struct blob_store *store, const struct digest *digest)
{
    char path[BLOB_PATH_SIZE];

    blob_path(digest, path);
    return faccessat(store->blobs_fd, path, F_OK, 0) == 0;
}

int blob_unlink(const struct blob_store *store, const struct digest *digest)
{
    char path[BLOB_PATH_SIZE];

    blob_path(digest, path);
    return unlinkat(store->blobs_fd, path, 0) == 0 || errno == ENOENT ? 0 : -errno;
}
