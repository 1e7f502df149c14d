/* SPDX-License-Identifier: MIT */
#include "serve/status_page.h"

#include <criterion/criterion.h>
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit/observation_fixture.h"
#include "unit/well_formed.h"

#define DAYS (DAY_EXTREME + 1)
#define COUNT(array) (sizeof(array) / sizeof *(array))
#define NBSP "\xC2\xA0"

static struct buffer written(const struct observed *observed)
{
    struct buffer page = {0};

    cr_assert_eq(status_page_write(&observed->o, &observed->config, &page), 0);
    return page;
}

static struct buffer page_of(enum observed_day day)
{
    struct observed *observed = observed_make(day);
    struct buffer page = written(observed);

    observed_free(observed);
    return page;
}

static size_t count_of(const char *text, const char *what)
{
    size_t count = 0;

    for (const char *p = text; (p = strstr(p, what)) != NULL; p += strlen(what))
        count++;
    return count;
}

static void expect_all(const struct buffer *page, const char *const *pieces, size_t count)
{
    for (size_t i = 0; i < count; i++)
        cr_expect_not_null(strstr(page->data, pieces[i]), "missing: %s", pieces[i]);
}

/* The text of a table's body. */
static const char *table_rows(const struct buffer *page, const char *class, size_t *rows)
{
    char begin[64];
    const char *from, *to;

    snprintf(begin, sizeof begin, "<table class=\"%s\">", class);
    from = strstr(page->data, begin);
    cr_assert_not_null(from, "no %s", begin);
    from = strstr(from, "<tbody>");
    cr_assert_not_null(from);
    to = strstr(from, "</tbody>");
    cr_assert_not_null(to);
    *rows = 0;
    for (const char *p = from; (p = strstr(p, "<tr>")) != NULL && p < to; p++)
        (*rows)++;
    return from;
}

Test(status_page, is_well_formed_whatever_was_observed)
{
    for (int day = 0; day < DAYS; day++) {
        struct buffer page = page_of((enum observed_day)day);
        const char *wrong = well_formed_html(page.data);

        cr_expect_eq(strlen(page.data), page.length, "a NUL in the page");
        cr_expect_null(wrong, "day %d: %.80s", day, wrong ? wrong : "");
        buffer_free(&page);
    }
}

Test(status_page, needs_no_script_and_nothing_from_outside)
{
    static const char *const never[] = {"<script", "javascript:", "<img",   "<link",  "<iframe",
                                        "url(",    "@import",     "<form",  " src=",  " style=",
                                        "data:",   "<object",     "<embed", "xlink:", "<base"};

    for (int day = 0; day < DAYS; day++) {
        struct buffer page = page_of((enum observed_day)day);

        for (size_t i = 0; i < COUNT(never); i++)
            cr_expect_null(strstr(page.data, never[i]), "day %d: %s", day, never[i]);
        for (const char *p = page.data; (p = strstr(p, " on")) != NULL; p++)
            cr_expect_neq(p[3 + strspn(p + 3, "abcdefghijklmnopqrstuvwxyz")], '=',
                          "an event handler: %.40s", p);
        cr_expect_eq(count_of(page.data, "href="), count_of(page.data, "href=\"metrics\""));
        cr_expect_eq(count_of(page.data, "http-equiv="), 1);
        cr_expect_not_null(strstr(page.data, "http-equiv=\"refresh\" content=\"30\""));
        buffer_free(&page);
    }
}

Test(status_page, has_its_style_sheet_byte_for_byte_and_once)
{
    struct buffer page = page_of(DAY_QUIET);
    const char *style = status_page_style();
    const char *from = strstr(page.data, "<style>");

    cr_assert_not_null(from);
    cr_expect_eq(strncmp(from + 7, style, strlen(style)), 0);
    cr_expect_eq(strncmp(from + 7 + strlen(style), "</style>", 8), 0);
    cr_expect_eq(count_of(page.data, "<style"), 1);
    cr_expect_null(strchr(style, '<'));
    cr_expect_not_null(strstr(style, "prefers-color-scheme: dark"));
    cr_expect_not_null(strstr(page.data, "name=\"viewport\""));
    buffer_free(&page);
}

