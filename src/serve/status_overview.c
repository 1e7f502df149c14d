/* SPDX-License-Identifier: MIT
 *
 * The top of the status page: what is wrong, and the numbers that matter most.
 */
#include "serve/status_parts.h"

#include <stdbool.h>

#include "serve/human.h"
#include "serve/status_svg.h"

/* ---- notices ---- */

struct notices {
    struct writer *w;
    unsigned count;
};

/* Its text comes next. */
static void notice(struct notices *n, const char *class)
{
    if (n->count++ == 0)
        writer_puts(n->w, "<ul class=\"notices\">\n");
    else
        writer_puts(n->w, "</li>\n");
    writer_printf(n->w, "<li class=\"%s\">", class);
}

static void plural(struct writer *w, uint64_t count, const char *one, const char *many)
{
    human_count(w, count);
    writer_puts(w, count == 1 ? one : many);
}

static void notice_origins(struct notices *n, const struct observation *o)
{
    const struct gate_record *resting = NULL;
    uint64_t count = 0;

    for (size_t i = 0; i < o->origin_count; i++) {
        const struct breaker *b = &o->origins[i].breaker;

        if (b->state == BREAKER_CLOSED || b->until_ms <= o->boot_ms)
            continue;
        resting = &o->origins[i];
        count++;
    }
    if (count == 0)
        return;
    notice(n, "bad");
    if (count > 1) {
        human_count(n->w, count);
        writer_puts(n->w, " origins have failed too often and are left alone.");
        return;
    }
    writer_html(n->w, resting->origin);
    writer_puts(n->w, " has failed too often and is left alone.");
}

static void notice_room(struct notices *n, const struct observation *o,
                        const struct config *config)
{
    if (o->index.bytes > o->index.limit) {
        notice(n, "bad");
        writer_puts(n->w, "The cache takes ");
        human_bytes(n->w, o->index.bytes - o->index.limit);
        writer_puts(n->w, " more than it may: was cache_size lowered?");
    }
    if (o->disk_size && o->disk_free < config->min_free) {
        notice(n, "bad");
        writer_puts(n->w, "The disk has ");
        human_bytes(n->w, o->disk_free);
        writer_puts(n->w, " free, less than min_free: ");
        human_bytes(n->w, config->min_free);
        writer_puts(n->w, ".");
    }
}

static void notice_hour(struct notices *n, const struct observation *o)
{
    const uint64_t *hour = o->last_hour.counters;

    if (hour[COUNT_RENDERER_DEATHS]) {
        notice(n, "warn");
        plural(n->w, hour[COUNT_RENDERER_DEATHS], " renderer died", " renderers died");
        writer_puts(n->w, " over a picture in the last hour.");
    }
    if (hour[COUNT_BUSY]) {
        notice(n, "warn");
        plural(n->w, hour[COUNT_BUSY], " miss was", " misses were");
        writer_puts(n->w, " turned away in the last hour: too many workers were busy.");
    }
    if (hour[COUNT_RATE_LIMITED]) {
        notice(n, "note");
        plural(n->w, hour[COUNT_RATE_LIMITED], " request was", " requests were");
        writer_puts(n->w, " refused in the last hour: the client had asked too often.");
    }
    /* Those below 500 are the clients' doing, or a picture that nobody has. */
    if (hour[COUNT_SERVER_ERRORS] > hour[COUNT_REQUESTS] / 10) {
        notice(n, "warn");
        human_percent(n->w, hour[COUNT_SERVER_ERRORS], hour[COUNT_REQUESTS]);
        writer_puts(n->w, " of the last hour's answers were server errors (5xx).");
    }
}

void status_notices(struct writer *w, const struct observation *o, const struct config *config)
{
    struct notices n = {.w = w};

    notice_origins(&n, o);
    notice_room(&n, o, config);
    notice_hour(&n, o);
    if (o->queued && !o->keeper_alive) {
        notice(&n, "note");
        plural(w, o->queued, " task waits", " tasks wait");
        writer_puts(w, " for a keeper, and none runs.");
    }
    writer_puts(w, n.count ? "</li>\n</ul>\n"
                           : "<p class=\"fine\">Nothing needs attention.</p>\n");
}

/* ---- numbers ---- */

static uint64_t lookups(const struct observed_step *s)
{
    return observed_sum(s->counters[COUNT_HITS], s->counters[COUNT_MISSES]);
}

static void tile_begin(struct writer *w, const char *title)
{
    writer_printf(w, "<div class=\"tile\"><h2>%s</h2><p class=\"big\">", title);
}

static void tile_middle(struct writer *w)
{
    writer_puts(w, "</p><p>");
}

static void tile_end(struct writer *w)
{
    writer_puts(w, "</p></div>\n");
}

static void tile_ratio(struct writer *w, const struct observation *o)
{
    tile_begin(w, "Hit ratio");
    human_percent(w, o->last_hour.counters[COUNT_HITS], lookups(&o->last_hour));
    tile_middle(w);
    writer_puts(w, "last day ");
    human_percent(w, o->last_day.counters[COUNT_HITS], lookups(&o->last_day));
    tile_end(w);
}

static void tile_requests(struct writer *w, const struct observation *o)
{
    tile_begin(w, "Requests");
    human_count(w, o->last_hour.counters[COUNT_REQUESTS]);
    tile_middle(w);
    writer_puts(w, "last day ");
    human_count(w, o->last_day.counters[COUNT_REQUESTS]);
    tile_end(w);
}

