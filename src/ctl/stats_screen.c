/* SPDX-License-Identifier: MIT */
#include "ctl/stats_screen.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "ctl/terminal.h"
#include "ctl/words.h"

#define LINE_MAX_SHOWN 512

struct screen {
    const struct observation *o;
    const struct scoreboard_sample *before; /* NULL: none */
    double seconds;                         /* since then; 0: no rates can be told */
    unsigned columns, left;                 /* lines that are still free */
};

/* Colours take no room: they are put around a line that has been cut. */
static void __attribute__((format(printf, 3, 4)))
put(struct screen *s, const char *colour, const char *format, ...)
{
    char text[LINE_MAX_SHOWN];
    va_list ap;

    if (s->left == 0)
        return;
    va_start(ap, format);
    vsnprintf(text, sizeof text, format, ap);
    va_end(ap);
    s->left--;
    /* No line end after the last line: it would push the first one out. */
    printf("%s%.*s%s\033[K%s", colour, (int)s->columns, text,
           *colour ? terminal_plain(stdout) : "", s->left ? "\n" : "");
}

static double rate(const struct screen *s, enum counter counter)
{
    uint64_t now = s->o->total.counters[counter];

    return s->seconds > 0 && now >= s->before->counters[counter]
               ? (double)(now - s->before->counters[counter]) / s->seconds
               : 0;
}

/* ---- what matters most ---- */

static void put_rates(struct screen *s)
{
    const uint64_t *c = s->o->total.counters;

    if (s->seconds > 0)
        put(s, "", "requests   %.1f/s: %.1f hits, %.1f misses, %.1f errors; %.1f fetches",
            rate(s, COUNT_REQUESTS), rate(s, COUNT_HITS), rate(s, COUNT_MISSES),
            rate(s, COUNT_ERRORS), rate(s, COUNT_FETCHES));
    else
        put(s, "", "requests   %" PRIu64 ": %" PRIu64 " hits, %" PRIu64 " misses, %" PRIu64
            " errors; %" PRIu64 " fetches", c[COUNT_REQUESTS], c[COUNT_HITS], c[COUNT_MISSES],
            c[COUNT_ERRORS], c[COUNT_FETCHES]);
}

static const char *ratio(const uint64_t counters[COUNTERS], char out[WORDS_MAX])
{
    return words_ratio(counters[COUNT_HITS],
                       observed_sum(counters[COUNT_HITS], counters[COUNT_MISSES]), out);
}

static void put_ratio(struct screen *s)
{
    char all[WORDS_MAX], hour[WORDS_MAX], day[WORDS_MAX];

    put(s, "", "hit ratio  %s; last hour %s, last day %s", ratio(s->o->total.counters, all),
        ratio(s->o->last_hour.counters, hour), ratio(s->o->last_day.counters, day));
}

static void put_cache(struct screen *s)
{
    const struct index_stats *i = &s->o->index;
    char bytes[WORDS_MAX], limit[WORDS_MAX], filled[WORDS_MAX], room[WORDS_MAX];

    put(s, i->bytes > i->limit ? terminal_colour(stdout, COLOUR_BAD) : "",
        "cache      %s of %s (%s); %" PRIu64 " pictures, %" PRIu64 " failures; disk free %s",
        words_bytes(i->bytes, bytes), words_bytes(i->limit, limit),
        words_ratio(i->bytes, i->limit, filled), observed_pictures(s->o), i->negatives,
        words_bytes(s->o->disk_free, room));
}

static void put_store(struct screen *s)
{
    const struct store_stats *t = &s->o->store;
    char bytes[WORDS_MAX];

    if (s->o->has_store)
        put(s, "", "uploads    %s: %" PRIu64 " ids, %" PRIu64 " versions", words_bytes(t->bytes, bytes),
            t->subjects, t->versions);
}

static void put_workers(struct screen *s)
{
    size_t workers = 0;

    for (size_t i = 0; i < s->o->worker_count; i++)
        workers += s->o->workers[i].kind == KIND_WORKER;
    put(s, "", "workers    %zu, %zu busy of %zu that may be; keeper %s, %" PRIu64 " in its queue",
        workers, s->o->busy_workers, s->o->busy_limit, s->o->keeper_alive ? "at work" : "at rest",
        s->o->queued);
}

/* ---- who is in trouble, and who is at work ---- */

static bool is_in_trouble(const struct gate_record *r)
{
    return r->breaker.state != BREAKER_CLOSED || r->breaker.failures > 0;
}

static void put_origin(struct screen *s, const struct gate_record *r)
{
    int64_t rest_ms = observed_rest_ms(s->o, r);
    char rest[WORDS_MAX] = "";

    if (rest_ms > 0)
        words_ms(rest_ms, rest);
    put(s, !is_in_trouble(r) ? "" : terminal_colour(stdout, rest_ms > 0 ? COLOUR_BAD : COLOUR_DOUBT),
        "origin     %s %s%s%s%s%s, %u failures in a row; %" PRIu64 " fetched, %" PRIu64 " failed",
        r->origin, breaker_state_name(r->breaker.state), *rest ? " for " : "", rest,
        is_in_trouble(r) && r->last_failure != CAUSE_NONE ? ", " : "",
        is_in_trouble(r) && r->last_failure != CAUSE_NONE ? cause_info(r->last_failure)->name : "",
        (unsigned)r->breaker.failures, r->fetched, r->failures);
}

static void put_origins(struct screen *s, bool in_trouble)
{
    for (size_t i = 0; i < s->o->origin_count; i++)
        if (is_in_trouble(&s->o->origins[i]) == in_trouble)
            put_origin(s, &s->o->origins[i]);
}

static void put_busy(struct screen *s)
{
    for (size_t i = 0; i < s->o->worker_count; i++) {
        const struct observed_worker *w = &s->o->workers[i];
        char since[WORDS_MAX] = "";

        if (w->state == WORKER_IDLE || w->state == WORKER_GONE)
            continue;
        if (w->for_ms >= 0)
            words_ms(w->for_ms, since);
        put(s, "", "%-10s slot %u, pid %" PRId64 ": %s%s%s%s%s", scoreboard_kind_name(w->kind),
            w->slot, w->pid, scoreboard_state_name(w->state), *since ? " for " : "", since,
            w->source ? ", source " : "", w->source ? w->source : "");
    }
}

static void put_counters(struct screen *s)
{
    for (int c = 0; c < COUNTERS; c++) {
        uint64_t count = s->o->total.counters[c];
        const char *name = scoreboard_counter_name((enum counter)c);

        if (count > 0 && s->seconds > 0)
            put(s, "", "%-18s %" PRIu64 " (%.1f/s)", name, count, rate(s, (enum counter)c));
        else if (count > 0)
            put(s, "", "%-18s %" PRIu64, name, count);
    }
}

void stats_screen(const struct observation *o, const struct scoreboard_sample *before,
                  int64_t every_ms)
{
    struct screen s = {.o = o,
                       .before = before,
                       .columns = terminal_width(stdout),
                       .left = terminal_height(stdout)};
    char every[WORDS_MAX];

    if (before)
        s.seconds = (double)(o->total.at_ms - before->at_ms) / 1000;
    fputs("\033[H", stdout);
    put(&s, terminal_colour(stdout, COLOUR_BOLD), "Every %s; Ctrl-C ends it",
        words_ms(every_ms, every));
    put_rates(&s);
    put_ratio(&s);
    put_cache(&s);
    put_store(&s);
    put_workers(&s);
    put_origins(&s, true);
    put_busy(&s);
    put_counters(&s);
    put_origins(&s, false);
    if (s.left)
        fputs("\033[J", stdout);
}
