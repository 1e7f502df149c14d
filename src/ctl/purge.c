/* SPDX-License-Identifier: MIT
 *
 * visage purge: makes pictures a miss for all workers' next requests.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/ctl.h"
#include "ctl/words.h"
#include "serve/purge.h"
#include "serve/wake.h"

#define TARGETS_MAX 1000
#define AT_ONCE 500 /* entries in one read transaction */

struct target {
    char kind; /* 's'ubject, 'u'rl, 'n'ame of a source, 'a'll */
    const char *text;
    struct purge purge;
    uint64_t entries; /* that it would make a miss */
};

struct purging {
    const struct config *config;
    struct cache *cache;
    struct target *targets;
    size_t count;
    struct digest last; /* counting goes on after it */
};

/* ---- what is meant ---- */

static void list_sources(const struct config *config)
{
    fprintf(stderr, "visage purge: %s",
            config->source_count ? "sources are" : "the configuration has no source");
    for (size_t i = 0; i < config->source_count; i++)
        fprintf(stderr, "%s %s", i ? "," : "", config->sources[i].name);
    fputc('\n', stderr);
}

static int refuse_subject(const struct config *config, const struct target *t, const char *name)
{
    const struct config_source *source = config_find_source(config, t->text, strcspn(t->text, "/"));

    if (source && source->type == SOURCE_WEB)
        return ctl_fail(&purge_command, "\"%s\" is no subject: an id of source %s is a URL on one of "
                        "its hosts", name, source->name);
    if (!source || strlen(t->text) <= strlen(source->name) + 1)
        return ctl_fail(&purge_command, "\"%s\" is no subject, which is SOURCE/ID", name);
    if (source->type == SOURCE_ATPROTO)
        return ctl_fail(&purge_command, "\"%s\" is no subject: an id of source %s is DID/CID", name,
                        source->name);
    return ctl_fail(&purge_command, "\"%s\" is no subject: no id of source %s is like that; its "
                    "id_pattern is %s", name, source->name, source->id_pattern);
}

static int refuse(const struct config *config, const struct target *t, enum cause cause)
{
    char name[PICTURE_CANONICAL_MAX];

    words_name(t->text, name, sizeof name);
    if (t->kind == 'u')
        return ctl_fail(&purge_command, "\"%s\" is no picture's URL here: %s (visage explain tells "
                        "more)", name, cause_info(cause)->text);
    if (cause == CAUSE_BAD_REQUEST ||
        config_find_source(config, t->text, strcspn(t->text, "/")))
        return refuse_subject(config, t, name);
    ctl_fail(&purge_command, "no source \"%.*s\" in %s", (int)strcspn(name, "/"), name,
             config->path);
    list_sources(config);
    return CTL_FAILED;
}

static enum cause resolve(const struct config *config, const struct router *router,
                          struct target *t)
{
    switch (t->kind) {
    case 's':
        return purge_of_subject(router, t->text, &t->purge);
    case 'u':
        return purge_of_url(router, t->text, &t->purge);
    case 'n':
        return purge_of_source(config, t->text, &t->purge);
    default:
        t->purge = (struct purge){.scope = PURGE_ALL};
        return CAUSE_NONE;
    }
}

/* All or nothing: one that is wrong, and nothing is purged. */
static int resolve_all(struct purging *p)
{
    struct router *router;
    int status = CTL_OK;

    if (router_new(p->config, &router) != 0)
        return ctl_fail(&purge_command, "out of memory");
    router_set_keys(router, &(const struct dialect_keys){.unchecked = true});
    for (size_t i = 0; i < p->count; i++) {
        enum cause cause = resolve(p->config, router, &p->targets[i]);

        if (cause != CAUSE_NONE)
            status = refuse(p->config, &p->targets[i], cause);
    }
    router_free(&router);
    return status;
}

static void print_target(const char *what, const struct target *t)
{
    static const char *const scopes[] = {
        [PURGE_SUBJECT] = "subject ", [PURGE_SOURCE] = "source ", [PURGE_ALL] = "all"};
    char name[3 * PICTURE_CANONICAL_MAX];

    printf("%s %s%s", what, scopes[t->purge.scope],
           words_name(t->purge.name, name, sizeof name));
    for (unsigned i = 0; i < t->purge.other_count; i++)
        printf(", %s", t->purge.others[i]);
}

/* ---- a look only ---- */

static bool is_named(const char *name, const char *text, size_t length)
{
    return strlen(name) == length && memcmp(name, text, length) == 0;
}

static bool covers(const struct purge *p, const char *subject, size_t subject_length,
                   size_t source_length)
{
    size_t length = p->scope == PURGE_SUBJECT ? subject_length : source_length;

    if (p->scope == PURGE_ALL || is_named(p->name, subject, length))
        return true;
    for (unsigned i = 0; i < p->other_count; i++)
        if (is_named(p->others[i], subject, length))
            return true;
    return false;
}

