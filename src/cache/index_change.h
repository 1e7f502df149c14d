/* SPDX-License-Identifier: MIT
 *
 * One change of the index within its transaction: what inserting, removing and
 * evicting share. Private to the index.
 */
#ifndef VISAGE_CACHE_INDEX_CHANGE_H
#define VISAGE_CACHE_INDEX_CHANGE_H

#include "cache/index.h"
#include "cache/index_record.h"
#include "cache/scoreboard.h"
#include "kv/kv.h"

struct publisher;

struct index {
    struct kv *kv;
    struct scoreboard *board;
    uint64_t limit; /* as configured */
    uint64_t bound; /* where insertions evict: a little less, for what is being written */
    struct publisher *publisher; /* as whom this process publishes; NULL: it does not */
};

struct change {
    struct index *index;
    struct totals totals;
    struct index_victims *victims;
    index_before_commit *before;
    void *context;

    const struct digest *key; /* insert, remove */
    struct entry *entry;      /* insert */
    const struct entry *of;   /* remove: what is to go; NULL: whatever has the sequence */
    bool fresh_blob;          /* insert */
    bool blob_only;           /* remove: the record stays */
    uint64_t sequence;        /* remove; evict: the one that must stay */
    uint64_t target;          /* shrink */
    int64_t until_us;         /* shrink: boot clock */
    bool more;                /* shrink */
};

/* Reads the totals; to be called first. */
int change_start(struct kv_txn *txn, struct change *c);

/* Writes the totals and tells who is waiting for the victims; to be called last. */
int change_finish(struct kv_txn *txn, struct change *c);

/* Bytes of disk in use as the totals have it. */
uint64_t change_usage(const struct change *c);

/* Counts one more use of the blob of c->entry. */
int change_ref_blob(struct kv_txn *txn, struct change *c);

/* Removes an entry with its place in the order and its use of a blob. */
int change_drop(struct kv_txn *txn, struct change *c, const struct digest *key,
                const struct entry *e);

/* Takes the blob from an original, which stays. */
int change_strip(struct kv_txn *txn, struct change *c, const struct digest *key, struct entry *e);

/* Drops the oldest of a table. Returns 0, or -ENOENT when it is empty. */
int change_drop_oldest(struct kv_txn *txn, struct change *c, unsigned table);

/* Evicts by SIEVE until at most `target` bytes are in use; c->sequence stays. *more is set when
 * the transaction has done as much as it may. */
int change_evict(struct kv_txn *txn, struct change *c, uint64_t target, bool *more);

/* Whether what the entry belongs to was purged since its origin was asked: 1, 0 or a negative
 * errno. */
int change_is_purged(struct kv_txn *txn, const struct totals *totals, const struct entry *e);

/* Big-endian, so that LMDB's byte order is the order of insertion. */
uint64_t change_order_key(uint64_t sequence);

#endif
