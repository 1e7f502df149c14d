/* SPDX-License-Identifier: MIT
 *
 * Whose turn it is to do a piece of work: ours, or another worker's whose result
 * is waited for.
 */
#ifndef VISAGE_SERVE_TURN_H
#define VISAGE_SERVE_TURN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/digest.h"
#include "serve/job.h"

enum turn {
    TURN_OURS,  /* do it, then turn_end() */
    TURN_ALONE, /* no lease can be had (cache trouble): do it, there is nothing to release */
    TURN_DONE,  /* another worker has done it, or failed, and that is on record */
    TURN_LATE,  /* the deadline has passed */
    TURN_GONE,  /* the client has gone meanwhile */
};

/* Whether the work has been done by now. */
typedef bool turn_done(void *context);

/* Takes the key's lease for `duration_ms`, or waits until `done` says so, looking again when the
 * holder ends its turn and every few milliseconds until the job's deadline. A holder that dies is
 * replaced at once. After TURN_OURS `done` has been asked once more under the lease. */
enum turn turn_take(struct job *job, const struct digest *key, int64_t duration_ms,
                    turn_done *done, void *context);

/* Gives back the lease that was taken last, and wakes who waits for it. */
void turn_end(struct job *job);

#endif
