/* SPDX-License-Identifier: MIT
 *
 * visage import: takes pictures over from a directory tree or a table.
 */
#include "ctl/import.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ctl/interrupt.h"

struct wish {
    const char *source, *directory, *csv; /* one of the latter two */
    bool dry, keep, progress, quiet;
    int fd; /* of the CSV; -1: none */
};

static int sum_up(const struct import *i)
{
    if (i->rc)
        return uploads_fail(i->uploads, i->rc);
    if (interrupt_count() > 0)
        ctl_fail(i->uploads->command, "interrupted; run it again, and it goes on from there");
    printf("%s %" PRIu64 ", already there %" PRIu64 ", refused %" PRIu64 "\n",
           i->dry ? "would take" : "taken", i->taken, i->there, i->refused);
    return interrupt_count() > 0 || i->refused > 0 ? CTL_FAILED : CTL_OK;
}

static int take_all(struct import *i, const struct wish *w)
{
    int status, sum, rc = interrupt_install();

    if (rc)
        return ctl_fail(i->uploads->command, "%s", strerror(-rc));
    progress_begin(&i->progress, progress_choose(w->progress, w->quiet), 0);
    status = w->csv ? import_csv(i, w->fd, w->csv) : import_tree(i, w->directory);
    progress_clear(&i->progress);
    sum = sum_up(i);
    return status == CTL_OK ? sum : status;
}

static int open_and_take(const struct wish *w, struct uploads *u)
{
    static struct import i; /* tens of kilobytes */
    char error[CONFIG_ERROR_MAX];
    int status;

    i = (struct import){.uploads = u, .dry = w->dry, .keep = w->keep};
    if (server_open(u->config, CACHE_TOOL, &i.server, error) != 0)
        return ctl_fail(u->command, "%s", error);
    status = take_all(&i, w);
    server_close(&i.server);
    return status;
}

static int read_options(struct wish *w, int argc, char **argv, const char **path)
{
    static const struct option options[] = {
        CTL_OPTIONS,
        {"csv", required_argument, NULL, 'v'},
        {"dry-run", no_argument, NULL, 'd'},
        {"keep", no_argument, NULL, 'k'},
        {"progress", no_argument, NULL, 'p'},
        {"quiet", no_argument, NULL, 'q'},
        {NULL, 0, NULL, 0},
    };
    int c, status = -1;

    while (status < 0 && (c = getopt_long(argc, argv, CTL_LETTERS "q", options, NULL)) != -1)
        if (c == 'v')
            w->csv = optarg;
        else if (c == 'd')
            w->dry = true;
        else if (c == 'k')
            w->keep = true;
        else if (c == 'p')
            w->progress = true;
        else if (c == 'q')
            w->quiet = true;
        else
            status = ctl_option(&import_command, c, path);
    if (status >= 0)
        return status;
    if (argc - optind != (w->csv ? 1 : 2))
        return ctl_misuse(&import_command, "a source is wanted, and a directory or --csv FILE");
    w->source = argv[optind];
    w->directory = argv[optind + 1];
    return -1;
}

/* As who has called, who need not be who owns the state. */
static int open_csv(struct wish *w)
{
    w->fd = STDIN_FILENO;
    if (!w->csv)
        return CTL_OK;
    if (strcmp(w->csv, "-") == 0) {
        w->csv = "stdin";
        return CTL_OK;
    }
    w->fd = open(w->csv, O_RDONLY | O_CLOEXEC);
    return w->fd < 0 ? ctl_fail(&import_command, "%s: %s", w->csv, strerror(errno)) : CTL_OK;
}

static int run(int argc, char **argv)
{
    struct wish w = {.fd = -1};
    struct uploads u = {0};
    const char *path = NULL;
    int status = read_options(&w, argc, argv, &path);

    if (status >= 0)
        return status;
    status = open_csv(&w);
    if (status == CTL_OK)
        status = uploads_load(&u, &import_command, path, w.source);
    if (status == CTL_OK)
        status = open_and_take(&w, &u);
    uploads_close(&u);
    if (w.fd > STDERR_FILENO)
        close(w.fd);
    return status;
}

const struct command import_command = {
    .name = "import",
    .run = run,
    .arguments = "SOURCE DIRECTORY | SOURCE --csv FILE  [--dry-run] [--keep] [-q]",
    .doc = "take pictures over into the store of uploads",
    .help = "  --csv FILE   rows of id, content type and base64; - is standard input\n"
            "  --dry-run    check everything and keep nothing\n"
            "  --keep       leave those alone that have a picture already\n"
            "  --progress   draw the bar even where there is no terminal\n"
            "  -q, --quiet  say nothing of how far it is\n"
            "\n"
            "In a directory a file's path without its extension is the id. Each picture is checked\n"
            "like an upload; what is refused is told with its reason, and the rest goes on. What is\n"
            "there already is skipped: run it again after an interrupt, and it goes on.\n",
};
