/* SPDX-License-Identifier: MIT */
#include "ctl/ctl.h"

#include <stdio.h>

int ctl_version(int argc, char **argv)
{
    if (argc > 1) {
        fprintf(stderr, "visage version: no argument \"%s\" is known\n", argv[1]);
        return CTL_USAGE;
    }
    puts("visage " PACKAGE_VERSION);
    return CTL_OK;
}
