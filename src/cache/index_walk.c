/* SPDX-License-Identifier: MIT
 *
 * Looking at all blobs or all entries.
 */
#include <errno.h>
#include <string.h>

#include "cache/index_change.h"

struct blob_walk {
    index_each_blob *each;
    void *context;
};

static int walk_blob(struct kv_slice key, struct kv_slice value, void *context)
{
    struct blob_walk *w = context;
    struct blob_record record;
    struct digest blob;

    if (key.length != DIGEST_SIZE || parse_blob(value, &record))
        return -EUCLEAN;
    memcpy(blob.bytes, key.data, DIGEST_SIZE);
    return w->each(&blob, record.length, record.uses, w->context);
}

static int walk_blobs_body(struct kv_txn *txn, void *context)
{
    return kv_walk(txn, BLOBS, walk_blob, context);
}

int index_walk_blobs(struct index *index, index_each_blob *each, void *context)
{
    struct blob_walk w = {.each = each, .context = context};

    return kv_view(index->kv, walk_blobs_body, &w);
}

struct entry_walk {
    struct kv_txn *txn;
    struct totals totals;
    const struct digest *from;
    size_t count;
    bool full;  /* `count` entries have been seen */
    index_each_entry *each;
    void *context;
};

static int walk_entry(struct kv_slice key, struct kv_slice value, void *context)
{
    struct entry_walk *w = context;
    struct digest digest;
    struct entry e;
    int purged;

    if (key.length != DIGEST_SIZE)
        return -EUCLEAN;
    memcpy(digest.bytes, key.data, DIGEST_SIZE);
    if (w->from && digest_equal(&digest, w->from))
        return 0;
    if (w->count == 0) {
        w->full = true;
        return 1;
    }
    w->count--;
    if (!entry_decode(value.data, value.length, &e))
        return 0;
    purged = change_is_purged(w->txn, &w->totals, &e);
    if (purged < 0)
        return purged;
    return w->each(&digest, &e, purged, w->context);
}

static int walk_entries_body(struct kv_txn *txn, void *context)
{
    struct entry_walk *w = context;
    struct kv_slice from = {w->from ? w->from->bytes : NULL, w->from ? DIGEST_SIZE : 0};
    int rc = read_totals(txn, &w->totals);

    w->txn = txn;
    if (rc)
        return rc;
    return kv_walk_from(txn, ENTRIES, from, walk_entry, w);
}

int index_walk_entries(struct index *index, const struct digest *from, size_t count,
                       index_each_entry *each, void *context, bool *done)
{
    struct entry_walk w = {.from = from, .count = count, .each = each, .context = context};
    int rc = kv_view(index->kv, walk_entries_body, &w);

    *done = rc == 0;
    return w.full ? 0 : rc;
}
