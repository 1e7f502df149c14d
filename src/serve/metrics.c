/* SPDX-License-Identifier: MIT */
#include "serve/metrics.h"

#include <inttypes.h>
#include <string.h>

#include "http/accept.h"
#include "serve/metrics_counters.h"
#include "serve/writer.h"

#define WORKER_STATES (WORKER_SWEEPING + 1)
#define WORKER_KINDS (KIND_TOOL + 1)

enum metrics_format metrics_choose(const char *accept)
{
    bool text_named, open_named;
    int text = http_accept_weight(accept, "text/plain", "0.0.4", &text_named);
    int open = http_accept_weight(accept, "application/openmetrics-text", "1.0.0", &open_named);

    return open > text || (open > 0 && open == text && open_named) ? METRICS_OPENMETRICS
                                                                    : METRICS_PROMETHEUS;
}

const char *metrics_media_type(enum metrics_format format)
{
    return format == METRICS_OPENMETRICS
               ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
               : "text/plain; version=0.0.4; charset=utf-8";
}

struct metrics {
    struct writer w;
    enum metrics_format format;
    const struct observation *o;
};

/* The older format knows no unit, and its names of counters are those of their samples. */
static void family(struct metrics *m, const char *name, const char *type, const char *unit,
                   const char *help)
{
    bool open = m->format == METRICS_OPENMETRICS;
    const char *suffix = open ? "" : strcmp(type, "counter") == 0 ? "_total"
                         : strcmp(type, "info") == 0              ? "_info"
                                                                  : "";

    if (!open && strcmp(type, "info") == 0)
        type = "gauge";
    writer_printf(&m->w, "# TYPE %s%s %s\n", name, suffix, type);
    if (open && unit)
        writer_printf(&m->w, "# UNIT %s %s\n", name, unit);
    writer_printf(&m->w, "# HELP %s%s %s\n", name, suffix, help);
}

/* A sample's name and labels, of which there may be none; its value comes next. */
static void sample(struct metrics *m, const char *name, const char *suffix, const char *labels)
{
    writer_puts(&m->w, name);
    writer_puts(&m->w, suffix);
    if (labels) {
        writer_puts(&m->w, "{");
        writer_puts(&m->w, labels);
        writer_puts(&m->w, "}");
    }
    writer_puts(&m->w, " ");
}

static void number(struct metrics *m, uint64_t value)
{
    writer_number(&m->w, value);
    writer_puts(&m->w, "\n");
}

static void milli(struct metrics *m, int64_t value)
{
    writer_milli(&m->w, value);
    writer_puts(&m->w, "\n");
}

static void gauge(struct metrics *m, const char *name, const char *unit, const char *help,
                  uint64_t value)
{
    family(m, name, "gauge", unit, help);
    sample(m, name, "", NULL);
    number(m, value);
}

/* ---- what happened ---- */

static void write_counters(struct metrics *m)
{
    for (size_t i = 0; i < COUNTERS; i++) {
        const struct metrics_counter *c = &metrics_counters[i];

        if (c->help)
            family(m, c->family, "counter", c->unit, c->help);
        sample(m, c->family, "_total", c->label);
        number(m, m->o->total.counters[c->counter]);
    }
}

static void write_latency(struct metrics *m, enum latency_kind kind, const char *result)
{
    static const char name[] = "visage_request_duration_seconds";
    uint64_t count = 0;

    for (unsigned b = 0; b < LATENCY_BUCKETS; b++) {
        count += m->o->total.latency[kind][b];
        writer_printf(&m->w, "%s_bucket{result=\"%s\",le=\"", name, result);
        if (b == LATENCY_BUCKETS - 1)
            writer_puts(&m->w, "+Inf");
        else
            writer_micro(&m->w, scoreboard_latency_bound(b));
        writer_puts(&m->w, "\"} ");
        number(m, count);
    }
    writer_printf(&m->w, "%s_sum{result=\"%s\"} ", name, result);
    writer_micro(&m->w, m->o->total.latency_us[kind]);
    writer_printf(&m->w, "\n%s_count{result=\"%s\"} %" PRIu64 "\n", name, result, count);
}

static void write_latencies(struct metrics *m)
{
    family(m, "visage_request_duration_seconds", "histogram", "seconds",
           "Time from a picture's request to the end of its answer.");
    write_latency(m, LATENCY_HIT, "hit");
    write_latency(m, LATENCY_MISS, "miss");
}

