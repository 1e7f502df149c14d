/* SPDX-License-Identifier: MIT */
#include "store/holding.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *holding_bytes(struct change_picture p)
{
    char *bytes = malloc(p.length + 1);
    unsigned state = p.seed;

    for (unsigned i = 0; bytes && i < p.length; i++) {
        state = state * 1103515245u + 12345u;
        bytes[i] = (char)(state >> 16);
    }
    return bytes;
}

int holding_digest(struct change_picture p, struct digest *out)
{
    char *bytes = holding_bytes(p);
    int rc = bytes ? digest_of(bytes, p.length, out) : -ENOMEM;

    free(bytes);
    return rc;
}

static bool contains(const struct digest *list, unsigned count, const struct digest *digest)
{
    for (unsigned i = 0; i < count; i++)
        if (digest_equal(&list[i], digest))
            return true;
    return false;
}

bool holding_has_file(const struct holding_files *files, const struct digest *digest)
{
    return contains(files->files, files->count, digest);
}

bool holding_is_used(const struct holding_files *files, const struct digest *digest)
{
    return contains(files->used, files->used_count, digest);
}

/* ---- pictures ---- */

static bool has_its_bytes(struct store *store, const struct store_picture *p)
{
    size_t length = 0, room = (size_t)p->length + 1;
    char *bytes = malloc(room);
    int fd = store_open_blob(store, &p->digest);
    struct digest found;
    bool same = bytes && fd >= 0;
    ssize_t n = 1;

    while (same && n > 0 && length < room) {
        n = read(fd, bytes + length, room - length);
        length += n > 0 ? (size_t)n : 0;
    }
    same = same && n >= 0 && length == p->length && digest_of(bytes, length, &found) == 0 &&
           digest_equal(&found, &p->digest);
    if (fd >= 0)
        close(fd);
    free(bytes);
    return same;
}

struct reading {
    struct store *store;
    struct holding *out;
    struct holding_files *files;
    char *why;
};

static int read_one(const char *subject, const struct store_picture *p, void *context)
{
    struct reading *r = context;

    bool may_differ = r->files->any_damaged && digest_equal(&p->digest, &r->files->damaged);

    if (!may_differ && !has_its_bytes(r->store, p)) {
        snprintf(r->why, CHANGE_WHY, "%s has a version without its bytes", subject);
        return -EIO;
    }
    if (r->out->count == CHANGE_VERSIONS || r->files->used_count == HOLDING_FILES) {
        snprintf(r->why, CHANGE_WHY, "%s has too many versions", subject);
        return -E2BIG;
    }
    r->out->versions[r->out->count++] = p->digest;
    if (!holding_is_used(r->files, &p->digest))
        r->files->used[r->files->used_count++] = p->digest;
    return 0;
}

bool holding_read(struct store *store, const char *subject, struct holding *out,
                  struct holding_files *files, char why[CHANGE_WHY])
{
    struct reading r = {store, out, files, why};
    int rc;

    *out = (struct holding){.count = 0};
    snprintf(why, CHANGE_WHY, "%s cannot be read", subject);
    rc = store_history(store, subject, read_one, &r);
    return rc == 0 || rc == -ENOENT;
}

/* ---- files ---- */

typedef bool each_name(const char *directory, const char *name, struct holding_files *files);

static bool for_each_name(const char *directory, each_name *each, struct holding_files *files)
{
    DIR *dir = opendir(directory);
    struct dirent *entry;
    bool good = dir != NULL;

    while (good && (entry = readdir(dir)) != NULL)
        if (entry->d_name[0] != '.')
            good = each(directory, entry->d_name, files);
    if (dir)
        closedir(dir);
    return good;
}

static bool add_blob(const char *directory, const char *name, struct holding_files *files)
{
    char hex[DIGEST_HEX_SIZE];
    int n = snprintf(hex, sizeof hex, "%s%s", strrchr(directory, '/') + 1, name);

    return files->count < HOLDING_FILES && n == (int)sizeof hex - 1 &&
           digest_from_hex(hex, (size_t)n, &files->files[files->count++]);
}

static bool add_blobs(const char *directory, const char *name, struct holding_files *files)
{
    char path[PATH_MAX];

    snprintf(path, sizeof path, "%.3000s/%.255s", directory, name);
    return for_each_name(path, add_blob, files);
}

static bool count_temporary(const char *directory, const char *name, struct holding_files *files)
{
    (void)directory;
    (void)name;
    files->temporary++;
    return true;
}

bool holding_list_files(const char *directory, struct holding_files *files, char why[CHANGE_WHY])
{
    char path[PATH_MAX];

    files->count = files->temporary = 0;
    snprintf(why, CHANGE_WHY, "blobs/ has other files than blobs, or tmp/ cannot be read");
    snprintf(path, sizeof path, "%.3000s/blobs", directory);
    if (!for_each_name(path, add_blobs, files))
        return false;
    snprintf(path, sizeof path, "%.3000s/tmp", directory);
    return for_each_name(path, count_temporary, files);
}