/* Each class that is given has a rule, or what it stands for could not be seen. */
Test(status_page, colours_all_that_it_names)
{
    struct buffer page = page_of(DAY_BAD);

    for (const char *p = page.data; (p = strstr(p, "class=\"")) != NULL;) {
        const char *end = strchr(p += 7, '"');

        for (const char *word = p; word < end;) {
            size_t length = strcspn(word, " \"");
            char rule[64] = ".";

            cr_assert_lt(length, sizeof rule - 2);
            memcpy(rule + 1, word, length);
            rule[1 + length] = '\0';
            if (strcmp(rule, ".text") != 0)
                cr_expect_not_null(strstr(status_page_style(), rule), "no rule for %s", rule);
            word += length + 1;
        }
    }
    buffer_free(&page);
}

Test(status_page, shows_what_it_promises)
{
    static const char *const pieces[] = {
        "<h1>Visage", "/var/lib/visage", "10 June 2025", "14:32:05 UTC",
        ">Hit ratio<", ">Requests<", ">Errors<", ">Busy workers<", ">Median of hits<",
        ">Median of misses<", ">Cache<", "low water mark", ">Disk<", "remembered failures",
        "Keeper at work", "Tasks waiting", "Evictions", "Renderer deaths",
        "last hour, by minute", "last day, by quarter of an hour", "Time to answer a hit",
        "Time to answer a miss", ">Fetches<", ">Stored and evicted<", ">100 ms</text>",
        "https://gravatar.com:443", "origin-timeout<small>5" NBSP "h ago", "closed",
        "fetching for", "rendering for", "gravatar", "keeper 8", "evicting for 1.8" NBSP "s",
        "Nothing needs attention.", "role=\"img\"", "aria-label=\"Hit ratio",
    };
    struct buffer page = page_of(DAY_QUIET);

    expect_all(&page, pieces, COUNT(pieces));
    buffer_free(&page);
}

Test(status_page, escapes_what_comes_from_outside)
{
    struct observed *observed = observed_make(DAY_QUIET);
    static char name[] = "<i onclick=x>&'\"\x01\xFF";
    struct buffer page;

    strcpy(observed->o.origins[0].origin, "https://\"><script>alert(1)</script>&amp;:443");
    strcpy(observed->o.origins[1].origin, "http://\xC3\xA9t\xC3\xA9.example:80 \xED\xA0\x80");
    observed->o.workers[1].source = name;
    free(observed->config.state_dir);
    observed->config.state_dir = strdup("/tmp/<b>&\n");
    page = written(observed);

    cr_expect_null(well_formed_html(page.data));
    cr_expect_null(strstr(page.data, "<script"));
    cr_expect_null(strstr(page.data, "<i onclick"));
    cr_expect_not_null(strstr(page.data, "https://&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"
                                         "&amp;amp;:443"));
    cr_expect_not_null(strstr(page.data, "&lt;i onclick=x&gt;&amp;&#39;&quot;\xEF\xBF\xBD"
                                         "\xEF\xBF\xBD"));
    cr_expect_not_null(strstr(page.data, "http://\xC3\xA9t\xC3\xA9.example:80 \xEF\xBF\xBD"));
    cr_expect_not_null(strstr(page.data, "/tmp/&lt;b&gt;&amp;"));
    buffer_free(&page);
    observed_free(observed);
}

/* Every number of the drawings, wherever one stands: no "nan", no "inf", no exponent. */
static void expect_numbers(const char *svg, const char *end)
{
    static const char *const names[] = {" x=\"", " y=\"", " width=\"", " height=\"", " x1=\"",
                                        " x2=\"", " y1=\"", " y2=\"", " viewBox=\"", " d=\""};

    for (size_t i = 0; i < COUNT(names); i++)
        for (const char *p = svg; (p = strstr(p, names[i])) != NULL && p < end;) {
            bool path = strcmp(names[i], " d=\"") == 0;

            p += strlen(names[i]);
            for (; *p != '"'; p++)
                cr_assert(isdigit((unsigned char)*p) || strchr(path ? "MLhvz -" : " .%-", *p),
                          "%s%.40s", names[i], p);
        }
}

Test(status_page, draws_finite_numbers_only)
{
    for (int day = 0; day < DAYS; day++) {
        struct buffer page = page_of((enum observed_day)day);
        const char *p = page.data;
        size_t drawings = 0;

        while ((p = strstr(p, "<svg")) != NULL) {
            const char *end = strstr(p, "</svg>");

            cr_assert_not_null(end);
            expect_numbers(p, end);
            p = end;
            drawings++;
        }
        cr_expect_geq(drawings, 11, "day %d", day);
        buffer_free(&page);
    }
}

