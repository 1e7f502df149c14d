/* SPDX-License-Identifier: MIT
 *
 * An open store. Private to src/store.
 */
#ifndef VISAGE_STORE_PRIVATE_H
#define VISAGE_STORE_PRIVATE_H

#include "store/store_file.h"
#include "store/store_record.h"

struct store {
    char *directory;
    struct store_directories files;
    struct kv *kv;
};

/* Unlinks a blob of which no record was committed, unless somebody uses it. That nobody does is on disk
 * before: it may have been committed by somebody who was killed before it was. Returns 0 or a negative
 * errno. */
int store_unlink_unused(struct store *store, const struct digest *digest);

/* Unlinks what is on record as doomed and still used by nobody, and takes it off the record. Each
 * in a write transaction, so that nobody comes to use it meanwhile. Returns 0 or a negative errno. */
int store_settle(struct store *store);

#endif
