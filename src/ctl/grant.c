/* SPDX-License-Identifier: MIT
 *
 * visage grant: prints an upload grant. An id that no worker would take is refused here, by asking
 * routing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/config_unit.h"
#include "base/sign_keys.h"
#include "ctl/ctl.h"
#include "ctl/words.h"
#include "route/grant.h"
#include "route/route.h"

#define USUAL_S 600

struct wish {
    const struct config *config;
    const struct config_source *source;
    const char *source_name, *user;
    int64_t expires_s;
    uint64_t max_bytes; /* 0: as the source says */
};

static int read_max(struct wish *w, const char *text)
{
    int64_t bytes;

    if (config_unit_parse(CONFIG_SIZE, text, &bytes) != 0 || bytes > SIGN_NUMBER_MAX)
        return ctl_misuse(&grant_command, "--max-bytes wants a number of bytes, such as 500K or "
                          "5M, not \"%s\"", text);
    w->max_bytes = (uint64_t)bytes;
    return -1;
}

static int read_options(struct wish *w, int argc, char **argv, const char **path)
{
    static const struct option options[] = {
        CTL_OPTIONS,
        {"expires", required_argument, NULL, 'e'},
        {"max-bytes", required_argument, NULL, 'm'},
        {NULL, 0, NULL, 0},
    };
    int c, status = -1;

    while (status < 0 && (c = getopt_long(argc, argv, CTL_LETTERS, options, NULL)) != -1)
        if (c == 'e')
            status = ctl_expiry(&grant_command, optarg, &w->expires_s) ? CTL_USAGE : -1;
        else if (c == 'm')
            status = read_max(w, optarg);
        else
            status = ctl_option(&grant_command, c, path);
    if (status >= 0)
        return status;
    if (optind + 2 != argc)
        return ctl_misuse(&grant_command, "a source and a user are wanted");
    w->source_name = argv[optind];
    w->user = argv[optind + 1];
    return -1;
}

static int check_source(struct wish *w)
{
    char shown[3 * CONFIG_NAME_MAX];

    w->source = config_find_source(w->config, w->source_name, strlen(w->source_name));
    if (!w->source)
        return ctl_fail(&grant_command, "no source \"%s\" in %s",
                        words_name(w->source_name, shown, sizeof shown), w->config->path);
    if (w->source->type != SOURCE_STORE)
        return ctl_fail(&grant_command, "nothing can be uploaded into source %s, which is not of "
                        "type store", w->source->name);
    if (!w->source->store.grant_key_file)
        return ctl_fail(&grant_command, "source %s has no grant_key_file", w->source->name);
    if (!(w->source->store.writers & WRITER_GRANT))
        return ctl_fail(&grant_command, "grants are not among the writers of source %s",
                        w->source->name);
    return 0;
}

static int check_user(const struct wish *w)
{
    char subject[PICTURE_CANONICAL_MAX], shown[3 * PICTURE_ID_MAX];
    struct picture_request named;
    struct router *router = NULL;
    enum cause cause;

    if (strlen(w->user) > PICTURE_ID_MAX)
        return ctl_fail(&grant_command, "the user's id is longer than %d bytes", PICTURE_ID_MAX);
    if (router_new(w->config, &router) != 0)
        return ctl_fail(&grant_command, "%s: bad id_pattern", w->config->path);
    snprintf(subject, sizeof subject, "%s/%s", w->source->name, w->user);
    cause = route_subject(router, subject, &named);
    router_free(&router);
    if (cause == CAUSE_NONE)
        return 0;
    return ctl_fail(&grant_command, "no id of source %s is like \"%s\"; its id_pattern is %s",
                    w->source->name, words_name(w->user, shown, sizeof shown),
                    w->source->id_pattern);
}

static int print(struct wish *w)
{
    char error[CONFIG_ERROR_MAX], text[GRANT_TEXT_SIZE];
    struct sign_keys keys;
    int status = check_source(w), rc;

    if (!status)
        status = check_user(w);
    if (status)
        return status;
    if (sign_keys_read(w->source->store.grant_key_file, &keys, error) != 0)
        return ctl_fail(&grant_command, "source %s: grant_key_file: %s", w->source->name, error);
    rc = grant_make(&keys.keys[0], w->source->name, w->user, w->expires_s, w->max_bytes, text);
    sign_keys_free(&keys);
    if (rc < 0)
        return ctl_fail(&grant_command, "it cannot be signed: %s", strerror(-rc));
    puts(text);
    return CTL_OK;
}

static int run(int argc, char **argv)
{
    struct wish w = {.expires_s = clock_wall_ms() / 1000 + USUAL_S};
    struct config *config = NULL;
    const char *path = NULL;
    int status = read_options(&w, argc, argv, &path);

    if (status < 0) {
        w.config = config = ctl_config(&grant_command, path);
        status = config ? print(&w) : CTL_FAILED;
    }
    config_free(&config);
    return status;
}

const struct command grant_command = {
    .name = "grant",
    .run = run,
    .arguments = "SOURCE USER [--expires TIME] [--max-bytes SIZE]",
    .doc = "print a grant to upload one user's picture",
    .help = "  --expires TIME    good for so long (90s, 10m, 12h), or until @UNIX; otherwise 10m\n"
            "  --max-bytes SIZE  of an upload; otherwise the source's own limit holds\n"
            "\n"
            "Whoever has it may upload, replace and delete the picture until it expires. The\n"
            "command reads grant_key_file of the source, and so has to run as the workers' user\n"
            "or root. A user's id that begins with - goes behind --.\n",
};
