/* SPDX-License-Identifier: MIT */
#include "cache/index.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cache/blob.h"
#include "cache/index_record.h"
#include "kv/kv.h"

#define READERS_MAX 1024
#define MAP_MIN (UINT64_C(64) << 20)
#define MAP_START_MAX (UINT64_C(4) << 30)

struct index {
    struct kv *kv;
    uint64_t limit;
};

/* Big-endian, so that LMDB's byte order is the order of insertion. */
static uint64_t order_key(uint64_t sequence)
{
    return htobe64(sequence);
}

/* ---- one change: what the bodies below share ---- */

struct change {
    struct index *index;
    struct totals totals;
    struct index_victims *victims;
    index_before_commit *before;
    void *context;

    const struct digest *key; /* insert, remove */
    struct entry *entry;      /* insert */
    bool fresh_blob;          /* insert */
    uint64_t sequence;        /* remove */
    uint64_t bytes;           /* make room */
    bool more;                /* make room */
};

static int unref_blob(struct kv_txn *txn, struct change *c, const struct digest *blob)
{
    struct blob_record record;
    int rc = read_blob(txn, blob, &record);

    if (rc)
        return rc == -ENOENT ? 0 : rc;
    if (record.uses > 1) {
        record.uses--;
        return write_blob(txn, blob, &record);
    }
    rc = kv_delete(txn, BLOBS, digest_slice(blob));
    if (rc)
        return rc;
    c->totals.bytes -= blob_disk_bytes(record.length);
    c->victims->blobs[c->victims->count++] = *blob;
    return 0;
}

static int ref_blob(struct kv_txn *txn, struct change *c)
{
    struct blob_record record;
    int rc = read_blob(txn, &c->entry->blob, &record);

    if (rc == -ENOENT) {
        if (!c->fresh_blob)
            return -ENOENT;
        record = (struct blob_record){.length = c->entry->length};
        c->totals.bytes += blob_disk_bytes(record.length);
    } else if (rc) {
        return rc;
    }
    record.uses++;
    return write_blob(txn, &c->entry->blob, &record);
}

static int drop_entry(struct kv_txn *txn, struct change *c, const struct digest *key,
                      const struct entry *e)
{
    uint64_t sequence = order_key(e->sequence);
    struct kv_slice place = {&sequence, sizeof sequence};
    bool negative = e->kind == ENTRY_NEGATIVE;
    int rc = kv_delete(txn, ENTRIES, digest_slice(key));

    if (rc)
        return rc;
    rc = kv_delete(txn, negative ? NEGATIVES : ORDER, place);
    if (rc && rc != -ENOENT)
        return rc;
    if (negative) {
        c->totals.negatives -= c->totals.negatives > 0;
        return 0;
    }
    return unref_blob(txn, c, &e->blob);
}

/* Drops the oldest of a table. Returns 0, -ENOENT when it is empty. */
static int drop_oldest(struct kv_txn *txn, struct change *c, unsigned table)
{
    struct kv_slice place, value;
    struct digest key;
    struct entry e;
    uint64_t sequence;
    int rc = kv_first(txn, table, &place, &value);

    if (rc)
        return rc;
    if (value.length != DIGEST_SIZE || place.length != sizeof sequence)
        return -EUCLEAN;
    memcpy(key.bytes, value.data, DIGEST_SIZE);
    memcpy(&sequence, place.data, sizeof sequence);
    rc = read_entry(txn, &key, &e);
    if (rc && rc != -ENOENT && rc != -EUCLEAN)
        return rc;
    if (rc == -EUCLEAN) { /* must not stand in the way of all others */
        rc = kv_delete(txn, ENTRIES, digest_slice(&key));
        if (rc)
            return rc;
        rc = -ENOENT;
    }
    if (rc == -ENOENT || order_key(e.sequence) != sequence)
        return kv_delete(txn, table, (struct kv_slice){&sequence, sizeof sequence});
    c->victims->evicted++;
    return drop_entry(txn, c, &key, &e);
}

/* Evicts until the limit holds with `extra` more bytes. Insertion order; an entry that was
 * just inserted is the youngest and the last to go. */
static int evict(struct kv_txn *txn, struct change *c, uint64_t extra, bool *more)
{
    *more = false;
    while (c->totals.bytes + extra > c->index->limit) {
        int rc;

        if (c->victims->count == INDEX_VICTIMS_MAX) {
            *more = true;
            return 0;
        }
        rc = drop_oldest(txn, c, ORDER);
        if (rc)
            return rc == -ENOENT ? 0 : rc;
    }
    return 0;
}

