/* SPDX-License-Identifier: MIT
 *
 * The state directory: whose it is, whether it can be written, and whether its
 * file system can hold an index that many processes map and lock.
 */
#include "ctl/check.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "cache/file_system.h"

static void check_file_system(struct report *r, const char *path, const struct config *config)
{
    char name[64], free_text[16], wanted_text[16];
    struct statvfs space;
    uint64_t available;

    if (statvfs(path, &space) < 0) {
        report_fail(r, "file system of %s: %s", path, strerror(errno));
        return;
    }
    switch (file_system_judge(path, name, sizeof name)) {
    case FILE_SYSTEM_UNKNOWN:
        report_fail(r, "file system of %s cannot be asked for", path);
        return;
    case FILE_SYSTEM_GOOD:
        report_ok(r, "file system of %s: %s", path, name);
        break;
    case FILE_SYSTEM_DOUBTFUL:
        report_warn(r, "file system of %s: %s; fine for a trial, but %s", path, name,
                    strcmp(name, "overlay") == 0 ? "a container's layer is slow and goes with it"
                    : strncmp(name, "fuse", 4) == 0
                        ? "shared maps and locks must work on it, and they often do not"
                        : "the cache lives in memory and is gone after a restart");
        break;
    case FILE_SYSTEM_UNFIT:
        report_fail(r, "file system of %s: %s; locks and shared maps need a local disk", path,
                    name);
        break;
    }
    if (space.f_flag & ST_RDONLY)
        report_fail(r, "file system of %s is mounted read-only", path);
    available = (uint64_t)space.f_bavail * space.f_frsize;
    report_bytes(available, free_text);
    report_bytes(config->cache_size, wanted_text);
    if (available < config->fetch.max_bytes)
        report_fail(r, "free space: %s, less than one original may take", free_text);
    else if (available < config->cache_size)
        report_warn(r, "free space: %s; cache_size is %s, less what the cache holds already",
                    free_text, wanted_text);
    else
        report_ok(r, "free space: %s; cache_size is %s", free_text, wanted_text);
    if (available < config->min_free)
        report_fail(r, "min_free: %s are to stay free, and %s are: nothing will be kept",
                    report_bytes(config->min_free, wanted_text), free_text);
    if (space.f_files > 0 && space.f_favail < 10000)
        report_warn(r, "free inodes: %llu; every picture takes one",
                    (unsigned long long)space.f_favail);
}

/* Where the directory would be made: the nearest parent that exists. */
static void check_creatable(struct report *r, const struct config *config)
{
    char parent[PATH_MAX];
    struct stat st;

    snprintf(parent, sizeof parent, "%s", config->state_dir);
    while (strcmp(parent, "/") != 0 && stat(parent, &st) < 0 && errno == ENOENT) {
        char *slash = strrchr(parent, '/');

        slash[slash == parent ? 1 : 0] = '\0';
    }
    if (stat(parent, &st) < 0) {
        report_fail(r, "state directory %s: %s: %s", config->state_dir, parent, strerror(errno));
        return;
    }
    if (!S_ISDIR(st.st_mode))
        report_fail(r, "state directory %s: %s is not a directory", config->state_dir, parent);
    else if (faccessat(AT_FDCWD, parent, W_OK | X_OK, AT_EACCESS) < 0)
        report_fail(r, "state directory %s does not exist and cannot be made in %s: %s",
                    config->state_dir, parent, strerror(errno));
    else
        report_ok(r, "state directory %s does not exist yet and can be made in %s",
                  config->state_dir, parent);
    check_file_system(r, parent, config);
}

void check_state(struct report *r, const struct config *config)
{
    const char *path = config->state_dir;
    const struct passwd *owner;
    const struct group *group;
    struct stat st;

    if (stat(path, &st) < 0) {
        if (errno == ENOENT)
            check_creatable(r, config);
        else
            report_fail(r, "state directory %s: %s", path, strerror(errno));
        return;
    }
    if (!S_ISDIR(st.st_mode)) {
        report_fail(r, "state directory %s is not a directory", path);
        return;
    }
    owner = getpwuid(st.st_uid);
    group = getgrgid(st.st_gid);
    report_ok(r, "state directory %s: owner %s (%ld), group %s (%ld), mode %04o", path,
              owner ? owner->pw_name : "?", (long)st.st_uid, group ? group->gr_name : "?",
              (long)st.st_gid, (unsigned)st.st_mode & 07777);
    if (faccessat(AT_FDCWD, path, R_OK | W_OK | X_OK, AT_EACCESS) < 0)
        report_fail(r, "state directory %s cannot be written: %s", path, strerror(errno));
    else
        report_ok(r, "state directory %s can be written", path);
    if (st.st_mode & S_IWOTH)
        report_fail(r, "state directory %s can be written by everybody", path);
    else if (geteuid() != 0 && st.st_uid != geteuid())
        report_warn(r, "state directory %s belongs to another user; workers of two users would "
                       "lock each other out",
                    path);
    check_file_system(r, path, config);
}
