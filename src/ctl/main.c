/* SPDX-License-Identifier: MIT
 *
 * The command-line tool: finds the sub-command and hands over.
 */
#include "ctl/ctl.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *arguments;
    const char *doc;
} commands[] = {
    {"check", ctl_check, "[-c FILE] [--user NAME] [--print-reference]",
     "check the configuration and what this machine gives"},
    {"stats", ctl_stats, "[-c FILE]", "show what the cache holds and what the workers do"},
    {"version", ctl_version, "", "show the version"},
};

#define COUNT (sizeof commands / sizeof *commands)

static void usage(FILE *to)
{
    fputs("usage: visage [-c FILE] COMMAND [OPTION]...\n\n", to);
    for (size_t i = 0; i < COUNT; i++)
        fprintf(to, "  %s %s\n      %s\n", commands[i].name, commands[i].arguments,
                commands[i].doc);
    fputs("\nThe configuration is FILE, else $VISAGE_CONF, else " VISAGE_SYSCONFDIR
          "/visage/visage.conf.\n"
          "The exit status is 0 if all is well, 1 if something is not, 2 for a wrong use.\n",
          to);
}

int ctl_options(int argc, char **argv, const char **path)
{
    static const struct option options[] = {
        {"config", required_argument, NULL, 'c'},
        {NULL, 0, NULL, 0},
    };
    int c;

    *path = NULL;
    while ((c = getopt_long(argc, argv, "c:", options, NULL)) != -1) {
        if (c != 'c')
            return CTL_USAGE;
        *path = optarg;
    }
    if (optind < argc) {
        fprintf(stderr, "visage %s: no argument \"%s\" is known\n", argv[0], argv[optind]);
        return CTL_USAGE;
    }
    return 0;
}

struct config *ctl_config(const char *option)
{
    char error[CONFIG_ERROR_MAX];
    struct config *config;

    if (config_load(config_path(option), &config, error) < 0) {
        fprintf(stderr, "%s\n", error);
        return NULL;
    }
    return config;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"config", required_argument, NULL, 'c'},
        {"help", no_argument, NULL, 'h'},
        {"version", no_argument, NULL, 'V'},
        {NULL, 0, NULL, 0},
    };
    int c, first;

    /* "+": what follows the command is the command's. */
    while ((c = getopt_long(argc, argv, "+c:hV", options, NULL)) != -1)
        switch (c) {
        case 'c':
            /* The command may still name another one. */
            if (setenv("VISAGE_CONF", optarg, 1) < 0) {
                perror("visage");
                return CTL_FAILED;
            }
            break;
        case 'h':
            usage(stdout);
            return CTL_OK;
        case 'V':
            return ctl_version(1, argv);
        default:
            usage(stderr);
            return CTL_USAGE;
        }
    first = optind;
    if (first == argc) {
        usage(stderr);
        return CTL_USAGE;
    }
    if (strcmp(argv[first], "help") == 0) {
        usage(stdout);
        return CTL_OK;
    }
    for (size_t i = 0; i < COUNT; i++)
        if (strcmp(argv[first], commands[i].name) == 0) {
            int status;

            optind = 0; /* the command begins anew (glibc and musl) */
            status = commands[i].run(argc - first, argv + first);
            /* What was printed counts only if it could be written. */
            if (fflush(stdout) != 0 || ferror(stdout)) {
                perror("visage: standard output");
                return CTL_FAILED;
            }
            return status;
        }
    fprintf(stderr, "visage: no command \"%s\"\n\n", argv[first]);
    usage(stderr);
    return CTL_USAGE;
}
