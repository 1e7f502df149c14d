/* SPDX-License-Identifier: MIT
 *
 * What the scoreboard's counters are called outside, in all formats. Private to
 * src/serve/metrics*.c.
 */
#ifndef VISAGE_SERVE_METRICS_COUNTERS_H
#define VISAGE_SERVE_METRICS_COUNTERS_H

#include "cache/scoreboard.h"

struct metrics_counter {
    const char *name;   /* in JSON */
    const char *family; /* in metrics, without "_total"; counters of one family stand together */
    const char *label;  /* what sets it apart in its family, or NULL */
    const char *unit;   /* "bytes", or NULL */
    const char *help;   /* of the family; in its first row */
    enum counter counter;
};

/* One row for each counter. */
extern const struct metrics_counter metrics_counters[COUNTERS];

#endif
