/* SPDX-License-Identifier: MIT
 *
 * The tables of the status page: origins, and what each worker does. Both may be
 * long, so what matters most comes first and the rest is counted.
 */
#include "serve/status_parts.h"

#include <inttypes.h>
#include <stdbool.h>

#include "serve/human.h"
#include "serve/status_svg.h"

#define ORIGINS_SHOWN 30
#define WORKERS_SHOWN 40
#define WORKERS_FEW 16 /* so many are shown whatever they do */

#define LENGTH(array) (sizeof(array) / sizeof *(array))
#define DASH "\xE2\x80\x93"

/* A cell knows its column's name: on narrow screens there is no header. */
static void cell_begin(struct writer *w, const char *column, const char *class)
{
    writer_printf(w, "<td class=\"%s\" data-label=\"%s\"><div>", class, column);
}

static void cell_end(struct writer *w)
{
    writer_puts(w, "</div></td>");
}

static void number_cell(struct writer *w, const char *column, uint64_t number)
{
    cell_begin(w, column, "number");
    human_count(w, number);
    cell_end(w);
}

struct column {
    const char *name;
    bool number;
};

static void columns(struct writer *w, const struct column *row, size_t count)
{
    writer_puts(w, "<thead><tr>");
    for (size_t i = 0; i < count; i++)
        writer_printf(w, "<th scope=\"col\"%s>%s</th>", row[i].number ? " class=\"number\"" : "",
                      row[i].name);
    writer_puts(w, "</tr></thead>\n<tbody>\n");
}

/* Keeps `item` among the `most` best in order; `before` tells whether a belongs before b. */
typedef bool comes_before(const void *a, const void *b);

static size_t keep_best(const void **best, size_t count, size_t most, const void *item,
                        comes_before *before)
{
    size_t at = count;

    while (at > 0 && before(item, best[at - 1]))
        at--;
    if (at == most)
        return count;
    if (count < most)
        count++;
    for (size_t i = count - 1; i > at; i--)
        best[i] = best[i - 1];
    best[at] = item;
    return count;
}

/* ---- origins ---- */

static uint64_t fetches_of(const struct gate_record *g)
{
    return observed_sum(observed_sum(g->fetched, g->not_modified),
                        observed_sum(g->not_found, g->failures));
}

/* Those in trouble first, then those that are asked most. */
static bool origin_before(const void *a, const void *b)
{
    const struct gate_record *x = a, *y = b;
    bool x_open = x->breaker.state != BREAKER_CLOSED, y_open = y->breaker.state != BREAKER_CLOSED;

    if (x_open != y_open)
        return x_open;
    if (!x->breaker.failures != !y->breaker.failures)
        return x->breaker.failures != 0;
    return fetches_of(x) > fetches_of(y);
}

static void origin_breaker(struct writer *w, const struct observation *o,
                           const struct gate_record *g)
{
    int64_t rest_ms = observed_rest_ms(o, g);

    cell_begin(w, "Breaker", "wide");
    if (rest_ms > 0) {
        writer_puts(w, "<span class=\"chip bad\">open</span> for ");
        human_ms(w, rest_ms);
    } else if (g->breaker.state == BREAKER_CLOSED) {
        writer_puts(w, "closed");
    } else {
        /* An open one whose time has come: the next request asks. */
        writer_puts(w, "<span class=\"chip warn\">half-open</span>");
    }
    if (g->breaker.failures) {
        writer_puts(w, "<small>");
        human_count(w, g->breaker.failures);
        writer_puts(w, g->breaker.failures == 1 ? " failure" : " failures");
        writer_puts(w, " in a row</small>");
    }
    cell_end(w);
}

static void origin_failure(struct writer *w, const struct observation *o,
                           const struct gate_record *g)
{
    cell_begin(w, "Last failure", "wide");
    if (g->last_failure == CAUSE_NONE) {
        writer_puts(w, "none");
        cell_end(w);
        return;
    }
    writer_html(w, cause_info(g->last_failure)->name);
    writer_puts(w, "<small>");
    human_ago(w, g->last_failure_ms, o->now_ms);
    writer_puts(w, "</small>");
    cell_end(w);
}

static void origin_row(struct writer *w, const struct observation *o, const struct gate_record *g)
{
    const struct svg_part outcomes[] = {{"fetched", "hit", g->fetched},
                                        {"unchanged", "stale", g->not_modified},
                                        {"not found", "miss", g->not_found},
                                        {"failed", "error", g->failures}};

    writer_puts(w, "<tr><th scope=\"row\">");
    writer_html(w, g->origin);
    svg_split(w, "Fetches", outcomes, LENGTH(outcomes));
    writer_puts(w, "</th>");
    origin_breaker(w, o, g);
    number_cell(w, "Fetched", g->fetched);
    number_cell(w, "Unchanged", g->not_modified);
    number_cell(w, "Not found", g->not_found);
    number_cell(w, "Failed", g->failures);
    number_cell(w, "Under way", g->in_flight);
    cell_begin(w, "Mean time", "number");
    if (fetches_of(g))
        human_ms(w, g->mean_ms);
    else
        writer_puts(w, DASH);
    cell_end(w);
    cell_begin(w, "Received", "number");
    human_bytes(w, g->bytes);
    cell_end(w);
    origin_failure(w, o, g);
    writer_puts(w, "</tr>\n");
}

