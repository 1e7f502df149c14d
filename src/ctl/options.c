/* SPDX-License-Identifier: MIT
 *
 * What all commands say and read in the same way.
 */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/config_unit.h"
#include "ctl/ctl.h"
#include "route/sign.h"

void ctl_print_help(const struct command *command)
{
    printf("usage: visage %s [-c FILE]%s%s\n\n", command->name, *command->arguments ? " " : "",
           command->arguments);
    printf("%c%s.\n", toupper((unsigned char)*command->doc), command->doc + 1);
    if (*command->help)
        printf("\n%s", command->help);
}

int ctl_option(const struct command *command, int option, const char **path)
{
    switch (option) {
    case 'c':
        *path = optarg;
        return -1;
    case 'h':
        ctl_print_help(command);
        return CTL_OK;
    default:
        fprintf(stderr, "visage %s: `visage %s --help` tells the options\n", command->name,
                command->name);
        return CTL_USAGE;
    }
}

int ctl_no_more(const struct command *command, int argc, char **argv)
{
    return optind < argc ? ctl_misuse(command, "no argument \"%s\" is known", argv[optind]) : -1;
}

int ctl_number(const struct command *command, const char *option, const char *text, unsigned min,
               unsigned max, unsigned *out)
{
    unsigned long value;
    char *end;

    errno = 0;
    value = strtoul(text, &end, 10);
    if (errno || *end || *text < '0' || *text > '9' || value < min || value > max) {
        ctl_misuse(command, "%s wants a whole number from %u to %u, not \"%s\"", option, min, max,
                   text);
        return -1;
    }
    *out = (unsigned)value;
    return 0;
}

int ctl_expiry(const struct command *command, const char *text, int64_t *out)
{
    int64_t ms;

    if (*text == '@' && sign_number(text + 1, strlen(text + 1), out))
        return 0;
    if (config_unit_parse(CONFIG_DURATION, text, &ms) != 0 || ms < 1000 || ms > SIGN_NUMBER_MAX) {
        ctl_misuse(command, "--expires wants a time from 1s on, such as 90s, 12h or 7d, or @ and "
                   "seconds since 1970, not \"%s\"", text);
        return -1;
    }
    *out = (clock_wall_ms() + ms) / 1000;
    return 0;
}

static void say(const struct command *command, const char *format, va_list ap)
{
    /* What was printed before stands before it, wherever both go. */
    fflush(stdout);
    fprintf(stderr, "visage %s: ", command->name);
    vfprintf(stderr, format, ap);
    fputc('\n', stderr);
}

int ctl_misuse(const struct command *command, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    say(command, format, ap);
    va_end(ap);
    fprintf(stderr, "visage %s: `visage %s --help` tells how to use it\n", command->name,
            command->name);
    return CTL_USAGE;
}

int ctl_fail(const struct command *command, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    say(command, format, ap);
    va_end(ap);
    return CTL_FAILED;
}
