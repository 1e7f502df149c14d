/* SPDX-License-Identifier: MIT
 *
 * Comma-separated values (RFC 4180, and COPY ... WITH (FORMAT csv) of PostgreSQL) as they come: fields
 * of any length pass through in pieces, and nothing is kept of them here. A byte order mark at the
 * beginning is none of theirs.
 */
#ifndef VISAGE_CTL_CSV_H
#define VISAGE_CTL_CSV_H

#include <stddef.h>
#include <stdint.h>

enum csv_trouble {
    CSV_FINE,
    CSV_QUOTE,     /* a quote inside a field that is not quoted, or something behind a closing one */
    CSV_UNFINISHED /* the text ends inside quotes */
};

struct csv_events {
    /* Some bytes of the row's field; any number of times, never none. */
    void (*data)(void *context, unsigned field, const char *bytes, size_t length);
    /* The row has ended, with so many fields. Blank lines are no rows. */
    void (*row)(void *context, unsigned fields, enum csv_trouble trouble);
};

struct csv {
    const struct csv_events *events;
    void *context;
    enum { CSV_START, CSV_PLAIN, CSV_QUOTED, CSV_CLOSED } state; /* of the field */
    unsigned field;
    uint32_t quoted; /* bit n: the row's field n stands in quotes; of the first 32 */
    enum csv_trouble trouble;
    int row_begun;  /* there is something on the row */
    int after_cr;   /* a line feed now belongs to the row's end */
    unsigned mark;  /* bytes of a byte order mark so far; when it is over, its length + 1 */
    uint64_t offset; /* bytes so far, what an event is about not counted */
};

void csv_begin(struct csv *csv, const struct csv_events *events, void *context);
void csv_feed(struct csv *csv, const char *bytes, size_t length);

/* Ends the last row, if it has no line end. */
void csv_finish(struct csv *csv);

#endif
