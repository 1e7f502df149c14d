/* SPDX-License-Identifier: MIT
 *
 * Uploads, deletions, and what they leave to be unlinked. A blob's file is linked before the
 * transaction that names it, outside of it because that takes a disk's time; whoever unlinks does so
 * inside one, having seen that nobody uses it. So a file may be taken from under a commit that is about
 * to name it: the commit looks, and links it again.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "store/store_versions.h"

#define LINK_TRIES 100
#define NOTHING_TO_DO 1 /* ends a transaction without a commit */

static int run(struct change *c, kv_body *body)
{
    int rc = kv_update(c->store->kv, body, c);

    if (rc)
        return rc;
    c->store->settled.any = false;
    c->store->owes = (struct owed){true, c->key, c->totals.sequence};
    return 0;
}

/* ---- commit ---- */

/* The name of the blob must be on disk. That of one's own file is, and so is that of a whole one
 * that was found on record; any other was linked by somebody who may not have come to syncing it. */
static int check_blob(struct kv_txn *txn, const struct change *c)
{
    struct store_directories *files = &c->store->files;
    struct store_blob blob;
    int own = store_blob_is(files, &c->picture->digest, c->fd), rc;

    if (own)
        return own == 1 ? 0 : own == -ENOENT ? -EAGAIN : own;
    rc = store_read_blob(txn, &c->picture->digest, &blob);
    return rc == -ENOENT ? store_blob_sync(files, &c->picture->digest) : rc;
}

static int commit_body(struct kv_txn *txn, void *context)
{
    struct change *c = context;
    struct store_picture current;
    int rc = versions_start(txn, c), there;

    if (!rc)
        rc = check_blob(txn, c);
    if (rc)
        return rc;
    there = versions_read_current(txn, c, &current);
    if (there && there != -ENOENT)
        return there;
    rc = versions_check_condition(c, there == 0, &current);
    if (!rc)
        rc = versions_put_current(txn, c, there == 0 ? &current : NULL);
    if (!rc)
        rc = versions_trim(txn, c);
    return rc ? rc : versions_finish(txn, c);
}

static int sync_file(int fd)
{
    return fsync(fd) == 0 ? 0 : -errno;
}

static int link_and_commit(struct store_upload *u, struct change *c)
{
    int rc = -EAGAIN;

    for (int i = 0; rc == -EAGAIN && i < LINK_TRIES; i++) {
        rc = store_blob_link(&c->store->files, u->temp, &c->picture->digest, u->length);
        if (!rc)
            rc = run(c, commit_body);
    }
    return rc;
}

static void take_back(struct store *store, const struct digest *digest)
{
    int rc = store_unlink_unused(store, digest);

    if (rc && rc != -EAGAIN) /* else a sweep finds it */
        log_warn("store-blob", "error=\"%s\"", strerror(-rc));
}

/* What is done is done, and no change waits for a backup: what stays behind is on record, and goes with the
 * next change, or by a keeper. */
static void settle(struct store *store)
{
    int rc = store_settle(store, 0);

    if (rc && rc != -EAGAIN)
        log_warn("store-blob", "error=\"%s\"", strerror(-rc));
}

int store_commit(struct store_upload *u, const char *subject, struct store_picture *p,
                 uint32_t keep, const struct store_condition *condition,
                 struct store_removed *removed)
{
    struct change c = {.store = u->store,
                       .subject = subject,
                       .condition = condition,
                       .picture = p,
                       .fd = u->fd,
                       .keep = keep};
    int rc = digest_of(subject, strlen(subject), &c.key);

    if (!rc)
        rc = sync_file(u->fd);
    if (!rc)
        rc = link_and_commit(u, &c);
    store_upload_abort(u);
    if (rc) {
        take_back(c.store, &p->digest);
        return rc;
    }
    if (c.removed.blobs > 0)
        settle(c.store);
    if (removed)
        *removed = c.removed;
    return 0;
}

/* ---- delete ---- */

