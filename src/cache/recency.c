/* SPDX-License-Identifier: MIT
 *
 * The recency table. Processes change a byte with plain loads and stores: what one of them
 * loses when two do it at once is one use, which neither SIEVE nor a counter that guesses
 * anyway would miss.
 */
#include "cache/scoreboard_layout.h"

#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/clock.h"

#define STEP 1.1 /* so many times more uses for each further step */

void recency_prepare(struct scoreboard *board)
{
    double chance = 4294967296.0; /* 1, of a 32-bit number's range */

    for (unsigned count = 0; count <= RECENCY_COUNT; count++) {
        board->chances[count] = (uint32_t)(chance - 1);
        chance /= STEP;
    }
    /* Workers that were started together must not step together. Nothing secret hangs on it. */
    if (getrandom(&board->random, sizeof board->random, GRND_NONBLOCK) !=
        (ssize_t)sizeof board->random)
        board->random = (uint64_t)clock_wall_ms() << 24 ^ (uint64_t)getpid();
}

/* A linear congruential generator (D. Knuth, "The Art of Computer Programming", volume 2, 3.3.4):
 * its upper half is random enough for this, and it costs a multiplication. */
static uint32_t next_random(struct scoreboard *board)
{
    board->random = board->random * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return (uint32_t)(board->random >> 32);
}

static _Atomic uint8_t *byte_of(struct scoreboard *board, const struct digest *key)
{
    uint32_t hash;

    memcpy(&hash, key->bytes, sizeof hash);
    return &board->map->recency[hash & (SCOREBOARD_RECENCY - 1)];
}

void scoreboard_touch(struct scoreboard *board, const struct digest *key)
{
    _Atomic uint8_t *byte = byte_of(board, key);
    unsigned found = atomic_load_explicit(byte, memory_order_relaxed);
    unsigned count = found & RECENCY_COUNT;

    if (count < RECENCY_COUNT && next_random(board) <= board->chances[count])
        count++;
    /* A popular key's cache line stays shared between the cores. */
    if ((count | RECENCY_USED) != found)
        atomic_store_explicit(byte, (uint8_t)(count | RECENCY_USED), memory_order_relaxed);
}

bool scoreboard_take_used(struct scoreboard *board, const struct digest *key)
{
    _Atomic uint8_t *byte = byte_of(board, key);

    if (!(atomic_load_explicit(byte, memory_order_relaxed) & RECENCY_USED))
        return false;
    atomic_fetch_and_explicit(byte, RECENCY_COUNT, memory_order_relaxed);
    return true;
}

uint64_t scoreboard_uses(struct scoreboard *board, const struct digest *key)
{
    unsigned count = atomic_load_explicit(byte_of(board, key), memory_order_relaxed);
    double power = 1;

    for (count &= RECENCY_COUNT; count > 0; count--)
        power *= STEP;
    return (uint64_t)((power - 1) / (STEP - 1) + 0.5);
}

void scoreboard_forget(struct scoreboard *board, const struct digest *key)
{
    _Atomic uint8_t *byte = byte_of(board, key);

    if (atomic_load_explicit(byte, memory_order_relaxed) != 0)
        atomic_store_explicit(byte, 0, memory_order_relaxed);
}
