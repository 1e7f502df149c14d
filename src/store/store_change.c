/* SPDX-License-Identifier: MIT
 *
 * Uploads, deletions, and what they leave to be unlinked. A blob's file is linked before the
 * transaction that names it, outside of it because that takes a disk's time; whoever unlinks does so
 * inside one, having seen that nobody uses it. So a file may be taken from under a commit that is about
 * to name it: the commit looks, and links it again.
 *
 * Uploads are committed by lists, most of them of one. They take each step together; what goes wrong for one
 * is its own, up to the transaction, which is everybody's.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "store/store_versions.h"

#define LINK_TRIES 100
#define NOTHING_TO_DO 1 /* ends a transaction without a commit */
#define TO_DO (-EAGAIN)

static int run(struct change *c, kv_body *body)
{
    int rc = kv_update(c->store->kv, body, c);

    if (rc)
        return rc;
    store_owes_anew(c->store);
    store_owes(c->store, &c->key, c->totals.sequence);
    return 0;
}

static int finish(struct kv_txn *txn, struct change *c)
{
    int rc = store_drop_settled(txn, c->store);

    return rc ? rc : versions_finish(txn, c);
}

/* ---- commit ---- */

/* The name of the blob must be on disk. That of one's own file is, and so is that of a whole one
 * that was found on record; any other was linked by somebody who may not have come to syncing it. */
static int check_blob(struct kv_txn *txn, const struct change *c)
{
    struct store_directories *files = &c->store->files;
    struct store_blob blob;
    int own = store_blob_is(files, &c->picture->digest, c->upload->fd), rc;

    if (own)
        return own == 1 ? 0 : own == -ENOENT ? -EAGAIN : own;
    rc = store_read_blob(txn, &c->picture->digest, &blob);
    return rc == -ENOENT ? store_blob_sync(files, &c->picture->digest) : rc;
}

struct batch {
    struct store *store;
    struct change *changes;
    size_t count;
};

/* Writes nothing. */
static int judge(struct kv_txn *txn, struct change *c)
{
    int rc = check_blob(txn, c);

    if (rc)
        return rc;
    rc = versions_read_current(txn, c, &c->current);
    c->there = rc == 0;
    return rc && rc != -ENOENT ? rc : versions_check_condition(c, c->there, &c->current);
}

static int put(struct kv_txn *txn, struct change *c)
{
    int rc = versions_put_current(txn, c, c->there ? &c->current : NULL);

    if (!rc)
        rc = versions_trim(txn, c);
    return rc ? rc : versions_finish(txn, c);
}

static int commit_body(struct kv_txn *txn, void *context)
{
    const struct batch *b = context;
    int rc = store_drop_settled(txn, b->store);
    bool any = false;

    for (size_t i = 0; i < b->count && !rc; i++) {
        struct change *c = &b->changes[i];

        if (c->rc != TO_DO)
            continue;
        rc = versions_start(txn, c);
        if (rc)
            return rc;
        c->verdict = judge(txn, c);
        if (c->verdict == 0)
            rc = put(txn, c);
        any |= c->verdict == 0;
    }
    return rc || any ? rc : NOTHING_TO_DO;
}

static void commit_records(struct batch *b)
{
    int rc = kv_update(b->store->kv, commit_body, b);

    if (rc == 0)
        store_owes_anew(b->store);
    for (size_t i = 0; i < b->count; i++) {
        struct change *c = &b->changes[i];

        if (c->rc != TO_DO)
            continue;
        c->rc = rc < 0 ? rc : c->verdict;
        if (c->rc == 0)
            store_owes(b->store, &c->key, c->totals.sequence);
    }
}

/* The last of those that are to be made still; NULL if there is none. */
static struct change *last_of(const struct batch *b)
{
    struct change *last = NULL;

    for (size_t i = 0; i < b->count; i++)
        if (b->changes[i].rc == TO_DO)
            last = &b->changes[i];
    return last;
}

/* More than one: at once, if that can be. */
static bool sync_all(const struct batch *b)
{
    return b->count > 1 && store_sync_all(&b->store->files) == 0;
}

static int sync_file(int fd)
{
    return fsync(fd) == 0 ? 0 : -errno;
}

/* Nor is a directory's name that was brought to disk with all of them. */
static void distrust(struct batch *b, bool *all)
{
    memset(b->store->files.named, 0, sizeof b->store->files.named);
    *all = false;
}

/* The last one is synced by itself in any case, before the others: that tells of a journal that has been
 * given up, which not every syncfs(2) does. Then none is believed to be on disk with the others. */
