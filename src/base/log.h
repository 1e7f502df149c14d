/* SPDX-License-Identifier: MIT
 *
 * One line per event, `visage[PID] level=warn event=fetch-failed key=value ...`,
 * to stderr, which every web server and supervisor collects, to a file, or to
 * syslog. Control bytes are replaced, so that a line is always one line whatever
 * a value contains.
 */
#ifndef VISAGE_BASE_LOG_H
#define VISAGE_BASE_LOG_H

#include <stdbool.h>

enum log_level { LOG_LEVEL_ERROR = 0, LOG_LEVEL_WARN = 1, LOG_LEVEL_INFO = 2, LOG_LEVEL_DEBUG = 3 };

enum log_target { LOG_TO_STDERR, LOG_TO_SYSLOG, LOG_TO_FILE };

/* Where lines go from now on; stderr at the start. `file` is an absolute path for LOG_TO_FILE,
 * else NULL; it is created 0640, appended to with one write(2) a line (so that all workers can
 * share it, and each line begins with the time), and opened anew when it has been renamed or
 * removed, so that log rotation needs no signal. Returns 0, or a negative errno, and the target
 * is then what it was. */
int log_open(enum log_target target, const char *file);

/* Closes what log_open() opened; lines go to stderr again. */
void log_close(void);

/* Lines below this level are dropped. The default is LOG_LEVEL_INFO. */
void log_set_level(enum log_level level);

/* So that callers can skip work whose only purpose is a line nobody reads. */
bool log_enabled(enum log_level level);

/* Writes one line with a single write(2); never fails the caller. `event` is a
 * stable token; the rest is printf to `key=value` pairs. Bytes below 0x20 and
 * 0x7f become '?'. Lines are cut at 1,000 bytes. */
void log_line(enum log_level level, const char *event, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#define log_error(...) log_line(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warn(...) log_line(LOG_LEVEL_WARN, __VA_ARGS__)
#define log_info(...) log_line(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...) log_line(LOG_LEVEL_DEBUG, __VA_ARGS__)

#endif