static int start(struct kv_txn *txn, struct change *c)
{
    c->victims->count = 0;
    c->victims->evicted = 0;
    return read_totals(txn, &c->totals);
}

static int finish(struct kv_txn *txn, struct change *c)
{
    int rc = write_totals(txn, &c->totals);

    if (!rc && c->before)
        c->before(c->victims, c->context);
    return rc;
}

/* ---- insert ---- */

static int place_entry(struct kv_txn *txn, struct change *c)
{
    unsigned char record[ENTRY_ENCODED_MAX];
    bool negative = c->entry->kind == ENTRY_NEGATIVE;
    uint64_t sequence;
    size_t length;
    int rc;

    c->entry->sequence = ++c->totals.sequence;
    length = entry_encode(c->entry, record);
    rc = kv_put(txn, ENTRIES, digest_slice(c->key), (struct kv_slice){record, length});
    if (rc)
        return rc;
    sequence = order_key(c->entry->sequence);
    c->totals.negatives += negative;
    return kv_put(txn, negative ? NEGATIVES : ORDER, (struct kv_slice){&sequence, sizeof sequence},
                  digest_slice(c->key));
}

static int insert_body(struct kv_txn *txn, void *context)
{
    struct change *c = context;
    bool negative = c->entry->kind == ENTRY_NEGATIVE, more;
    struct entry old;
    int rc = start(txn, c);

    if (rc)
        return rc;
    rc = read_entry(txn, c->key, &old);
    /* A record that cannot be read is overwritten; its blob stays until the index is dropped. */
    if (rc && rc != -ENOENT && rc != -EUCLEAN)
        return rc;
    /* The new use is counted before the old one ends: the blob may be the same. */
    if (!negative) {
        int ref = ref_blob(txn, c);

        if (ref)
            return ref;
    }
    if (!rc && (rc = drop_entry(txn, c, c->key, &old)) != 0)
        return rc;
    rc = place_entry(txn, c);
    if (rc)
        return rc;
    if (negative) {
        while (!rc && c->totals.negatives > INDEX_NEGATIVES_MAX)
            rc = drop_oldest(txn, c, NEGATIVES);
        if (rc)
            return rc;
    }
    rc = evict(txn, c, 0, &more);
    if (!rc && more)
        rc = -EAGAIN;
    return rc ? rc : finish(txn, c);
}

int index_insert(struct index *index, const struct digest *key, struct entry *e, bool fresh_blob,
                 struct index_victims *victims, index_before_commit *before, void *context)
{
    struct change c = {.index = index,
                       .victims = victims,
                       .before = before,
                       .context = context,
                       .key = key,
                       .entry = e,
                       .fresh_blob = fresh_blob};

    return kv_update(index->kv, insert_body, &c);
}

/* ---- make room, remove ---- */

static int make_room_body(struct kv_txn *txn, void *context)
{
    struct change *c = context;
    int rc = start(txn, c);

    if (rc)
        return rc;
    rc = evict(txn, c, c->bytes, &c->more);
    return rc ? rc : finish(txn, c);
}

static int has_room_body(struct kv_txn *txn, void *context)
{
    struct change *c = context;
    int rc = read_totals(txn, &c->totals);

    return rc ? rc : c->totals.bytes + c->bytes <= c->index->limit;
}

int index_make_room(struct index *index, uint64_t bytes, bool *more,
                    struct index_victims *victims, index_before_commit *before, void *context)
{
    struct change c = {.index = index,
                       .victims = victims,
                       .before = before,
                       .context = context,
                       .bytes = bytes};
    int rc = kv_view(index->kv, has_room_body, &c);

    /* The usual case costs no write transaction. */
    *more = false;
    victims->count = 0;
    victims->evicted = 0;
    if (rc != 0)
        return rc < 0 ? rc : 0;
    rc = kv_update(index->kv, make_room_body, &c);
    *more = c.more;
    return rc;
}

static int remove_body(struct kv_txn *txn, void *context)
{
    struct change *c = context;
    struct entry e;
    int rc = start(txn, c);

    if (rc)
        return rc;
    rc = read_entry(txn, c->key, &e);
    if (rc == 0 && e.sequence != c->sequence)
        rc = -ENOENT;
    if (rc == 0)
        rc = drop_entry(txn, c, c->key, &e);
    return rc ? rc : finish(txn, c);
}

