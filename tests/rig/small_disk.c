/* SPDX-License-Identifier: MIT */
#include "rig/small_disk.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include <criterion/criterion.h>

static void write_map(const char *path, const char *format, unsigned id)
{
    char text[64];
    int fd = open(path, O_WRONLY | O_CLOEXEC);

    _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \"-Wformat-nonliteral\"")
    snprintf(text, sizeof text, format, id);
    _Pragma("GCC diagnostic pop")
    if (fd >= 0) {
        if (write(fd, text, strlen(text)) < 0)
            fprintf(stderr, "%s: %s\n", path, strerror(errno));
        close(fd);
    }
}

void small_disk_mount(char directory[FILES_PATH_MAX], unsigned megabytes)
{
    char options[32];
    unsigned uid = geteuid(), gid = getegid();
    int flags = CLONE_NEWNS | (uid == 0 ? 0 : CLONE_NEWUSER);

    if (unshare(flags) != 0)
        cr_skip_test("no mount namespace: %s", strerror(errno));
    if (uid != 0) {
        write_map("/proc/self/setgroups", "deny", 0);
        write_map("/proc/self/uid_map", "0 %u 1", uid);
        write_map("/proc/self/gid_map", "0 %u 1", gid);
    }
    files_make_directory(directory);
    snprintf(options, sizeof options, "size=%um,mode=0700", megabytes);
    if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("visage-test", directory, "tmpfs", 0, options) != 0) {
        int error = errno;

        files_remove_tree(directory);
        cr_skip_test("no tmpfs: %s", strerror(error));
    }
}

void small_disk_fill(const char *directory)
{
    static const char block[4096];
    char path[FILES_PATH_MAX];
    int fd;

    files_path(path, "%s/ballast", directory);
    fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    cr_assert(fd >= 0);
    while (write(fd, block, sizeof block) > 0)
        ;
    cr_assert_eq(errno, ENOSPC);
    close(fd);
}

void small_disk_empty(const char *directory)
{
    char path[FILES_PATH_MAX];

    files_path(path, "%s/ballast", directory);
    cr_assert_eq(unlink(path), 0);
}

void small_disk_unmount(const char *directory)
{
    umount2(directory, MNT_DETACH);
    files_remove_tree(directory);
}
