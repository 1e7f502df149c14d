/* SPDX-License-Identifier: MIT
 *
 * The parts of `visage warm`: lines come in, children make pictures of them, a
 * parent hands out and keeps count. Private to src/ctl/.
 */
#ifndef VISAGE_CTL_WARM_H
#define VISAGE_CTL_WARM_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buffer.h"
#include "base/cause.h"
#include "base/config.h"
#include "ctl/progress.h"

#define WARM_JOBS_MAX 64
#define WARM_LINE_MAX 16384 /* bytes; what is longer is no URL of ours */

/* ---- lines (warm_lines.c) ---- */

/* A line on its way. */
struct warm_item {
    char *text;
    uint64_t number;       /* of the line, from 1 */
    unsigned tries;        /* that were put off */
    unsigned deaths;       /* of children over it */
    int64_t not_before_ms; /* boot clock */
    struct warm_item *next;
};

struct warm_lines {
    int fd;
    bool ended;            /* nothing more can be read */
    bool skipping;         /* the rest of an overlong line */
    struct buffer bytes;   /* read and not taken yet, from `at` on */
    size_t at;
    uint64_t number;       /* lines taken so far, blank ones and comments included */
    uint64_t all;          /* pictures in the file; 0: it is a stream, and nobody knows */
};

/* Opens a file, "-" for standard input. Returns 0 or a negative errno. */
int warm_lines_open(struct warm_lines *lines, const char *path);
void warm_lines_close(struct warm_lines *lines);

/* Takes the next line that names a picture. *out is NULL if more has to be read first, or all were
 * taken. Returns 0 or -ENOMEM. */
int warm_lines_next(struct warm_lines *lines, struct warm_item **out);

/* Reads once, which may wait. Returns 0 or a negative errno. */
int warm_lines_read(struct warm_lines *lines);

/* Whether all were taken. */
bool warm_lines_over(const struct warm_lines *lines);

void warm_item_free(struct warm_item *item);

/* ---- a child (warm_child.c) ---- */

struct warm_settings {
    const struct config *config;
    const char *accept; /* of URLs without an extension */
    int64_t since_ms;   /* wall clock: what was not fetched after it is made anew; 0: as it is */
};

enum warm_answer {
    WARM_READY,     /* the first word: it wants lines */
    WARM_UNFIT,     /* or it cannot work: `error` */
    WARM_FRESH,     /* nothing to do */
    WARM_MADE,
    WARM_HELD,      /* somebody else is making it */
    WARM_FAILED,
    WARM_MALFORMED, /* no picture's URL */
};

/* What it sends for each line. */
struct warm_report {
    enum warm_answer answer;
    enum cause cause;
    int source;        /* its place in the configuration; -1: none */
    int64_t retry_ms;  /* when another try makes sense; 0: unknown */
    char error[CONFIG_ERROR_MAX];
};

/* Opens the cache, and works off what comes over the socket, a line a message, until its end. */
_Noreturn void warm_child(const struct warm_settings *settings, int fd);

/* ---- the parent (warm_pool.c) ---- */

struct warm_child_process {
    pid_t pid; /* 0: none */
    int fd;
    bool ready;
    bool unfit;             /* it said so itself, and leaves */
    struct warm_item *item; /* at hand */
};

struct warm {
    struct warm_settings settings;
    unsigned jobs;
    struct warm_lines lines;
    struct progress progress;
    struct warm_child_process children[WARM_JOBS_MAX];
    struct warm_item *put_off; /* waiting for their time */
    unsigned put_off_count;
    unsigned early_deaths;     /* in a row, of children that never were ready */
    bool told_unfit;           /* why a child could not work, once for all of them */
    bool giving_up;            /* on starting others */
    bool *given_up;            /* by source: its origin did not come back while we waited */
    uint64_t made, fresh, failed;
};

/* Works off all lines, or until an interrupt. Returns 0 or a negative errno. */
int warm_run(struct warm *w);

#endif
