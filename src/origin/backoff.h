/* SPDX-License-Identifier: MIT
 *
 * Trying again: whether a failure may pass, and how long to wait. Pure.
 */
#ifndef VISAGE_ORIGIN_BACKOFF_H
#define VISAGE_ORIGIN_BACKOFF_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cause.h"

/* Whether another try of the same GET may do better: no connection, a broken one, or 5xx. What
 * an origin says on purpose (4xx) stays, and a timeout has used the time up. A 429 or 503 may pass
 * only where the origin says when. */
bool backoff_may_pass(enum cause cause, int64_t retry_after_ms);

/* The pause before try number `attempt` + 1 (`attempt` >= 1 have failed): full jitter over an
 * exponential bound, min(2 s, 100 ms * 2^(attempt-1)) (M. Brooker, "Exponential Backoff And
 * Jitter", AWS Architecture Blog 2015), counted from the end of `retry_after_ms`, so that not all
 * who were told the same time come at that time. `random` is any 64 random bits. */
int64_t backoff_pause_ms(unsigned attempt, int64_t retry_after_ms, uint64_t random);

#endif
