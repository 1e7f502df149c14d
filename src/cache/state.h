/* SPDX-License-Identifier: MIT
 *
 * The open state directory. Private to the cache's own files.
 */
#ifndef VISAGE_CACHE_STATE_H
#define VISAGE_CACHE_STATE_H

#include <dirent.h>

#include "cache/cache.h"

struct hot;
struct kv;
struct limiter;

#define LARGEST_SHARE 4 /* one blob may take at most this part of the cache */

struct cache {
    char *directory;         /* absolute */
    const struct config *config;
    int lock_fd;
    struct blob_store blobs;
    struct scoreboard *board;
    struct scoreboard_slot *slot; /* NULL for a visitor */
    uint32_t wakes_seen;     /* wait.c: of the slot's wakes */
    struct index *index;
    struct kv *run;
    struct limiter *limiter; /* NULL: no rate is limited */
    int keeper;              /* the keeper's place that this process holds; -1: none */
    const char *publish_root; /* NULL: nothing is published */
    int64_t publish_again_ms; /* boot clock: after trouble, nothing is before */
    bool wants_keeper;       /* see cache_wants_keeper() */
    struct hot *hot;
    int64_t boot_wall_ms;    /* blob files older than this were written before a restart */
};

/* recover.c: blobs that dead workers left in motion. Called with the slot taken. Returns 0 or a
 * negative errno. */
int recover_slots(struct cache *cache);

/* Unlinks the blob's file if nothing refers to it, under its lock byte. */
int remove_unused_blob(struct cache *cache, const struct digest *blob);

/* publish.c: readies what is configured for a worker; `anew`, after a restart of the machine, without
 * what was published before. Trouble with the root is logged, and nothing is published then. Returns 0
 * or a negative errno. */
int publish_open(struct cache *cache, bool anew);
/* The same for other processes, after a restart: a worker publishes anew. */
int publish_reset(struct cache *cache);
int cache_move_published_away(const char *root, void *cache); /* index_move_away */

/* recover.c: for reading a directory from its start on. NULL with errno. */
DIR *cache_open_directory(int fd);

/* What one transaction has freed, on the scoreboard while file and record may differ. */
struct pending {
    struct cache *cache;
    struct index_victims victims;
    int places[INDEX_VICTIMS_MAX];
    size_t count;
};

/* For index_before_commit, with a struct pending. */
void pending_note(const struct index_victims *victims, void *context);
/* Takes the notes back: nothing was committed. */
void pending_settle(struct pending *p);
/* After the commit: unlinks the files, and counts. */
void pending_unlink(struct pending *p);

/* Bytes that must be freed for the disk's floor (min_free) to hold with `bytes` more. */
uint64_t disk_deficit(const struct cache *cache, uint64_t bytes);

/* Unlinks every file in blobs/ that the index does not know. For when nobody else has the state
 * directory open. */
int drop_unknown_blobs(struct cache *cache);

/* Fetching, or waiting for another worker. */
bool cache_is_busy_state(uint32_t state);

/* The tables of run.mdb: of lease.c, gate.c (two), queue.c and names.c. */
enum { RUN_LEASES, RUN_ORIGINS, RUN_FETCHES, RUN_QUEUE, RUN_NAMES, RUN_TABLES };

#endif
