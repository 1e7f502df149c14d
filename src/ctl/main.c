/* SPDX-License-Identifier: MIT
 *
 * The command-line tool: finds the sub-command and hands over.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/ctl.h"

static const struct command *const commands[] = {
    &check_command, &explain_command, &url_command,    &grant_command,  &store_command,
    &import_command, &export_command,  &stats_command,  &top_command,    &warm_command,
    &purge_command,  &gc_command,      &verify_command, &sheet_command,  &version_command,
    &names_command,
};

#define COUNT (sizeof commands / sizeof *commands)

static void usage(FILE *to)
{
    fputs("usage: visage [-c FILE] COMMAND [OPTION]...\n\n", to);
    for (size_t i = 0; i < COUNT; i++)
        if (commands[i]->doc)
            fprintf(to, "  %-8s  %s\n", commands[i]->name, commands[i]->doc);
    fputs("\n`visage COMMAND --help` tells more. The configuration is FILE, else $VISAGE_CONF, "
          "else\n" VISAGE_SYSCONFDIR "/visage/visage.conf.\n"
          "The exit status is 0 if all is well, 1 if something is not, 2 for a wrong use.\n",
          to);
}

static const struct command *find(const char *name)
{
    for (size_t i = 0; i < COUNT; i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    return NULL;
}

static int run(const struct command *command, int argc, char **argv)
{
    int status;

    optind = 0; /* the command begins anew (glibc and musl) */
    status = command->run(argc, argv);
    /* What was printed counts only if it could be written. */
    if (fflush(stdout) != 0 || ferror(stdout)) {
        perror("visage: standard output");
        return CTL_FAILED;
    }
    return status;
}

/* `visage help`, `visage help COMMAND`. */
static int help(const char *name)
{
    const struct command *command = name ? find(name) : NULL;

    if (command && command->doc) {
        ctl_print_help(command);
        return CTL_OK;
    }
    usage(name ? stderr : stdout);
    return name ? CTL_USAGE : CTL_OK;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"config", required_argument, NULL, 'c'},
        {"help", no_argument, NULL, 'h'},
        {"version", no_argument, NULL, 'V'},
        {NULL, 0, NULL, 0},
    };
    const struct command *command;
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
            return run(&version_command, 1, argv);
        default:
            usage(stderr);
            return CTL_USAGE;
        }
    first = optind;
    if (first == argc) {
        usage(stderr);
        return CTL_USAGE;
    }
    if (strcmp(argv[first], "help") == 0)
        return help(argv[first + 1]);
    command = find(argv[first]);
    if (!command) {
        fprintf(stderr, "visage: no command \"%s\"\n\n", argv[first]);
        usage(stderr);
        return CTL_USAGE;
    }
    return run(command, argc - first, argv + first);
}
