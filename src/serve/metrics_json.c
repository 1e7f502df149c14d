/* SPDX-License-Identifier: MIT */
#include "serve/metrics.h"

#include <inttypes.h>

#include "serve/metrics_counters.h"
#include "serve/writer.h"

static void write_cache(struct writer *w, const struct observation *o)
{
    const struct index_stats *s = &o->index;

    writer_printf(w,
                  "\"cache\":{\"bytes\":%" PRIu64 ",\"limit_bytes\":%" PRIu64
                  ",\"low_water_bytes\":%" PRIu64 ",\"pictures\":%" PRIu64
                  ",\"remembered_failures\":%" PRIu64 ",\"blobs\":%" PRIu64 ",\"published\":%" PRIu64
                  ",\"index_bytes\":%" PRIu64 ",\"index_map_bytes\":%" PRIu64
                  ",\"index_readers\":%u},\n",
                  s->bytes, s->limit, s->low_water, observed_pictures(o), s->negatives, s->blobs,
                  s->published, s->file_bytes, s->map_bytes, s->readers);
}

static void write_store(struct writer *w, const struct observation *o)
{
    const struct store_stats *s = &o->store;

    if (o->has_store)
        writer_printf(w,
                      "\"store\":{\"subjects\":%" PRIu64 ",\"versions\":%" PRIu64 ",\"bytes\":%" PRIu64
                      "},\n",
                      s->subjects, s->versions, s->bytes);
    else
        writer_puts(w, "\"store\":null,\n");
}

static void write_disk(struct writer *w, const struct observation *o, const struct config *config)
{
    if (o->disk_size)
        writer_printf(w,
                      "\"disk\":{\"free_bytes\":%" PRIu64 ",\"size_bytes\":%" PRIu64,
                      o->disk_free, o->disk_size);
    else
        writer_puts(w, "\"disk\":{\"free_bytes\":null,\"size_bytes\":null");
    writer_printf(w, ",\"min_free_bytes\":%" PRIu64 "},\n", config->min_free);
}

static void write_worker(struct writer *w, const struct observed_worker *worker)
{
    writer_printf(w,
                  "{\"slot\":%u,\"pid\":%" PRId64 ",\"kind\":\"%s\",\"state\":\"%s\","
                  "\"state_seconds\":",
                  worker->slot, worker->pid, scoreboard_kind_name(worker->kind),
                  scoreboard_state_name(worker->state));
    if (worker->for_ms >= 0)
        writer_milli(w, worker->for_ms);
    else
        writer_puts(w, "null");
    writer_puts(w, ",\"up_seconds\":");
    writer_milli(w, worker->up_ms);
    writer_printf(w, ",\"requests\":%" PRIu64 ",\"source\":", worker->requests);
    if (worker->source)
        writer_json(w, worker->source);
    else
        writer_puts(w, "null");
    writer_puts(w, "}");
}

static void write_workers(struct writer *w, const struct observation *o)
{
    writer_printf(w, "\"workers\":{\"alive\":%zu,\"busy\":%zu,\"busy_limit\":%zu,\"list\":[",
                  o->worker_count, o->busy_workers, o->busy_limit);
    for (size_t i = 0; i < o->worker_count; i++) {
        writer_puts(w, i ? ",\n" : "\n");
        write_worker(w, &o->workers[i]);
    }
    writer_printf(w, "]},\n\"keeper\":{\"alive\":%s,\"queued\":%" PRIu64 "},\n",
                  o->keeper_alive ? "true" : "false", o->queued);
}

/* Six digits: a fraction needs no more, and no locale has a say in it. */
static void write_ratio(struct writer *w, uint64_t part, uint64_t whole)
{
    if (whole == 0)
        writer_puts(w, "null");
    else
        writer_micro(w, (uint64_t)((unsigned __int128)part * 1000000 / whole));
}

static void write_latency(struct writer *w, const uint64_t *buckets, uint64_t sum_us)
{
    uint64_t count = 0;

    for (unsigned b = 0; b < LATENCY_BUCKETS; b++)
        count = observed_sum(count, buckets[b]);
    writer_printf(w, "{\"count\":%" PRIu64 ",\"sum_seconds\":", count);
    writer_micro(w, sum_us);
    writer_puts(w, ",\"buckets\":[");
    for (unsigned b = 0; b < LATENCY_BUCKETS; b++) {
        writer_puts(w, b ? ",{\"le\":" : "{\"le\":");
        if (b == LATENCY_BUCKETS - 1)
            writer_puts(w, "null");
        else
            writer_micro(w, scoreboard_latency_bound(b));
        writer_printf(w, ",\"count\":%" PRIu64 "}", buckets[b]);
    }
    writer_puts(w, "]}");
}

