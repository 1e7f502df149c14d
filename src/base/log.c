/* SPDX-License-Identifier: MIT */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#define LINE_MAX_BYTES 1000

static const char *const names[] = {"error", "warn", "info", "debug"};
static enum log_level threshold = LOG_LEVEL_INFO;

void log_set_level(enum log_level level)
{
    threshold = level;
}

bool log_enabled(enum log_level level)
{
    return level <= threshold;
}

void log_line(enum log_level level, const char *event, const char *format, ...)
{
    char line[LINE_MAX_BYTES + 2];
    size_t used;
    va_list ap;
    int n;

    if (!log_enabled(level))
        return;
    n = snprintf(line, LINE_MAX_BYTES, "visage[%ld] level=%s event=%s ", (long)getpid(),
                 names[level], event);
    if (n < 0)
        return;
    used = (size_t)n < LINE_MAX_BYTES ? (size_t)n : LINE_MAX_BYTES - 1;
    va_start(ap, format);
    n = vsnprintf(line + used, LINE_MAX_BYTES - used, format, ap);
    va_end(ap);
    if (n > 0)
        used += (size_t)n < LINE_MAX_BYTES - used ? (size_t)n : LINE_MAX_BYTES - used - 1;
    for (size_t i = 0; i < used; i++)
        if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
            line[i] = '?';
    line[used++] = '\n';
    /* A closed stderr must not stop a request: the line is lost. */
    if (write(STDERR_FILENO, line, used) < 0)
        return;
}
