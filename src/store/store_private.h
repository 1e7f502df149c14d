/* SPDX-License-Identifier: MIT
 *
 * An open store. Private to src/store.
 */
#ifndef VISAGE_STORE_PRIVATE_H
#define VISAGE_STORE_PRIVATE_H

#include "store/store_file.h"
#include "store/store_record.h"

/* A purge that is owed since a change. */
struct owed {
    struct digest key;
    uint64_t sequence;
};

struct owed_list {
    struct owed *items;
    size_t count, room;
};

struct store {
    char *directory;
    struct store_directories files;
    struct kv *kv;
    struct owed_list owes;    /* since this process's last change, or those made with it */
    struct owed_list settled; /* have been purged, and stand on record still */
};

struct kv_options store_kv_options(const char *path, bool only_look);

/* Takes those that are settled off the record, in a transaction of their own or in the one of a change.
 * Returns 0 or a negative errno. */
int store_flush_settled(struct store *store);
int store_drop_settled(struct kv_txn *txn, const struct store *store);

/* A transaction of changes has been committed, and with it what was settled is off the record; then, for
 * each change: this is owed now. */
void store_owes_anew(struct store *store);
void store_owes(struct store *store, const struct digest *key, uint64_t sequence);

/* Unlinks a blob of which no record was committed, unless somebody uses it. That nobody does is on
 * disk before: it may have been committed by somebody who was killed before it was. Returns 0,
 * -EAGAIN while a backup is completed, or another negative errno. */
int store_unlink_unused(struct store *store, const struct digest *digest);

/* store_sweep() of one directory of blobs/. Returns how many, or a negative errno. */
int store_sweep_part(struct store *store, unsigned first);

#endif
