/* SPDX-License-Identifier: MIT */
#include "ctl/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define WIDTH 80
#define WIDTH_LEAST 20
#define HEIGHT 24
#define HEIGHT_LEAST 2
#define SIZE_MOST 10000

bool terminal_is(FILE *stream)
{
    const char *kind = getenv("TERM");

    return kind && *kind && strcmp(kind, "dumb") != 0 && isatty(fileno(stream));
}

static unsigned from_environment(const char *name, unsigned least, unsigned otherwise)
{
    const char *text = getenv(name);
    unsigned long value = text ? strtoul(text, NULL, 10) : 0;

    return value >= least && value <= SIZE_MOST ? (unsigned)value : otherwise;
}

unsigned terminal_width(FILE *stream)
{
    struct winsize size;

    if (ioctl(fileno(stream), TIOCGWINSZ, &size) != 0 || size.ws_col < WIDTH_LEAST)
        return from_environment("COLUMNS", WIDTH_LEAST, WIDTH);
    return size.ws_col;
}

unsigned terminal_height(FILE *stream)
{
    struct winsize size;

    if (ioctl(fileno(stream), TIOCGWINSZ, &size) != 0 || size.ws_row < HEIGHT_LEAST)
        return from_environment("LINES", HEIGHT_LEAST, HEIGHT);
    return size.ws_row;
}

void terminal_screen_begin(FILE *stream)
{
    fputs("\033[?1049h\033[?25l", stream);
}

void terminal_screen_end(FILE *stream)
{
    fputs("\033[?25h\033[?1049l", stream);
    fflush(stream);
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
