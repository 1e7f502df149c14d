/* SPDX-License-Identifier: MIT
 *
 * Many files and names to disk at once. fsync(2) has the disk empty its cache, once for each of
 * hundreds of files; syncfs(2) once for all. Linux promises the same of both, but file systems
 * over a network or in a process of their own may not keep it: only those that are known are asked.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "store/store_file.h"

#ifndef XFS_SUPER_MAGIC
#define XFS_SUPER_MAGIC 0x58465342
#endif

static bool is_known(int fd)
{
    struct statfs fs;

    if (fstatfs(fd, &fs) != 0)
        return false;
    switch ((unsigned long)fs.f_type) {
    case EXT4_SUPER_MAGIC: /* and ext3 */
    case XFS_SUPER_MAGIC:
    case BTRFS_SUPER_MAGIC:
    case F2FS_SUPER_MAGIC:
    case TMPFS_MAGIC:
        return true;
    default:
        return false;
    }
}

int store_sync_all(struct store_directories *d)
{
    if (!is_known(d->blobs_fd))
        return -EOPNOTSUPP;
    if (syncfs(d->blobs_fd) != 0)
        return -errno;
    memcpy(d->named, d->found, sizeof d->named);
    return 0;
}

/* Linux before 5.8 does not tell of them in syncfs(2). */
int store_sync_check(int fd)
{
    if (sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WAIT_AFTER) == 0)
        return 0;
    return errno == ENOSYS && fsync(fd) == 0 ? 0 : -errno;
}
