/* SPDX-License-Identifier: MIT */
#include "cache/file_system.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

static const struct {
    unsigned long magic;
    const char *name;
    enum file_system verdict;
} file_systems[] = {
    {0xef53, "ext4", FILE_SYSTEM_GOOD},
    {0x58465342, "xfs", FILE_SYSTEM_GOOD},
    {0x9123683e, "btrfs", FILE_SYSTEM_GOOD},
    {0x2fc12fc1, "zfs", FILE_SYSTEM_GOOD},
    {0xf2f52010, "f2fs", FILE_SYSTEM_GOOD},
    {0x01021994, "tmpfs", FILE_SYSTEM_DOUBTFUL},
    {0x858458f6, "ramfs", FILE_SYSTEM_DOUBTFUL},
    {0x794c7630, "overlay", FILE_SYSTEM_DOUBTFUL},
    {0x6969, "nfs", FILE_SYSTEM_UNFIT},
    {0xff534d42, "cifs", FILE_SYSTEM_UNFIT},
    {0xfe534d42, "smb2", FILE_SYSTEM_UNFIT},
    {0x517b, "smb", FILE_SYSTEM_UNFIT},
    {0x01021997, "9p", FILE_SYSTEM_UNFIT},
    {0x00c36400, "ceph", FILE_SYSTEM_UNFIT},
    {0x5346414f, "afs", FILE_SYSTEM_UNFIT},
    {0x6b414653, "afs", FILE_SYSTEM_UNFIT},
    {0x73757245, "coda", FILE_SYSTEM_UNFIT},
    {0x0bd00bd0, "lustre", FILE_SYSTEM_UNFIT},
    {0x01161970, "gfs2", FILE_SYSTEM_UNFIT},
    {0x7461636f, "ocfs2", FILE_SYSTEM_UNFIT},
    {0x786f4256, "vboxsf", FILE_SYSTEM_UNFIT},
};

#define FUSE_MAGIC 0x65735546ul

/* What the mount table calls the file system of this device: "fuse.sshfs". */
static bool mount_type(dev_t device, char *out, size_t size)
{
    FILE *mounts = fopen("/proc/self/mountinfo", "re");
    char *line = NULL;
    size_t capacity = 0;
    bool found = false;

    while (mounts && !found && getline(&line, &capacity, mounts) > 0) {
        const char *rest = strstr(line, " - "); /* proc(5): then type, source, options */
        unsigned high, low;

        if (rest && sscanf(line, "%*d %*d %u:%u", &high, &low) == 2 &&
            makedev(high, low) == device) {
            snprintf(out, size, "%.*s", (int)strcspn(rest + 3, " \n"), rest + 3);
            found = true;
        }
    }
    free(line);
    if (mounts)
        fclose(mounts);
    return found;
}

static enum file_system judge(unsigned long magic, dev_t device, char *name, size_t size)
{
    static const char *const remote[] = {"fuse.sshfs", "fuse.s3fs", "fuse.rclone", "fuse.glusterfs",
                                         "fuse.davfs2", "fuse.gcsfuse", "fuse.cephfs"};

    if (magic == FUSE_MAGIC) {
        if (!mount_type(device, name, size))
            snprintf(name, size, "fuse");
        for (size_t i = 0; i < sizeof remote / sizeof *remote; i++)
            if (strcmp(name, remote[i]) == 0)
                return FILE_SYSTEM_UNFIT;
        return FILE_SYSTEM_DOUBTFUL;
    }
    for (size_t i = 0; i < sizeof file_systems / sizeof *file_systems; i++)
        if (file_systems[i].magic == magic) {
            snprintf(name, size, "%s", file_systems[i].name);
            return file_systems[i].verdict;
        }
    if (!mount_type(device, name, size))
        snprintf(name, size, "0x%lx", magic);
    return FILE_SYSTEM_GOOD;
}

enum file_system file_system_judge(const char *path, char *name, size_t size)
{
    struct statfs fs;
    struct stat st;

    if (stat(path, &st) != 0 || statfs(path, &fs) != 0)
        return FILE_SYSTEM_UNKNOWN;
    /* f_type is signed and of a different width on some machines. */
    return judge((unsigned long)fs.f_type & 0xffffffffu, st.st_dev, name, size);
}
