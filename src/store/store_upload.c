/* SPDX-License-Identifier: MIT
 *
 * Pictures that are coming in, each in a file of its own in tmp/.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/write_all.h"
#include "store/store_private.h"

int store_free_bytes(const struct store *store, uint64_t *out)
{
    struct statvfs fs;

    if (fstatvfs(store->files.blobs_fd, &fs) != 0)
        return -errno;
    *out = (uint64_t)fs.f_bavail * fs.f_frsize;
    return 0;
}

bool store_has_room(const struct store *store, uint64_t bytes, uint64_t floor, uint64_t *available)
{
    return floor == 0 || store_free_bytes(store, available) != 0 || *available >= floor + bytes;
}

int store_upload_begin(struct store *store, struct store_upload *u)
{
    int fd;

    *u = (struct store_upload){.store = store, .fd = -1};
    u->stream = digest_stream_new();
    if (!u->stream)
        return -ENOMEM;
    fd = store_temp_make(&store->files, u->temp);
    if (fd < 0) {
        digest_stream_free(&u->stream);
        return fd;
    }
    u->fd = fd;
    return 0;
}

int store_upload_add(struct store_upload *u, const void *bytes, size_t length)
{
    int rc = digest_stream_add(u->stream, bytes, length);

    if (!rc)
        rc = write_all(u->fd, bytes, length);
    if (!rc)
        u->length += length;
    return rc;
}

int store_upload_finish(struct store_upload *u, struct digest *out)
{
    return digest_stream_finish(u->stream, out);
}

int store_upload_open_readonly(const struct store_upload *u)
{
    int fd = openat(u->store->files.tmp_fd, u->temp, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

    return fd < 0 ? -errno : fd;
}

void store_upload_abort(struct store_upload *u)
{
    if (u->temp[0])
        unlinkat(u->store->files.tmp_fd, u->temp, 0);
    u->temp[0] = '\0';
    if (u->fd >= 0)
        close(u->fd);
    u->fd = -1;
    digest_stream_free(&u->stream);
}
