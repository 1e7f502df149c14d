/* SPDX-License-Identifier: MIT */
#include "origin/backoff.h"

#define FIRST_MS INT64_C(100)
#define MOST_MS INT64_C(2000)

bool backoff_may_pass(enum cause cause, int64_t retry_after_ms)
{
    switch (cause) {
    case CAUSE_ORIGIN_UNREACHABLE:
    case CAUSE_ORIGIN_TRUNCATED:
    case CAUSE_ORIGIN_ERROR:
        return true;
    case CAUSE_ORIGIN_BUSY:
        return retry_after_ms > 0;
    default:
        return false;
    }
}

int64_t backoff_pause_ms(unsigned attempt, int64_t retry_after_ms, uint64_t random)
{
    int64_t bound_ms = FIRST_MS;
    int64_t jitter_ms;

    for (unsigned i = 1; i < attempt && bound_ms < MOST_MS; i++)
        bound_ms *= 2;
    if (bound_ms > MOST_MS)
        bound_ms = MOST_MS;
    jitter_ms = (int64_t)(random % (uint64_t)(bound_ms + 1));
    return (retry_after_ms > 0 ? retry_after_ms : 0) + jitter_ms;
}