void status_origins(struct writer *w, const struct observation *o)
{
    static const struct column row[] = {
        {"Origin", false},   {"Breaker", false}, {"Fetched", true},   {"Unchanged", true},
        {"Not found", true}, {"Failed", true},   {"Under way", true}, {"Mean time", true},
        {"Received", true},  {"Last failure", false}};
    static const struct svg_part key[] = {
        {"fetched", "hit", 0}, {"unchanged", "stale", 0}, {"not found", "miss", 0},
        {"failed", "error", 0}};
    const void *best[ORIGINS_SHOWN];
    size_t shown = 0;

    for (size_t i = 0; i < o->origin_count; i++)
        shown = keep_best(best, shown, ORIGINS_SHOWN, &o->origins[i], origin_before);
    writer_puts(w, "<section aria-labelledby=\"origins\"><h2 id=\"origins\">Origins</h2>\n");
    if (shown == 0) {
        writer_puts(w, "<p class=\"none\">No origin has been asked yet.</p></section>\n");
        return;
    }
    svg_key(w, key, LENGTH(key), false);
    writer_puts(w, "<table class=\"origins\">\n");
    columns(w, row, LENGTH(row));
    for (size_t i = 0; i < shown; i++)
        origin_row(w, o, best[i]);
    writer_puts(w, "</tbody></table>\n");
    if (o->origin_count > shown)
        writer_printf(w,
                      "<p class=\"more\">%zu more are asked less and have no more trouble.</p>\n",
                      o->origin_count - shown);
    writer_puts(w, "</section>\n");
}

/* ---- workers ---- */

static const char *state_colour(uint32_t state)
{
    switch (state) {
    case WORKER_SERVING: return "hit";
    case WORKER_FETCHING: return "miss";
    case WORKER_RENDERING: return "render";
    case WORKER_WAITING: return "stale";
    case WORKER_EVICTING:
    case WORKER_SWEEPING: return "keep";
    default: return "idle";
    }
}

static bool does_something(const struct observed_worker *worker)
{
    return worker->state != WORKER_IDLE && worker->state != WORKER_GONE;
}

/* Those that are at it longest first; where that is not known, it is short. */
static bool worker_before(const void *a, const void *b)
{
    const struct observed_worker *x = a, *y = b;

    return x->for_ms > y->for_ms;
}

static bool in_order(const void *a, const void *b)
{
    (void)a;
    (void)b;
    return false;
}

static void worker_row(struct writer *w, const struct observed_worker *worker)
{
    writer_printf(w, "<tr><th scope=\"row\">%s %u</th>", scoreboard_kind_name(worker->kind),
                  worker->slot);
    cell_begin(w, "Now", "wide");
    writer_printf(w, "<i class=\"%s\"></i>%s", state_colour(worker->state),
                  scoreboard_state_name(worker->state));
    if (worker->for_ms >= 0) {
        writer_puts(w, " for ");
        human_ms(w, worker->for_ms);
    }
    cell_end(w);
    cell_begin(w, "Source", "text");
    writer_html(w, worker->source ? worker->source : DASH);
    cell_end(w);
    cell_begin(w, "Process", "text");
    writer_printf(w, "%" PRId64, worker->pid);
    cell_end(w);
    number_cell(w, "Requests", worker->requests);
    cell_begin(w, "Up", "number");
    human_ms(w, worker->up_ms);
    cell_end(w);
    writer_puts(w, "</tr>\n");
}

/* How many do what. */
static void worker_states(struct writer *w, const struct observation *o)
{
    static const uint32_t order[] = {WORKER_SERVING,  WORKER_FETCHING, WORKER_RENDERING,
                                     WORKER_WAITING,  WORKER_EVICTING, WORKER_SWEEPING,
                                     WORKER_IDLE};
    struct svg_part parts[LENGTH(order)];
    size_t used = 0;

    for (size_t s = 0; s < LENGTH(order); s++) {
        struct svg_part part = {scoreboard_state_name(order[s]), state_colour(order[s]), 0};

        for (size_t i = 0; i < o->worker_count; i++)
            part.value += o->workers[i].state == order[s];
        if (part.value)
            parts[used++] = part;
    }
    svg_split(w, "Workers", parts, used);
    svg_key(w, parts, used, true);
}

void status_workers(struct writer *w, const struct observation *o)
{
    static const struct column row[] = {{"Slot", false},    {"Now", false},     {"Source", false},
                                        {"Process", false}, {"Requests", true}, {"Up", true}};
    bool few = o->worker_count <= WORKERS_FEW;
    const void *best[WORKERS_SHOWN];
    size_t shown = 0, wanted = 0;

    for (size_t i = 0; i < o->worker_count; i++) {
        if (!few && !does_something(&o->workers[i]))
            continue;
        wanted++;
        shown = keep_best(best, shown, WORKERS_SHOWN, &o->workers[i],
                          few ? in_order : worker_before);
    }
    writer_puts(w, "<section aria-labelledby=\"workers\"><h2 id=\"workers\">Workers</h2>\n");
    if (o->worker_count == 0) {
        writer_puts(w, "<p class=\"none\">No worker runs.</p></section>\n");
        return;
    }
    worker_states(w, o);
    if (shown) {
        writer_puts(w, "<table class=\"workers\">\n");
        columns(w, row, LENGTH(row));
        for (size_t i = 0; i < shown; i++)
            worker_row(w, best[i]);
        writer_puts(w, "</tbody></table>\n");
    }
    if (wanted > shown)
        writer_printf(w, "<p class=\"more\">%zu more are at work, but not for as long.</p>\n",
                      wanted - shown);
    if (o->worker_count > wanted)
        writer_printf(w, "<p class=\"more\">Not listed: %zu that are idle.</p>\n",
                      o->worker_count - wanted);
    writer_puts(w, "</section>\n");
}
