/* SPDX-License-Identifier: MIT */
#include "base/log.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log_file.h"

#define LINE_MAX_BYTES 1000 /* the newline included */
#define STDERR_WAIT_MS 20

static const char *const names[] = {"error", "warn", "info", "debug"};
static enum log_level threshold = LOG_LEVEL_INFO;
static enum log_target target = LOG_TO_STDERR;

/* A line as it grows; there is always room for the newline. */
struct line {
    char text[LINE_MAX_BYTES];
    size_t used;
};

void log_set_level(enum log_level level)
{
    threshold = level;
}

bool log_enabled(enum log_level level)
{
    return level <= threshold;
}

int log_open(enum log_target to, const char *file)
{
    int rc = to == LOG_TO_FILE ? log_file_open(file) : 0;

    if (rc)
        return rc;
    if (target == LOG_TO_SYSLOG && to != LOG_TO_SYSLOG)
        closelog();
    if (to != LOG_TO_FILE)
        log_file_close();
    if (to == LOG_TO_SYSLOG && target != LOG_TO_SYSLOG)
        openlog("visage", LOG_PID, LOG_DAEMON);
    target = to;
    return 0;
}

void log_close(void)
{
    log_open(LOG_TO_STDERR, NULL); /* which cannot fail */
}

__attribute__((format(printf, 2, 0)))
static void add_list(struct line *line, const char *format, va_list ap)
{
    size_t room = sizeof line->text - line->used;
    int n = vsnprintf(line->text + line->used, room, format, ap);

    if (n > 0)
        line->used += (size_t)n < room ? (size_t)n : room - 1;
}

static void add(struct line *line, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(struct line *line, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    add_list(line, format, ap);
    va_end(ap);
}

/* RFC 3339, in UTC. */
static void add_time(struct line *line)
{
    int64_t now_ms = clock_wall_ms();
    time_t seconds = (time_t)(now_ms / 1000);
    struct tm t;

    if (gmtime_r(&seconds, &t))
        add(line, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ ", t.tm_year + 1900, t.tm_mon + 1,
            t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec, (int)(now_ms % 1000));
}

/* It may be a pipe whose reader is stuck, and it is shared, so that it cannot be made
 * non-blocking: a reader that is just behind is waited for, and then the line is lost. */
static void write_stderr(const char *bytes, size_t length)
{
    struct pollfd room = {.fd = STDERR_FILENO, .events = POLLOUT};

    if (poll(&room, 1, STDERR_WAIT_MS) == 0)
        return;
    /* A closed stderr must not stop a request. */
    if (write(STDERR_FILENO, bytes, length) < 0)
        return;
}

static void write_syslog(enum log_level level, const struct line *line)
{
    static const int priorities[] = {LOG_ERR, LOG_WARNING, LOG_INFO, LOG_DEBUG};

    syslog(priorities[level], "%.*s", (int)line->used, line->text);
}

void log_line(enum log_level level, const char *event, const char *format, ...)
{
    struct line line = {.used = 0};
    int before = errno;
    va_list ap;

    if (!log_enabled(level))
        return;
    if (target == LOG_TO_FILE)
        add_time(&line);
    if (target != LOG_TO_SYSLOG)
        add(&line, "visage[%ld] ", (long)getpid());
    add(&line, "level=%s event=%s ", names[level], event);
    va_start(ap, format);
    add_list(&line, format, ap);
    va_end(ap);
    for (size_t i = 0; i < line.used; i++)
        if ((unsigned char)line.text[i] < 0x20 || line.text[i] == 0x7f)
            line.text[i] = '?';
    if (target == LOG_TO_SYSLOG) {
        write_syslog(level, &line);
    } else {
        line.text[line.used++] = '\n';
        if (target == LOG_TO_FILE)
            log_file_write(line.text, line.used);
        else
            write_stderr(line.text, line.used);
    }
    errno = before;
}
