/* SPDX-License-Identifier: MIT
 *
 * Unlinking waits for a backup: whoever unlinks shares a lock on blobs/, the last step of a backup has it
 * alone. It goes with its descriptor, however its process ends.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "store/store_file.h"

int store_blobs_hold(const struct store_directories *d)
{
    int fd = openat(d->blobs_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        return -errno;
    while (flock(fd, LOCK_EX) != 0)
        if (errno != EINTR) {
            int rc = -errno;

            close(fd);
            return rc;
        }
    return fd;
}

int store_blobs_use(const struct store_directories *d, bool wait)
{
    while (flock(d->blobs_fd, LOCK_SH | (wait ? 0 : LOCK_NB)) != 0)
        if (errno != EINTR)
            return errno == EWOULDBLOCK ? -EAGAIN : -errno;
    return 0;
}

void store_blobs_release(const struct store_directories *d)
{
    flock(d->blobs_fd, LOCK_UN);
}
