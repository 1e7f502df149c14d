/* SPDX-License-Identifier: MIT */
#include "ctl/stats_text.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "ctl/terminal.h"
#include "ctl/words.h"

static void print_size(const char *name, uint64_t bytes)
{
    char text[WORDS_MAX];

    printf("%-18s %" PRIu64 " (%s)\n", name, bytes, words_bytes(bytes, text));
}

static void print_number(const char *name, uint64_t number)
{
    printf("%-18s %" PRIu64 "\n", name, number);
}

static void print_cache(const struct observation *o)
{
    const struct index_stats *s = &o->index;

    print_size("cache-bytes", s->bytes);
    print_size("blob-bytes", s->blob_bytes);
    print_size("cache-limit", s->limit);
    printf("%-18s %.1f %%\n", "cache-filled",
           s->limit ? 100.0 * (double)s->bytes / (double)s->limit : 0.0);
    print_number("entries", observed_pictures(o));
    print_number("failures", s->negatives);
    print_number("blobs", s->blobs);
    print_number("published", s->published);
    print_size("index-bytes", s->file_bytes);
    print_size("disk-free", o->disk_free);
}

static void print_store(const struct observation *o)
{
    if (!o->has_store)
        return;
    print_number("store-subjects", o->store.subjects);
    print_number("store-versions", o->store.versions);
    print_size("store-bytes", o->store.bytes);
}

/* ---- counters ---- */

static void print_counters(const struct observation *o, const struct scoreboard_sample *before)
{
    double seconds = before ? (double)(o->total.at_ms - before->at_ms) / 1000 : 0;

    for (int c = 0; c < COUNTERS; c++) {
        uint64_t now = o->total.counters[c];

        printf("%-18s %" PRIu64, scoreboard_counter_name((enum counter)c), now);
        if (seconds > 0 && now >= before->counters[c])
            printf(" (%.1f/s)", (double)(now - before->counters[c]) / seconds);
        putchar('\n');
    }
}

static void print_ratio(const char *name, const uint64_t counters[COUNTERS])
{
    uint64_t hits = counters[COUNT_HITS], all = hits + counters[COUNT_MISSES];

    if (all > 0)
        printf("%-18s %.1f %%\n", name, 100.0 * (double)hits / (double)all);
}

static void print_ratios(const struct observation *o)
{
    print_ratio("hit-ratio", o->total.counters);
    print_ratio("hit-ratio-hour", o->last_hour.counters);
    print_ratio("hit-ratio-day", o->last_day.counters);
    print_number("requests-hour", o->last_hour.counters[COUNT_REQUESTS]);
    print_number("requests-day", o->last_day.counters[COUNT_REQUESTS]);
    print_number("evictions-hour", o->last_hour.counters[COUNT_EVICTIONS]);
    print_number("evictions-day", o->last_day.counters[COUNT_EVICTIONS]);
}

/* ---- origins, and who is there ---- */

static const char *breaker_colour(enum breaker_state state)
{
    return terminal_colour(stdout, state == BREAKER_CLOSED ? COLOUR_GOOD
                                   : state == BREAKER_OPEN ? COLOUR_BAD
                                                           : COLOUR_DOUBT);
}

static void print_origin(const struct gate_record *r, int64_t now_ms)
{
    int64_t left_ms = r->breaker.until_ms - clock_boot_ms();

    printf("origin             %s breaker=%s%s%s", r->origin, breaker_colour(r->breaker.state),
           breaker_state_name(r->breaker.state), terminal_plain(stdout));
    if (r->breaker.state == BREAKER_OPEN && left_ms > 0)
        printf(" for=%" PRId64 "s", (left_ms + 999) / 1000);
    printf(" fetched=%" PRIu64 " not-modified=%" PRIu64 " not-found=%" PRIu64 " failures=%" PRIu64
           " in-flight=%" PRIu32 " mean-ms=%" PRId64,
           r->fetched, r->not_modified, r->not_found, r->failures, r->in_flight, r->mean_ms);
    if (r->last_failure != CAUSE_NONE)
        printf(" last-failure=%s ago=%" PRId64 "s", cause_info(r->last_failure)->name,
               (now_ms - r->last_failure_ms) / 1000);
    putchar('\n');
}

static void print_worker(const struct observed_worker *w)
{
    printf("%-18s slot=%u pid=%" PRId64 " state=%s", scoreboard_kind_name(w->kind), w->slot,
           w->pid, scoreboard_state_name(w->state));
    if (w->for_ms >= 0)
        printf(" for=%" PRId64 "ms", w->for_ms);
    if (w->source)
        printf(" source=%s", w->source);
    printf(" up=%" PRId64 "s requests=%" PRIu64 "\n", w->up_ms / 1000, w->requests);
}

static void print_processes(const struct observation *o)
{
    uint64_t workers = 0;

    for (size_t i = 0; i < o->worker_count; i++) {
        print_worker(&o->workers[i]);
        workers += o->workers[i].kind == KIND_WORKER;
    }
    print_number("workers", workers);
    print_number("workers-busy", o->busy_workers);
    printf("%-18s %s\n", "keeper-alive", o->keeper_alive ? "yes" : "no");
    print_number("queue", o->queued);
}

void stats_print(const struct observation *o, const struct scoreboard_sample *before)
{
    print_cache(o);
    print_store(o);
    print_counters(o, before);
    print_ratios(o);
    for (size_t i = 0; i < o->origin_count; i++)
        print_origin(&o->origins[i], o->now_ms);
    print_processes(o);
}
