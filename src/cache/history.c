/* SPDX-License-Identifier: MIT
 *
 * The history: a ring of samples, one place for each minute. Its writers are processes that know
 * nothing of each other, and any of them may be killed or stopped in the middle of a sample.
 */
#include "cache/scoreboard_layout.h"

#include <string.h>

#define MINUTE_MS 60000

/* Two processes may read the clock in the wrong order around the turn of a minute; a clock that
 * is further back than this has been set. */
#define STEP_BACK_MINUTES 5

_Static_assert(sizeof(struct scoreboard_sample) % sizeof(uint64_t) == 0, "whole words");

static void add_slot(const struct scoreboard_slot *slot, struct scoreboard_sample *sum)
{
    for (unsigned c = 0; c < COUNTERS; c++)
        sum->counters[c] += atomic_load_explicit(&slot->counters[c], memory_order_relaxed);
    for (unsigned k = 0; k < LATENCY_KINDS; k++) {
        for (unsigned b = 0; b < LATENCY_BUCKETS; b++)
            sum->latency[k][b] += atomic_load_explicit(&slot->latency[k][b],
                                                       memory_order_relaxed);
        sum->latency_us[k] += atomic_load_explicit(&slot->latency_us[k], memory_order_relaxed);
    }
}

void scoreboard_sum(struct scoreboard *board, int64_t now_ms, struct scoreboard_sample *out)
{
    memset(out, 0, sizeof *out);
    out->at_ms = now_ms;
    /* Slots of the dead, too: what they counted has happened. */
    for (unsigned i = 0; i < SCOREBOARD_SLOTS; i++)
        add_slot(scoreboard_slot(board, i), out);
}

static struct history_place *place_of(struct scoreboard *board, int64_t minute)
{
    return &board->map->history[minute % SCOREBOARD_MINUTES];
}

static uint64_t check_of(int64_t minute, const uint64_t words[SAMPLE_WORDS])
{
    uint64_t check = (uint64_t)minute + 1;

    for (size_t i = 0; i < SAMPLE_WORDS; i++) {
        check = (check ^ words[i]) * UINT64_C(0x9e3779b97f4a7c15); /* 2^64 by the golden ratio */
        check ^= check >> 32;
    }
    return check;
}

/* An odd sequence was left by a writer that died here, a day ago or longer, and is passed over.
 * Should that writer only have been stopped and go on now, it spoils this sample: the sum finds
 * that out, the sequence cannot. */
static void write_sample(struct history_place *place, int64_t minute,
                         const struct scoreboard_sample *sample)
{
    uint64_t found = atomic_load_explicit(&place->sequence, memory_order_relaxed);
    uint64_t mine = (found + 1) | 1;
    uint64_t words[SAMPLE_WORDS];

    if (!atomic_compare_exchange_strong(&place->sequence, &found, mine))
        return;
    atomic_thread_fence(memory_order_release);
    memcpy(words, sample, sizeof words);
    atomic_store_explicit(&place->minute, minute, memory_order_relaxed);
    for (size_t i = 0; i < SAMPLE_WORDS; i++)
        atomic_store_explicit(&place->words[i], words[i], memory_order_relaxed);
    atomic_store_explicit(&place->check, check_of(minute, words), memory_order_relaxed);
    /* Not ours any more? Then another has passed us over, and it is for him to say. */
    atomic_compare_exchange_strong(&place->sequence, &mine, mine + 1);
}

void scoreboard_tick(struct scoreboard *board, int64_t now_ms)
{
    _Atomic int64_t *last_minute = &board->map->header.last_minute;
    int64_t last = atomic_load_explicit(last_minute, memory_order_relaxed);
    int64_t minute = now_ms / MINUTE_MS;
    struct scoreboard_sample sample;

    if (minute <= 0 || (minute <= last && last - minute < STEP_BACK_MINUTES))
        return;
    if (!atomic_compare_exchange_strong(last_minute, &last, minute))
        return; /* another was first */
    scoreboard_sum(board, now_ms, &sample);
    write_sample(place_of(board, minute), minute, &sample);
}

bool scoreboard_history(struct scoreboard *board, int64_t at_ms, struct scoreboard_sample *out)
{
    int64_t minute = at_ms / MINUTE_MS;
    struct history_place *place;
    uint64_t before, check, words[SAMPLE_WORDS];

    if (minute <= 0)
        return false;
    place = place_of(board, minute);
    before = atomic_load_explicit(&place->sequence, memory_order_acquire);
    if ((before & 1) || atomic_load_explicit(&place->minute, memory_order_relaxed) != minute)
        return false;
    for (size_t i = 0; i < SAMPLE_WORDS; i++)
        words[i] = atomic_load_explicit(&place->words[i], memory_order_relaxed);
    check = atomic_load_explicit(&place->check, memory_order_relaxed);
    atomic_thread_fence(memory_order_acquire);
    if (atomic_load_explicit(&place->sequence, memory_order_relaxed) != before ||
        check != check_of(minute, words))
        return false;
    memcpy(out, words, sizeof *out);
    return true;
}