/* ---- what there is ---- */

static void write_room(struct metrics *m, const struct config *config)
{
    const struct index_stats *s = &m->o->index;

    gauge(m, "visage_cache_bytes", "bytes", "Disk that the cached pictures take.", s->bytes);
    gauge(m, "visage_cache_limit_bytes", "bytes", "What they may take.", s->limit);
    gauge(m, "visage_cache_low_water_bytes", "bytes", "Where the keeper stops evicting.",
          s->low_water);
    gauge(m, "visage_cache_pictures", NULL,
          "Entries in the index that are pictures: originals and what was drawn from them.",
          observed_pictures(m->o));
    gauge(m, "visage_cache_remembered_failures", NULL,
          "Entries in the index that are failures, which are not asked for again yet.",
          s->negatives);
    gauge(m, "visage_cache_blobs", NULL, "Files of cached pictures.", s->blobs);
    gauge(m, "visage_published", NULL, "Paths at which the web server finds pictures by itself.",
          s->published);
    gauge(m, "visage_index_file_bytes", "bytes", "Size of the index.", s->file_bytes);
    gauge(m, "visage_index_map_bytes", "bytes", "What the index may grow to before it is remapped.",
          s->map_bytes);
    gauge(m, "visage_index_readers", NULL, "Reader slots of the index in use.", s->readers);
    gauge(m, "visage_disk_min_free_bytes", "bytes", "What the cache leaves free on its disk.",
          config->min_free);
    if (m->o->disk_size == 0)
        return;
    gauge(m, "visage_disk_free_bytes", "bytes", "Free on the cache's disk.", m->o->disk_free);
    gauge(m, "visage_disk_size_bytes", "bytes", "Size of the cache's disk.", m->o->disk_size);
}

static void write_store(struct metrics *m)
{
    const struct store_stats *s = &m->o->store;

    if (!m->o->has_store)
        return;
    gauge(m, "visage_store_subjects", NULL, "Ids that have an uploaded picture.", s->subjects);
    gauge(m, "visage_store_versions", NULL,
          "Uploaded pictures that are kept, with those that others took the place of.", s->versions);
    gauge(m, "visage_store_bytes", "bytes", "Bytes of uploaded pictures.", s->bytes);
}

static void write_workers(struct metrics *m)
{
    uint64_t count[WORKER_KINDS][WORKER_STATES] = {{0}};

    for (size_t i = 0; i < m->o->worker_count; i++) {
        const struct observed_worker *worker = &m->o->workers[i];

        if (worker->kind < WORKER_KINDS && worker->state < WORKER_STATES)
            count[worker->kind][worker->state]++;
    }
    family(m, "visage_processes", "gauge", NULL,
           "Living processes of this cache, by what they are and do.");
    for (uint32_t kind = 0; kind < WORKER_KINDS; kind++)
        for (uint32_t state = 0; state < WORKER_STATES; state++)
            writer_printf(&m->w, "visage_processes{kind=\"%s\",state=\"%s\"} %" PRIu64 "\n",
                          scoreboard_kind_name(kind), scoreboard_state_name(state),
                          count[kind][state]);
    gauge(m, "visage_busy_workers", NULL, "Workers that fetch or wait.", m->o->busy_workers);
    gauge(m, "visage_busy_workers_limit", NULL, "How many of them may.", m->o->busy_limit);
    gauge(m, "visage_keeper_running", NULL, "Whether a keeper runs (1) or not (0).",
          m->o->keeper_alive);
    gauge(m, "visage_queued_tasks", NULL, "Tasks that wait for the keeper.", m->o->queued);
}

/* ---- origins ---- */

/* Its labels without the braces' end; more may follow. */
static void origin_sample(struct metrics *m, const char *name, const struct gate_record *g)
{
    writer_puts(&m->w, name);
    writer_puts(&m->w, "{origin=\"");
    writer_label(&m->w, g->origin);
    writer_puts(&m->w, "\"");
}

static void origin_number(struct metrics *m, uint64_t value)
{
    writer_puts(&m->w, "} ");
    number(m, value);
}

static void origin_milli(struct metrics *m, int64_t value)
{
    writer_puts(&m->w, "} ");
    milli(m, value);
}

