/* SPDX-License-Identifier: MIT
 *
 * LMDB behind one small interface; nothing else includes lmdb.h.
 *
 * All access runs inside a callback, so that a transaction cannot be leaked,
 * held over slow work by accident, or nested: a second write transaction in
 * one thread would hang for ever. A write callback may be run again from the
 * start (the map was full and has been enlarged, or another process enlarged
 * it), so it must only compute from what it reads and from its argument.
 *
 * Values read are valid until the callback returns or writes; they lie in the
 * map with no useful alignment: copy them out, never cast.
 */
#ifndef VISAGE_KV_KV_H
#define VISAGE_KV_KV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KV_TABLES_MAX 8
#define KV_KEY_MAX 511 /* bytes of a key; at least 1 */

struct kv;
struct kv_txn;

struct kv_slice {
    const void *data;
    size_t length;
};

struct kv_options {
    const char *path;          /* the data file; its lock file is path + "-lock" */
    const char *const *tables; /* names; a table is addressed by its index here */
    size_t table_count;        /* at most KV_TABLES_MAX */
    size_t map_size;           /* bytes of address space to begin with; grows when full */
    unsigned max_readers;      /* processes that read at the same time */
    unsigned mode;             /* of new files */
    bool durable;              /* every commit is synced before it returns */
    size_t reserve;            /* bytes of disk kept behind the file's end for commits on a full disk, where
                                * the file system can; 0: none */
    bool only_look;            /* nothing is made, and kv_update() fails: for who may be anybody */
};

/* Opens or creates the environment; one that is `only_look`ed at must be there (-ENOENT). Unless it
 * is to be durable, commits are not synced: a crash of any process loses nothing, a crash of the
 * machine may; see kv_check(). Frees the reader slots of processes that died. Must not be open in
 * this process already, and is not usable after fork(). Returns 0 or a negative errno: -ENOMEM when
 * the address space is too small for the map. */
int kv_open(const struct kv_options *options, struct kv **out);

/* Closes *kv and clears the pointer; NULL is fine. */
void kv_close(struct kv **kv);

typedef int kv_body(struct kv_txn *txn, void *context);

/* Runs `body` in a read transaction; returns what it returns, or a negative errno. */
int kv_view(struct kv *kv, kv_body *body, void *context);

/* Runs `body` in a write transaction. 0 from it commits; anything else aborts and is
 * returned. Errors of the commit itself are returned as negative errno: -ENOSPC (also
 * where a limit on file sizes ends it), -EIO, -EFBIG when the map has its largest size, and
 * -ENOMEM when the address space does not suffice for a larger one: then nothing can be read or
 * written until it is opened anew. After a commit that could not be written the next transaction
 * opens it anew by itself: kv_view() and kv_update() go on. */
int kv_update(struct kv *kv, kv_body *body, void *context);

/* Writes a copy, as of one moment, to a new file; not from within a transaction. Syncing it is the
 * caller's. Returns 0 or a negative errno. */
int kv_copy(struct kv *kv, int fd);

/* In a write transaction: brings to disk all that was committed before it. A process that is
 * killed in its commit may leave records that others see and the disk does not have. Returns 0 or
 * a negative errno. */
int kv_sync(struct kv_txn *txn);

/* Returns 0, or -ENOENT. */
int kv_get(struct kv_txn *txn, unsigned table, struct kv_slice key, struct kv_slice *value);

/* Returns 0 or a negative errno. Keys are 1..KV_KEY_MAX bytes. */
int kv_put(struct kv_txn *txn, unsigned table, struct kv_slice key, struct kv_slice value);

/* Returns 0, or -ENOENT if there was nothing to delete. */
int kv_delete(struct kv_txn *txn, unsigned table, struct kv_slice key);

/* Deletes every record of the table. */
int kv_clear(struct kv_txn *txn, unsigned table);

/* The record with the smallest key. Returns 0, or -ENOENT for an empty table. */
int kv_first(struct kv_txn *txn, unsigned table, struct kv_slice *key, struct kv_slice *value);

/* The first record whose key is not less than `from`. Returns 0, or -ENOENT. */
int kv_seek(struct kv_txn *txn, unsigned table, struct kv_slice from, struct kv_slice *key,
            struct kv_slice *value);

/* Calls `each` for every record in key order until it returns other than 0, which is
 * then returned. `each` must not write. */
typedef int kv_each(struct kv_slice key, struct kv_slice value, void *context);
int kv_walk(struct kv_txn *txn, unsigned table, kv_each *each, void *context);

/* The same from the first key on that is not less than `from`. */
int kv_walk_from(struct kv_txn *txn, unsigned table, struct kv_slice from, kv_each *each,
                 void *context);

/* How many records a table has. */
int kv_count(struct kv_txn *txn, unsigned table, uint64_t *out);

/* Frees the reader slots of processes that died, so that old pages can be used again. */
void kv_clear_dead_readers(struct kv *kv);

struct kv_stats {
    uint64_t map_bytes;  /* address space */
    uint64_t used_bytes; /* up to the last page in use: the file's size at most */
    uint64_t records[KV_TABLES_MAX];
    unsigned readers;
};
int kv_stats(struct kv *kv, struct kv_stats *out);

/* Reads every page of every table in a child process, so that a damaged file can do
 * no harm here. Must be called while the environment is not open in this process.
 * Returns 0 if all could be read or there is no file, -EUCLEAN if it is damaged, or
 * another negative errno. */
int kv_check(const struct kv_options *options);

/* Deletes the environment's files. Returns 0 or a negative errno. */
int kv_remove(const char *path);

/* "LMDB 0.9.24: ..." and the numbers of the library that is loaded. */
const char *kv_version(int *major, int *minor, int *patch);

#endif
