/* SPDX-License-Identifier: MIT
 *
 * Stale while revalidate (RFC 5861 section 3): the worker answers with what it
 * has and leaves the refreshing to the keeper.
 */
#ifndef VISAGE_SERVE_REFRESH_H
#define VISAGE_SERVE_REFRESH_H

#include "serve/variant.h"

/* Answers with the expired variant if it still may be used, and has it refreshed. Returns 0, or
 * -EAGAIN if the job is to be served as a miss. */
int refresh_later(const struct job *job, const struct variant *stale);

enum refresh_outcome {
    REFRESH_FRESH,  /* there was nothing to do */
    REFRESH_HELD,   /* somebody else is at it */
    REFRESH_MADE,
    REFRESH_UNKEPT, /* made, but it cannot be kept: CAUSE_UNSTORABLE, or CAUSE_INTERNAL */
    REFRESH_FAILED
};

struct refreshed {
    enum refresh_outcome outcome;
    enum cause cause; /* REFRESH_FAILED and REFRESH_UNKEPT */
    int64_t retry_ms; /* when another try makes sense; 0: unknown */
};

/* For who has no client: sees to it that the picture is in the cache, and fresh. What was not
 * fetched after `since_ms` (wall clock) does not count; 0: what is fresh by its times does. */
void refresh_now(struct server *server, const struct picture_request *picture, int64_t since_ms,
                 struct refreshed *out);

/* The same for what workers have left in the queue: takes something out of it. Returns 0, also for
 * what cannot be asked for any more, -ENOENT when the queue is empty, or another negative errno. */
int refresh_queued(struct server *server, struct refreshed *out);

#endif
