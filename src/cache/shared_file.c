/* SPDX-License-Identifier: MIT */
#include "cache/shared_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static int allocate(int fd, size_t size)
{
    struct stat st;

    if (fstat(fd, &st) != 0)
        return -errno;
    if (st.st_size == (off_t)size)
        return 0;
    if (st.st_size != 0)
        return -EUCLEAN;
    return -posix_fallocate(fd, 0, (off_t)size);
}

int shared_file_map(const char *path, unsigned mode, size_t size, void **out)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, mode);
    void *map = MAP_FAILED;
    int rc;

    *out = NULL;
    if (fd < 0)
        return -errno;
    rc = allocate(fd, size);
    if (!rc) {
        map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        rc = map == MAP_FAILED ? -errno : 0;
    }
    close(fd);
    if (!rc)
        *out = map;
    return rc;
}
