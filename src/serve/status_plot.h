/* SPDX-License-Identifier: MIT
 *
 * The plots of the status page: what happened step by step, and how long
 * answers took.
 */
#ifndef VISAGE_SERVE_STATUS_PLOT_H
#define VISAGE_SERVE_STATUS_PLOT_H

#include <stdbool.h>
#include <stddef.h>

#include "serve/observation.h"
#include "serve/writer.h"

#define PLOT_SERIES_MAX 4

typedef uint64_t plot_value(const struct observed_step *step);

struct plot_series {
    const char *name;
    const char *colour; /* class */
    plot_value *value;
    bool below;         /* drawn downwards from the zero line */
};

/* A row of steps, oldest first; the last one is still running. */
struct plot_span {
    const char *name;     /* "last hour, by minute" */
    const struct observed_step *steps;
    size_t count;         /* at most OBSERVED_DAY */
    const char *const *ticks; /* five, from the oldest to now */
};

/* Columns of the series stacked on each other; a gap where a step is not known. */
void plot_columns(struct writer *w, const char *title, const struct plot_series *series,
                  size_t count, const struct plot_span *span);

/* A line of how much `part` is of `whole`; a gap where that cannot be said. */
void plot_ratio(struct writer *w, const char *title, plot_value *part, plot_value *whole,
                const struct plot_span *span);

/* The histogram of one kind of latency in a step, mostly a sum of steps. */
void plot_latency(struct writer *w, const char *title, const char *colour,
                  const struct observed_step *sum, enum latency_kind kind);

#endif
