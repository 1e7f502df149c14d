/* SPDX-License-Identifier: MIT
 *
 * The choices that a generated picture is made of, one after the other from its seed.
 */
#ifndef VISAGE_RENDERER_SEED_H
#define VISAGE_RENDERER_SEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "image/render_protocol.h"

struct choices {
    uint64_t state;
};

/* Every bit of the seed has a say in every choice, also where seeds are no digests. */
struct choices choices_of(const unsigned char seed[RENDER_SEED_SIZE]);

/* From `from` on, below `to`. */
size_t choose(struct choices *choices, size_t from, size_t to);

/* Between the two, in a thousand steps. */
double choose_between(struct choices *choices, double from, double to);

/* True in `percent` of a hundred cases. */
bool choose_whether(struct choices *choices, unsigned percent);

#endif
