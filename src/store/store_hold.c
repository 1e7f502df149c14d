/* SPDX-License-Identifier: MIT
 *
 * Nobody unlinks while a backup is completed: whoever unlinks shares a lock on blobs/, the last step of a
 * backup has it alone. It goes with its descriptor, however its process ends. How long a backup takes is up
 * to the disk that it goes to, so nobody waits for its end longer than for a time of his own.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/clock.h"
#include "store/store_file.h"

#define PAUSE_MS 10

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

int store_blobs_use(const struct store_directories *d, int64_t wait_ms)
{
    int64_t until_ms = clock_boot_ms() + wait_ms;

    while (flock(d->blobs_fd, LOCK_SH | LOCK_NB) != 0) {
        if (errno == EINTR)
            continue;
        if (errno != EWOULDBLOCK)
            return -errno;
        if (clock_boot_ms() >= until_ms)
            return -EAGAIN;
        clock_sleep_ms(PAUSE_MS);
    }
    return 0;
}

void store_blobs_release(const struct store_directories *d)
{
    flock(d->blobs_fd, LOCK_UN);
}
