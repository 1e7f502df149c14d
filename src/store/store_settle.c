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

/* Just behind a key, which may be on record still; empty: the start. */
struct place {
    unsigned char bytes[DIGEST_SIZE + 1];
    size_t length;
};

/* A batch may be run again, and leaves alone where it began. */
struct settling {
    struct store *store;
    struct place from, next;
    int failed; /* the first error of a file in this batch */
};

/* What cannot be unlinked stays on record, and does not keep what is behind it. */
static int settle_one(struct kv_txn *txn, struct settling *s, const struct digest *digest)
{
    struct store_blob blob;
    int rc = store_read_blob(txn, digest, &blob);

    if (rc == -ENOENT)
        rc = store_blob_unlink(&s->store->files, digest);
    if (!rc)
        return kv_delete(txn, DOOMED, store_digest_slice(digest));
    if (!s->failed)
        s->failed = rc;
    return 0;
}

static int find_next(struct kv_txn *txn, struct place *place, struct digest *out)
{
    struct kv_slice key, value;
    int rc = kv_seek(txn, DOOMED, (struct kv_slice){place->bytes, place->length}, &key, &value);

    if (rc)
        return rc;
    if (key.length != DIGEST_SIZE)
        return -EUCLEAN;
    memcpy(out->bytes, key.data, DIGEST_SIZE);
    *place = (struct place){.length = DIGEST_SIZE + 1};
    memcpy(place->bytes, out->bytes, DIGEST_SIZE);
    return 0;
}

static int settle_body(struct kv_txn *txn, void *context)
{
    struct settling *s = context;
    int rc = 0;

    s->next = s->from;
    s->failed = 0;
    for (unsigned i = 0; i < SETTLE_AT_ONCE && !rc; i++) {
        struct digest digest;

        rc = find_next(txn, &s->next, &digest);
        if (rc)
            return rc == -ENOENT ? (i == 0 ? SETTLED : 0) : rc;
        if (i == 0)
            rc = kv_sync(txn); /* see struct doom */
        if (!rc)
            rc = settle_one(txn, s, &digest);
    }
    return rc;
}

static int settle_all(struct store *store)
{
    struct settling s = {.store = store};
    int failed = 0, rc;

    do {
        rc = kv_update(store->kv, settle_body, &s);
        s.from = s.next;
        if (!rc && !failed)
            failed = s.failed;
    } while (!rc);
    return rc < 0 ? rc : failed;
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
    rc = settle_all(store);
    store_blobs_release(&store->files);
    return rc;
}

/* ---- one subject's ---- */

struct search {
    struct kv_txn *txn;
    struct digest subject;
};

/* Returns 1 if it is the subject's, and to be unlinked. */
static int is_its_own(struct kv_slice key, struct kv_slice value, void *context)
{
    const struct search *s = context;
    struct store_blob blob;
    struct digest digest;
    int rc;

    if (value.length != DIGEST_SIZE || memcmp(value.data, s->subject.bytes, DIGEST_SIZE) != 0)
        return 0;
    if (key.length != DIGEST_SIZE)
        return -EUCLEAN;
    memcpy(digest.bytes, key.data, DIGEST_SIZE);
    rc = store_read_blob(s->txn, &digest, &blob);
    return rc == -ENOENT ? 1 : rc;
}

static int search_body(struct kv_txn *txn, void *context)
{
    struct search *s = context;

    s->txn = txn;
    return kv_walk(txn, DOOMED, is_its_own, s);
}

int store_settle_subject(struct store *store, const char *subject, int64_t wait_ms)
{
    struct search s = {.txn = NULL};
    int rc = digest_of(subject, strlen(subject), &s.subject), settled, left;

    if (!rc)
        rc = kv_view(store->kv, search_body, &s);
    if (rc <= 0)
        return rc;
    settled = store_settle(store, wait_ms);
    if (!settled)
        return 0;
    left = kv_view(store->kv, search_body, &s);
    return left > 0 ? settled : left;
}

/* ---- what is on no record ---- */

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
