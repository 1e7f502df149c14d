/* SPDX-License-Identifier: MIT
 *
 * Made-up observations, always the same: of a quiet day, of a bad one, of an
 * installation that nobody has asked anything yet, and of the largest numbers.
 */
#ifndef VISAGE_TESTS_UNIT_OBSERVATION_FIXTURE_H
#define VISAGE_TESTS_UNIT_OBSERVATION_FIXTURE_H

#include "serve/observation.h"

enum observed_day {
    DAY_EMPTY,   /* one idle worker, no traffic, an empty cache */
    DAY_QUIET,   /* plausible traffic, nothing wrong */
    DAY_BAD,     /* breakers open, disk full, renderers dying, gaps in the history */
    DAY_EXTREME, /* 500 workers, 200 origins, numbers near the end of their type */
};

struct observed {
    struct observation o;
    struct config config;
};

/* Ends the test when memory runs out. Free it with observed_free(). */
struct observed *observed_make(enum observed_day day);
void observed_free(struct observed *observed);

#endif
