/* SPDX-License-Identifier: MIT
 *
 * The records of the index's tables, read and written within a transaction.
 * Private to the index.
 */
#ifndef VISAGE_CACHE_INDEX_RECORD_H
#define VISAGE_CACHE_INDEX_RECORD_H

#include <stdint.h>

#include "base/config.h"
#include "base/digest.h"
#include "cache/entry.h"
#include "kv/kv.h"

/* Tables, in the order of index_tables. */
enum {
    ENTRIES,
    ORDER,
    NEGATIVES,
    BLOBS,
    META,
    GENERATIONS,
    PUBLISHED,    /* published.h */
    PUBLISHED_OF,
    INDEX_TABLES
};
extern const char *const index_tables[INDEX_TABLES];

struct totals {
    uint64_t bytes;      /* of disk that blobs are accounted with */
    uint64_t sequence;   /* the last one given out */
    uint64_t positives;  /* originals and variants */
    uint64_t negatives;
    uint64_t hand;       /* sequence where SIEVE goes on looking */
    uint64_t generation; /* the last one given out */
    uint64_t published;  /* paths */
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

/* What was last purged under this name; 0 for nothing. Returns 0 or a negative errno. */
int read_generation(struct kv_txn *txn, struct kv_slice name, uint64_t *out);
void parse_generation(struct kv_slice value, uint64_t *generation, int64_t *when_ms);
int write_generation(struct kv_txn *txn, struct kv_slice name, uint64_t generation,
                     int64_t now_ms);

/* Names in GENERATIONS: a letter for what they are, then what they name. */
#define GENERATION_NAME_MAX (1 + DIGEST_SIZE + CONFIG_NAME_MAX)
struct kv_slice generation_of_all(void);
struct kv_slice generation_of_source(const char *name, size_t length,
                                     char out[GENERATION_NAME_MAX]);
struct kv_slice generation_of_subject(const struct digest *subject, char out[GENERATION_NAME_MAX]);

int write_blob(struct kv_txn *txn, const struct digest *blob, const struct blob_record *r);
int parse_blob(struct kv_slice value, struct blob_record *out);

#endif
