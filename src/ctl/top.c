/* SPDX-License-Identifier: MIT
 *
 * visage top: what is asked for most, what takes most room, which origins fail.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "cache/gate.h"
#include "ctl/ctl.h"
#include "ctl/json.h"
#include "ctl/table.h"
#include "ctl/terminal.h"
#include "ctl/top_subjects.h"
#include "ctl/words.h"

#define ROWS 10

enum list { LIST_REQUESTS, LIST_SIZE, LIST_FAILURES, LISTS };

static const char *const list_names[LISTS] = {"requests", "size", "failures"};

struct top {
    struct cache *cache;
    unsigned rows;
    int only; /* enum list; -1: all */
    bool json;
    struct top_list subjects[TOP_ORDERS];
    struct gate_record *origins; /* those that fail most first */
    size_t origin_count;
};

static bool wants(const struct top *t, enum list list)
{
    return t->only < 0 || t->only == (int)list;
}

/* ---- origins ---- */

static bool is_troubled(const struct gate_record *r)
{
    return r->failures > 0 || r->breaker.state != BREAKER_CLOSED;
}

static int add_origin(const struct gate_record *record, void *context)
{
    struct top *t = context;
    size_t at = t->origin_count;

    if (!is_troubled(record) ||
        (at == t->rows && record->failures <= t->origins[at - 1].failures))
        return 0;
    if (at == t->rows)
        at--;
    else
        t->origin_count++;
    for (; at > 0 && record->failures > t->origins[at - 1].failures; at--)
        t->origins[at] = t->origins[at - 1];
    t->origins[at] = *record;
    return 0;
}

static int find_origins(struct top *t)
{
    t->origins = calloc(t->rows, sizeof *t->origins);
    return t->origins ? gate_walk(t->cache, add_origin, t) : -ENOMEM;
}

/* ---- for people ---- */

static void print_title(enum list list)
{
    static const char *const titles[LISTS] = {
        "Most requested (about; hits since the pictures came into the cache)",
        "Largest (on disk, originals included)",
        "Origins that fail",
    };

    printf("%s%s%s\n", terminal_colour(stdout, COLOUR_BOLD), titles[list],
           terminal_plain(stdout));
}

static int print_subjects(const struct top *t, enum list list)
{
    static const char *const headings[] = {"REQUESTS", "SIZE", "ENTRIES", "SUBJECT", NULL};
    const struct top_list *l = &t->subjects[list == LIST_REQUESTS ? TOP_BY_USES : TOP_BY_BYTES];
    struct table table;

    table_begin(&table, "rrrl", headings);
    for (size_t i = 0; i < l->count; i++) {
        const struct top_subject *row = &l->rows[i];
        char name[3 * ENTRY_TEXT_MAX], size[WORDS_MAX];

        table_number(&table, row->uses);
        table_cell(&table, words_bytes(row->bytes, size));
        table_number(&table, row->entries);
        table_cell(&table, row->name ? words_name(row->name, name, sizeof name) : "(gone)");
    }
    return table_end(&table, stdout);
}

static int print_origins(const struct top *t)
{
    static const char *const headings[] = {"FAILURES", "FETCHES", "BREAKER", "LAST FAILURE",
                                           "WHEN",     "ORIGIN",  NULL};
    int64_t now_ms = clock_wall_ms();
    struct table table;

    table_begin(&table, "rrllll", headings);
    for (size_t i = 0; i < t->origin_count; i++) {
        const struct gate_record *r = &t->origins[i];
        char when[WORDS_MAX];

        table_number(&table, r->failures);
        table_number(&table, r->fetched + r->not_modified + r->not_found + r->failures);
        table_cell(&table, breaker_state_name(r->breaker.state));
        table_cell(&table, r->last_failure ? cause_info(r->last_failure)->name : "-");
        table_cell(&table, r->last_failure ? words_when(r->last_failure_ms, now_ms, when) : "-");
        table_cell(&table, r->origin);
    }
    return table_end(&table, stdout);
}

static int print_lists(const struct top *t)
{
    bool blank = false;
    int rc = 0;

    for (int list = 0; list < LISTS && !rc; list++) {
        if (!wants(t, (enum list)list))
            continue;
        if (blank)
            putchar('\n');
        blank = true;
        if (t->only < 0)
            print_title((enum list)list);
        rc = list == LIST_FAILURES ? print_origins(t) : print_subjects(t, (enum list)list);
    }
    return rc;
}

/* ---- for programs ---- */

