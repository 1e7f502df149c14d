/* SPDX-License-Identifier: MIT
 *
 * visage explain: what a request for a URL would meet.
 */
#include "ctl/explain.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "ctl/ctl.h"

static int explain(struct explanation *x, bool json)
{
    int rc = explain_look(x);

    if (!rc && json)
        rc = explain_print_json(x);
    else if (!rc)
        explain_print(x);
    explanation_free(x);
    if (rc)
        return ctl_fail(&explain_command, "state directory %s cannot be read: %s",
                        x->config->state_dir, strerror(-rc));
    return x->refusal == CAUSE_NONE ? CTL_OK : CTL_FAILED;
}

static int run(int argc, char **argv)
{
    static const struct option options[] = {
        CTL_OPTIONS,
        {"accept", required_argument, NULL, 'a'},
        {"json", no_argument, NULL, 'j'},
        {NULL, 0, NULL, 0},
    };
    const char *path = NULL, *accept = NULL;
    struct explanation *x;
    struct config *config;
    bool json = false;
    int c, status;

    while ((c = getopt_long(argc, argv, CTL_LETTERS, options, NULL)) != -1)
        switch (c) {
        case 'a':
            accept = optarg;
            break;
        case 'j':
            json = true;
            break;
        default:
            if ((status = ctl_option(&explain_command, c, &path)) >= 0)
                return status;
        }
    if (optind + 1 != argc)
        return ctl_misuse(&explain_command, "one URL is wanted");
    config = ctl_config(&explain_command, path);
    x = calloc(1, sizeof *x);
    log_set_level(LOG_LEVEL_ERROR);
    status = CTL_FAILED;
    if (config && x) {
        x->config = config;
        x->url = argv[optind];
        x->accept = accept;
        status = explain(x, json);
    }
    free(x);
    config_free(&config);
    return status;
}

const struct command explain_command = {
    .name = "explain",
    .run = run,
    .arguments = "[--accept VALUE] [--json] URL",
    .doc = "tell what a request for a URL would meet, without making it",
    .help = "  --accept VALUE  the request's Accept, for URLs without an extension\n"
            "  --json          as one JSON object\n"
            "\n"
            "URL is a picture's, whole or from its path on. Nothing is fetched or changed. The\n"
            "exit status is 1 for a URL that is none of a picture's.\n",
};
