/* SPDX-License-Identifier: MIT */
#include "rig/random.h"

/* Marsaglia's xorshift64*. */
uint64_t random_next(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(2685821657736338717) >> 32;
}
