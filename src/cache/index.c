/* SPDX-License-Identifier: MIT */
#include "cache/index.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "cache/index_change.h"
#include "cache/published.h"

#define RESERVE ((size_t)256 << 10) /* for purges on a full disk: what was deleted must go */
#define READERS_MAX 1024
#define MAP_MIN (UINT64_C(64) << 20)
#define MAP_START_MAX (UINT64_C(4) << 30)
#define LOW_WATER_PERCENT 95
#define RESERVE_SHARE 64

static int totals_body(struct kv_txn *txn, void *context)
{
    return read_totals(txn, context);
}

/* ---- insert ---- */

static int put_entry(struct kv_txn *txn, struct change *c)
{
    unsigned char record[ENTRY_ENCODED_MAX];
    size_t length = entry_encode(c->entry, record);

    return kv_put(txn, ENTRIES, digest_slice(c->key), (struct kv_slice){record, length});
}

static int place_entry(struct kv_txn *txn, struct change *c)
{
    bool negative = c->entry->kind == ENTRY_NEGATIVE;
    uint64_t sequence;
    int rc;

    c->entry->sequence = ++c->totals.sequence;
    rc = put_entry(txn, c);
    if (rc)
        return rc;
    sequence = change_order_key(c->entry->sequence);
    c->totals.negatives += negative;
    c->totals.positives += !negative;
    return kv_put(txn, negative ? NEGATIVES : ORDER, (struct kv_slice){&sequence, sizeof sequence},
                  digest_slice(c->key));
}

/* Whether only what is said about the blob changes: then it keeps its place, and nobody needs to
 * be evicted for it. */
static bool is_renewal(const struct entry *old, const struct entry *new)
{
    return old->kind != ENTRY_NEGATIVE && new->kind == old->kind &&
           new->bodiless == old->bodiless && digest_equal(&old->blob, &new->blob);
}

static int replace(struct kv_txn *txn, struct change *c, const struct entry *old)
{
    bool has_blob = c->entry->kind != ENTRY_NEGATIVE && !c->entry->bodiless;
    int rc = 0;

    /* The new use is counted before the old one ends: the blob may be the same. */
    if (has_blob)
        rc = change_ref_blob(txn, c);
    if (!rc && old)
        rc = change_drop(txn, c, c->key, old);
    return rc ? rc : place_entry(txn, c);
}

