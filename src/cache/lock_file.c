/* SPDX-License-Identifier: MIT */
#include "cache/lock_file.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int lock_file_open(const char *path, unsigned mode)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, mode);

    return fd < 0 ? -errno : fd;
}

static int set(int fd, int command, short type, int64_t byte)
{
    struct flock range = {.l_type = type, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1};

    while (fcntl(fd, command, &range) != 0)
        if (errno != EINTR)
            return errno == EACCES ? -EAGAIN : -errno;
    return 0;
}

int lock_take(int fd, int64_t byte)
{
    return set(fd, F_OFD_SETLKW, F_WRLCK, byte);
}

int lock_try(int fd, int64_t byte)
{
    return set(fd, F_OFD_SETLK, F_WRLCK, byte);
}

int lock_release(int fd, int64_t byte)
{
    return set(fd, F_OFD_SETLK, F_UNLCK, byte);
}

bool lock_is_held(int fd, int64_t byte)
{
    struct flock range = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1};

    if (fcntl(fd, F_OFD_GETLK, &range) != 0)
        return true;
    return range.l_type != F_UNLCK;
}
