/* SPDX-License-Identifier: MIT */
#include "cache/scoreboard_layout.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "cache/shared_file.h"

#define MAGIC 0x56495342u /* "VISB" */
#define LAYOUT_VERSION 5u

#define LATENCY_FIRST_US 100

/* Called under the start lock, so that only one process fills an empty header. */
static int check_header(struct scoreboard_header *h)
{
    if (atomic_load(&h->magic) == 0) {
        h->version = LAYOUT_VERSION;
        h->slot_size = sizeof(struct scoreboard_slot);
        h->slots = SCOREBOARD_SLOTS;
        h->recency = SCOREBOARD_RECENCY;
        h->sample_size = sizeof(struct scoreboard_sample);
        h->minutes = SCOREBOARD_MINUTES;
        atomic_store(&h->magic, MAGIC);
        return 0;
    }
    if (h->magic != MAGIC || h->version != LAYOUT_VERSION || h->slots != SCOREBOARD_SLOTS ||
        h->slot_size != sizeof(struct scoreboard_slot) || h->recency != SCOREBOARD_RECENCY ||
        h->sample_size != sizeof(struct scoreboard_sample) || h->minutes != SCOREBOARD_MINUTES)
        return -EUCLEAN;
    return 0;
}

int scoreboard_open(const char *path, unsigned mode, struct scoreboard **out)
{
    struct scoreboard *board;
    struct scoreboard_layout *map;
    void *memory;
    int rc = shared_file_map(path, mode, sizeof *map, &memory);

    *out = NULL;
    if (rc)
        return rc;
    map = memory;
    rc = check_header(&map->header);
    board = rc ? NULL : calloc(1, sizeof *board);
    if (!board) {
        munmap(map, sizeof *map);
        return rc ? rc : -ENOMEM;
    }
    board->map = map;
    recency_prepare(board);
    *out = board;
    return 0;
}

void scoreboard_close(struct scoreboard **board)
{
    if (!*board)
        return;
    munmap((*board)->map, sizeof *(*board)->map);
    free(*board);
    *board = NULL;
}

struct scoreboard_slot *scoreboard_slot(struct scoreboard *board, unsigned slot)
{
    return &board->map->places[slot].slot;
}

_Atomic uint32_t *scoreboard_departures(struct scoreboard *board)
{
    return &board->map->header.departures;
}

/* One writer for each slot: a plain load and store is enough, and cheaper. */
static void add(_Atomic uint64_t *number, uint64_t amount)
{
    uint64_t now = atomic_load_explicit(number, memory_order_relaxed);

    atomic_store_explicit(number, now + amount, memory_order_relaxed);
}

void scoreboard_count(struct scoreboard_slot *slot, enum counter counter, uint64_t amount)
{
    add(&slot->counters[counter], amount);
}

static unsigned latency_bucket(uint64_t us)
{
    uint64_t over = us ? (us - 1) / LATENCY_FIRST_US : 0;
    unsigned bits = over ? 64 - (unsigned)__builtin_clzll(over) : 0;

    return bits < LATENCY_BUCKETS ? bits : LATENCY_BUCKETS - 1;
}

void scoreboard_latency(struct scoreboard_slot *slot, enum latency_kind kind, uint64_t us)
{
    add(&slot->latency[kind][latency_bucket(us)], 1);
    add(&slot->latency_us[kind], us);
}

uint64_t scoreboard_latency_bound(unsigned bucket)
{
    return bucket < LATENCY_BUCKETS - 1 ? (uint64_t)LATENCY_FIRST_US << bucket : UINT64_MAX;
}

bool scoreboard_may_start_keeper(struct scoreboard *board, int64_t now_ms, int64_t pause_ms)
{
    _Atomic int64_t *started = &board->map->header.keeper_started;
    int64_t last = atomic_load_explicit(started, memory_order_relaxed);

    if (last != 0 && now_ms - last < pause_ms)
        return false;
    return atomic_compare_exchange_strong(started, &last, now_ms);
}

void scoreboard_keeper_failed(struct scoreboard *board, bool failed)
{
    atomic_store(&board->map->header.keeper_failed, failed);
}

bool scoreboard_has_keeper_failed(struct scoreboard *board)
{
    return atomic_load(&board->map->header.keeper_failed) != 0;
}

void scoreboard_rounds(struct scoreboard *board, struct scoreboard_rounds *out)
{
    out->blobs_swept_ms = atomic_load(&board->map->header.blobs_swept);
    out->collected = atomic_load(&board->map->header.collected);
}

