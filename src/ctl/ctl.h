/* SPDX-License-Identifier: MIT
 *
 * The sub-commands of the command-line tool `visage`, and what they share. Each
 * gets its own arguments, with its name in argv[0], and returns the exit status.
 */
#ifndef VISAGE_CTL_CTL_H
#define VISAGE_CTL_CTL_H

#include <getopt.h>
#include <stdint.h>

#include "base/config.h"

/* Exit statuses. */
enum { CTL_OK = 0, CTL_FAILED = 1, CTL_USAGE = 2 };

struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *arguments; /* one line, without -c FILE and --help; "" for none */
    const char *doc;       /* one line; NULL: not for people */
    const char *help;      /* what --help says beyond that; "" for nothing */
};

extern const struct command check_command, explain_command, export_command, gc_command,
    grant_command, import_command, names_command, purge_command, sheet_command, stats_command,
    store_command, top_command, url_command, verify_command, version_command, warm_command;

/* ---- options (options.c) ---- */

/* What every command knows. */
#define CTL_LETTERS "c:h"
#define CTL_OPTIONS {"config", required_argument, NULL, 'c'}, {"help", no_argument, NULL, 'h'}

/* Handles -c, --help, and what getopt_long() did not know. Returns -1 to go on, or the exit
 * status. */
int ctl_option(const struct command *command, int option, const char **path);

/* For arguments where none are left to be. Returns -1 to go on, or CTL_USAGE after a message. */
int ctl_no_more(const struct command *command, int argc, char **argv);

/* Reads a whole number of an option. Returns 0, or -1 after a message. */
int ctl_number(const struct command *command, const char *option, const char *text, unsigned min,
               unsigned max, unsigned *out);

/* Reads what --expires takes: "@1767225600", or a time from now on. Returns 0 with seconds since 1970,
 * or -1 after a message. */
int ctl_expiry(const struct command *command, const char *text, int64_t *out);

/* Says what is wrong with the use. Returns CTL_USAGE. */
int ctl_misuse(const struct command *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Says what went wrong, on stderr. Returns CTL_FAILED. */
int ctl_fail(const struct command *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

void ctl_print_help(const struct command *command);

/* ---- opening (owner.c) ---- */

/* Loads the configuration that `option` (the argument of -c, or NULL) names. NULL
 * after a message on stderr, which begins with the file's name if `command` is NULL: editors then
 * know where to go. */
struct config *ctl_config(const struct command *command, const char *option);

/* For a command that will change the state directory: what it leaves there must be its owner's, or
 * the workers could not use it. Root becomes the owner; anybody else must be. Log lines go where
 * the configuration says, and only errors of them to a terminal. Returns 0, or CTL_FAILED after a
 * message. */
int ctl_become_owner(const struct command *command, const struct config *config);

/* What strerror() says; where root has become somebody else, also who is denied something. */
const char *ctl_reason(int error);

#endif
