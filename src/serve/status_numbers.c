/* SPDX-License-Identifier: MIT
 *
 * All counters of the status page, in groups.
 */
#include "serve/status_parts.h"

#include <stdbool.h>

#include "serve/human.h"

#define ROWS_MAX 9

struct row {
    const char *name; /* NULL after the last row */
    enum counter counter;
    bool bytes;
};

static const struct {
    const char *name;
    struct row rows[ROWS_MAX + 1];
} groups[] = {
    {"Answers",
     {{"Requests", COUNT_REQUESTS, false},
      {"Hits", COUNT_HITS, false},
      {"Misses", COUNT_MISSES, false},
      {"Misses answered with a stale picture", COUNT_STALE, false},
      {"Not modified (304)", COUNT_NOT_MODIFIED, false},
      {"Errors, fallbacks included", COUNT_ERRORS, false},
      {"Those of them with 5xx", COUNT_SERVER_ERRORS, false},
      {"Fallback pictures", COUNT_FALLBACKS, false}}},
    {"Held off",
     {{"Refused: asked too often (429)", COUNT_RATE_LIMITED, false},
      {"Turned away: workers busy", COUNT_BUSY, false},
      {"Not asked: breaker open", COUNT_BREAKER_REFUSALS, false},
      {"Waits for another worker", COUNT_LEASE_WAITS, false},
      {"Clients that left", COUNT_CLIENT_GONE, false},
      {"Answers not kept", COUNT_UNCACHED, false},
      {"Purges", COUNT_PURGES, false}}},
    {"Fetches and pictures",
     {{"Tries to fetch", COUNT_FETCHES, false},
      {"Retries", COUNT_FETCH_RETRIES, false},
      {"Failed", COUNT_FETCH_FAILURES, false},
      {"Not found (404, 410)", COUNT_NOT_FOUND, false},
      {"Unchanged (304)", COUNT_REVALIDATED, false},
      {"Received", COUNT_FETCHED_BYTES, true},
      {"Renderings", COUNT_RENDERS, false},
      {"Renderings failed", COUNT_RENDER_FAILURES, false},
      {"Renderer deaths", COUNT_RENDERER_DEATHS, false}}},
    {"Cache",
     {{"Stored", COUNT_INSERTS, false},
      {"Evicted", COUNT_EVICTIONS, false},
      {"Evicted bytes", COUNT_EVICTED_BYTES, true},
      {"Refreshed by the keeper", COUNT_REFRESHES, false},
      {"Warmed", COUNT_WARMED, false}}},
    {"Uploads",
     {{"Taken", COUNT_UPLOADS, false},
      {"Refused", COUNT_UPLOADS_REFUSED, false},
      {"Deleted", COUNT_DELETIONS, false}}},
};

static void value(struct writer *w, const struct row *row, const uint64_t *counters)
{
    writer_puts(w, "<td class=\"number\">");
    if (row->bytes)
        human_bytes(w, counters[row->counter]);
    else
        human_count(w, counters[row->counter]);
    writer_puts(w, "</td>");
}

void status_numbers(struct writer *w, const struct observation *o)
{
    writer_puts(w, "<section aria-labelledby=\"numbers\"><h2 id=\"numbers\">Numbers</h2>\n"
                   "<div class=\"groups\">\n");
    for (size_t g = 0; g < sizeof groups / sizeof *groups; g++) {
        writer_printf(w,
                      "<table class=\"plain\"><thead><tr><th scope=\"col\">%s</th>"
                      "<th scope=\"col\" class=\"number\">Hour</th>"
                      "<th scope=\"col\" class=\"number\">Day</th>"
                      "<th scope=\"col\" class=\"number\">In all</th></tr></thead>\n<tbody>\n",
                      groups[g].name);
        for (const struct row *row = groups[g].rows; row->name; row++) {
            writer_printf(w, "<tr><th scope=\"row\">%s</th>", row->name);
            value(w, row, o->last_hour.counters);
            value(w, row, o->last_day.counters);
            value(w, row, o->total.counters);
            writer_puts(w, "</tr>\n");
        }
        writer_puts(w, "</tbody></table>\n");
    }
    writer_puts(w, "</div></section>\n");
}
