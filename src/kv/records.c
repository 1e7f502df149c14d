/* SPDX-License-Identifier: MIT
 *
 * What can be done with records inside a transaction.
 */
#include "kv/kv.h"

#include <errno.h>

#include "kv/handle.h"

static MDB_val to_val(struct kv_slice s)
{
    /* LMDB does not write through it; its interface is just not const. */
    return (MDB_val){.mv_size = s.length, .mv_data = (void *)(uintptr_t)s.data};
}

static struct kv_slice from_val(MDB_val v)
{
    return (struct kv_slice){.data = v.mv_data, .length = v.mv_size};
}

int kv_get(struct kv_txn *txn, unsigned table, struct kv_slice key, struct kv_slice *value)
{
    MDB_val k = to_val(key), v;
    int rc = mdb_get(txn->txn, txn->kv->tables[table], &k, &v);

    if (!rc)
        *value = from_val(v);
    return kv_errno(rc);
}

int kv_put(struct kv_txn *txn, unsigned table, struct kv_slice key, struct kv_slice value)
{
    MDB_val k = to_val(key), v = to_val(value);

    return kv_errno(mdb_put(txn->txn, txn->kv->tables[table], &k, &v, 0));
}

int kv_delete(struct kv_txn *txn, unsigned table, struct kv_slice key)
{
    MDB_val k = to_val(key);

    return kv_errno(mdb_del(txn->txn, txn->kv->tables[table], &k, NULL));
}

int kv_clear(struct kv_txn *txn, unsigned table)
{
    return kv_errno(mdb_drop(txn->txn, txn->kv->tables[table], 0));
}

int kv_seek(struct kv_txn *txn, unsigned table, struct kv_slice from, struct kv_slice *key,
            struct kv_slice *value)
{
    MDB_cursor *cursor;
    MDB_val k = to_val(from), v;
    int rc = mdb_cursor_open(txn->txn, txn->kv->tables[table], &cursor);

    if (rc)
        return kv_errno(rc);
    rc = mdb_cursor_get(cursor, &k, &v, from.length ? MDB_SET_RANGE : MDB_FIRST);
    if (!rc) {
        *key = from_val(k);
        *value = from_val(v);
    }
    mdb_cursor_close(cursor);
    return kv_errno(rc);
}

int kv_first(struct kv_txn *txn, unsigned table, struct kv_slice *key, struct kv_slice *value)
{
    return kv_seek(txn, table, (struct kv_slice){NULL, 0}, key, value);
}

int kv_walk_from(struct kv_txn *txn, unsigned table, struct kv_slice from, kv_each *each,
                 void *context)
{
    MDB_cursor *cursor;
    MDB_val k = to_val(from), v;
    int rc = mdb_cursor_open(txn->txn, txn->kv->tables[table], &cursor);

    if (rc)
        return kv_errno(rc);
    for (rc = mdb_cursor_get(cursor, &k, &v, from.length ? MDB_SET_RANGE : MDB_FIRST); !rc;
         rc = mdb_cursor_get(cursor, &k, &v, MDB_NEXT)) {
        int stop = each(from_val(k), from_val(v), context);

        if (stop) {
            mdb_cursor_close(cursor);
            return stop;
        }
    }
    mdb_cursor_close(cursor);
    return rc == MDB_NOTFOUND ? 0 : kv_errno(rc);
}

int kv_walk(struct kv_txn *txn, unsigned table, kv_each *each, void *context)
{
    return kv_walk_from(txn, table, (struct kv_slice){NULL, 0}, each, context);
}

int kv_count(struct kv_txn *txn, unsigned table, uint64_t *out)
{
    MDB_stat stat;
    int rc = mdb_stat(txn->txn, txn->kv->tables[table], &stat);

    if (!rc)
        *out = stat.ms_entries;
    return kv_errno(rc);
}
