/* SPDX-License-Identifier: MIT
 *
 * visage store: looks at what people have uploaded, brings an earlier version back, deletes.
 */
#include "ctl/store.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "ctl/words.h"
#include "serve/version.h"

#define FITTING_MAX 16

struct verb;

struct wish {
    const struct verb *verb;
    char **arguments; /* the source first */
    bool json, receipt;
    char subject[PICTURE_CANONICAL_MAX]; /* where the verb has an id */
};

/* ---- verbs ---- */

struct fitting {
    const char *digits;
    char versions[FITTING_MAX * (PICTURE_VERSION_DIGITS + 2)];
};

static int note_fitting(const char *subject, const struct store_picture *p, void *context)
{
    struct fitting *f = context;
    char version[PICTURE_VERSION_DIGITS + 1];
    size_t used = strlen(f->versions);

    (void)subject;
    version_of(&p->digest, version);
    if (strncmp(version, f->digits, strlen(f->digits)) != 0 || strstr(f->versions, version))
        return 0;
    snprintf(f->versions + used, sizeof f->versions - used, " %s", version);
    return 0;
}

/* With as many as fit a line. */
static int fail_ambiguous(struct uploads *u, const char *subject, const char *digits)
{
    struct fitting f = {.digits = digits};
    int rc = store_history(u->store, subject, note_fitting, &f);

    return rc ? uploads_fail(u, rc)
              : ctl_fail(u->command, "several versions begin with %s:%s", digits, f.versions);
}

static int list(struct uploads *u, const struct wish *w)
{
    return store_list(u, w->json);
}

static int history(struct uploads *u, const struct wish *w)
{
    return store_list_history(u, w->subject, w->json);
}

static int restore(struct uploads *u, const struct wish *w)
{
    const char *version = w->arguments[2];
    char restored[PICTURE_VERSION_DIGITS + 1];
    struct store_picture p;
    int rc;

    if (!version[0] || version[strspn(version, "0123456789abcdef")])
        return ctl_misuse(u->command, "\"%s\" is no version: `visage store history` shows them",
                          version);
    rc = store_restore(u->store, w->subject, version, clock_wall_ms(), &p);
    if (rc == -ENOENT)
        return ctl_fail(u->command, "no earlier version %s is kept", version);
    if (rc == -ENOTUNIQ)
        return fail_ambiguous(u, w->subject, version);
    if (rc == -EBADMSG)
        return ctl_fail(u->command, "version %s: its bytes are missing or damaged; nothing was changed",
                        version);
    if (rc)
        return uploads_fail(u, rc);
    rc = cache_purge(u->cache, PURGE_SUBJECT, w->subject);
    if (!rc)
        store_purged(u->store, w->subject);
    log_info("restore", "source=%s", u->source->name);
    if (rc)
        return ctl_fail(u->command, "restored, but what was made of the other is still in the cache: "
                        "%s; `visage purge --subject` removes it", strerror(-rc));
    version_of(&p.digest, restored);
    printf("restored %s (%s, %ux%u)\n", restored, picture_type_name(p.type), p.width, p.height);
    return CTL_OK;
}

static int delete(struct uploads *u, const struct wish *w)
{
    return store_delete_picture(u, w->subject, w->receipt);
}

static int sweep(struct uploads *u, const struct wish *w)
{
    int status = uploads_settle(u, NULL), removed;

    (void)w;
    if (status != CTL_OK)
        return status;
    removed = store_sweep(u->store);
    if (removed < 0)
        return uploads_fail(u, removed);
    printf("removed %d file%s that nothing refers to\n", removed, removed == 1 ? "" : "s");
    return CTL_OK;
}

/* Of this source alone. */
static uint32_t keep_of_source(const char *subject, void *context)
{
    struct uploads *u = context;

    return uploads_id(u, subject) ? u->source->store.keep_versions : STORE_KEEP_ALL;
}

