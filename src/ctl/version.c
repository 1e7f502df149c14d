/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "ctl/ctl.h"

static int run(int argc, char **argv)
{
    static const struct option options[] = {CTL_OPTIONS, {NULL, 0, NULL, 0}};
    const char *path;
    int c, status;

    while ((c = getopt_long(argc, argv, CTL_LETTERS, options, NULL)) != -1)
        if ((status = ctl_option(&version_command, c, &path)) >= 0)
            return status;
    if ((status = ctl_no_more(&version_command, argc, argv)) >= 0)
        return status;
    puts("visage " PACKAGE_VERSION);
    return CTL_OK;
}

const struct command version_command = {
    .name = "version",
    .run = run,
    .arguments = "",
    .doc = "show the version",
    .help = "",
};