static void outcome(struct metrics *m, const struct gate_record *g, const char *name,
                    uint64_t value)
{
    origin_sample(m, "visage_origin_fetches_total", g);
    writer_printf(&m->w, ",outcome=\"%s\"", name);
    origin_number(m, value);
}

static void write_outcomes(struct metrics *m)
{
    family(m, "visage_origin_fetches", "counter", NULL, "Tries to fetch, by what came of them.");
    for (size_t i = 0; i < m->o->origin_count; i++) {
        const struct gate_record *g = &m->o->origins[i];

        outcome(m, g, "fetched", g->fetched);
        outcome(m, g, "not_modified", g->not_modified);
        outcome(m, g, "not_found", g->not_found);
        outcome(m, g, "failed", g->failures);
    }
    family(m, "visage_origin_received_bytes", "counter", "bytes", "Bytes received.");
    for (size_t i = 0; i < m->o->origin_count; i++) {
        origin_sample(m, "visage_origin_received_bytes_total", &m->o->origins[i]);
        origin_number(m, m->o->origins[i].bytes);
    }
}

static void write_breakers(struct metrics *m)
{
    static const enum breaker_state states[] = {BREAKER_CLOSED, BREAKER_OPEN, BREAKER_HALF_OPEN};

    family(m, "visage_origin_breaker_state", "gauge", NULL,
           "1 for the state that the circuit breaker is in, 0 for the others.");
    for (size_t i = 0; i < m->o->origin_count; i++)
        for (size_t s = 0; s < sizeof states / sizeof *states; s++) {
            origin_sample(m, "visage_origin_breaker_state", &m->o->origins[i]);
            writer_printf(&m->w, ",state=\"%s\"", breaker_state_name(states[s]));
            origin_number(m, m->o->origins[i].breaker.state == states[s]);
        }
    family(m, "visage_origin_breaker_open_seconds", "gauge", "seconds",
           "For how long the origin will not be asked; 0 if the next request asks it.");
    for (size_t i = 0; i < m->o->origin_count; i++) {
        origin_sample(m, "visage_origin_breaker_open_seconds", &m->o->origins[i]);
        origin_milli(m, observed_rest_ms(m->o, &m->o->origins[i]));
    }
    family(m, "visage_origin_failures_in_row", "gauge", NULL,
           "Failed tries since the last good one.");
    for (size_t i = 0; i < m->o->origin_count; i++) {
        origin_sample(m, "visage_origin_failures_in_row", &m->o->origins[i]);
        origin_number(m, m->o->origins[i].breaker.failures);
    }
}

static void write_origins(struct metrics *m)
{
    write_outcomes(m);
    write_breakers(m);
    family(m, "visage_origin_fetches_in_flight", "gauge", NULL, "Fetches under way.");
    for (size_t i = 0; i < m->o->origin_count; i++) {
        origin_sample(m, "visage_origin_fetches_in_flight", &m->o->origins[i]);
        origin_number(m, m->o->origins[i].in_flight);
    }
    family(m, "visage_origin_fetch_mean_seconds", "gauge", "seconds",
           "Mean time of a fetch; the last ones count most.");
    for (size_t i = 0; i < m->o->origin_count; i++) {
        origin_sample(m, "visage_origin_fetch_mean_seconds", &m->o->origins[i]);
        origin_milli(m, m->o->origins[i].mean_ms);
    }
    family(m, "visage_origin_last_failure_timestamp_seconds", "gauge", "seconds",
           "When a fetch failed last.");
    for (size_t i = 0; i < m->o->origin_count; i++) {
        if (m->o->origins[i].last_failure == CAUSE_NONE)
            continue;
        origin_sample(m, "visage_origin_last_failure_timestamp_seconds", &m->o->origins[i]);
        origin_milli(m, m->o->origins[i].last_failure_ms);
    }
}

int metrics_write(const struct observation *o, const struct config *config,
                  enum metrics_format format, struct buffer *out)
{
    struct metrics m = {.w = {.out = out}, .format = format, .o = o};

    family(&m, "visage_build", "info", NULL, "The version that runs.");
    writer_puts(&m.w, "visage_build_info{version=\"" PACKAGE_VERSION "\"} 1\n");
    write_counters(&m);
    write_latencies(&m);
    write_room(&m, config);
    write_store(&m);
    write_workers(&m);
    write_origins(&m);
    if (format == METRICS_OPENMETRICS)
        writer_puts(&m.w, "# EOF\n");
    return m.w.rc;
}