static int trim(struct uploads *u, const struct wish *w)
{
    uint64_t versions;
    int rc = store_trim_all(u->store, keep_of_source, u, &versions);

    (void)w;
    if (rc)
        return uploads_fail(u, rc);
    printf("removed %" PRIu64 " version%s above keep_versions, %" PRIu32 "\n", versions,
           versions == 1 ? "" : "s", u->source->store.keep_versions);
    return uploads_settle(u, NULL);
}

static const struct verb {
    const char *name;
    int (*act)(struct uploads *u, const struct wish *w);
    int count; /* of arguments */
    const char *wanted;
    bool with_cache;
    bool only_here; /* of no use where a bucket has the uploads */
    bool whole;     /* of all sources */
} verbs[] = {
    {"list", list, 1, "a source is wanted", false, false, false},
    {"history", history, 2, "a source and an id are wanted", false, true, false},
    {"restore", restore, 3, "a source, an id and a version are wanted", true, true, false},
    {"delete", delete, 2, "a source and an id are wanted", true, false, false},
    {"sweep", sweep, 1, "a source is wanted", false, false, false},
    {"trim", trim, 1, "a source is wanted", false, true, false},
    {"backup", NULL, 1, "a directory is wanted", false, true, true},
};

static const struct verb *find_verb(const char *name)
{
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (strcmp(verbs[i].name, name) == 0)
            return &verbs[i];
    return NULL;
}

/* ---- */

static int read_options(struct wish *w, int argc, char **argv, const char **path)
{
    static const struct option options[] = {
        CTL_OPTIONS,
        {"json", no_argument, NULL, 'j'},
        {"receipt", no_argument, NULL, 'r'},
        {NULL, 0, NULL, 0},
    };
    int c, status = -1;

    while (status < 0 && (c = getopt_long(argc, argv, CTL_LETTERS, options, NULL)) != -1)
        if (c == 'j')
            w->json = true;
        else if (c == 'r')
            w->receipt = true;
        else
            status = ctl_option(&store_command, c, path);
    if (status >= 0)
        return status;
    if (optind == argc)
        return ctl_misuse(&store_command, "say what: list, history, restore, delete, sweep, trim or backup");
    w->verb = find_verb(argv[optind]);
    if (!w->verb)
        return ctl_misuse(&store_command, "\"%s\" is none of list, history, restore, delete, "
                          "sweep, trim and backup", argv[optind]);
    w->arguments = argv + optind + 1;
    return argc - optind - 1 == w->verb->count
               ? -1
               : ctl_misuse(&store_command, "%s", w->verb->wanted);
}

static int run(int argc, char **argv)
{
    struct wish w = {.json = false};
    const char *path = NULL;
    struct uploads u;
    int status = read_options(&w, argc, argv, &path);

    if (status >= 0)
        return status;
    if (w.verb->whole)
        return store_back_up(path, w.arguments[0]);
    status = uploads_load(&u, &store_command, path, w.arguments[0]);
    if (status == CTL_OK && w.verb->only_here && uploads_are_remote(&u))
        status = ctl_fail(&store_command, "the uploads of source %s are in a bucket; earlier versions "
                          "are what its own versioning keeps", u.source->name);
    if (status == CTL_OK && w.verb->count > 1)
        status = uploads_need_subject(&u, w.arguments[1], w.subject);
    if (status == CTL_OK)
        status = uploads_open(&u, w.verb->with_cache);
    if (status == CTL_OK)
        status = w.verb->act(&u, &w);
    uploads_close(&u);
    return status;
}

const struct command store_command = {
    .name = "store",
    .run = run,
    .arguments = "list|sweep|trim SOURCE | history|delete SOURCE ID | restore SOURCE ID VERSION | "
                 "backup DIRECTORY",
    .doc = "look at uploads, bring back a version, delete for good, back up",
    .help = "  --json     with list and history: one JSON object a line\n"
            "  --receipt  with delete: tell as JSON what was removed\n"
            "\n"
            "What is deleted is gone with all its versions, everything that was made of it and\n"
            "what was published. The sweep removes files that killed processes left behind;\n"
            "to trim removes the versions that a lowered keep_versions does not keep any more.\n"
            "The backup is of one moment, while uploads go on; it can be a store_dir itself.\n",
};
