/* SPDX-License-Identifier: MIT */
#include "cache/index_change.h"

#include <endian.h>
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "cache/blob.h"
#include "cache/published.h"

#define STEPS_MAX 4000 /* of the hand in one transaction: a millisecond, with what it evicts */
#define STEPS_OF_EVICTING 60 /* what changes pages costs so many times what is only looked at */

uint64_t change_order_key(uint64_t sequence)
{
    return htobe64(sequence);
}

int change_start(struct kv_txn *txn, struct change *c)
{
    c->victims->count = 0;
    c->victims->evicted = c->victims->bytes = 0;
    c->victims->at_bound = false;
    return read_totals(txn, &c->totals);
}

int change_finish(struct kv_txn *txn, struct change *c)
{
    int rc = write_totals(txn, &c->totals);

    if (!rc && c->before)
        c->before(c->victims, c->context);
    return rc;
}

uint64_t change_usage(const struct change *c)
{
    return c->totals.bytes + c->totals.positives * INDEX_ENTRY_COST +
           c->totals.published * INDEX_PATH_COST;
}

/* ---- blobs ---- */

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
    c->victims->bytes += blob_disk_bytes(record.length);
    c->victims->blobs[c->victims->count++] = *blob;
    return 0;
}

int change_ref_blob(struct kv_txn *txn, struct change *c)
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

/* ---- entries ---- */

/* A place in the order has gone. */
static void uncount(struct change *c, bool negative)
{
    uint64_t *count = negative ? &c->totals.negatives : &c->totals.positives;

    *count -= *count > 0;
}

int change_drop(struct kv_txn *txn, struct change *c, const struct digest *key,
                const struct entry *e)
{
    uint64_t sequence = change_order_key(e->sequence);
    struct kv_slice place = {&sequence, sizeof sequence};
    bool negative = e->kind == ENTRY_NEGATIVE;
    int rc = kv_delete(txn, ENTRIES, digest_slice(key));

    if (rc)
        return rc;
    rc = kv_delete(txn, negative ? NEGATIVES : ORDER, place);
    if (rc && rc != -ENOENT)
        return rc;
    uncount(c, negative);
    if (negative || e->bodiless)
        return 0;
    rc = published_drop_entry(txn, &c->totals, key);
    return rc ? rc : unref_blob(txn, c, &e->blob);
}

int change_strip(struct kv_txn *txn, struct change *c, const struct digest *key, struct entry *e)
{
    unsigned char record[ENTRY_ENCODED_MAX];
    int rc = unref_blob(txn, c, &e->blob);

    if (rc)
        return rc;
    e->bodiless = true;
    return kv_put(txn, ENTRIES, digest_slice(key),
                  (struct kv_slice){record, entry_encode(e, record)});
}

/* The entry that a place in the order stands for. Returns 0; -ENOENT if there is none, with the
 * place removed. */
static int read_place(struct kv_txn *txn, struct change *c, unsigned table, uint64_t sequence,
                      const struct digest *key, struct entry *e)
{
    uint64_t place = change_order_key(sequence);
    int rc = read_entry(txn, key, e), gone;

    if (rc && rc != -ENOENT && rc != -EUCLEAN)
        return rc;
    if (!rc && e->sequence == sequence)
        return 0;
    /* A record that cannot be read must not stand in the way of all others. */
    if (rc == -EUCLEAN && (gone = kv_delete(txn, ENTRIES, digest_slice(key))) != 0)
        return gone;
    if (rc == -EUCLEAN && (gone = published_drop_entry(txn, &c->totals, key)) != 0)
        return gone;
    gone = kv_delete(txn, table, (struct kv_slice){&place, sizeof place});
    if (gone)
        return gone;
    uncount(c, table == NEGATIVES);
    return -ENOENT;
}

static int parse_place(struct kv_slice place, struct kv_slice value, uint64_t *sequence,
                       struct digest *key)
{
    if (value.length != DIGEST_SIZE || place.length != sizeof *sequence)
        return -EUCLEAN;
    memcpy(key->bytes, value.data, DIGEST_SIZE);
    memcpy(sequence, place.data, sizeof *sequence);
    *sequence = be64toh(*sequence);
    return 0;
}

