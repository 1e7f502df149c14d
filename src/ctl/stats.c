/* SPDX-License-Identifier: MIT
 *
 * visage stats: what the cache holds and what the workers have done, once or
 * again and again.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cache/cache.h"
#include "ctl/ctl.h"
#include "ctl/interrupt.h"
#include "ctl/stats_screen.h"
#include "ctl/stats_text.h"
#include "ctl/terminal.h"
#include "serve/metrics.h"
#include "serve/server.h"

#define WATCH_MS 2000
#define WATCH_LEAST_S 0.1
#define WATCH_MOST_S 86400

struct stats {
    const struct config *config;
    struct cache *cache;
    struct store *store; /* NULL: none */
    bool json;
    bool screen;      /* drawn again and again on a terminal */
    int64_t watch_ms; /* 0: once */
};

static int print_json(const struct stats *s, const struct observation *o)
{
    struct buffer text = {0};
    int rc = metrics_write_json(o, s->config, &text);

    while (!rc && text.length > 0 && text.data[text.length - 1] == '\n')
        text.length--;
    /* One after the other, each is to be a line; a string has no newline. */
    for (size_t i = 0; !rc && s->watch_ms && i < text.length; i++)
        if (text.data[i] == '\n')
            text.data[i] = ' ';
    if (!rc)
        printf("%.*s\n", (int)text.length, text.data);
    buffer_free(&text);
    return rc;
}

/* One look. `before` is what had been counted at the last one, and is brought up to date. */
static int look(const struct stats *s, struct scoreboard_sample *before)
{
    struct observation *o = calloc(1, sizeof *o);
    int rc = o ? observation_take(s->config, s->cache, s->store, o) : -ENOMEM;

    if (!rc && s->json)
        rc = print_json(s, o);
    else if (!rc && s->screen)
        stats_screen(o, before->at_ms > 0 ? before : NULL, s->watch_ms);
    else if (!rc)
        stats_print(o, before->at_ms > 0 ? before : NULL);
    if (o) {
        *before = o->total;
        observation_free(o);
    }
    free(o);
    return rc;
}

static int watch(const struct stats *s)
{
    struct scoreboard_sample before = {.at_ms = 0};
    int rc = interrupt_install();

    if (s->screen)
        terminal_screen_begin(stdout);
    while (!rc && interrupt_count() == 0 && !ferror(stdout)) {
        if (!s->json && !s->screen)
            printf("\n");
        rc = look(s, &before);
        fflush(stdout);
        if (!rc)
            interrupt_poll(NULL, 0, s->watch_ms);
    }
    if (s->screen)
        terminal_screen_end(stdout);
    return rc;
}

static int once(const struct stats *s)
{
    struct scoreboard_sample before = {.at_ms = 0};

    return look(s, &before);
}

/* Seconds, with a fraction if need be. */
static int read_seconds(const char *text, int64_t *ms)
{
    double seconds;
    char *end;

    *ms = WATCH_MS;
    if (!text)
        return 0;
    seconds = strtod(text, &end);
    if (end == text || *end || !isfinite(seconds) || seconds < WATCH_LEAST_S ||
        seconds > WATCH_MOST_S)
        return -1;
    *ms = (int64_t)(seconds * 1000);
    return 0;
}

static int show(struct stats *s)
{
    char error[CONFIG_ERROR_MAX];
    int status = CTL_OK, rc;

    rc = cache_open(s->config, CACHE_VISITOR, &s->cache, error);
    if (rc)
        return ctl_fail(&stats_command, "%s", error);
    rc = server_open_store_visitor(s->config, &s->store, error);
    if (rc) {
        status = ctl_fail(&stats_command, "%s", error);
    } else {
        rc = s->watch_ms ? watch(s) : once(s);
        if (rc)
            status = ctl_fail(&stats_command, "state directory %s cannot be read: %s",
                              s->config->state_dir, strerror(-rc));
    }
    store_close(&s->store);
    cache_close(&s->cache);
    return status;
}

static int run(int argc, char **argv)
{
    static const struct option options[] = {
        CTL_OPTIONS,
        {"json", no_argument, NULL, 'j'},
        {"watch", optional_argument, NULL, 'w'},
        {NULL, 0, NULL, 0},
    };
    struct stats stats = {.watch_ms = 0};
    const char *path = NULL;
    struct config *config;
    int c, status;

    while ((c = getopt_long(argc, argv, CTL_LETTERS, options, NULL)) != -1)
        switch (c) {
        case 'j':
            stats.json = true;
            break;
        case 'w':
            if (read_seconds(optarg, &stats.watch_ms) != 0)
                return ctl_misuse(&stats_command, "--watch wants seconds, 0.1 or more, not \"%s\"",
                                  optarg);
            break;
        default:
            if ((status = ctl_option(&stats_command, c, &path)) >= 0)
                return status;
        }
    if ((status = ctl_no_more(&stats_command, argc, argv)) >= 0)
        return status;
    config = ctl_config(&stats_command, path);
    if (!config)
        return CTL_FAILED;
    stats.config = config;
    stats.screen = stats.watch_ms && !stats.json && terminal_is(stdout);
    status = show(&stats);
    config_free(&config);
    return status;
}

const struct command stats_command = {
    .name = "stats",
    .run = run,
    .arguments = "[--json] [--watch[=SECONDS]]",
    .doc = "show what the cache holds and what the workers do",
    .help = "  --json             as one JSON object\n"
            "  --watch[=SECONDS]  again every SECONDS (2), with what happens per second; ends on\n"
            "                     Ctrl-C\n",
};
