/* SPDX-License-Identifier: MIT
 *
 * For the shells' completion: names that the configuration gives, one a line. It
 * says nothing where there is no configuration to be read.
 */
#include <stdio.h>
#include <string.h>

#include "ctl/ctl.h"

static int run(int argc, char **argv)
{
    static const struct option options[] = {CTL_OPTIONS, {NULL, 0, NULL, 0}};
    char error[CONFIG_ERROR_MAX];
    const char *path = NULL, *what;
    struct config *config;
    int c;

    opterr = 0;
    while ((c = getopt_long(argc, argv, CTL_LETTERS, options, NULL)) != -1)
        if (c == 'c')
            path = optarg;
    what = optind < argc ? argv[optind] : "";
    if (config_load(config_path(path), &config, error) != 0)
        return CTL_FAILED;
    if (strcmp(what, "sources") == 0)
        for (size_t i = 0; i < config->source_count; i++)
            puts(config->sources[i].name);
    if (strcmp(what, "presets") == 0)
        for (size_t i = 0; i < config->preset_count; i++)
            puts(config->presets[i].name);
    config_free(&config);
    return CTL_OK;
}

const struct command names_command = {.name = "names", .run = run, .arguments = "", .help = ""};
