/* SPDX-License-Identifier: MIT
 *
 * What changes leave behind: files that nobody uses any more, and those of who was killed.
 */
#include <errno.h>
#include <string.h>

#include "store/store_private.h"

#define SETTLE_AT_ONCE 64u
#define SETTLED 1 /* ends a transaction that has nothing to do */

struct doom {
    const struct store *store;
    const struct digest *digest;
};

static int unlink_unused_body(struct kv_txn *txn, void *context)
{
    const struct doom *d = context;
    struct store_blob blob;
    int rc = store_read_blob(txn, d->digest, &blob);

    if (!rc)
        return SETTLED;
    if (rc == -ENOENT)
        rc = kv_sync(txn);
    if (!rc)
        rc = store_blob_unlink(&d->store->files, d->digest);
    return rc ? rc : SETTLED;
}

int store_unlink_unused(struct store *store, const struct digest *digest)
{
    struct doom d = {store, digest};
    int rc = store_blobs_use(&store->files, 0);

    if (rc)
        return rc;
    rc = kv_update(store->kv, unlink_unused_body, &d);
    store_blobs_release(&store->files);
    return rc < 0 ? rc : 0;
}

static int settle_one(struct kv_txn *txn, struct store *store, const struct digest *digest)
{
    struct store_blob blob;
    int rc = store_read_blob(txn, digest, &blob);

    if (rc == -ENOENT)
        rc = store_blob_unlink(&store->files, digest);
    return rc ? rc : kv_delete(txn, DOOMED, store_digest_slice(digest));
}

static int settle_body(struct kv_txn *txn, void *context)
{
    struct store *store = context;
    int rc = 0;

    for (unsigned i = 0; i < SETTLE_AT_ONCE && !rc; i++) {
        struct kv_slice key, value;
        struct digest digest;

        rc = kv_first(txn, DOOMED, &key, &value);
        if (rc)
            return rc == -ENOENT ? (i == 0 ? SETTLED : 0) : rc;
        if (key.length != DIGEST_SIZE)
            return -EUCLEAN;
        memcpy(digest.bytes, key.data, DIGEST_SIZE);
        if (i == 0)
            rc = kv_sync(txn); /* see struct doom */
        if (!rc)
            rc = settle_one(txn, store, &digest);
    }
    return rc;
}

static int count_doomed_body(struct kv_txn *txn, void *context)
{
    return kv_count(txn, DOOMED, context);
}

/* Each in a write transaction, so that nobody comes to use it meanwhile. */
int store_settle(struct store *store, int64_t wait_ms)
{
    uint64_t count;
    int rc = kv_view(store->kv, count_doomed_body, &count);

    if (rc || count == 0)
        return rc;
    rc = store_blobs_use(&store->files, wait_ms);
    if (rc)
        return rc;
    do
        rc = kv_update(store->kv, settle_body, store);
    while (!rc);
    store_blobs_release(&store->files);
    return rc < 0 ? rc : 0;
}

struct sweeping {
    struct store *store;
    int removed;
};

static int is_used_body(struct kv_txn *txn, void *context)
{
    struct store_blob blob;

    return store_read_blob(txn, context, &blob);
}

static int sweep_one(const struct digest *digest, void *context)
{
    struct sweeping *s = context;
    struct digest copy = *digest;
    int rc = kv_view(s->store->kv, is_used_body, &copy);

    if (rc != -ENOENT)
        return rc;
    rc = store_unlink_unused(s->store, digest);
    s->removed += rc == 0;
    return rc == -EAGAIN ? 0 : rc;
}

int store_sweep_temporary(struct store *store)
{
    return store_temp_sweep(&store->files);
}

int store_sweep_part(struct store *store, unsigned first)
{
    struct sweeping s = {.store = store};
    int rc = store_blob_walk_part(&store->files, first, sweep_one, &s);

    return rc ? rc : s.removed;
}

int store_sweep(struct store *store)
{
    struct sweeping s = {.store = store};
    int temporary = store_temp_sweep(&store->files), rc = store_settle(store, 0);

    if (temporary < 0 || (rc && rc != -EAGAIN))
        return temporary < 0 ? temporary : rc;
    rc = store_blob_walk(&store->files, sweep_one, &s);
    return rc ? rc : temporary + s.removed;
}