static int insert_body(struct kv_txn *txn, void *context)
{
    struct change *c = context;
    struct entry old;
    bool more;
    int rc = change_start(txn, c), found;

    if (!rc)
        rc = change_is_purged(txn, &c->totals, c->entry);
    if (rc)
        return rc < 0 ? rc : -ESTALE;
    found = read_entry(txn, c->key, &old);
    /* A record that cannot be read is overwritten; its blob stays until the index is dropped. */
    if (found && found != -ENOENT && found != -EUCLEAN)
        return found;
    if (!found && is_renewal(&old, c->entry)) {
        c->entry->sequence = old.sequence;
        rc = put_entry(txn, c);
        return rc ? rc : change_finish(txn, c);
    }
    rc = replace(txn, c, found ? NULL : &old);
    while (!rc && c->totals.negatives > INDEX_NEGATIVES_MAX)
        rc = change_drop_oldest(txn, c, NEGATIVES);
    if (rc)
        return rc;
    c->sequence = c->entry->sequence;
    rc = change_evict(txn, c, c->index->bound, &more);
    if (!rc && more)
        rc = -EAGAIN;
    return rc ? rc : change_finish(txn, c);
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

/* ---- shrink, remove, strip ---- */

static int shrink_body(struct kv_txn *txn, void *context)
{
    struct change *c = context;
    int rc = change_start(txn, c);

    if (!rc)
        rc = change_evict(txn, c, c->target, &c->more);
    return rc ? rc : change_finish(txn, c);
}

int index_usage(struct index *index, uint64_t *out)
{
    struct change c = {.index = index};
    int rc = kv_view(index->kv, totals_body, &c.totals);

    *out = rc ? 0 : change_usage(&c);
    return rc;
}

uint64_t index_bound(const struct index *index)
{
    return index->bound;
}

uint64_t index_low_water(const struct index *index)
{
    return index->limit / 100 * LOW_WATER_PERCENT;
}

int index_shrink(struct index *index, uint64_t target, int64_t budget_us, bool *more,
                 struct index_victims *victims, index_before_commit *before, void *context)
{
    struct change c = {.index = index,
                       .victims = victims,
                       .before = before,
                       .context = context,
                       .target = target};
    uint64_t usage;
    int rc = index_usage(index, &usage);

    /* The usual case costs no write transaction. */
    *more = false;
    victims->count = 0;
    victims->evicted = victims->bytes = 0;
    victims->at_bound = false;
    if (rc || usage <= target)
        return rc;
    c.until_us = clock_boot_us() + budget_us;
    rc = kv_update(index->kv, shrink_body, &c);
    *more = c.more;
    return rc;
}

static int take_body(struct kv_txn *txn, void *context)
{
    struct change *c = context;
    struct entry e;
    int rc = change_start(txn, c);

    if (!rc)
        rc = read_entry(txn, c->key, &e);
    if (!rc && e.sequence != c->sequence)
        rc = -ENOENT;
    if (!rc && c->of && e.generation != c->of->generation)
        rc = -ENOENT;
    if (!rc && c->blob_only && (e.kind != ENTRY_ORIGINAL || e.bodiless))
        rc = -ENOENT;
    if (!rc)
        rc = c->blob_only ? change_strip(txn, c, c->key, &e) : change_drop(txn, c, c->key, &e);
    return rc ? rc : change_finish(txn, c);
}

int index_remove(struct index *index, const struct digest *key, const struct entry *e,
                 struct index_victims *victims, index_before_commit *before, void *context)
{
    struct change c = {.index = index,
                       .victims = victims,
                       .before = before,
                       .context = context,
                       .key = key,
                       .sequence = e->sequence,
                       .of = e};

    return kv_update(index->kv, take_body, &c);
}

int index_strip(struct index *index, const struct digest *key, uint64_t sequence,
                struct index_victims *victims, index_before_commit *before, void *context)
{
    struct change c = {.index = index,
                       .victims = victims,
                       .before = before,
                       .context = context,
                       .key = key,
                       .sequence = sequence,
                       .blob_only = true};

    return kv_update(index->kv, take_body, &c);
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
    struct totals totals;
    int rc = read_entry(txn, l->key, l->out);

    if (!rc && strcmp(l->out->text, l->text) != 0)
        rc = -ENOENT;
    if (!rc)
        rc = read_totals(txn, &totals);
    if (!rc)
        rc = change_is_purged(txn, &totals, l->out);
    return rc > 0 ? -ENOENT : rc;
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

int index_stats(struct index *index, struct index_stats *out)
{
    struct kv_stats stats;
    struct change c = {.index = index};
    int rc = kv_stats(index->kv, &stats);

    if (!rc)
        rc = kv_view(index->kv, totals_body, &c.totals);
    if (rc)
        return rc;
    *out = (struct index_stats){.entries = stats.records[ENTRIES],
                                .negatives = c.totals.negatives,
                                .blobs = stats.records[BLOBS],
                                .published = c.totals.published,
                                .bytes = change_usage(&c),
                                .blob_bytes = c.totals.bytes,
                                .limit = index->limit,
                                .low_water = index_low_water(index),
                                .file_bytes = stats.used_bytes,
                                .map_bytes = stats.map_bytes,
                                .readers = stats.readers};
    return 0;
}

void index_clear_readers(struct index *index)
{
    kv_clear_dead_readers(index->kv);
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
                               .mode = mode,
                               .reserve = RESERVE};
}

int index_open(const char *path, unsigned mode, uint64_t limit, struct scoreboard *board,
               struct index **out)
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
    index->bound = limit - limit / RESERVE_SHARE;
    index->board = board;
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
    free((*index)->publisher);
    free(*index);
    *index = NULL;
}

int index_check(const char *path)
{
    struct kv_options o = options(path, 0600, 0);

    return kv_check(&o);
}