int change_drop_oldest(struct kv_txn *txn, struct change *c, unsigned table)
{
    struct kv_slice place, value;
    struct digest key;
    struct entry e;
    uint64_t sequence;
    int rc = kv_first(txn, table, &place, &value);

    if (!rc)
        rc = parse_place(place, value, &sequence, &key);
    if (rc)
        return rc;
    rc = read_place(txn, c, table, sequence, &key, &e);
    if (rc)
        return rc == -ENOENT ? 0 : rc;
    c->victims->evicted++;
    return change_drop(txn, c, &key, &e);
}

/* ---- SIEVE ---- */

struct hand {
    struct change *c;
    struct kv_txn *txn;
    unsigned steps;    /* that are left */
    bool found;
    bool any;          /* somebody was looked at */
    uint64_t sequence; /* of the last one that was looked at: the victim in the end */
    struct digest key;
};

/* A worker says so in the recency table; a web server that has sent the file itself, by its access
 * time. */
static bool take_used(const struct hand *h, const struct digest *key)
{
    return scoreboard_take_used(h->c->index->board, key) ||
           (h->c->totals.published > 0 && published_take_used(h->txn, key));
}

static int step(struct kv_slice place, struct kv_slice value, void *context)
{
    struct hand *h = context;
    uint64_t sequence;
    struct digest key;
    int rc = parse_place(place, value, &sequence, &key);

    if (rc)
        return rc;
    if (sequence == h->c->sequence)
        return 0; /* just inserted */
    h->any = true;
    h->sequence = sequence;
    h->key = key;
    h->found = !take_used(h, &key);
    if (h->found || h->steps == 0)
        return 1;
    h->steps--;
    return 0;
}

/* Moves the hand to the next victim. Returns 0, or -ENOENT if there is nobody to evict. Where all
 * have been used, the transaction must end some time: then it is the last one looked at. */
static int find_victim(struct kv_txn *txn, struct hand *h)
{
    uint64_t from = change_order_key(h->c->totals.hand);
    int rc = kv_walk_from(txn, ORDER, (struct kv_slice){&from, sizeof from}, step, h);

    /* Past the youngest: on with the oldest, and round again where all had been used. */
    for (int round = 0; rc == 0 && round < 2; round++)
        rc = kv_walk(txn, ORDER, step, h);
    if (rc < 0)
        return rc;
    return h->any ? 0 : -ENOENT;
}

/* An original that its origin can be asked about without sending it again, whose blob is its own:
 * of one that others share, nothing would become free. */
static bool is_worth_a_record(struct kv_txn *txn, const struct entry *e)
{
    struct blob_record blob;

    return e->kind == ENTRY_ORIGINAL && !e->bodiless && (e->etag[0] || e->dated) &&
           read_blob(txn, &e->blob, &blob) == 0 && blob.uses == 1;
}

static int evict_one(struct kv_txn *txn, struct change *c, unsigned *steps)
{
    struct hand h = {.c = c, .txn = txn, .steps = *steps};
    struct entry e;
    int rc = find_victim(txn, &h);

    *steps = h.steps;
    if (rc)
        return rc;
    c->totals.hand = h.sequence + 1;
    rc = read_place(txn, c, ORDER, h.sequence, &h.key, &e);
    if (rc)
        return rc == -ENOENT ? 0 : rc;
    if (is_worth_a_record(txn, &e))
        return change_strip(txn, c, &h.key, &e);
    c->victims->evicted++;
    scoreboard_forget(c->index->board, &h.key);
    return change_drop(txn, c, &h.key, &e);
}

int change_evict(struct kv_txn *txn, struct change *c, uint64_t target, bool *more)
{
    unsigned steps = STEPS_MAX;

    *more = false;
    c->victims->at_bound = change_usage(c) > target;
    while (change_usage(c) > target) {
        int rc;

        if (c->victims->count == INDEX_VICTIMS_MAX || steps == 0 ||
            (c->until_us && clock_boot_us() >= c->until_us)) {
            *more = true;
            return 0;
        }
        steps -= steps < STEPS_OF_EVICTING ? steps : STEPS_OF_EVICTING;
        rc = evict_one(txn, c, &steps);
        if (rc)
            return rc == -ENOENT ? 0 : rc;
    }
    return 0;
}