Test(status_page, leaves_gaps_where_nothing_is_known)
{
    struct buffer empty = page_of(DAY_EMPTY), quiet = page_of(DAY_QUIET), bad = page_of(DAY_BAD);

    cr_expect_eq(count_of(quiet.data, "class=\"void\""), 0);
    cr_expect_eq(count_of(bad.data, "class=\"void\""), 8, "one gap in each plot over time");
    cr_expect_eq(count_of(empty.data, "nothing known yet"), 8);
    cr_expect_eq(count_of(quiet.data, "nothing known yet"), 0);
    buffer_free(&empty);
    buffer_free(&quiet);
    buffer_free(&bad);
}

Test(status_page, a_gap_breaks_the_line_of_the_hit_ratio)
{
    struct observed *observed = observed_make(DAY_QUIET);
    struct buffer page;
    const char *line, *end;
    size_t strokes = 0, points = 0;

    observed->o.hour[20].known = false;
    memset(observed->o.hour[30].counters, 0, sizeof observed->o.hour[30].counters);
    page = written(observed);
    line = strstr(page.data, "<path class=\"line\" d=\"M0 0");
    cr_assert_not_null(line);
    end = strstr(line, "/>");
    for (const char *p = line; (p = strchr(p, 'M')) != NULL && p < end; p++)
        strokes++;
    for (const char *p = line; (p = strstr(p, "h0")) != NULL && p < end; p++)
        points++;
    cr_expect_eq(points, OBSERVED_HOUR - 2);
    cr_expect_eq(strokes, 1 + 3, "the start, and three strokes around two gaps");
    buffer_free(&page);
    observed_free(observed);
}

Test(status_page, one_error_among_many_requests_can_be_seen)
{
    struct observed *observed = observed_make(DAY_QUIET);
    struct buffer page;

    for (int i = 0; i < OBSERVED_HOUR; i++)
        observed->o.hour[i].counters[COUNT_ERRORS] = 0;
    observed->o.hour[12].counters[COUNT_ERRORS] = 1;
    observed->o.hour[12].counters[COUNT_HITS] = 1000000;
    observed->o.hour[12].counters[COUNT_REQUESTS] = 1000001;
    page = written(observed);
    cr_expect_not_null(strstr(page.data, "<path class=\"error\" d=\"M0 0M121 "));
    cr_expect_not_null(strstr(page.data, "hits 1" NBSP "M, misses 0, stale 0, errors 1"));
    buffer_free(&page);
    observed_free(observed);
}

Test(status_page, counts_no_request_twice)
{
    struct observed *observed = observed_make(DAY_EMPTY);
    struct observed_step *step = &observed->o.hour[59];
    struct buffer page;

    step->known = true;
    step->counters[COUNT_REQUESTS] = 100; /* one of them for no picture */
    step->counters[COUNT_HITS] = 70;
    step->counters[COUNT_MISSES] = 29;
    step->counters[COUNT_STALE] = 4;
    step->counters[COUNT_ERRORS] = 6;
    page = written(observed);
    cr_expect_not_null(strstr(page.data, "hits 70, misses 20, stale 4, errors 6"));
    buffer_free(&page);
    observed_free(observed);
}

Test(status_page, names_what_needs_attention)
{
    static const char *const pieces[] = {
        "2 origins have failed too often", "37" NBSP "MiB more than it may",
        "600" NBSP "MiB free, less than min_free: 1" NBSP "GiB", "renderer died over a picture",
        "misses were turned away", "231 tasks wait for a keeper",
    };
    struct buffer page = page_of(DAY_BAD);

    expect_all(&page, pieces, COUNT(pieces));
    cr_expect_null(strstr(page.data, "Nothing needs attention."));
    buffer_free(&page);
}

/* A crawler that asks for what nobody has is no trouble of ours. */
Test(status_page, warns_of_server_errors_and_not_of_others)
{
    struct observed *observed = observed_make(DAY_QUIET);
    uint64_t *hour = observed->o.last_hour.counters;
    struct buffer page;

    hour[COUNT_REQUESTS] = 1000;
    hour[COUNT_ERRORS] = 900;
    hour[COUNT_SERVER_ERRORS] = 100;
    page = written(observed);
    cr_expect_null(strstr(page.data, "server errors (5xx)"));
    buffer_free(&page);

    hour[COUNT_SERVER_ERRORS] = 110;
    page = written(observed);
    cr_expect_not_null(strstr(page.data, "11.0" NBSP "% of the last hour's answers were server"));
    buffer_free(&page);
    observed_free(observed);
}