int index_remove(struct index *index, const struct digest *key, uint64_t sequence,
                 struct index_victims *victims, index_before_commit *before, void *context)
{
    struct change c = {.index = index,
                       .victims = victims,
                       .before = before,
                       .context = context,
                       .key = key,
                       .sequence = sequence};

    return kv_update(index->kv, remove_body, &c);
}

/* ---- reading ---- */

struct lookup {
    const struct digest *key;
    const char *text;
    struct entry *out;
};

static int lookup_body(struct kv_txn *txn, void *context)
{
    struct lookup *l = context;
    int rc = read_entry(txn, l->key, l->out);

    if (!rc && strcmp(l->out->text, l->text) != 0)
        rc = -ENOENT;
    return rc;
}

int index_lookup(struct index *index, const struct digest *key, const char *text,
                 struct entry *out)
{
    struct lookup l = {.key = key, .text = text, .out = out};

    return kv_view(index->kv, lookup_body, &l);
}

static int uses_body(struct kv_txn *txn, void *context)
{
    struct blob_record record;
    int rc = read_blob(txn, context, &record);

    if (rc == -ENOENT)
        return 0;
    return rc ? rc : 1;
}

int index_uses_blob(struct index *index, const struct digest *blob)
{
    struct digest copy = *blob;

    return kv_view(index->kv, uses_body, &copy);
}

static int totals_body(struct kv_txn *txn, void *context)
{
    return read_totals(txn, context);
}

int index_stats(struct index *index, struct index_stats *out)
{
    struct kv_stats stats;
    struct totals totals;
    int rc = kv_stats(index->kv, &stats);

    if (!rc)
        rc = kv_view(index->kv, totals_body, &totals);
    if (rc)
        return rc;
    *out = (struct index_stats){.entries = stats.records[ENTRIES],
                                .negatives = totals.negatives,
                                .blobs = stats.records[BLOBS],
                                .bytes = totals.bytes,
                                .limit = index->limit,
                                .file_bytes = stats.used_bytes,
                                .map_bytes = stats.map_bytes,
                                .readers = stats.readers};
    return 0;
}

struct blob_walk {
    index_each_blob *each;
    void *context;
};

static int walk_one(struct kv_slice key, struct kv_slice value, void *context)
{
    struct blob_walk *w = context;
    struct blob_record record;
    struct digest blob;

    if (key.length != DIGEST_SIZE || parse_blob(value, &record))
        return -EUCLEAN;
    memcpy(blob.bytes, key.data, DIGEST_SIZE);
    return w->each(&blob, record.length, record.uses, w->context);
}

static int walk_body(struct kv_txn *txn, void *context)
{
    return kv_walk(txn, BLOBS, walk_one, context);
}

int index_walk_blobs(struct index *index, index_each_blob *each, void *context)
{
    struct blob_walk w = {.each = each, .context = context};

    return kv_view(index->kv, walk_body, &w);
}

/* ---- open ---- */

static struct kv_options options(const char *path, unsigned mode, uint64_t limit)
{
    /* About 600 bytes of index for each blob of at least one block; it grows if that was
     * too little. Address space, not disk. */
    uint64_t map = limit / 4;

    if (map < MAP_MIN)
        map = MAP_MIN;
    if (map > MAP_START_MAX)
        map = MAP_START_MAX;
    return (struct kv_options){.path = path,
                               .tables = index_tables,
                               .table_count = INDEX_TABLES,
                               .map_size = (size_t)map,
                               .max_readers = READERS_MAX,
                               .mode = mode};
}

int index_open(const char *path, unsigned mode, uint64_t limit, struct index **out)
{
    struct kv_options o = options(path, mode, limit);
    struct totals totals;
    struct index *index;
    int rc;

    *out = NULL;
    index = calloc(1, sizeof *index);
    if (!index)
        return -ENOMEM;
    index->limit = limit;
    rc = kv_open(&o, &index->kv);
    /* Under a memory limit (shared hosting) take the address space there is. */
    while (rc == -ENOMEM && o.map_size > MAP_MIN) {
        o.map_size /= 2;
        rc = kv_open(&o, &index->kv);
    }
    if (!rc)
        rc = kv_view(index->kv, totals_body, &totals);
    if (rc) {
        index_close(&index);
        return rc;
    }
    *out = index;
    return 0;
}

void index_close(struct index **index)
{
    if (!*index)
        return;
    kv_close(&(*index)->kv);
    free(*index);
    *index = NULL;
}

int index_check(const char *path)
{
    struct kv_options o = options(path, 0600, 0);

    return kv_check(&o);
}
