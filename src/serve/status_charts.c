/* SPDX-License-Identifier: MIT
 *
 * Which plots there are, and what they show of a step.
 */
#include "serve/status_parts.h"
#include "serve/status_plot.h"

static uint64_t less(uint64_t from, uint64_t amount)
{
    return from > amount ? from - amount : 0;
}

static uint64_t hits(const struct observed_step *s)
{
    return s->counters[COUNT_HITS];
}

static uint64_t lookups(const struct observed_step *s)
{
    return observed_sum(s->counters[COUNT_HITS], s->counters[COUNT_MISSES]);
}

static uint64_t stale(const struct observed_step *s)
{
    return s->counters[COUNT_STALE];
}

static uint64_t errors(const struct observed_step *s)
{
    return s->counters[COUNT_ERRORS];
}

/* Misses that got what they asked for. An error may belong to a miss or to a request that was for
 * no picture; what all requests leave over says how many of them were misses. */
static uint64_t fetched(const struct observed_step *s)
{
    uint64_t of_misses = less(s->counters[COUNT_MISSES], stale(s));
    uint64_t others = observed_sum(hits(s), observed_sum(stale(s), errors(s)));
    uint64_t of_all = less(s->counters[COUNT_REQUESTS], others);

    return of_misses < of_all ? of_misses : of_all;
}

static uint64_t fetch_unchanged(const struct observed_step *s)
{
    return s->counters[COUNT_REVALIDATED];
}

/* Tries: one that was followed by another failed as well; what the breaker held off is none. */
static uint64_t fetch_failures(const struct observed_step *s)
{
    return less(observed_sum(s->counters[COUNT_FETCH_FAILURES], s->counters[COUNT_FETCH_RETRIES]),
                s->counters[COUNT_BREAKER_REFUSALS]);
}

static uint64_t fetch_not_found(const struct observed_step *s)
{
    return s->counters[COUNT_NOT_FOUND];
}

static uint64_t fetch_pictures(const struct observed_step *s)
{
    uint64_t others = observed_sum(fetch_unchanged(s), fetch_not_found(s));

    return less(s->counters[COUNT_FETCHES], observed_sum(others, fetch_failures(s)));
}

static uint64_t inserts(const struct observed_step *s)
{
    return s->counters[COUNT_INSERTS];
}

static uint64_t evictions(const struct observed_step *s)
{
    return s->counters[COUNT_EVICTIONS];
}

static const struct plot_series requests_series[] = {
    {"hits", "hit", hits, false},
    {"misses", "miss", fetched, false},
    {"stale", "stale", stale, false},
    {"errors", "error", errors, false},
};
static const struct plot_series fetch_series[] = {
    {"pictures", "hit", fetch_pictures, false},
    {"unchanged", "stale", fetch_unchanged, false},
    {"not found", "miss", fetch_not_found, false},
    {"failed", "error", fetch_failures, false},
};
static const struct plot_series cache_series[] = {
    {"stored", "hit", inserts, false},
    {"evicted", "miss", evictions, true},
};

#define MINUS "\xE2\x88\x92"
#define LENGTH(array) (sizeof(array) / sizeof *(array))

void status_charts(struct writer *w, const struct observation *o)
{
    static const char *const hour_ticks[] = {MINUS "60 min", MINUS "45", MINUS "30", MINUS "15",
                                             "now"};
    static const char *const day_ticks[] = {MINUS "24 h", MINUS "18", MINUS "12", MINUS "6", "now"};
    const struct plot_span hour = {"last hour, by minute", o->hour, OBSERVED_HOUR, hour_ticks};
    const struct plot_span day = {"last day, by quarter of an hour", o->day, OBSERVED_DAY,
                                  day_ticks};

    writer_puts(w, "<section class=\"charts\" aria-label=\"Plots\">\n");
    plot_columns(w, "Requests", requests_series, LENGTH(requests_series), &hour);
    plot_columns(w, "Requests", requests_series, LENGTH(requests_series), &day);
    plot_ratio(w, "Hit ratio", hits, lookups, &hour);
    plot_ratio(w, "Hit ratio", hits, lookups, &day);
    plot_latency(w, "Time to answer a hit", "hit", &o->last_hour, LATENCY_HIT);
    plot_latency(w, "Time to answer a miss", "miss", &o->last_hour, LATENCY_MISS);
    plot_columns(w, "Fetches", fetch_series, LENGTH(fetch_series), &hour);
    plot_columns(w, "Fetches", fetch_series, LENGTH(fetch_series), &day);
    plot_columns(w, "Stored and evicted", cache_series, LENGTH(cache_series), &hour);
    plot_columns(w, "Stored and evicted", cache_series, LENGTH(cache_series), &day);
    writer_puts(w, "</section>\n");
}
