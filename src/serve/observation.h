/* SPDX-License-Identifier: MIT
 *
 * What can be seen of an installation at one moment: taken once, then written as
 * a page, as metrics, as JSON or as text.
 */
#ifndef VISAGE_SERVE_OBSERVATION_H
#define VISAGE_SERVE_OBSERVATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/config.h"
#include "cache/cache.h"
#include "cache/gate.h"
#include "store/store.h"

#define OBSERVED_HOUR 60 /* steps of a minute */
#define OBSERVED_DAY 96  /* steps of 15 minutes */

struct observed_worker {
    unsigned slot;
    int64_t pid;
    uint32_t kind;          /* enum worker_kind */
    uint32_t state;         /* enum worker_state */
    int64_t for_ms;         /* in this state, where that is known, else -1 */
    int64_t up_ms;
    uint64_t requests;
    const char *source;     /* what it works on, borrowed from the configuration; NULL: nothing */
};

/* What happened in one step of time. */
struct observed_step {
    bool known;             /* false: nobody took a sample */
    int64_t from_ms, to_ms; /* wall clock */
    uint64_t counters[COUNTERS];
    uint64_t latency[LATENCY_KINDS][LATENCY_BUCKETS];
    uint64_t latency_us[LATENCY_KINDS];
};

struct observation {
    int64_t now_ms;                /* wall clock */
    int64_t boot_ms;               /* the same moment on the boot clock, which breakers go by */
    struct index_stats index;
    struct scoreboard_sample total; /* since the scoreboard was made */
    struct observed_step hour[OBSERVED_HOUR]; /* oldest first; the last one is the running step */
    struct observed_step day[OBSERVED_DAY];
    struct observed_step last_hour, last_day; /* the steps added up */
    struct observed_worker *workers;
    size_t worker_count;           /* alive */
    size_t busy_workers;           /* that fetch or wait */
    size_t busy_limit;             /* how many of them may */
    struct gate_record *origins;
    size_t origin_count;
    bool keeper_alive;
    uint64_t queued;               /* work for the keeper */
    uint64_t disk_free, disk_size; /* bytes; 0 if they cannot be had */
    bool has_store;                /* uploads are kept on this machine: */
    struct store_stats store;
};

/* Fills *out. A store of NULL is none. Returns 0 or a negative errno; free it in both cases. */
int observation_take(const struct config *config, struct cache *cache, struct store *store,
                     struct observation *out);
void observation_free(struct observation *out);

/* Originals and what was drawn from them; remembered failures are entries of the index, too, and
 * are told apart from these everywhere. */
static inline uint64_t observed_pictures(const struct observation *o)
{
    return o->index.entries > o->index.negatives ? o->index.entries - o->index.negatives : 0;
}

/* For how long the origin will not be asked: 0 unless its breaker is open and its time has not
 * come yet. */
static inline int64_t observed_rest_ms(const struct observation *o, const struct gate_record *g)
{
    return g->breaker.state == BREAKER_OPEN && g->breaker.until_ms > o->boot_ms
               ? g->breaker.until_ms - o->boot_ms
               : 0;
}

/* The sum of two counters; UINT64_MAX rather than a small number if they are too large. */
static inline uint64_t observed_sum(uint64_t a, uint64_t b)
{
    return a < UINT64_MAX - b ? a + b : UINT64_MAX;
}

#endif
