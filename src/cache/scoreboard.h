/* SPDX-License-Identifier: MIT
 *
 * A small file that all processes map: one slot for each worker, with what it
 * does and what it has counted; the recency table, one byte for each key's hash,
 * which a hit changes; and the history of all counters together, minute by
 * minute. Everything is atomic; nothing here needs a lock.
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
#define SCOREBOARD_RECENCY (1u << 22)  /* bytes; a power of two */
#define SCOREBOARD_MINUTES 1500        /* of history: a day and an hour */

enum worker_state {
    WORKER_GONE = 0,
    WORKER_IDLE = 1,
    WORKER_SERVING = 2,
    WORKER_FETCHING = 3,
    WORKER_RENDERING = 4,
    WORKER_WAITING = 5, /* for another worker's lease or a fetch slot, or about to fetch */
    WORKER_EVICTING = 6,
    WORKER_SWEEPING = 7,
};

enum worker_kind { KIND_WORKER = 0, KIND_KEEPER = 1, KIND_TOOL = 2 };

/* Counters live as long as the file: a new worker goes on counting in its slot. */
enum counter {
    COUNT_REQUESTS,
    COUNT_HITS,          /* fresh, from the cache */
    COUNT_MISSES,        /* all other requests for pictures */
    COUNT_STALE,         /* misses that were answered with an expired picture */
    COUNT_NOT_MODIFIED,  /* 304 sent */
    COUNT_ERRORS,        /* answers with an error's status, fallbacks included */
    COUNT_SERVER_ERRORS, /* those of them with 5xx */
    COUNT_FALLBACKS,
    COUNT_RATE_LIMITED,
    COUNT_BUSY,          /* misses turned away because too many workers are busy */
    COUNT_CLIENT_GONE,
    COUNT_FETCHES,       /* tries */
    COUNT_FETCH_RETRIES,
    COUNT_FETCH_FAILURES,
    COUNT_NOT_FOUND,     /* fetches that the origin answered with 404 or 410 */
    COUNT_FETCHED_BYTES,
    COUNT_REVALIDATED,   /* 304 received */
    COUNT_BREAKER_REFUSALS,
    COUNT_RENDERS,
    COUNT_RENDER_FAILURES,
    COUNT_RENDERER_DEATHS,
    COUNT_INSERTS,       /* entries stored */
    COUNT_EVICTIONS,     /* entries dropped to make room */
    COUNT_EVICTED_BYTES,
    COUNT_LEASE_WAITS,
    COUNT_UNCACHED,      /* answers that could not be stored */
    COUNT_PURGES,
    COUNT_REFRESHES,     /* by the keeper */
    COUNT_WARMED,
    COUNT_UPLOADS,         /* taken */
    COUNT_UPLOADS_REFUSED, /* for whatever cause */
    COUNT_DELETIONS,       /* of uploads */
    COUNTERS
};

/* Latency of requests for pictures, from accept to the end of the answer. */
enum latency_kind { LATENCY_HIT, LATENCY_MISS, LATENCY_KINDS };

/* Bucket i counts what took at most scoreboard_latency_bound(i) microseconds and more than the
 * bound before; the last one counts the rest. */
#define LATENCY_BUCKETS 20

/* Written by the worker that holds the slot's lock byte, read by anyone. */
struct scoreboard_slot {
    _Atomic uint64_t incarnation; /* raised by each new holder; leases and temp files carry it */
    _Atomic int64_t pid;          /* to show, never to trust */
    _Atomic int64_t started_ms;   /* wall clock */
    _Atomic uint32_t state;       /* enum worker_state */
    _Atomic uint32_t kind;        /* enum worker_kind */
    _Atomic int64_t since_ms;     /* boot clock; when the state began, kept up by misses only */
    _Atomic uint64_t waits_for;   /* first bytes of the key whose lease it waits for; 0: none */
    _Atomic uint32_t wakes;       /* a futex; raised by whoever has done what is waited for */
    _Atomic uint32_t source;      /* what it works on: 1 + the source's place in the configuration */
    _Atomic uint32_t pending_used[SCOREBOARD_PENDING]; /* 1: the digest below counts */
    struct digest pending[SCOREBOARD_PENDING];         /* written before pending_used is set */
    _Atomic uint64_t counters[COUNTERS];
    _Atomic uint64_t latency[LATENCY_KINDS][LATENCY_BUCKETS];
    _Atomic uint64_t latency_us[LATENCY_KINDS]; /* sums */
};

struct scoreboard;

/* Opens or creates the file. Its blocks are allocated at once: a full disk later must not
 * become a SIGBUS. Returns 0 or a negative errno; -EUCLEAN for a file of another layout,
 * which the caller may delete. */
