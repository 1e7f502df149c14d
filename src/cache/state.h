/* SPDX-License-Identifier: MIT
 *
 * The open state directory. Private to the cache's own files.
 */
#ifndef VISAGE_CACHE_STATE_H
#define VISAGE_CACHE_STATE_H

#include "cache/cache.h"

struct hot;
struct kv;

struct cache {
    char *directory;         /* absolute */
    uint64_t limit;          /* bytes of disk for all blobs */
    int lock_fd;
    struct blob_store blobs;
    struct scoreboard *board;
    struct scoreboard_slot *slot; /* NULL for a visitor */
    struct index *index;
    struct kv *run;
    struct hot *hot;
    int64_t boot_wall_ms;    /* blob files older than this were written before a restart */
};

/* recover.c: what a dead worker left behind. Called with the slot taken. Returns 0 or a
 * negative errno. */
int recover_slots(struct cache *cache);
int recover_temporary_files(struct cache *cache);

/* Unlinks the blob's file if nothing refers to it, under its lock byte. */
int remove_unused_blob(struct cache *cache, const struct digest *blob);

/* Unlinks every file in blobs/ that the index does not know. For when nobody else has the state
 * directory open. */
int drop_unknown_blobs(struct cache *cache);

/* open.c's view of run.mdb, which lease.c reads and writes. */
enum { RUN_LEASES, RUN_TABLES };

#endif
