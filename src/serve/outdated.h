/* SPDX-License-Identifier: MIT
 *
 * What the cache still has of uploads that have been replaced or deleted. A purge takes that away; but the
 * index of the cache is not synced, and with the power the purge may be lost and what it removed be back,
 * where the store, which is synced, remembers nothing of it. Nobody is shown such a thing, but it lies on the
 * disk. So all entries are compared with the store once after a restart of the machine.
 */
#ifndef VISAGE_SERVE_OUTDATED_H
#define VISAGE_SERVE_OUTDATED_H

#include "cache/cache.h"
#include "store/store.h"

/* Whether that is still to be done since the machine was started. */
bool outdated_is_due(struct cache *cache);

/* A step of some milliseconds: looks at some hundred entries from *from on (zero: the start), moves
 * it, and removes what is of no current upload on this machine. *done at the end, which is noted.
 * Returns how many were removed, or a negative errno. */
int outdated_remove(const struct config *config, struct cache *cache, struct store *store,
                    struct digest *from, bool *done);

#endif