int scoreboard_open(const char *path, unsigned mode, struct scoreboard **out);

/* Unmaps, frees *board and clears the pointer; NULL is fine. */
void scoreboard_close(struct scoreboard **board);

struct scoreboard_slot *scoreboard_slot(struct scoreboard *board, unsigned slot);

/* A futex that is raised whenever a worker has ended its fetching or waiting. */
_Atomic uint32_t *scoreboard_departures(struct scoreboard *board);

/* ---- recency: one byte for each key's hash ----
 * Bit 7 says that the key was used since the hand of SIEVE came by. The lower seven bits count
 * how often it was used, each step standing for 1.1 times as many uses as the one before
 * (R. Morris, "Counting large numbers of events in small registers", CACM 1978). */

/* Notes a use of the key: at most one byte is written, and of a popular key's rarely. */
void scoreboard_touch(struct scoreboard *board, const struct digest *key);

/* For the hand of SIEVE: whether the key was used since the last call; it counts as unused from
 * now on. */
bool scoreboard_take_used(struct scoreboard *board, const struct digest *key);

/* About how often the key was used since it came into the cache. */
uint64_t scoreboard_uses(struct scoreboard *board, const struct digest *key);

/* Forgets the key: it has left the cache. */
void scoreboard_forget(struct scoreboard *board, const struct digest *key);

/* ---- counters ---- */

/* Adds to a counter of a slot. */
void scoreboard_count(struct scoreboard_slot *slot, enum counter counter, uint64_t amount);

/* Counts a request that took so long. */
void scoreboard_latency(struct scoreboard_slot *slot, enum latency_kind kind, uint64_t us);

/* The upper bound of a bucket in microseconds: 100 us times powers of two; UINT64_MAX for the
 * last. */
uint64_t scoreboard_latency_bound(unsigned bucket);

/* All counters at one moment, summed over the slots. */
struct scoreboard_sample {
    int64_t at_ms; /* wall clock */
    uint64_t counters[COUNTERS];
    uint64_t latency[LATENCY_KINDS][LATENCY_BUCKETS];
    uint64_t latency_us[LATENCY_KINDS];
};

/* Adds all slots up. */
void scoreboard_sum(struct scoreboard *board, int64_t now_ms, struct scoreboard_sample *out);

/* Takes a sample into the history if this minute (wall clock) has none yet; whoever comes first
 * in a minute does it. Nearly free otherwise. */
void scoreboard_tick(struct scoreboard *board, int64_t now_ms);

/* The sample that was taken first in the minute of `at_ms`. False if there is none (nobody came
 * in that minute, it is too long ago, or it is just being written). */
bool scoreboard_history(struct scoreboard *board, int64_t at_ms, struct scoreboard_sample *out);

/* Whether the caller may start a keeper now: at most one caller every `pause_ms` (boot clock). */
bool scoreboard_may_start_keeper(struct scoreboard *board, int64_t now_ms, int64_t pause_ms);

/* How the last attempt ended. */
void scoreboard_keeper_failed(struct scoreboard *board, bool failed);
bool scoreboard_has_keeper_failed(struct scoreboard *board);

/* What keepers have done, for those who come after them. */
struct scoreboard_rounds {
    int64_t blobs_swept_ms; /* boot clock; when a round through blobs/ ended; 0: never */
    uint64_t collected;     /* the generation up to which what was purged is removed */
};
void scoreboard_rounds(struct scoreboard *board, struct scoreboard_rounds *out);
void scoreboard_note_rounds(struct scoreboard *board, const struct scoreboard_rounds *rounds);

/* Whether the index has been compared with the store of uploads since the machine was started. */
bool scoreboard_uploads_compared(struct scoreboard *board);
void scoreboard_note_uploads_compared(struct scoreboard *board);

/* When the index was last searched for what is of no use any more of pictures in buckets (boot clock; 0:
 * never). */
int64_t scoreboard_buckets_searched(struct scoreboard *board);
void scoreboard_note_buckets_searched(struct scoreboard *board, int64_t now_ms);

/* Notes that the blob is being created or removed. Returns the place for
 * scoreboard_settle(), or -1 if all places are taken. */
int scoreboard_pend(struct scoreboard_slot *slot, const struct digest *blob);

/* The blob and the index agree again. */
void scoreboard_settle(struct scoreboard_slot *slot, int place);

/* "requests" and so on, for `visage stats`. */
const char *scoreboard_counter_name(enum counter counter);
const char *scoreboard_state_name(uint32_t state);
const char *scoreboard_kind_name(uint32_t kind);

#endif
