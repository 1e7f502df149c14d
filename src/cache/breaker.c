/* SPDX-License-Identifier: MIT */
#include "cache/breaker.h"

#define SPREAD 10 /* the end of a rest is spread over one part in so many */

enum breaker_verdict breaker_ask(struct breaker *breaker, const struct breaker_rules *rules,
                                 int64_t now_ms, int64_t probe_ms, int64_t *wait_ms)
{
    *wait_ms = 0;
    if (rules->failures == 0 || breaker->state == BREAKER_CLOSED)
        return BREAKER_PASS;
    if (now_ms < breaker->until_ms) {
        *wait_ms = breaker->until_ms - now_ms;
        return BREAKER_REST;
    }
    breaker->state = BREAKER_HALF_OPEN;
    breaker->until_ms = now_ms + probe_ms;
    return BREAKER_PROBE;
}

bool breaker_counts(enum cause cause)
{
    switch (cause) {
    case CAUSE_ORIGIN_ERROR:
    case CAUSE_ORIGIN_BUSY:
    case CAUSE_ORIGIN_UNREACHABLE:
    case CAUSE_ORIGIN_TIMEOUT:
    case CAUSE_ORIGIN_TRUNCATED:
        return true;
    default:
        return false;
    }
}

/* Whether the origin has answered, and not with trouble. */
static bool is_answer(enum cause cause)
{
    switch (cause) {
    case CAUSE_NONE:
    case CAUSE_ORIGIN_NOT_FOUND:
    case CAUSE_ORIGIN_DENIED:
    case CAUSE_ORIGIN_BAD_STATUS:
    case CAUSE_ORIGIN_TOO_LARGE:
    case CAUSE_ORIGIN_REDIRECTS:
    case CAUSE_ORIGIN_ENCODED:
    case CAUSE_PICTURE_TYPE:
    case CAUSE_BLOB_NOT_FOUND:
    case CAUSE_BLOB_MISMATCH:
        return true;
    default:
        return false;
    }
}

/* open_ms, doubled for each time before, and up to a tenth more, so that hosts whose
 * breakers opened together do not all come back together. */
static int64_t rest_ms(const struct breaker *breaker, const struct breaker_rules *rules,
                       uint64_t random)
{
    int64_t rest = rules->open_ms > 0 ? rules->open_ms : 1;

    for (uint32_t i = 0; i < breaker->openings && rest < BREAKER_OPEN_MAX_MS; i++)
        rest *= 2;
    if (rest > BREAKER_OPEN_MAX_MS)
        rest = BREAKER_OPEN_MAX_MS;
    return rest + (int64_t)(random % (uint64_t)(rest / SPREAD + 1));
}

static void open_until(struct breaker *breaker, int64_t until_ms)
{
    if (breaker->state != BREAKER_OPEN && breaker->openings < UINT32_MAX)
        breaker->openings++;
    breaker->state = BREAKER_OPEN;
    breaker->until_ms = until_ms;
}

/* The origin has said itself when to come back. */
static void rest_as_asked(struct breaker *breaker, int64_t retry_after_ms, int64_t now_ms)
{
    int64_t until_ms =
        now_ms + (retry_after_ms < BREAKER_OPEN_MAX_MS ? retry_after_ms : BREAKER_OPEN_MAX_MS);

    /* Of several that were told so the last to come back must not cut a rest short. */
    if (breaker->state != BREAKER_OPEN || breaker->until_ms < until_ms)
        open_until(breaker, until_ms);
}

static void note_failure(struct breaker *breaker, const struct breaker_rules *rules, bool probe,
                         int64_t retry_after_ms, int64_t now_ms, uint64_t random)
{
    if (breaker->failures < UINT32_MAX)
        breaker->failures++;
    if (rules->failures == 0)
        return;
    if (retry_after_ms > 0)
        rest_as_asked(breaker, retry_after_ms, now_ms);
    /* What others began before it opened may fail still: that is no news. */
    else if (breaker->state == BREAKER_CLOSED ? breaker->failures >= rules->failures
                                              : probe && breaker->state == BREAKER_HALF_OPEN)
        open_until(breaker, now_ms + rest_ms(breaker, rules, random));
}

void breaker_note(struct breaker *breaker, const struct breaker_rules *rules, bool probe,
                  enum cause cause, int64_t retry_after_ms, int64_t now_ms, uint64_t random)
{
    if (cause == CAUSE_NONE || (is_answer(cause) && (probe || breaker->state == BREAKER_CLOSED)))
        *breaker = (struct breaker){.state = BREAKER_CLOSED};
    else if (breaker_counts(cause))
        note_failure(breaker, rules, probe, retry_after_ms, now_ms, random);
    else if (probe && breaker->state == BREAKER_HALF_OPEN)
        breaker->until_ms = now_ms; /* whoever asks next is the probe */
}

const char *breaker_state_name(enum breaker_state state)
{
    switch (state) {
    case BREAKER_OPEN:
        return "open";
    case BREAKER_HALF_OPEN:
        return "half-open";
    default:
        return "closed";
    }
}
