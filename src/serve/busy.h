/* SPDX-License-Identifier: MIT
 *
 * Keeping some workers for what is cached: past busy_limit a miss or an upload is turned
 * away rather than taking one of the last.
 */
#ifndef VISAGE_SERVE_BUSY_H
#define VISAGE_SERVE_BUSY_H

#include <stdbool.h>

#include "serve/job.h"

/* How many of so many living workers may fetch or wait at one time. */
unsigned busy_limit(const struct config *config, unsigned alive);

/* Whether the miss may go on; it then counts as busy, or it has joined. Past the limit it may join
 * a download that has just begun (one cold picture that many ask for costs one fetch's time): it
 * then waits as long as that is young, and for the drawing as long as anybody. Else it waits for a
 * short moment while the busy ones make progress (a page of cold pictures from a healthy origin);
 * it is turned away at once where one of them has been stuck for longer, or its origin has failed
 * just now. `key` is the variant's. */
bool busy_admits(struct job *job, const struct digest *key);

/* The same for an upload or a deletion, which nobody else can do in its place. To be asked before the
 * body is read: a slow client, a large picture or a bucket that hangs takes a worker as an origin
 * does. */
bool busy_admits_change(struct job *job);

/* Whether the job may fetch: one that has joined only if there is a place by now, which it takes. */
bool busy_may_fetch(struct job *job);

#endif