static int delete_body(struct kv_txn *txn, void *context)
{
    struct change *c = context;
    struct store_picture current;
    int rc = versions_start(txn, c);

    if (!rc)
        rc = versions_read_current(txn, c, &current);
    if (!rc)
        rc = versions_check_condition(c, true, &current);
    if (rc)
        return rc;
    do
        rc = versions_drop_oldest(txn, c);
    while (!rc);
    if (rc == -ENOENT)
        rc = versions_drop_current(txn, c, &current);
    c->totals.sequence++;
    return rc ? rc : versions_finish(txn, c);
}

int store_delete(struct store *store, const char *subject, const struct store_condition *condition,
                 struct store_removed *removed)
{
    struct change c = {.store = store, .subject = subject, .condition = condition};
    int rc = digest_of(subject, strlen(subject), &c.key);

    if (!rc)
        rc = run(&c, delete_body);
    if (rc)
        return rc;
    settle(store);
    if (removed)
        *removed = c.removed;
    return 0;
}

/* ---- trim ---- */

static int trim_body(struct kv_txn *txn, void *context)
{
    struct change *c = context;
    struct store_picture current;
    int rc = versions_start(txn, c);

    if (!rc)
        rc = versions_read_current(txn, c, &current);
    if (!rc)
        rc = versions_trim(txn, c);
    if (rc)
        return rc;
    /* What is current stays what it is: no purge is owed. */
    return c->removed.versions > 0 ? store_write_totals(txn, &c->totals) : NOTHING_TO_DO;
}

int store_trim(struct store *store, const char *subject, uint32_t keep,
               struct store_removed *removed)
{
    struct change c = {.store = store, .subject = subject, .keep = keep};
    int rc = digest_of(subject, strlen(subject), &c.key);

    if (!rc)
        rc = kv_update(store->kv, trim_body, &c);
    if (rc < 0)
        return rc;
    if (c.removed.blobs > 0)
        settle(store);
    *removed = c.removed;
    return 0;
}

/* ---- restore ---- */

static int restore_body(struct kv_txn *txn, void *context)
{
    struct change *c = context;
    struct store_picture current, earlier;
    int rc = versions_start(txn, c);

    if (!rc)
        rc = versions_read_current(txn, c, &current);
    if (!rc)
        rc = versions_find_earlier(txn, c, &earlier);
    if (rc)
        return rc;
    *c->picture = earlier;
    c->picture->uploaded_ms = c->now_ms; /* for those who go by dates it is a new one */
    rc = versions_move_up(txn, c, &current, &earlier);
    return rc ? rc : versions_finish(txn, c);
}

static int find_body(struct kv_txn *txn, void *context)
{
    struct change *c = context;

    return versions_find_earlier(txn, c, c->picture);
}

/* Returns 0, -EBADMSG if they are damaged or missing, or another negative errno. */
static int check_its_bytes(const struct store *store, const struct store_picture *p)
{
    int fd = store_blob_open(&store->files, &p->digest), rc;

    if (fd < 0)
        return fd == -ENOENT || fd == -ELOOP ? -EBADMSG : fd;
    rc = store_check_bytes(fd, &p->digest, p->length);
    close(fd);
    return rc == -EIO ? -EBADMSG : rc;
}

/* Reading takes a disk's time, and others may write meanwhile; then it is that version or none. */
static int find_sound(struct change *c, char hex[DIGEST_HEX_SIZE])
{
    int rc = kv_view(c->store->kv, find_body, c);

    if (!rc)
        rc = check_its_bytes(c->store, c->picture);
    digest_to_hex(&c->picture->digest, hex);
    c->digits = hex;
    return rc;
}

int store_restore(struct store *store, const char *subject, const char *digits, int64_t now_ms,
                  struct store_picture *out)
{
    struct change c = {.store = store,
                       .subject = subject,
                       .picture = out,
                       .digits = digits,
                       .now_ms = now_ms};
    char hex[DIGEST_HEX_SIZE];
    int rc = digest_of(subject, strlen(subject), &c.key);

    *out = (struct store_picture){.sequence = 0};
    if (!rc)
        rc = find_sound(&c, hex);
    return rc ? rc : run(&c, restore_body);
}