static void tile_latency(struct writer *w, const struct observation *o, const char *title,
                         enum latency_kind kind)
{
    tile_begin(w, title);
    human_quantile(w, o->last_hour.latency[kind], 500);
    tile_middle(w);
    writer_puts(w, "95 % within ");
    human_quantile(w, o->last_hour.latency[kind], 950);
    tile_end(w);
}

static void tile_errors(struct writer *w, const struct observation *o)
{
    const uint64_t *hour = o->last_hour.counters, *day = o->last_day.counters;

    tile_begin(w, "Errors");
    human_percent(w, hour[COUNT_ERRORS], hour[COUNT_REQUESTS]);
    tile_middle(w);
    writer_puts(w, "last day ");
    human_percent(w, day[COUNT_ERRORS], day[COUNT_REQUESTS]);
    tile_end(w);
}

static void tile_workers(struct writer *w, const struct observation *o)
{
    size_t workers = 0;

    for (size_t i = 0; i < o->worker_count; i++)
        workers += o->workers[i].kind == KIND_WORKER;
    tile_begin(w, "Busy workers");
    writer_printf(w, "%zu<small> of %zu</small>", o->busy_workers, workers);
    tile_middle(w);
    writer_printf(w, "at most %zu may be", o->busy_limit);
    tile_end(w);
}

static void panel_cache(struct writer *w, const struct observation *o)
{
    const struct index_stats *s = &o->index;

    writer_puts(w, "<div class=\"panel\"><h2>Cache</h2><p class=\"big\">");
    human_bytes(w, s->bytes);
    writer_puts(w, "<small> of ");
    human_bytes(w, s->limit);
    writer_puts(w, "</small></p>\n");
    svg_meter(w, "Cache filled", s->bytes > s->limit ? "error" : "hit", s->bytes, s->limit,
              s->low_water);
    writer_puts(w, "<p>");
    plural(w, observed_pictures(o), " picture", " pictures");
    writer_puts(w, " in ");
    plural(w, s->blobs, " file", " files");
    writer_puts(w, ", ");
    plural(w, s->negatives, " remembered failure", " remembered failures");
    writer_puts(w, ". Index ");
    human_bytes(w, s->file_bytes);
    if (s->low_water) {
        writer_puts(w, ". Line: low water mark, ");
        human_bytes(w, s->low_water);
    }
    writer_puts(w, ".</p></div>\n");
}

static void panel_disk(struct writer *w, const struct observation *o, const struct config *config)
{
    uint64_t used = o->disk_size > o->disk_free ? o->disk_size - o->disk_free : 0;
    bool low = o->disk_free < config->min_free;

    writer_puts(w, "<div class=\"panel\"><h2>Disk</h2><p class=\"big\">");
    if (o->disk_size == 0) {
        writer_puts(w, "\xE2\x80\x93</p><p>It does not say how full it is.</p></div>\n");
        return;
    }
    human_bytes(w, o->disk_free);
    writer_puts(w, "<small> free of ");
    human_bytes(w, o->disk_size);
    writer_puts(w, "</small></p>\n");
    svg_meter(w, "Disk used", low ? "error" : "stale", used, o->disk_size,
              config->min_free && config->min_free < o->disk_size
                  ? o->disk_size - config->min_free : 0);
    writer_puts(w, "<p>");
    if (config->min_free) {
        writer_puts(w, "The cache leaves at least ");
        human_bytes(w, config->min_free);
        writer_puts(w, " free (line).");
    } else {
        writer_puts(w, "No space is kept free: min_free is 0.");
    }
    writer_puts(w, "</p></div>\n");
}

static void panel_background(struct writer *w, const struct observation *o)
{
    const uint64_t *hour = o->last_hour.counters, *day = o->last_day.counters;

    writer_puts(w, "<div class=\"panel\"><h2>Background</h2><p class=\"big\">");
    writer_puts(w, o->keeper_alive ? "Keeper at work" : "Keeper at rest");
    writer_puts(w, "</p>\n<dl><dt>Tasks waiting</dt><dd>");
    human_count(w, o->queued);
    writer_puts(w, "</dd><dt>Evictions, last hour / day</dt><dd>");
    human_count(w, hour[COUNT_EVICTIONS]);
    writer_puts(w, " / ");
    human_count(w, day[COUNT_EVICTIONS]);
    writer_puts(w, "</dd><dt>Renderer deaths, last hour / day</dt><dd>");
    human_count(w, hour[COUNT_RENDERER_DEATHS]);
    writer_puts(w, " / ");
    human_count(w, day[COUNT_RENDERER_DEATHS]);
    writer_puts(w, "</dd></dl></div>\n");
}

void status_overview(struct writer *w, const struct observation *o, const struct config *config)
{
    writer_puts(w, "<section class=\"tiles\" aria-label=\"Last hour\">\n");
    tile_ratio(w, o);
    tile_requests(w, o);
    tile_latency(w, o, "Median of hits", LATENCY_HIT);
    tile_latency(w, o, "Median of misses", LATENCY_MISS);
    tile_errors(w, o);
    tile_workers(w, o);
    writer_puts(w, "</section>\n<section class=\"panels\" aria-label=\"Room and upkeep\">\n");
    panel_cache(w, o);
    panel_disk(w, o, config);
    panel_background(w, o);
    writer_puts(w, "</section>\n");
}
