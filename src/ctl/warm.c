/* SPDX-License-Identifier: MIT
 *
 * visage warm: makes the pictures that a list names, so that nobody has to wait
 * for them.
 */
#include "ctl/warm.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "ctl/ctl.h"
#include "ctl/interrupt.h"
#include "ctl/words.h"

#define JOBS 4
#define ACCEPT "image/webp,*/*;q=0.8" /* what browsers make of it */

struct options {
    const char *path;   /* of the configuration */
    const char *list;
    const char *accept;
    unsigned jobs;
    bool force, bar;
};

static int print_summary(const struct warm *w, const char *list)
{
    uint64_t done = w->made + w->fresh + w->failed;
    bool whole = warm_lines_over(&w->lines) && w->put_off_count == 0 && interrupt_count() == 0;
    char took[WORDS_MAX];

    printf("%smade %" PRIu64 ", already fresh %" PRIu64 ", failed %" PRIu64,
           whole ? "" : "ended early: ", w->made, w->fresh, w->failed);
    if (w->lines.all > 0)
        printf(" of %" PRIu64, w->lines.all);
    printf(", in %s\n", words_ms(clock_boot_ms() - w->progress.started_ms, took));
    if (!whole && strcmp(list, "-") == 0)
        puts("what is fresh is skipped: the same lines again go on where this ended");
    else if (!whole)
        printf("%" PRIu64 " left; what is fresh is skipped: the same command again goes on where "
               "this ended\n", w->lines.all > done ? w->lines.all - done : 0);
    return whole && w->failed == 0 ? CTL_OK : CTL_FAILED;
}

static int warm_list(struct warm *w, const struct options *o)
{
    int rc = warm_lines_open(&w->lines, o->list);

    if (rc) {
        warm_lines_close(&w->lines);
        return ctl_fail(&warm_command, "%s: %s", o->list, strerror(-rc));
    }
    progress_begin(&w->progress, progress_choose(o->bar, false), w->lines.all);
    rc = warm_run(w);
    if (rc)
        rc = ctl_fail(&warm_command, "%s", strerror(-rc));
    rc = print_summary(w, o->list) != CTL_OK || rc ? CTL_FAILED : CTL_OK;
    warm_lines_close(&w->lines);
    return rc;
}

static int warm(const struct options *o, const struct config *config)
{
    struct warm *w;
    int status = ctl_become_owner(&warm_command, config);

    if (status)
        return status;
    w = calloc(1, sizeof *w);
    if (w)
        w->given_up = calloc(config->source_count + 1, sizeof *w->given_up);
    if (!w || !w->given_up) {
        free(w);
        return ctl_fail(&warm_command, "out of memory");
    }
    w->jobs = o->jobs;
    w->settings = (struct warm_settings){.config = config, .accept = o->accept};
    if (o->force)
        w->settings.since_ms = clock_wall_ms();
    status = warm_list(w, o);
    free(w->given_up);
    free(w);
    return status;
}

static int read_options(struct options *o, int argc, char **argv)
{
    static const struct option options[] = {
        CTL_OPTIONS,
        {"accept", required_argument, NULL, 'a'},
        {"force", no_argument, NULL, 'f'},
        {"jobs", required_argument, NULL, 'j'},
        {"progress", no_argument, NULL, 'p'},
        {NULL, 0, NULL, 0},
    };
    int c, status = -1;

    while (status < 0 && (c = getopt_long(argc, argv, CTL_LETTERS "j:", options, NULL)) != -1)
        switch (c) {
        case 'a':
            o->accept = optarg;
            break;
        case 'f':
            o->force = true;
            break;
        case 'j':
            if (ctl_number(&warm_command, "--jobs", optarg, 1, WARM_JOBS_MAX, &o->jobs) != 0)
                return CTL_USAGE;
            break;
        case 'p':
            o->bar = true;
            break;
        default:
            status = ctl_option(&warm_command, c, &o->path);
        }
    if (status < 0 && optind + 1 != argc)
        return ctl_misuse(&warm_command, "one FILE is wanted, or - for standard input");
    o->list = argv[optind];
    return status;
}

static int run(int argc, char **argv)
{
    struct options o = {.accept = ACCEPT, .jobs = JOBS};
    int status = read_options(&o, argc, argv);
    struct config *config;

    if (status >= 0)
        return status;
    config = ctl_config(&warm_command, o.path);
    if (!config)
        return CTL_FAILED;
    status = warm(&o, config);
    config_free(&config);
    return status;
}

const struct command warm_command = {
    .name = "warm",
    .run = run,
    .arguments = "[--jobs N] [--force] [--accept VALUE] [--progress] FILE|-",
    .doc = "make the pictures that a list names before anybody asks for them",
    .help = "  -j, --jobs N    processes that work on it (4)\n"
            "  --force         ask the origins also about what is fresh\n"
            "  --accept VALUE  the Accept of URLs without an extension (" ACCEPT ")\n"
            "  --progress      draw the bar even where stderr is no terminal\n"
            "\n"
            "FILE has a picture's URL on each line, whole or from its path on; blank lines and\n"
            "those that begin with # do not count. What is fresh is skipped, so that a run that\n"
            "was ended goes on where it was when the same command is given again. Fetch slots,\n"
            "leases and breakers hold here as they do for workers. The exit status is 1 if a\n"
            "picture failed.\n",
};