static int count_entry(const struct digest *key, const struct entry *e, bool purged, void *context)
{
    struct purging *p = context;
    size_t subject_length = 0, source_length = 0;
    const char *subject = "";

    p->last = *key;
    if (purged)
        return 0;
    if (!entry_subject(e->text, &subject, &subject_length, &source_length))
        subject_length = source_length = SIZE_MAX; /* nobody's: only with all */
    for (size_t i = 0; i < p->count; i++)
        p->targets[i].entries +=
            covers(&p->targets[i].purge, subject, subject_length, source_length);
    return 0;
}

static int count_entries(struct purging *p)
{
    const struct digest *from = NULL;
    struct digest place;
    bool done = false;
    int rc = 0;

    while (!done && !rc) {
        rc = cache_walk_entries(p->cache, from, AT_ONCE, count_entry, p, &done);
        place = p->last;
        from = &place;
    }
    return rc;
}

static int dry_run(struct purging *p)
{
    char error[CONFIG_ERROR_MAX];
    int rc = cache_open(p->config, CACHE_VISITOR, &p->cache, error);

    if (rc)
        return ctl_fail(&purge_command, "%s", error);
    rc = count_entries(p);
    cache_close(&p->cache);
    if (rc)
        return ctl_fail(&purge_command, "state directory %s cannot be read: %s",
                        p->config->state_dir, strerror(-rc));
    for (size_t i = 0; i < p->count; i++) {
        print_target("would purge", &p->targets[i]);
        printf(": %llu entr%s\n", (unsigned long long)p->targets[i].entries,
               p->targets[i].entries == 1 ? "y" : "ies");
    }
    return CTL_OK;
}

/* ---- the deed ---- */

static int purge_all(struct purging *p)
{
    char error[CONFIG_ERROR_MAX];
    int status = ctl_become_owner(&purge_command, p->config), rc;

    if (status)
        return status;
    rc = cache_open(p->config, CACHE_TOOL, &p->cache, error);
    if (rc)
        return ctl_fail(&purge_command, "%s", error);
    for (size_t i = 0; i < p->count; i++) {
        rc = purge_run(p->cache, &p->targets[i].purge);
        if (rc) {
            status = ctl_fail(&purge_command, "%s was not purged: %s", p->targets[i].text,
                              strerror(-rc));
            continue;
        }
        print_target("purged", &p->targets[i]);
        putchar('\n');
    }
    /* The room that it took is the keeper's to free; without one, it is freed as needed. */
    keeper_wake(p->config, p->cache);
    cache_close(&p->cache);
    return status;
}

static int purge(struct purging *p, bool dry)
{
    int status = resolve_all(p);

    if (status)
        return status;
    return dry ? dry_run(p) : purge_all(p);
}

/* ---- */

static int add_target(struct purging *p, char kind, const char *text)
{
    if (p->count == TARGETS_MAX)
        return ctl_misuse(&purge_command, "more than %d at once", TARGETS_MAX);
    p->targets[p->count++] = (struct target){.kind = kind, .text = text};
    return -1;
}

static int read_options(struct purging *p, int argc, char **argv, const char **path, bool *dry)
{
    static const struct option options[] = {
        CTL_OPTIONS,
        {"all", no_argument, NULL, 'a'},
        {"dry-run", no_argument, NULL, 'd'},
        {"source", required_argument, NULL, 'n'},
        {"subject", required_argument, NULL, 's'},
        {"url", required_argument, NULL, 'u'},
        {NULL, 0, NULL, 0},
    };
    int c, status = -1;

    while (status < 0 && (c = getopt_long(argc, argv, CTL_LETTERS, options, NULL)) != -1) {
        if (c == 'd')
            *dry = true;
        else if (c == 'a' || c == 'n' || c == 's' || c == 'u')
            status = add_target(p, (char)c, c == 'a' ? "everything" : optarg);
        else
            status = ctl_option(&purge_command, c, path);
    }
    if (status < 0)
        status = ctl_no_more(&purge_command, argc, argv);
    if (status < 0 && p->count == 0)
        status = ctl_misuse(&purge_command, "say what: --subject, --url, --source or --all");
    return status;
}

static int run(int argc, char **argv)
{
    struct purging p = {.targets = calloc(TARGETS_MAX, sizeof *p.targets)};
    const char *path = NULL;
    struct config *config = NULL;
    bool dry = false;
    int status;

    if (!p.targets)
        return ctl_fail(&purge_command, "out of memory");
    status = read_options(&p, argc, argv, &path, &dry);
    if (status < 0) {
        p.config = config = ctl_config(&purge_command, path);
        status = config ? purge(&p, dry) : CTL_FAILED;
    }
    config_free(&config);
    free(p.targets);
    return status;
}

const struct command purge_command = {
    .name = "purge",
    .run = run,
    .arguments = "--subject SOURCE/ID | --url URL | --source NAME | --all ... [--dry-run]",
    .doc = "make pictures a miss, at once and for all workers",
    .help = "  --subject SOURCE/ID  a picture, with all that was drawn from it\n"
            "  --url URL            the picture that this URL shows, whole or from its path on\n"
            "  --source NAME        all pictures of a source\n"
            "  --all                everything\n"
            "  --dry-run            only tell how many entries that would be\n"
            "\n"
            "They may be given several times. If one of them is wrong, nothing is purged.\n",
};
