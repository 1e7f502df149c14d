/* SPDX-License-Identifier: MIT */
#include "image/renderer/seed.h"

#define STEPS 1000

/* The finaliser of SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom
 * Number Generators, 2014). */
static uint64_t stir(uint64_t z)
{
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

struct choices choices_of(const unsigned char seed[RENDER_SEED_SIZE])
{
    uint64_t state = 0;

    for (unsigned i = 0; i < RENDER_SEED_SIZE; i += 8) {
        uint64_t word = 0;

        for (unsigned k = 0; k < 8; k++)
            word = word << 8 | seed[i + k];
        state = stir(state + UINT64_C(0x9e3779b97f4a7c15)) ^ word;
    }
    return (struct choices){stir(state)};
}

size_t choose(struct choices *choices, size_t from, size_t to)
{
    choices->state += UINT64_C(0x9e3779b97f4a7c15);
    return from + (size_t)(stir(choices->state) % (to - from));
}

double choose_between(struct choices *choices, double from, double to)
{
    return from + (to - from) * (double)choose(choices, 0, STEPS + 1) / STEPS;
}

bool choose_whether(struct choices *choices, unsigned percent)
{
    return choose(choices, 0, 100) < percent;
}
