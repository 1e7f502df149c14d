/* SPDX-License-Identifier: MIT
 *
 * The sub-commands of the command-line tool `visage`. Each gets its own
 * arguments, with its name in argv[0], and returns the exit status.
 */
#ifndef VISAGE_CTL_CTL_H
#define VISAGE_CTL_CTL_H

#include "base/config.h"

/* Exit statuses. */
enum { CTL_OK = 0, CTL_FAILED = 1, CTL_USAGE = 2 };

int ctl_check(int argc, char **argv);
int ctl_stats(int argc, char **argv);
int ctl_version(int argc, char **argv);

/* Parses the arguments of a command that knows -c FILE only; *path is NULL without it.
 * Returns 0, or CTL_USAGE after a message. */
int ctl_options(int argc, char **argv, const char **path);

/* Loads the configuration that `option` (the argument of -c, or NULL) names. NULL
 * after a message on stderr. */
struct config *ctl_config(const char *option);

#endif