Test(status_page, tells_what_each_breaker_does)
{
    static const char *const pieces[] = {
        "open</span> for 42" NBSP "s<small>9 failures in a row", "half-open</span><small>5 failures",
        "closed<small>1 failure in a row",
    };
    struct observed *observed = observed_make(DAY_BAD);
    struct buffer page = written(observed);

    expect_all(&page, pieces, COUNT(pieces));
    cr_expect_eq(count_of(page.data, "half-open</span>"), 1);
    buffer_free(&page);

    observed->o.boot_ms += 60000; /* the time of both has come */
    page = written(observed);
    cr_expect_eq(count_of(page.data, "half-open</span>"), 2);
    cr_expect_null(strstr(page.data, "open</span> for"));
    cr_expect_null(strstr(page.data, "have failed too often"));
    buffer_free(&page);
    observed_free(observed);
}

Test(status_page, lists_all_of_a_few_workers)
{
    struct buffer page = page_of(DAY_BAD);
    size_t rows;

    table_rows(&page, "workers", &rows);
    cr_expect_eq(rows, 12);
    cr_expect_null(strstr(page.data, "Not listed"));
    buffer_free(&page);
}

Test(status_page, lists_the_busy_ones_of_many_workers_and_counts_the_idle)
{
    struct observed *observed = observed_make(DAY_EXTREME);
    size_t idle = 0, rows;
    struct buffer page;
    char text[64];

    for (size_t i = 0; i < observed->o.worker_count; i++)
        idle += observed->o.workers[i].state == WORKER_IDLE;
    observed->o.workers[497].state = WORKER_FETCHING;
    observed->o.workers[497].for_ms = 3723000;
    page = written(observed);
    cr_expect_not_null(strstr(table_rows(&page, "workers", &rows),
                              "<tbody>\n<tr><th scope=\"row\">worker 497<"),
                       "the one that is at it longest is first");
    cr_expect_eq(rows, 40);
    snprintf(text, sizeof text, "Not listed: %zu that are idle", idle);
    cr_expect_not_null(strstr(page.data, text));
    snprintf(text, sizeof text, "%zu more are at work", 500 - idle - 40);
    cr_expect_not_null(strstr(page.data, text));
    cr_expect_not_null(strstr(page.data, "fetching for 1" NBSP "h 2" NBSP "min"));
    buffer_free(&page);
    observed_free(observed);
}

Test(status_page, shows_thirty_of_many_origins_those_in_trouble_first)
{
    struct observed *observed = observed_make(DAY_EXTREME);
    size_t open = 0, rows;
    struct buffer page;
    const char *p, *closed;

    for (size_t i = 0; i < observed->o.origin_count; i++)
        open += observed->o.origins[i].breaker.state == BREAKER_OPEN;
    page = written(observed);
    p = table_rows(&page, "origins", &rows);
    closed = strstr(p, "><div>closed");
    cr_expect_eq(rows, 30);
    cr_expect_not_null(strstr(page.data, "170 more are asked less"));
    for (size_t i = 0; i < open; i++) {
        p = strstr(p + 1, "\"chip bad\">open");
        cr_assert_not_null(p);
        cr_expect_lt(p, closed);
    }
    cr_expect_null(strstr(p + 1, "\"chip bad\">open"));
    buffer_free(&page);
    observed_free(observed);
}

Test(status_page, an_idle_installation_says_so)
{
    static const char *const pieces[] = {"No origin has been asked yet.", "Keeper at rest",
                                         "It does not say how full it is.", "worker 0",
                                         "0" NBSP "B<small> of 2" NBSP "GiB"};
    struct buffer page = page_of(DAY_EMPTY);

    expect_all(&page, pieces, COUNT(pieces));
    cr_expect_null(strstr(page.data, "attention.</li>"));
    buffer_free(&page);
}

Test(status_page, can_be_written_without_any_worker)
{
    struct observed *observed = observed_make(DAY_EMPTY);
    struct buffer page;

    observed->o.worker_count = 0;
    page = written(observed);
    cr_expect_null(well_formed_html(page.data));
    cr_expect_not_null(strstr(page.data, "No worker runs."));
    buffer_free(&page);
    observed_free(observed);
}
