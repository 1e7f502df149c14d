/* SPDX-License-Identifier: MIT
 *
 * The store of uploads: whose it is, whether it can be written, what it lies on, and whether its records
 * can be read. Nothing is made, so that nothing belongs to whoever checks.
 */
#include "ctl/check.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "cache/file_system.h"
#include "serve/server.h"
#include "store/store.h"

static bool has_uploads(const struct config *config, uint64_t *largest)
{
    bool has = false;

    *largest = 0;
    for (size_t i = 0; i < config->source_count; i++) {
        const struct config_source *source = &config->sources[i];

        if (source->type != SOURCE_STORE)
            continue;
        has = true;
        if (source->store.max_bytes > *largest)
            *largest = source->store.max_bytes;
    }
    return has;
}

static void check_disk(struct report *r, const char *path)
{
    char name[64];

    switch (file_system_judge(path, name, sizeof name)) {
    case FILE_SYSTEM_UNKNOWN:
        report_fail(r, "store: file system of %s cannot be asked for", path);
        break;
    case FILE_SYSTEM_GOOD:
        report_ok(r, "store: file system of %s: %s", path, name);
        break;
    case FILE_SYSTEM_DOUBTFUL:
        report_warn(r, "store: file system of %s: %s; fine for a trial, but uploads may be gone after a "
                       "restart, or be out of step with their records", path, name);
        break;
    case FILE_SYSTEM_UNFIT:
        report_fail(r, "store: file system of %s: %s; its records need a local disk", path, name);
        break;
    }
}

static void check_room(struct report *r, const struct config *config, const char *path,
                       uint64_t largest)
{
    char free_text[16], wanted_text[16];
    struct statvfs space;
    uint64_t available;

    if (statvfs(path, &space) < 0) {
        report_fail(r, "store: free space of %s: %s", path, strerror(errno));
        return;
    }
    available = (uint64_t)space.f_bavail * space.f_frsize;
    report_bytes(available, free_text);
    if (space.f_flag & ST_RDONLY)
        report_fail(r, "store: file system of %s is mounted read-only", path);
    if (available < config->min_free + largest)
        report_fail(r, "store: free space: %s, less than min_free and the largest upload, %s: uploads "
                       "get 503", free_text, report_bytes(config->min_free + largest, wanted_text));
    else
        report_ok(r, "store: free space: %s", free_text);
}

/* The nearest parent that exists, in `path`. */
static void find_parent(char path[PATH_MAX])
{
    struct stat st;

    while (strcmp(path, "/") != 0 && stat(path, &st) < 0 && errno == ENOENT) {
        char *slash = strrchr(path, '/');

        if (!slash)
            return;
        slash[slash == path ? 1 : 0] = '\0';
    }
}

/* Workers make the state directory and a directory in it, nothing else. */
static void check_creatable(struct report *r, const struct config *config, const char *path,
                            uint64_t largest)
{
    char parent[PATH_MAX];

    snprintf(parent, sizeof parent, "%s", path);
    find_parent(parent);
    if (faccessat(AT_FDCWD, parent, W_OK | X_OK, AT_EACCESS) < 0)
        report_fail(r, "store %s does not exist and cannot be made in %s: %s", path, parent,
                    strerror(errno));
    else
        report_ok(r, "store %s does not exist yet and will be made in %s", path, parent);
    check_disk(r, parent);
    check_room(r, config, parent, largest);
}

static void check_owner(struct report *r, const char *path, const struct stat *st)
{
    const struct passwd *owner = getpwuid(st->st_uid);

    report_ok(r, "store %s: owner %s (%ld), mode %04o", path, owner ? owner->pw_name : "?",
              (long)st->st_uid, (unsigned)st->st_mode & 07777);
    if (faccessat(AT_FDCWD, path, R_OK | W_OK | X_OK, AT_EACCESS) < 0)
        report_fail(r, "store %s cannot be written: %s", path, strerror(errno));
    if (st->st_mode & S_IWOTH)
        report_fail(r, "store %s can be written by everybody", path);
    else if (geteuid() != 0 && st->st_uid != geteuid())
        report_warn(r, "store %s belongs to another user; workers of two users would lock each other "
                       "out", path);
}

/* A state directory that was made by one user and a store by another is a store that is away. */
static void check_same_owner(struct report *r, const struct config *config, const char *path,
                             const struct stat *store)
{
    struct stat state;

    if (stat(config->state_dir, &state) == 0 && state.st_uid != store->st_uid)
        report_fail(r, "store %s belongs to another user (%ld) than the state directory (%ld)", path,
                    (long)store->st_uid, (long)state.st_uid);
}

static void check_records(struct report *r, const char *path)
{
    char error[CONFIG_ERROR_MAX], size[16];
    struct store_stats stats;
    struct store *store;
    int rc = store_open_to_look(path, &store, error);

    if (rc == -ENOENT) {
        report_ok(r, "store %s has no store.mdb yet: will be made", path);
        return;
    }
    if (rc) {
        report_fail(r, "%s", error);
        return;
    }
    rc = store_stats(store, &stats);
    store_close(&store);
    if (rc)
        report_fail(r, "store %s: store.mdb: %s", path, strerror(-rc));
    else
        report_ok(r, "store %s: %" PRIu64 " picture%s, %" PRIu64 " version%s, %s", path,
                  stats.subjects, stats.subjects == 1 ? "" : "s", stats.versions,
                  stats.versions == 1 ? "" : "s", report_bytes(stats.bytes, size));
}

void check_uploads(struct report *r, const struct config *config)
{
    char path[PATH_MAX];
    uint64_t largest;
    struct stat st;

    if (!has_uploads(config, &largest))
        return;
    if (server_store_directory(config, path) != 0) {
        report_fail(r, "store: its path is too long");
        return;
    }
    if (stat(path, &st) < 0) {
        if (errno == ENOENT)
            check_creatable(r, config, path, largest);
        else
            report_fail(r, "store %s: %s", path, strerror(errno));
        return;
    }
    if (!S_ISDIR(st.st_mode)) {
        report_fail(r, "store %s is not a directory", path);
        return;
    }
    check_owner(r, path, &st);
    check_same_owner(r, config, path, &st);
    check_disk(r, path);
    check_room(r, config, path, largest);
    check_records(r, path);
}
