/* SPDX-License-Identifier: MIT
 *
 * visage import: takes pictures over from a directory tree, a table or a bucket.
 */
#include "ctl/import.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ctl/interrupt.h"
#include "ctl/words.h"

struct wish {
    const char *source, *directory, *csv, *from; /* one of the latter three */
    const struct config_source *bucket;          /* of the last one */
    bool dry, header, replace, progress, quiet;
    int fd; /* of the CSV; -1: none */
};

/* Whatever came of it: what was taken is there. */
static int sum_up(const struct import *i)
{
    if (interrupt_count() > 0)
        ctl_fail(i->uploads->command, "interrupted; run it again, and it goes on from there");
    if (import_seen_limit(i->seen) > 0)
        ctl_fail(i->uploads->command, "an id that came again was noticed among the first %" PRIu64
                 " alone: the real run may find more already there", import_seen_limit(i->seen));
    printf("%s %" PRIu64 ", already there %" PRIu64 ", refused %" PRIu64,
           i->dry ? "would take" : "taken", i->taken, i->there, i->refused);
    if (i->without > 0)
        printf(", without a picture %" PRIu64, i->without);
    putchar('\n');
    return interrupt_count() > 0 || i->failed || i->refused > 0 ? CTL_FAILED : CTL_OK;
}

/* The bucket that they come from: another one's. */
static int find_bucket(const struct uploads *u, const char *name, const struct config_source **out)
{
    char shown[3 * CONFIG_NAME_MAX];
    const struct config_source *from = config_find_source(u->config, name, strlen(name));

    if (!from)
        return ctl_fail(u->command, "no source \"%s\" in %s", words_name(name, shown, sizeof shown),
                        u->config->path);
    if (!from->s3.bucket)
        return ctl_fail(u->command, "source %s has no bucket: it is neither of type s3 nor one of type "
                        "store whose uploads are in a bucket", from->name);
    if (from == u->source)
        return ctl_fail(u->command, "source %s has these pictures already", from->name);
    *out = from;
    return CTL_OK;
}

static int take_all(struct import *i, const struct wish *w)
{
    int status, sum, rc = interrupt_install();

    if (rc)
        return ctl_fail(i->uploads->command, "%s", strerror(-rc));
    progress_begin(&i->progress, progress_choose(w->progress, w->quiet), 0);
    status = w->csv      ? import_csv(i, w->fd, w->csv, w->header)
             : w->bucket ? import_bucket(i, w->bucket)
                         : import_tree(i, w->directory);
    import_commit(i);
    progress_clear(&i->progress);
    sum = sum_up(i);
    return status == CTL_OK ? sum : status;
}

static int open_and_take(const struct wish *w, struct uploads *u)
{
    static struct import i; /* tens of kilobytes */
    int status;

    i = (struct import){.uploads = u, .dry = w->dry, .replace = w->replace};
    if ((uploads_are_remote(u) && !(i.list = object_list_new())) ||
        (w->dry && !(i.seen = import_seen_new())))
        status = ctl_fail(u->command, "%s", strerror(ENOMEM));
    else
        status = uploads_open_server(u);
    if (status == CTL_OK)
        status = take_all(&i, w);
    import_seen_free(&i.seen);
    object_list_free(&i.list);
    return status;
}

static int read_options(struct wish *w, int argc, char **argv, const char **path)
{
    static const struct option options[] = {
        CTL_OPTIONS,
        {"csv", required_argument, NULL, 'v'},
        {"dry-run", no_argument, NULL, 'd'},
        {"from", required_argument, NULL, 'f'},
        {"header", no_argument, NULL, 'H'},
        {"progress", no_argument, NULL, 'p'},
        {"quiet", no_argument, NULL, 'q'},
        {"replace", no_argument, NULL, 'r'},
        {NULL, 0, NULL, 0},
    };
    int c, status = -1;

    while (status < 0 && (c = getopt_long(argc, argv, CTL_LETTERS "q", options, NULL)) != -1)
        if (c == 'v')
            w->csv = optarg;
        else if (c == 'd')
            w->dry = true;
        else if (c == 'f')
            w->from = optarg;
        else if (c == 'H')
            w->header = true;
        else if (c == 'p')
            w->progress = true;
        else if (c == 'q')
            w->quiet = true;
        else if (c == 'r')
            w->replace = true;
        else
            status = ctl_option(&import_command, c, path);
    if (status >= 0)
        return status;
    if (argc - optind != (w->csv || w->from ? 1 : 2) || (w->csv && w->from))
        return ctl_misuse(&import_command,
                          "a source is wanted, and a directory, --csv FILE or --from BUCKET");
    if (w->header && !w->csv)
        return ctl_misuse(&import_command, "--header is about --csv FILE");
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
    if (status == CTL_OK && w.from)
        status = find_bucket(&u, w.from, &w.bucket);
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
    .arguments = "SOURCE DIRECTORY|--csv FILE|--from BUCKET  [--dry-run] [--replace] [-q]",
    .doc = "take pictures over into the store of uploads",
    .help = "  --csv FILE   rows of id, content type and base64; - is standard input\n"
            "  --header     the first row is a heading\n"
            "  --from BUCKET  a source of type s3 of the configuration, or another one of type\n"
            "               store whose uploads are in a bucket\n"
            "  --dry-run    check everything and keep nothing\n"
            "  --replace    also take what differs from a picture that is there already\n"
            "  --progress   draw the bar even where there is no terminal\n"
            "  -q, --quiet  say nothing of how far it is\n"
            "\n"
            "In a directory a file's path without its extension is the id; so it is in a bucket whose\n"
            "key ends with {id}. Each picture is checked like an upload; what is refused is told\n"
            "with its reason, and the rest goes on. Who has a picture already keeps it: run it again\n"
            "after an interrupt, and it goes on.\n",
};
