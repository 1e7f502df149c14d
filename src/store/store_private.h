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
    bool any;
    struct digest key;
    uint64_t sequence;
};

struct store {
    char *directory;
    struct store_directories files;
    struct kv *kv;
    struct owed owes;    /* since this process's last change */
    struct owed settled; /* has been purged, and stands on record still */
};

struct kv_options store_kv_options(const char *path, bool only_look);

/* Takes the one that is settled off the record. Returns 0 or a negative errno. */
int store_flush_settled(struct store *store);

/* Unlinks a blob of which no record was committed, unless somebody uses it. That nobody does is on
 * disk before: it may have been committed by somebody who was killed before it was. Returns 0,
 * -EAGAIN while a backup is completed, or another negative errno. */
int store_unlink_unused(struct store *store, const struct digest *digest);

/* store_sweep() of one directory of blobs/. Returns how many, or a negative errno. */
int store_sweep_part(struct store *store, unsigned first);

#endif