static void write_span(struct writer *w, const char *name, const struct observed_step *s)
{
    const uint64_t hits = s->counters[COUNT_HITS];

    writer_printf(w, "\"%s\":{\"from_ms\":", name);
    if (s->known)
        writer_printf(w, "%" PRId64 ",\"to_ms\":%" PRId64, s->from_ms, s->to_ms);
    else
        writer_puts(w, "null,\"to_ms\":null");
    writer_puts(w, ",\"hit_ratio\":");
    write_ratio(w, hits, observed_sum(hits, s->counters[COUNT_MISSES]));
    writer_puts(w, ",\n\"counters\":{");
    for (size_t i = 0; i < COUNTERS; i++)
        writer_printf(w, "%s\"%s\":%" PRIu64, i ? "," : "", metrics_counters[i].name,
                      s->counters[metrics_counters[i].counter]);
    writer_puts(w, "},\n\"latency\":{\"hit\":");
    write_latency(w, s->latency[LATENCY_HIT], s->latency_us[LATENCY_HIT]);
    writer_puts(w, ",\n\"miss\":");
    write_latency(w, s->latency[LATENCY_MISS], s->latency_us[LATENCY_MISS]);
    writer_puts(w, "}},\n");
}

/* All that was ever counted began when the scoreboard was made, and nobody knows when that was. */
static void write_total(struct writer *w, const struct scoreboard_sample *total)
{
    struct observed_step step = {.known = false};

    for (int c = 0; c < COUNTERS; c++)
        step.counters[c] = total->counters[c];
    for (int k = 0; k < LATENCY_KINDS; k++) {
        for (int b = 0; b < LATENCY_BUCKETS; b++)
            step.latency[k][b] = total->latency[k][b];
        step.latency_us[k] = total->latency_us[k];
    }
    write_span(w, "total", &step);
}

static void write_origin(struct writer *w, const struct observation *o,
                         const struct gate_record *g)
{
    writer_puts(w, "{\"origin\":");
    writer_json(w, g->origin);
    writer_printf(w, ",\"breaker\":{\"state\":\"%s\",\"open_seconds\":",
                  breaker_state_name(g->breaker.state));
    writer_milli(w, observed_rest_ms(o, g));
    writer_printf(w,
                  ",\"failures_in_row\":%" PRIu32 "},\"fetches\":{\"fetched\":%" PRIu64
                  ",\"not_modified\":%" PRIu64 ",\"not_found\":%" PRIu64 ",\"failed\":%" PRIu64
                  "},\"received_bytes\":%" PRIu64 ",\"in_flight\":%" PRIu32 ",\"mean_seconds\":",
                  g->breaker.failures, g->fetched, g->not_modified, g->not_found, g->failures,
                  g->bytes, g->in_flight);
    writer_milli(w, g->mean_ms);
    writer_puts(w, ",\"last_failure\":");
    if (g->last_failure == CAUSE_NONE)
        writer_puts(w, "null");
    else
        writer_printf(w, "{\"cause\":\"%s\",\"time_ms\":%" PRId64 "}",
                      cause_info(g->last_failure)->name, g->last_failure_ms);
    writer_puts(w, ",\"last_success_ms\":");
    if (g->last_success_ms)
        writer_printf(w, "%" PRId64 "}", g->last_success_ms);
    else
        writer_puts(w, "null}");
}

int metrics_write_json(const struct observation *o, const struct config *config,
                       struct buffer *out)
{
    struct writer w = {.out = out};

    writer_printf(&w, "{\"version\":\"" PACKAGE_VERSION "\",\"time_ms\":%" PRId64
                      ",\"state_dir\":", o->now_ms);
    writer_json(&w, config->state_dir ? config->state_dir : "");
    writer_puts(&w, ",\n");
    write_cache(&w, o);
    write_store(&w, o);
    write_disk(&w, o, config);
    write_workers(&w, o);
    write_total(&w, &o->total);
    write_span(&w, "last_hour", &o->last_hour);
    write_span(&w, "last_day", &o->last_day);
    writer_puts(&w, "\"origins\":[");
    for (size_t i = 0; i < o->origin_count; i++) {
        writer_puts(&w, i ? ",\n" : "\n");
        write_origin(&w, o, &o->origins[i]);
    }
    writer_puts(&w, "]}\n");
    return w.rc;
}
