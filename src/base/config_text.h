/* SPDX-License-Identifier: MIT
 *
 * The configuration file as text, made safe for libconfuse's scanner. Private
 * to src/base/config*.c.
 */
#ifndef VISAGE_BASE_CONFIG_TEXT_H
#define VISAGE_BASE_CONFIG_TEXT_H

#include <stddef.h>

#include "base/config.h"

#define CONFIG_FILE_MAX (1024u * 1024u)

/* Lines on which a section opens and closes. */
struct config_span {
    int open;
    int close;
};

struct config_text {
    const char *path;         /* borrowed */
    char *text;               /* NUL-terminated; comments are blanks, lines are as in the file */
    struct config_span *spans; /* in the order of the file */
    size_t span_count;
};

/* Reads and scans the file. Returns 0, or a negative errno with `error` filled
 * and *out empty. Free with config_text_free(). */
int config_text_read(const char *path, struct config_text *out, char error[CONFIG_ERROR_MAX]);

void config_text_free(struct config_text *text);

/* Where the section opens that closes on this line; `close` itself if none does. */
int config_text_opening(const struct config_text *text, int close);

/* Writes "path:line: message". Returns -EINVAL. */
int config_fail(const char *path, int line, char error[CONFIG_ERROR_MAX], const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