static void put_subjects(struct json *j, const struct top *t, enum list list)
{
    const struct top_list *l = &t->subjects[list == LIST_REQUESTS ? TOP_BY_USES : TOP_BY_BYTES];

    json_array(j, list_names[list]);
    for (size_t i = 0; i < l->count; i++) {
        const struct top_subject *row = &l->rows[i];

        json_object(j, NULL);
        json_string(j, "subject", row->name);
        json_number(j, "requests", (int64_t)row->uses);
        json_number(j, "bytes", (int64_t)row->bytes);
        json_number(j, "entries", row->entries);
        json_end(j, '}');
    }
    json_end(j, ']');
}

static void put_origins(struct json *j, const struct top *t)
{
    json_array(j, list_names[LIST_FAILURES]);
    for (size_t i = 0; i < t->origin_count; i++) {
        const struct gate_record *r = &t->origins[i];

        json_object(j, NULL);
        json_string(j, "origin", r->origin);
        json_number(j, "failures", (int64_t)r->failures);
        json_number(j, "fetched", (int64_t)r->fetched);
        json_number(j, "not_modified", (int64_t)r->not_modified);
        json_number(j, "not_found", (int64_t)r->not_found);
        json_string(j, "breaker", breaker_state_name(r->breaker.state));
        json_string(j, "last_failure", r->last_failure ? cause_info(r->last_failure)->name : NULL);
        json_number(j, "last_failure_ms", r->last_failure_ms);
        json_end(j, '}');
    }
    json_end(j, ']');
}

static int print_json(const struct top *t)
{
    struct json j;

    json_begin(&j);
    json_object(&j, NULL);
    for (int list = 0; list < LISTS; list++) {
        if (!wants(t, (enum list)list))
            continue;
        if (list == LIST_FAILURES)
            put_origins(&j, t);
        else
            put_subjects(&j, t, (enum list)list);
    }
    json_end(&j, '}');
    return json_print(&j, stdout);
}

/* ---- */

static int find(struct top *t)
{
    int rc = 0;

    if (wants(t, LIST_REQUESTS) || wants(t, LIST_SIZE))
        rc = top_subjects_find(t->cache, t->rows, t->subjects);
    if (!rc && wants(t, LIST_FAILURES))
        rc = find_origins(t);
    return rc;
}

static int show(struct top *t, const struct config *config)
{
    char error[CONFIG_ERROR_MAX];
    int rc = cache_open(config, CACHE_VISITOR, &t->cache, error);

    if (rc)
        return ctl_fail(&top_command, "%s", error);
    rc = find(t);
    if (!rc)
        rc = t->json ? print_json(t) : print_lists(t);
    top_subjects_free(t->subjects);
    free(t->origins);
    cache_close(&t->cache);
    return rc ? ctl_fail(&top_command, "state directory %s cannot be read: %s", config->state_dir,
                         strerror(-rc))
              : CTL_OK;
}

static int read_list(const char *text)
{
    for (int list = 0; list < LISTS; list++)
        if (strcmp(list_names[list], text) == 0)
            return list;
    return -1;
}

static int run(int argc, char **argv)
{
    static const struct option options[] = {
        CTL_OPTIONS,
        {"by", required_argument, NULL, 'b'},
        {"json", no_argument, NULL, 'j'},
        {NULL, 0, NULL, 0},
    };
    struct top top = {.rows = ROWS, .only = -1};
    const char *path = NULL;
    struct config *config;
    int c, status;

    while ((c = getopt_long(argc, argv, CTL_LETTERS "n:", options, NULL)) != -1)
        switch (c) {
        case 'b':
            top.only = read_list(optarg);
            if (top.only < 0)
                return ctl_misuse(&top_command, "--by knows requests, size and failures, not "
                                  "\"%s\"", optarg);
            break;
        case 'j':
            top.json = true;
            break;
        case 'n':
            if (ctl_number(&top_command, "-n", optarg, 1, TOP_MOST, &top.rows) != 0)
                return CTL_USAGE;
            break;
        default:
            if ((status = ctl_option(&top_command, c, &path)) >= 0)
                return status;
        }
    if ((status = ctl_no_more(&top_command, argc, argv)) >= 0)
        return status;
    config = ctl_config(&top_command, path);
    if (!config)
        return CTL_FAILED;
    status = show(&top, config);
    config_free(&config);
    return status;
}

const struct command top_command = {
    .name = "top",
    .run = run,
    .arguments = "[--by requests|size|failures] [-n N] [--json]",
    .doc = "show what is asked for most, what is largest, and which origins fail",
    .help = "  --by requests|size|failures  one list in place of all three\n"
            "  -n N                         so many rows of each (10)\n"
            "  --json                       as one JSON object\n",
};
