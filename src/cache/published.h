/* SPDX-License-Identifier: MIT
 *
 * What is published, on record: which entry's picture lies at which path. A record is
 * committed before its file is there and goes in the transaction that unlinks it, so there is
 * no file without one, whoever is killed. Private to the index.
 *
 *   published     key of the entry, 16 bytes of the path's SHA-256
 *                                  -> SHA-256 of the subject, u16 length of the root, path
 *   published_of  SHA-256 of the subject, the key above -> nothing
 *   meta          "publisher"      -> SHA-256 of the configuration, root
 */
#ifndef VISAGE_CACHE_PUBLISHED_H
#define VISAGE_CACHE_PUBLISHED_H

#include <limits.h>
#include <stdbool.h>

#include "cache/index.h"
#include "cache/index_record.h"

/* Notes that the entry of this key and canonical text lies at the path. Returns 0 or a negative
 * errno. */
int published_note(struct kv_txn *txn, struct totals *totals, const struct digest *key,
                   const char *text, const char *path, size_t root);

/* Whether that is on record. Returns 0, -ENOENT or another negative errno. */
int published_find(struct kv_txn *txn, const struct digest *key, const char *path);

/* Unlinks one, or all of the entry, or all of the subject, and takes them off the record. Return 0, also
 * where there is none, or a negative errno. */
int published_drop(struct kv_txn *txn, struct totals *totals, const struct digest *key,
                   const char *path);
int published_drop_entry(struct kv_txn *txn, struct totals *totals, const struct digest *key);
int published_drop_subject(struct kv_txn *txn, struct totals *totals,
                           const struct digest *subject);

/* At how many paths there is something of the subject. Returns 0 or a negative errno. */
int published_count_subject(struct kv_txn *txn, const struct digest *subject, uint64_t *out);

/* Whether any file of the entry was read since it was asked last. */
bool published_take_used(struct kv_txn *txn, const struct digest *key);

/* Forgets all; the files are the caller's. */
int published_clear(struct kv_txn *txn, struct totals *totals);

/* Calls `each` with every path on record and the key of its entry until it returns other than 0, which
 * is returned. */
int published_walk(struct kv_txn *txn, index_each_path *each, void *context);

struct publisher {
    struct digest configuration;
    char root[PATH_MAX]; /* "": nothing is published */
};

/* Who has made what is on record; nobody in a new index. Return 0 or a negative errno. */
int read_publisher(struct kv_txn *txn, struct publisher *out);
int write_publisher(struct kv_txn *txn, const struct publisher *p);

#endif
