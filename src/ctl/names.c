/* SPDX-License-Identifier: MIT
 *
 * For the shells' completion: names that the configuration gives, one a line. It
 * says nothing where there is no configuration to be read.
 */
#include <stdio.h>
#include <string.h>

#include "ctl/ctl.h"

static int usage(FILE *to, int status)
{
    fputs("usage: visage names [-c FILE] sources|presets\n", to);
    return status;
}

static void print_sources(const struct config *config)
{
    for (size_t i = 0; i < config->source_count; i++)
        puts(config->sources[i].name);
}

static void print_presets(const struct config *config)
{
    for (size_t i = 0; i < config->preset_count; i++)
        puts(config->presets[i].name);
}

static int run(int argc, char **argv)
{
    static const struct option options[] = {CTL_OPTIONS, {NULL, 0, NULL, 0}};
    char error[CONFIG_ERROR_MAX];
    const char *path = NULL;
    struct config *config;
    bool sources;
    int c;

    opterr = 0;
    while ((c = getopt_long(argc, argv, CTL_LETTERS, options, NULL)) != -1) {
        if (c == 'h')
            return usage(stdout, CTL_OK);
        if (c != 'c')
            return usage(stderr, CTL_USAGE);
        path = optarg;
    }
    if (optind + 1 != argc)
        return usage(stderr, CTL_USAGE);
    sources = strcmp(argv[optind], "sources") == 0;
    if (!sources && strcmp(argv[optind], "presets") != 0)
        return usage(stderr, CTL_USAGE);
    if (config_load(config_path(path), &config, error) != 0)
        return CTL_FAILED;
    if (sources)
        print_sources(config);
    else
        print_presets(config);
    config_free(&config);
    return CTL_OK;
}

const struct command names_command = {.name = "names", .run = run, .arguments = "", .help = ""};
