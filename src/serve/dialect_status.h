/* SPDX-License-Identifier: MIT
 *
 * What a failure is called in the dialect that asked: clients of a protocol know
 * its own statuses, and some read its texts.
 */
#ifndef VISAGE_SERVE_DIALECT_STATUS_H
#define VISAGE_SERVE_DIALECT_STATUS_H

#include "base/cause.h"
#include "route/request.h"

struct cause_answer {
    int status;
    const char *text; /* one line, no newline; echoes nothing */
};

/* What base/cause.h says, unless the dialect has a row of its own. */
struct cause_answer dialect_answer(enum dialect_name dialect, enum cause cause);

/* Whether the dialect passes on the 4xx that the origin answered with, if it gave one. */
bool dialect_tells_origin_status(enum dialect_name dialect, enum cause cause);

#endif