void scoreboard_note_rounds(struct scoreboard *board, const struct scoreboard_rounds *rounds)
{
    atomic_store(&board->map->header.blobs_swept, rounds->blobs_swept_ms);
    atomic_store(&board->map->header.collected, rounds->collected);
}

bool scoreboard_uploads_compared(struct scoreboard *board)
{
    return atomic_load(&board->map->header.compared) != 0;
}

void scoreboard_note_uploads_compared(struct scoreboard *board)
{
    atomic_store(&board->map->header.compared, 1);
}

int64_t scoreboard_buckets_searched(struct scoreboard *board)
{
    return atomic_load(&board->map->header.buckets_searched);
}

void scoreboard_note_buckets_searched(struct scoreboard *board, int64_t now_ms)
{
    atomic_store(&board->map->header.buckets_searched, now_ms);
}

int scoreboard_pend(struct scoreboard_slot *slot, const struct digest *blob)
{
    for (int i = 0; i < SCOREBOARD_PENDING; i++)
        if (!atomic_load(&slot->pending_used[i])) {
            slot->pending[i] = *blob;
            atomic_store_explicit(&slot->pending_used[i], 1, memory_order_release);
            return i;
        }
    return -1;
}

void scoreboard_settle(struct scoreboard_slot *slot, int place)
{
    if (place >= 0)
        atomic_store_explicit(&slot->pending_used[place], 0, memory_order_release);
}

const char *scoreboard_counter_name(enum counter counter)
{
    static const char *const names[COUNTERS] = {
        [COUNT_REQUESTS] = "requests",
        [COUNT_HITS] = "hits",
        [COUNT_MISSES] = "misses",
        [COUNT_STALE] = "stale",
        [COUNT_NOT_MODIFIED] = "not-modified",
        [COUNT_ERRORS] = "errors",
        [COUNT_SERVER_ERRORS] = "server-errors",
        [COUNT_FALLBACKS] = "fallbacks",
        [COUNT_RATE_LIMITED] = "rate-limited",
        [COUNT_BUSY] = "busy",
        [COUNT_CLIENT_GONE] = "client-gone",
        [COUNT_FETCHES] = "fetches",
        [COUNT_FETCH_RETRIES] = "fetch-retries",
        [COUNT_FETCH_FAILURES] = "fetch-failures",
        [COUNT_NOT_FOUND] = "not-found",
        [COUNT_FETCHED_BYTES] = "fetched-bytes",
        [COUNT_REVALIDATED] = "revalidated",
        [COUNT_BREAKER_REFUSALS] = "breaker-refusals",
        [COUNT_RENDERS] = "renders",
        [COUNT_RENDER_FAILURES] = "render-failures",
        [COUNT_RENDERER_DEATHS] = "renderer-deaths",
        [COUNT_INSERTS] = "inserts",
        [COUNT_EVICTIONS] = "evictions",
        [COUNT_EVICTED_BYTES] = "evicted-bytes",
        [COUNT_LEASE_WAITS] = "lease-waits",
        [COUNT_UNCACHED] = "uncached",
        [COUNT_PURGES] = "purges",
        [COUNT_REFRESHES] = "refreshes",
        [COUNT_WARMED] = "warmed",
        [COUNT_UPLOADS] = "uploads",
        [COUNT_UPLOADS_REFUSED] = "uploads-refused",
        [COUNT_DELETIONS] = "deletions",
    };

    return counter < COUNTERS ? names[counter] : "unknown";
}

const char *scoreboard_state_name(uint32_t state)
{
    static const char *const names[] = {
        [WORKER_GONE] = "gone",           [WORKER_IDLE] = "idle",
        [WORKER_SERVING] = "serving",     [WORKER_FETCHING] = "fetching",
        [WORKER_RENDERING] = "rendering", [WORKER_WAITING] = "waiting",
        [WORKER_EVICTING] = "evicting",   [WORKER_SWEEPING] = "sweeping",
    };

    return state < sizeof names / sizeof *names ? names[state] : "unknown";
}

const char *scoreboard_kind_name(uint32_t kind)
{
    static const char *const names[] = {
        [KIND_WORKER] = "worker",
        [KIND_KEEPER] = "keeper",
        [KIND_TOOL] = "tool",
    };

    return kind < sizeof names / sizeof *names ? names[kind] : "unknown";
}