static void sync_bytes(struct batch *b)
{
    struct change *last = last_of(b);
    bool all = last && sync_all(b);
    int failed = last ? sync_file(last->upload->fd) : 0;

    if (failed)
        distrust(b, &all);
    for (size_t i = 0; i < b->count; i++) {
        struct change *c = &b->changes[i];
        int rc = failed;

        if (c->rc != TO_DO)
            continue;
        if (c != last)
            rc = all ? store_sync_check(c->upload->fd) : sync_file(c->upload->fd);
        if (rc)
            c->rc = rc;
    }
}

static void link_blobs(struct batch *b)
{
    for (size_t i = 0; i < b->count; i++) {
        struct change *c = &b->changes[i];
        int rc = 0;

        if (c->rc == TO_DO)
            rc = store_blob_link(&b->store->files, c->upload->temp, &c->picture->digest,
                                 c->upload->length);
        if (rc)
            c->rc = rc;
    }
}

/* Each directory once, the last one first, as above. Also of what was found whole: somebody may
 * just have put it in the place of what was not. */
static void sync_names(struct batch *b)
{
    struct change *last = last_of(b);
    bool all = last && sync_all(b), synced[256] = {false};
    int rcs[256] = {0};

    if (last) {
        unsigned first = last->picture->digest.bytes[0];

        rcs[first] = store_blob_sync(&b->store->files, &last->picture->digest);
        synced[first] = true;
        if (rcs[first])
            distrust(b, &all);
    }
    for (size_t i = 0; i < b->count; i++) {
        struct change *c = &b->changes[i];
        unsigned first = c->picture->digest.bytes[0];

        if (c->rc != TO_DO)
            continue;
        if (!all && !synced[first]) {
            rcs[first] = store_blob_sync(&b->store->files, &c->picture->digest);
            synced[first] = true;
        }
        if (rcs[first])
            c->rc = rcs[first];
    }
}

static void link_and_commit(struct batch *b)
{
    sync_bytes(b);
    for (int i = 0; i < LINK_TRIES && last_of(b); i++) {
        link_blobs(b);
        sync_names(b);
        commit_records(b);
    }
}

static void take_back(struct store *store, const struct digest *digest)
{
    int rc = store_unlink_unused(store, digest);

    if (rc && rc != -EAGAIN) /* else a sweep finds it */
        log_warn("store-blob", "error=\"%s\"", strerror(-rc));
}

/* What is done is done, and no change waits for a backup: what stays behind is on record, and goes
 * with the next change, or by a keeper. */
static void settle(struct store *store)
{
    int rc = store_settle(store, 0);

    if (rc && rc != -EAGAIN)
        log_warn("store-blob", "error=\"%s\"", strerror(-rc));
}

static struct change change_of(const struct store_put *p)
{
    struct change c = {.store = p->upload->store,
                       .subject = p->subject,
                       .condition = p->condition,
                       .picture = p->picture,
                       .upload = p->upload,
                       .keep = p->keep};
    int rc = digest_of(p->subject, strlen(p->subject), &c.key);

    c.rc = rc ? rc : TO_DO;
    return c;
}

static void commit(struct batch *b)
{
    bool displaced = false;

    link_and_commit(b);
    for (size_t i = 0; i < b->count; i++) {
        struct change *c = &b->changes[i];

        store_upload_abort(c->upload);
        if (c->rc)
            take_back(c->store, &c->picture->digest);
        else
            displaced |= c->removed.blobs > 0;
    }
    if (displaced)
        settle(b->store);
}

int store_commit(struct store_upload *u, const char *subject, struct store_picture *p,
                 uint32_t keep, const struct store_condition *condition,
                 struct store_removed *removed)
{
    const struct store_put put = {u, subject, p, keep, condition};
    struct change c = change_of(&put);
    struct batch b = {c.store, &c, 1};

    commit(&b);
    if (!c.rc && removed)
        *removed = c.removed;
    return c.rc;
}

static void fail_all(const struct store_put *puts, size_t count, int rc, int *rcs)
{
    for (size_t i = 0; i < count; i++) {
        store_upload_abort(puts[i].upload);
        rcs[i] = rc;
    }
}

void store_commit_all(struct store *store, const struct store_put *puts, size_t count, int *rcs)
{
    struct batch b = {store, calloc(count, sizeof *b.changes), count};

    if (!b.changes) {
        fail_all(puts, count, -ENOMEM, rcs);
        return;
    }
    for (size_t i = 0; i < count; i++)
        b.changes[i] = change_of(&puts[i]);
    commit(&b);
    for (size_t i = 0; i < count; i++)
        rcs[i] = b.changes[i].rc;
    free(b.changes);
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
    return rc ? rc : finish(txn, c);
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
    return rc ? rc : finish(txn, c);
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
