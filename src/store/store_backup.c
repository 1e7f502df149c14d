/* SPDX-License-Identifier: MIT
 *
 * A copy of a store that is in use. Most files are carried over while everything goes on; then, while none
 * may be unlinked, the records are copied and the files that came in between follow. So what is on
 * record in the copy is in it. No change waits for that: what is displaced or deleted meanwhile is on record
 * as such, and unlinked afterwards.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "store/store_private.h"

#define COPY_NAME "store.mdb.copy" /* until it is whole */

struct backup {
    struct store *store;
    struct store_directories to;
    store_stop *stop;
    struct store_copied *out;
};

static int carry(const struct digest *digest, struct backup *b)
{
    int rc = b->stop && b->stop() ? -EINTR : store_blob_carry(&b->store->files, &b->to, digest);

    b->out->linked += rc == STORE_LINKED;
    b->out->copied += rc == STORE_COPIED;
    return rc < 0 ? rc : 0;
}

/* It may be gone by now. */
static int carry_ahead(const struct digest *digest, void *context)
{
    int rc = carry(digest, context);

    return rc == -ENOENT ? 0 : rc;
}

/* One that is lost is told by whoever checks the copy. */
static int carry_recorded(struct kv_slice key, struct kv_slice value, void *context)
{
    struct digest digest;
    int rc;

    (void)value;
    if (key.length != DIGEST_SIZE)
        return -EUCLEAN;
    memcpy(digest.bytes, key.data, DIGEST_SIZE);
    rc = carry(&digest, context);
    return rc == -ENOENT ? 0 : rc;
}

static int carry_body(struct kv_txn *txn, void *context)
{
    return kv_walk(txn, BLOBS, carry_recorded, context);
}

/* ---- the records ---- */

static int copy_records(struct store *store, const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600), rc;

    if (fd < 0)
        return -errno;
    rc = kv_copy(store->kv, fd);
    if (!rc && fsync(fd) != 0)
        rc = -errno;
    close(fd);
    return rc;
}

static int carry_the_rest(struct backup *b, const char *path)
{
    const struct kv_options options = store_kv_options(path, true);
    struct kv *kv;
    int rc = kv_open(&options, &kv);

    if (rc)
        return rc;
    rc = kv_view(kv, carry_body, b);
    kv_close(&kv);
    return rc;
}

static int copy_locked(struct backup *b, const char *path)
{
    int lock = store_blobs_hold(&b->store->files), rc;

    if (lock < 0)
        return lock;
    rc = copy_records(b->store, path);
    if (!rc)
        rc = carry_the_rest(b, path);
    close(lock);
    if (rc)
        return rc;
    /* What others would have unlinked meanwhile. If it cannot be, as while another backup is completed,
     * the copy is whole all the same. */
    rc = store_settle(b->store, 0);
    if (rc && rc != -EAGAIN)
        log_warn("store-blob", "error=\"%s\"", strerror(-rc));
    return 0;
}

/* ---- the directory ---- */

static int make_empty(const char *directory)
{
    struct dirent *entry;
    int rc = 0;
    DIR *dir;

    if (mkdir(directory, 0700) == 0)
        return 0;
    if (errno != EEXIST)
        return -errno;
    dir = opendir(directory);
    if (!dir)
        return -errno;
    while (!rc && (entry = readdir(dir)) != NULL)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            rc = -ENOTEMPTY;
    closedir(dir);
    return rc;
}

static int sync_blobs(struct store_directories *d)
{
    struct digest first = {{0}};
    int rc = 0;

    for (unsigned i = 0; i < 256 && !rc; i++) {
        first.bytes[0] = (unsigned char)i;
        rc = store_blob_sync(d, &first);
        rc = rc == -ENOENT ? 0 : rc;
    }
    return rc;
}

static int copy_all(struct backup *b, const char *directory)
{
    char path[PATH_MAX], name[PATH_MAX];
    int n = snprintf(path, sizeof path, "%s/" COPY_NAME, directory), rc;
    int m = snprintf(name, sizeof name, "%s/store.mdb", directory);

    if (n < 0 || m < 0 || (size_t)n >= sizeof path || (size_t)m >= sizeof name)
        return -ENAMETOOLONG;
    rc = store_blob_walk(&b->store->files, carry_ahead, b);
    if (!rc)
        rc = copy_locked(b, path);
    if (!rc)
        rc = sync_blobs(&b->to);
    if (!rc && rename(path, name) != 0)
        rc = -errno;
    return rc ? rc : store_directory_sync(directory);
}

int store_backup(struct store *store, const char *directory, store_stop *stop,
                 struct store_copied *out)
{
    struct backup b = {.store = store, .stop = stop, .out = out};
    char whole[PATH_MAX];
    const char *what;
    int rc = make_empty(directory);

    *out = (struct store_copied){0};
    if (!rc && !realpath(directory, whole))
        rc = -errno;
    if (!rc)
        rc = store_directories_open(whole, &b.to, &what);
    if (rc)
        return rc;
    rc = copy_all(&b, whole);
    store_directories_close(&b.to);
    return rc;
}
