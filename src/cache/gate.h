/* SPDX-License-Identifier: MIT
 *
 * Who may ask an origin now: the breakers and the fetch slots of all workers,
 * and what came of fetches lately. One small write transaction before a try and
 * one after it.
 *
 * Tables of run.mdb:
 *   origins   SHA-256 of "scheme://host:port" -> format, breaker, outcomes, text
 *   fetches   u32 slot -> u64 incarnation, i64 deadline (ms since boot), 32 bytes origin
 */
#ifndef VISAGE_CACHE_GATE_H
#define VISAGE_CACHE_GATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cause.h"
#include "cache/breaker.h"

struct cache;

#define GATE_ORIGIN_MAX 320 /* "scheme://host:port", NUL included */
#define GATE_ORIGINS_MAX 4096

struct gate_request {
    const char *origin;      /* scheme://host:port */
    uint32_t slots;          /* fetches at one time in all */
    uint32_t origin_slots;   /* from this origin */
    struct breaker_rules breaker;
    int64_t timeout_ms;      /* a fetch that takes longer has lost its slot */
};

enum gate_verdict {
    GATE_PASS = 0,  /* ask, then gate_leave() */
    GATE_FULL = 1,  /* no slot is free: look again soon */
    GATE_REST = 2   /* the breaker is open */
};

/* Asks to pass. *probe is for gate_leave(); *wait_ms tells how long the breaker stays open.
 * Trouble with the table lets pass: it must not take pictures away. */
enum gate_verdict gate_enter(struct cache *cache, const struct gate_request *request, bool *probe,
                             int64_t *wait_ms);

struct gate_outcome {
    bool probe;
    bool not_modified;
    enum cause cause;
    int64_t retry_after_ms;
    int64_t elapsed_ms;
    uint64_t bytes;
};

/* Gives the slot back and notes what came of the try. */
void gate_leave(struct cache *cache, const struct gate_request *request,
                const struct gate_outcome *outcome);

/* What is known of an origin. */
struct gate_record {
    char origin[GATE_ORIGIN_MAX];
    struct breaker breaker;
    uint64_t fetched;       /* 200 */
    uint64_t not_modified;  /* 304 */
    uint64_t not_found;     /* 404, 410 */
    uint64_t failures;      /* everything else */
    uint64_t bytes;
    enum cause last_failure;     /* CAUSE_NONE: never failed */
    int64_t last_failure_ms;     /* wall clock */
    int64_t last_success_ms;     /* wall clock */
    int64_t mean_ms;             /* of a fetch; the last ones count most */
    uint32_t in_flight;
};

/* What is known of one origin, in_flight apart. Returns 0, -ENOENT or another negative errno. */
int gate_look(struct cache *cache, const char *origin, struct gate_record *out);

/* Calls `each` with every origin until it returns other than 0, which is then returned. */
typedef int gate_each(const struct gate_record *record, void *context);
int gate_walk(struct cache *cache, gate_each *each, void *context);

#endif
