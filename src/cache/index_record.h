/* SPDX-License-Identifier: MIT
 *
 * The records of the index's tables, read and written within a transaction.
 * Private to the index.
 */
#ifndef VISAGE_CACHE_INDEX_RECORD_H
#define VISAGE_CACHE_INDEX_RECORD_H

#include <stdint.h>

#include "base/digest.h"
#include "cache/entry.h"
#include "kv/kv.h"

/* Tables, in the order of index_tables. */
enum { ENTRIES, ORDER, NEGATIVES, BLOBS, META, INDEX_TABLES };
extern const char *const index_tables[INDEX_TABLES];

struct totals {
    uint64_t bytes;     /* of disk that blobs are accounted with */
    uint64_t sequence;  /* the last one given out */
    uint64_t negatives;
};

struct blob_record {
    uint64_t length;
    uint32_t uses;
};

struct kv_slice digest_slice(const struct digest *d);

/* All zero in a new index. Returns 0, -EUCLEAN for another format, or an error of kv_get(). */
int read_totals(struct kv_txn *txn, struct totals *t);
int write_totals(struct kv_txn *txn, const struct totals *t);

/* Return 0, -ENOENT, -EUCLEAN for a record that is not one, or an error of kv_get(). */
int read_blob(struct kv_txn *txn, const struct digest *blob, struct blob_record *out);
int read_entry(struct kv_txn *txn, const struct digest *key, struct entry *out);

int write_blob(struct kv_txn *txn, const struct digest *blob, const struct blob_record *r);
int parse_blob(struct kv_slice value, struct blob_record *out);

#endif
