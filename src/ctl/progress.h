/* SPDX-License-Identifier: MIT
 *
 * How far a long command is, on stderr: a bar that is drawn again in place on a
 * terminal, else a line every five seconds.
 */
#ifndef VISAGE_CTL_PROGRESS_H
#define VISAGE_CTL_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#define PROGRESS_NOTE_MAX 96

enum progress_kind { PROGRESS_NONE, PROGRESS_LINES, PROGRESS_BAR };

struct progress {
    enum progress_kind kind;
    uint64_t done;
    uint64_t all;         /* 0: unknown */
    bool drawn;           /* a bar stands on the line */
    int64_t started_ms;   /* boot clock */
    int64_t shown_ms;
    int64_t sampled_ms;   /* for the rate */
    uint64_t sampled;
    double rate;          /* a second; 0: not known yet */
    char note[PROGRESS_NOTE_MAX]; /* "failed 3, skipped 12" */
};

/* A bar on a terminal or where it is `wanted`, else lines; nothing where it is to be `quiet`. */
enum progress_kind progress_choose(bool wanted, bool quiet);

void progress_begin(struct progress *p, enum progress_kind kind, uint64_t all);

/* Draws if it is time to. */
void progress_show(struct progress *p, uint64_t done);

/* The note for the next time it is drawn. */
void progress_note(struct progress *p, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* In how many milliseconds it wants to be drawn again; -1: never. */
int64_t progress_due_ms(const struct progress *p);

/* Takes the bar off the line, so that something else can be printed. */
void progress_clear(struct progress *p);

/* "12/40 30 %, 5.1/s, ETA 5 s, failed 1", for tests, too. */
void progress_line(const struct progress *p, char *out, uint64_t size);

#endif
