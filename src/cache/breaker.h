/* SPDX-License-Identifier: MIT
 *
 * The circuit breaker of one origin (M. Nygard, "Release It!", chapter 5): closed
 * while it works; open, so that nobody asks, after so many failures in a row; then
 * half-open, where one probe decides. Pure: the caller keeps the record and gives
 * the time (ms since boot).
 */
#ifndef VISAGE_CACHE_BREAKER_H
#define VISAGE_CACHE_BREAKER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cause.h"

#define BREAKER_OPEN_MAX_MS INT64_C(300000)

/* Values are stored: never renumber. */
enum breaker_state { BREAKER_CLOSED = 0, BREAKER_OPEN = 1, BREAKER_HALF_OPEN = 2 };

struct breaker {
    enum breaker_state state;
    uint32_t failures;   /* in a row */
    uint32_t openings;   /* in a row, for the doubling */
    int64_t until_ms;    /* open: until then; half-open: the probe's own deadline */
};

struct breaker_rules {
    uint32_t failures; /* in a row that open it; 0: it never opens */
    int64_t open_ms;   /* the first time; doubles with each failed probe */
};

enum breaker_verdict {
    BREAKER_PASS,
    BREAKER_PROBE, /* pass, as the one probe: it decides */
    BREAKER_REST   /* do not ask: *wait_ms says for how long */
};

/* What a fetch may do now. An open breaker whose time has come becomes half-open, and the caller
 * its probe, until now + probe_ms; a probe that does not report by then is replaced. */
enum breaker_verdict breaker_ask(struct breaker *breaker, const struct breaker_rules *rules,
                                 int64_t now_ms, int64_t probe_ms, int64_t *wait_ms);

/* Whether this outcome says that the origin is in trouble: no connection, timeout, 5xx, a body cut
 * short, 429. A picture that is not there, access denied, or what is wrong with one picture or with
 * us says nothing. */
bool breaker_counts(enum cause cause);

/* Notes the outcome of a fetch that was let pass. A success closes it, and so does any other
 * answer to the probe that does not count as trouble (404, ...): the origin is back. A failure
 * counts, and opens it at the limit or when it was the probe's, with `random` spreading the end by
 * up to a tenth. `retry_after_ms` > 0, the origin's own wish, opens it for so long at once (at most
 * BREAKER_OPEN_MAX_MS), unless rules->failures is 0. An outcome that says nothing
 * (CAUSE_CLIENT_GONE, CAUSE_INTERNAL) frees the place of the probe. */
void breaker_note(struct breaker *breaker, const struct breaker_rules *rules, bool probe,
                  enum cause cause, int64_t retry_after_ms, int64_t now_ms, uint64_t random);

/* "closed", "open", "half-open". */
const char *breaker_state_name(enum breaker_state state);

#endif
