/* SPDX-License-Identifier: MIT
 *
 * Numbers that nobody foresees, for tests that choose.
 */
#ifndef VISAGE_TESTS_RIG_RANDOM_H
#define VISAGE_TESTS_RIG_RANDOM_H

#include <stdint.h>

/* The next one of 32 bits. *state is not zero, and each thread's own. */
uint64_t random_next(uint64_t *state);

#endif
