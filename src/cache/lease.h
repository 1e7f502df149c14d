/* SPDX-License-Identifier: MIT
 *
 * Who is fetching or rendering a key, so that everybody else waits for the
 * result instead of doing it again. A lease belongs to a slot and its incarnation;
 * it is void as soon as the slot's lock byte is free (its holder died), the slot
 * has a new holder, or its deadline has passed. No pid is trusted.
 *
 * Table of run.mdb (format 1), worthless after a restart of the machine:
 *   leases    key -> u32 slot, u32 zero, u64 incarnation, i64 deadline, i64 taken
 *                    (ms since boot)
 */
#ifndef VISAGE_CACHE_LEASE_H
#define VISAGE_CACHE_LEASE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/digest.h"

struct cache;

enum lease {
    LEASE_TAKEN = 0, /* ours: do the work, then lease_release() */
    LEASE_HELD = 1,  /* somebody alive has it */
};

/* Takes the key's lease for at most `duration_ms` if nobody alive holds it. Returns
 * LEASE_TAKEN, LEASE_HELD or a negative errno. */
int lease_acquire(struct cache *cache, const struct digest *key, int64_t duration_ms);

/* Gives the lease back if it still is ours. Returns 0 or a negative errno. */
int lease_release(struct cache *cache, const struct digest *key);

/* LEASE_HELD if somebody alive has it, and *age_ms (may be NULL) for how long, LEASE_TAKEN if it is
 * there for the taking, or a negative errno. Reads only: for those who wait. */
int lease_look(struct cache *cache, const struct digest *key, int64_t *age_ms);

/* Whether somebody alive has it who is fetching or waiting himself. */
bool lease_holder_is_busy(struct cache *cache, const struct digest *key);

#endif
