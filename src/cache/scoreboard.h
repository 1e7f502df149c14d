/* SPDX-License-Identifier: MIT
 *
 * A small file that all processes map: one slot for each worker, with what it
 * does and what it has counted, and the recency table, one byte for each key's
 * hash, which a hit sets. Everything is atomic; nothing here needs a lock.
 *
 * A slot also holds the digests whose blob files are being created or removed.
 * Memory of a mapped file survives kill -9, so whoever takes the slot next, or
 * starts next, finds there what a dead worker may have left behind.
 */
#ifndef VISAGE_CACHE_SCOREBOARD_H
#define VISAGE_CACHE_SCOREBOARD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/digest.h"

#define SCOREBOARD_SLOTS 512
#define SCOREBOARD_PENDING 32          /* digests one transaction may touch */
#define SCOREBOARD_RECENCY (1u << 20)  /* bytes; a power of two */

enum worker_state {
    WORKER_GONE = 0,
    WORKER_IDLE = 1,
    WORKER_SERVING = 2,
    WORKER_FETCHING = 3,
    WORKER_RENDERING = 4,
    WORKER_WAITING = 5, /* for another worker's lease */
};

/* Counters live as long as the file: a new worker goes on counting in its slot. */
enum counter {
    COUNT_REQUESTS,
    COUNT_HITS,
    COUNT_MISSES,
    COUNT_STALE,
    COUNT_NOT_MODIFIED,
    COUNT_ERRORS,
    COUNT_FETCHES,
    COUNT_FETCH_FAILURES,
    COUNT_FETCHED_BYTES,
    COUNT_RENDERS,
    COUNT_RENDER_FAILURES,
    COUNT_RENDERER_DEATHS,
    COUNT_EVICTIONS,
    COUNT_LEASE_WAITS,
    COUNT_UNCACHED, /* answers that could not be stored */
    COUNTERS
};

/* Written by the worker that holds the slot's lock byte, read by anyone. */
struct scoreboard_slot {
    _Atomic uint64_t incarnation; /* raised by each new holder; leases and temp files carry it */
    _Atomic int64_t pid;          /* to show, never to trust */
    _Atomic int64_t started_ms;   /* wall clock */
    _Atomic uint32_t state;       /* enum worker_state */
    _Atomic uint32_t pending_used[SCOREBOARD_PENDING]; /* 1: the digest below counts */
    struct digest pending[SCOREBOARD_PENDING];         /* written before pending_used is set */
    _Atomic uint64_t counters[COUNTERS];
};

struct scoreboard;

/* Opens or creates the file. Its blocks are allocated at once: a full disk later must not
 * become a SIGBUS. Returns 0 or a negative errno; -EUCLEAN for a file of another layout,
 * which the caller may delete. */
int scoreboard_open(const char *path, unsigned mode, struct scoreboard **out);

/* Unmaps, frees *board and clears the pointer; NULL is fine. */
void scoreboard_close(struct scoreboard **board);

struct scoreboard_slot *scoreboard_slot(struct scoreboard *board, unsigned slot);

/* Notes that a key was used; one byte, and only if it is not set yet. */
void scoreboard_touch(struct scoreboard *board, const struct digest *key);

/* Adds to a counter of a slot. */
void scoreboard_count(struct scoreboard_slot *slot, enum counter counter, uint64_t amount);

/* Notes that the blob is being created or removed. Returns the place for
 * scoreboard_settle(), or -1 if all places are taken. */
int scoreboard_pend(struct scoreboard_slot *slot, const struct digest *blob);

/* The blob and the index agree again. */
void scoreboard_settle(struct scoreboard_slot *slot, int place);

/* "requests" and so on, for `visage stats`. */
const char *scoreboard_counter_name(enum counter counter);
const char *scoreboard_state_name(uint32_t state);

#endif
