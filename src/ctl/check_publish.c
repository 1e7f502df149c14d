/* SPDX-License-Identifier: MIT
 *
 * Where the web server is to find pictures by itself: a directory of Visage's own, on
 * the file system of the blobs, which keeps access times.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "ctl/check.h"

#define MARKER ".visage"

/* `path`, or the nearest directory above it that is there. */
static void find_existing(const char *path, char out[PATH_MAX])
{
    struct stat st;

    snprintf(out, PATH_MAX, "%s", path);
    while (strcmp(out, "/") != 0 && stat(out, &st) < 0 && errno == ENOENT) {
        char *slash = strrchr(out, '/');

        slash[slash == out ? 1 : 0] = '\0';
    }
}

static void check_device(struct report *r, const struct config *config, const char *place)
{
    char state[PATH_MAX];
    struct stat there, blobs;

    find_existing(config->state_dir, state);
    if (stat(place, &there) < 0 || stat(state, &blobs) < 0)
        return;
    if (there.st_dev != blobs.st_dev)
        report_fail(r, "publish_root %s and state_dir %s are on two file systems: no link leads from "
                       "one to the other, and nothing will be published",
                    config->publish_root, config->state_dir);
}

/* Without access times a picture that only the web server sends looks as if nobody wanted it. */
static void check_access_times(struct report *r, const struct config *config, const char *place)
{
    struct statvfs fs;

    if (statvfs(place, &fs) == 0 && fs.f_flag & ST_NOATIME)
        report_warn(r, "publish_root %s is mounted with noatime: what the web server sends by itself is "
                       "evicted as if nobody asked for it; mount it with relatime",
                    config->publish_root);
}

/* The name of something that is not Visage's, or "". */
static void find_foreign(const char *root, char out[NAME_MAX + 1])
{
    char marker[PATH_MAX];
    struct dirent *entry;
    DIR *dir;
    int n = snprintf(marker, sizeof marker, "%s/" MARKER, root);

    out[0] = '\0';
    if (n < 0 || (size_t)n >= sizeof marker || access(marker, F_OK) == 0 || !(dir = opendir(root)))
        return;
    while (!out[0] && (entry = readdir(dir)) != NULL)
        if (entry->d_name[0] != '.')
            snprintf(out, NAME_MAX + 1, "%s", entry->d_name);
    closedir(dir);
}

static void check_root(struct report *r, const char *root)
{
    char foreign[NAME_MAX + 1];
    struct stat st;

    if (stat(root, &st) < 0 || !S_ISDIR(st.st_mode)) {
        report_fail(r, "publish_root %s is not a directory", root);
        return;
    }
    find_foreign(root, foreign);
    if (foreign[0])
        report_fail(r, "publish_root %s holds %s, which is not Visage's: name an empty directory; nothing "
                       "will be published",
                    root, foreign);
    else if (faccessat(AT_FDCWD, root, R_OK | W_OK | X_OK, AT_EACCESS) < 0)
        report_fail(r, "publish_root %s cannot be written: %s", root, strerror(errno));
    else
        report_ok(r, "publish_root %s can be written", root);
    if (!(st.st_mode & S_IXOTH))
        report_warn(r, "publish_root %s cannot be entered by everybody (mode %04o): the web server "
                       "must be its owner or of its group",
                    root, (unsigned)st.st_mode & 07777);
}

void check_publish(struct report *r, const struct config *config)
{
    char place[PATH_MAX];

    if (!config->publish_root)
        return;
    find_existing(config->publish_root, place);
    if (strcmp(place, config->publish_root) == 0) {
        check_root(r, place);
    } else {
        const char *slash = strrchr(config->publish_root, '/');

        /* Only the last directory is made. */
        if ((size_t)(slash - config->publish_root) != strlen(place) && slash != config->publish_root)
            report_fail(r, "publish_root %s cannot be made: make the directory that it is to be in",
                        config->publish_root);
        else if (faccessat(AT_FDCWD, place, W_OK | X_OK, AT_EACCESS) < 0)
            report_fail(r, "publish_root %s does not exist and cannot be made in %s: %s",
                        config->publish_root, place, strerror(errno));
        else
            report_ok(r, "publish_root %s does not exist yet and can be made in %s",
                      config->publish_root, place);
    }
    check_device(r, config, place);
    check_access_times(r, config, place);
}
