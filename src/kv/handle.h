/* SPDX-License-Identifier: MIT
 *
 * What is behind the handles of kv.h. Private to src/kv.
 */
#ifndef VISAGE_KV_HANDLE_H
#define VISAGE_KV_HANDLE_H

#include <stdbool.h>
#include <stddef.h>

#include <lmdb.h>

#include "kv/kv.h"

struct kv {
    MDB_env *env;
    MDB_txn *reader; /* kept reset between views: renewing it costs nanoseconds */
    MDB_dbi tables[KV_TABLES_MAX];
    size_t table_count;
    struct kv_options options; /* to open it again; its path is owned */
    bool lost; /* the map could not be moved: LMDB's pointers lead nowhere */
};

struct kv_txn {
    struct kv *kv;
    MDB_txn *txn;
};

/* From LMDB's return value, errno values as they are (positive) and its own codes as negative,
 * to a negative errno or 0. */
int kv_errno(int rc);

#endif
