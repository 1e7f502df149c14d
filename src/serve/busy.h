/* SPDX-License-Identifier: MIT
 *
 * Keeping some workers for what is cached: past busy_limit a miss is turned away
 * rather than taking one of the last.
 */
#ifndef VISAGE_SERVE_BUSY_H
#define VISAGE_SERVE_BUSY_H

#include <stdbool.h>

#include "serve/job.h"

/* How many of so many living workers may fetch or wait at one time. */
unsigned busy_limit(const struct config *config, unsigned alive);

enum busy {
    BUSY_ADMITTED, /* go on: the miss counts as busy from now on */
    BUSY_JOINED,   /* only wait for the download that is under way: not for long, and do nothing */
    BUSY_REFUSED
};

/* Whether the miss may go on. Past the limit it may join a download that has just begun (one cold
 * picture that many ask for costs one fetch's time), for as long as that is young: the job's deadline
 * is shortened. Else it waits for a short moment while the busy ones make progress (a page of cold
 * pictures from a healthy origin); it is turned away at once where one of them has been stuck for
 * longer, or its origin has failed just now. `key` is the variant's. */
enum busy busy_admits(struct job *job, const struct digest *key);

/* Whether one that has joined may do the work after all, because nobody else does any more. */
bool busy_admits_now(const struct job *job);

#endif
