/* SPDX-License-Identifier: MIT
 *
 * With sendfile the web server opens the blobs itself, so its user must be able
 * to search every directory down to them and to read them. Judged by the mode
 * bits alone, the way the kernel does it for a file without access lists.
 */
#include "ctl/check.h"

#include <dirent.h>
#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct person {
    const char *name;
    uid_t uid;
    gid_t *groups;
    int group_count;
};

/* Returns 0 or a negative errno; person->groups is the caller's. */
static int person_find(const char *name, struct person *person)
{
    const struct passwd *entry = getpwnam(name);
    gid_t primary;

    *person = (struct person){.name = name, .group_count = 64};
    if (!entry)
        return -ENOENT;
    person->uid = entry->pw_uid;
    primary = entry->pw_gid;
    /* The call says how many there are; the second time they fit. */
    for (int round = 0; round < 2; round++) {
        gid_t *groups = reallocarray(person->groups, (size_t)person->group_count, sizeof *groups);

        if (!groups)
            break;
        person->groups = groups;
        if (getgrouplist(name, primary, person->groups, &person->group_count) >= 0)
            return 0;
    }
    free(person->groups);
    person->groups = NULL;
    return -ENOMEM;
}

/* Whether `bits` (4 read, 1 search) are granted: the owner's bits count for the owner
 * alone, the group's for its members alone, even where they grant less. */
static bool may(const struct person *person, const struct stat *st, unsigned bits)
{
    unsigned mode = (unsigned)st->st_mode;

    if (person->uid == 0)
        return true;
    if (person->uid == st->st_uid)
        return (mode >> 6 & bits) == bits;
    for (int i = 0; i < person->group_count; i++)
        if (person->groups[i] == st->st_gid)
            return (mode >> 3 & bits) == bits;
    return (mode & bits) == bits;
}

/* Every directory from / down to `path` that exists; the last one is left in *last. */
static void check_chain(struct report *r, const struct person *person, const char *path,
                        struct stat *last)
{
    char part[PATH_MAX];
    bool reached = true;

    for (size_t i = 0;; i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        snprintf(part, sizeof part, "%.*s", i ? (int)i : 1, path);
        if (stat(part, last) < 0) {
            if (errno == ENOENT)
                report_ok(r, "%s is made by the first worker", part);
            else
                report_fail(r, "%s: %s", part, strerror(errno));
            return;
        }
        if (!may(person, last, 1)) {
            report_fail(r, "user %s cannot enter %s (mode %04o, owner %ld, group %ld): it needs x",
                        person->name, part, (unsigned)last->st_mode & 07777, (long)last->st_uid,
                        (long)last->st_gid);
            reached = false;
        }
        if (!path[i])
            break;
    }
    if (reached)
        report_ok(r, "user %s can enter %s", person->name, path);
}

/* Some blob that is there, for its mode: blobs/ab/cdef... */
static bool find_blob(const char *blobs, char *out, size_t size)
{
    DIR *outer = opendir(blobs);
    struct dirent *directory;
    bool found = false;

    while (outer && !found && (directory = readdir(outer))) {
        char path[PATH_MAX];
        struct dirent *file;
        DIR *inner;

        if (directory->d_name[0] == '.')
            continue;
        if ((size_t)snprintf(path, sizeof path, "%s/%s", blobs, directory->d_name) >= sizeof path)
            continue;
        inner = opendir(path);
        while (inner && !found && (file = readdir(inner)))
            if (file->d_name[0] != '.')
                found = (size_t)snprintf(out, size, "%s/%s", path, file->d_name) < size;
        if (inner)
            closedir(inner);
    }
    if (outer)
        closedir(outer);
    return found;
}

static void check_person(struct report *r, const struct config *config,
                         const struct person *person, const char *blobs)
{
    char blob[PATH_MAX];
    struct stat st, place;

    check_chain(r, person, blobs, &place);
    if (find_blob(blobs, blob, sizeof blob) && stat(blob, &st) == 0) {
        if (may(person, &st, 4))
            report_ok(r, "user %s can read %s", person->name, blob);
        else
            report_fail(r, "user %s cannot read %s (mode %04o, owner %ld, group %ld)",
                        person->name, blob, (unsigned)st.st_mode & 07777, (long)st.st_uid,
                        (long)st.st_gid);
        return;
    }
    /* None there yet: what a new one will be like, 0640 or 0600, in its directory's group. */
    if (stat(config->state_dir, &place) < 0)
        return;
    place.st_mode = S_IFREG | (config->group_readable ? 0640 : 0600);
    if (may(person, &place, 4))
        report_ok(r, "user %s will be able to read new blobs", person->name);
    else
        report_fail(r, "user %s will not be able to read new blobs: %s", person->name,
                    config->group_readable ? "the user is not in the state directory's group"
                                           : "set group_readable = true");
}

static void check_sendfile(struct report *r, const struct config *config,
                           const struct person *person)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                "0123456789-._~/";
    char blobs[PATH_MAX];

    if (config->sendfile == SENDFILE_NONE) {
        report_ok(r, "sendfile is none: the web server needs to read none of these files");
        return;
    }
    if ((size_t)snprintf(blobs, sizeof blobs, "%s/blobs", config->state_dir) >= sizeof blobs) {
        report_fail(r, "state directory's path is too long");
        return;
    }
    if (config->sendfile == SENDFILE_X_SENDFILE &&
        config->state_dir[strspn(config->state_dir, plain)])
        report_warn(r, "state directory's path has bytes that web servers may decode in "
                       "X-Sendfile; use letters, digits and - . _ ~ /");
    if (config->group_readable)
        report_ok(r, "the web server's user must be in the group of %s, and be able to enter "
                     "every directory above it",
                  blobs);
    else
        report_warn(r, "sendfile without group_readable: only the workers' own user can read %s",
                    blobs);
    if (person)
        check_person(r, config, person, blobs);
    else
        report_ok(r, "--user NAME tells whether the web server's user can");
}

void check_access(struct report *r, const struct config *config, const char *user)
{
    struct person person;
    struct stat root;
    int rc = user ? person_find(user, &person) : 0;

    if (rc < 0) {
        report_fail(r, "user %s: %s", user, strerror(-rc));
        return;
    }
    check_sendfile(r, config, user ? &person : NULL);
    if (!user)
        return;
    /* What is in it can be read by whoever comes so far. */
    if (config->publish_root)
        check_chain(r, &person, config->publish_root, &root);
    free(person.groups);
}
