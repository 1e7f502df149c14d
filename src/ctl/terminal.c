/* SPDX-License-Identifier: MIT */
#include "ctl/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define WIDTH 80
#define WIDTH_LEAST 20

bool terminal_is(FILE *stream)
{
    const char *kind = getenv("TERM");

    return kind && *kind && strcmp(kind, "dumb") != 0 && isatty(fileno(stream));
}

unsigned terminal_width(FILE *stream)
{
    struct winsize size;

    if (ioctl(fileno(stream), TIOCGWINSZ, &size) != 0 || size.ws_col < WIDTH_LEAST)
        return WIDTH;
    return size.ws_col;
}

static bool is_coloured(FILE *stream)
{
    const char *no = getenv("NO_COLOR");

    return (!no || !*no) && terminal_is(stream);
}

const char *terminal_colour(FILE *stream, enum colour colour)
{
    static const char *const sequences[] = {
        [COLOUR_BOLD] = "\033[1m",   [COLOUR_GOOD] = "\033[32m", [COLOUR_DOUBT] = "\033[33m",
        [COLOUR_BAD] = "\033[31m",   [COLOUR_FAINT] = "\033[2m",
    };

    return is_coloured(stream) ? sequences[colour] : "";
}

const char *terminal_plain(FILE *stream)
{
    return is_coloured(stream) ? "\033[0m" : "";
}
