/* SPDX-License-Identifier: MIT
 *
 * The tables of store.mdb, all numbers little-endian but where it says otherwise.
 * Private to src/store.
 *
 *   pictures  SHA-256 of the subject                 -> picture, subject
 *   history   SHA-256 of the subject, u64 sequence, big-endian -> picture; earlier versions
 *   blobs     SHA-256 of the bytes                   -> u64 length, u32 uses
 *   doomed    SHA-256 of the bytes                   -> SHA-256 of the subject that had it last (nothing:
 *             of one that is not known): to be unlinked if nobody uses it
 *   owed      SHA-256 of the subject                 -> u64 sequence, subject: what was drawn from
 *             what is not current any more has still to go; the sequence's first bit: trying that failed
 *   meta      "format"                               -> u32 format, u32 zero, u64 sequence,
 *                                                       u64 versions, u64 bytes
 *             "round"                              -> i64 wall clock (ms) of the last one (store_care.c)
 *             "owed"                               -> u64 sequence, i64 wall clock (ms) when that was the
 *                                                       last one (store_owed.c)
 *             "deleted"                            -> i64 the latest date (ms) of a current picture that
 *                                                       was deleted, but for those far ahead
 *
 * A picture: u8 format, u8 type, u16 zero, u32 width, u32 height, u64 length, i64 uploaded (ms),
 * u64 sequence, 32 bytes digest.
 */
#ifndef VISAGE_STORE_RECORD_H
#define VISAGE_STORE_RECORD_H

#include "kv/kv.h"
#include "store/store.h"

enum { PICTURES, HISTORY, BLOBS, DOOMED, META, OWED, STORE_TABLES };
extern const char *const store_tables[STORE_TABLES];

#define HISTORY_KEY_SIZE (DIGEST_SIZE + 8)

struct store_totals {
    uint64_t sequence; /* the last one given out */
    uint64_t versions;
    uint64_t bytes;    /* of blobs */
};

struct store_blob {
    uint64_t length;
    uint32_t uses;
};

struct kv_slice store_digest_slice(const struct digest *d);

/* Returns 0, -EUCLEAN for another format, or an error of kv_get(); all zero in a new store. */
int store_read_totals(struct kv_txn *txn, struct store_totals *out);
int store_write_totals(struct kv_txn *txn, const struct store_totals *totals);

/* That date; INT64_MIN if nothing was. */
int store_read_deleted(struct kv_txn *txn, int64_t *uploaded_ms);
int store_write_deleted(struct kv_txn *txn, int64_t uploaded_ms);

/* Return 0, -ENOENT, -EUCLEAN or another negative errno. `subject` may be NULL; else it has room for
 * STORE_SUBJECT_MAX bytes. */
int store_read_picture(struct kv_txn *txn, const struct digest *key, struct store_picture *out,
                       char *subject);
int store_parse_picture(struct kv_slice value, struct store_picture *out, char *subject);
int store_write_picture(struct kv_txn *txn, const struct digest *key, const char *subject,
                        const struct store_picture *p);

void store_history_key(const struct digest *key, uint64_t sequence,
                       unsigned char out[HISTORY_KEY_SIZE]);
int store_write_history(struct kv_txn *txn, const struct digest *key,
                        const struct store_picture *p);

/* Notes that a purge of the subject is owed since the change of this sequence; takes it back, if
 * none has been owed since; and calls `each` with what is owed until it returns other than 0, which
 * is returned. */
int store_write_owed(struct kv_txn *txn, const struct digest *key, const char *subject,
                     uint64_t sequence);
int store_drop_owed(struct kv_txn *txn, const struct digest *key, uint64_t sequence);
typedef int store_each_owed(const struct digest *key, uint64_t sequence, bool failed,
                            const char *subject, void *context);
/* Notes that it failed. Returns 0, -ENOENT if none is owed, or another negative errno. */
int store_write_owed_failed(struct kv_txn *txn, const struct digest *key);
int store_walk_owed(struct kv_txn *txn, store_each_owed *each, void *context);

int store_read_blob(struct kv_txn *txn, const struct digest *digest, struct store_blob *out);
int store_write_blob(struct kv_txn *txn, const struct digest *digest, const struct store_blob *b);

#endif
