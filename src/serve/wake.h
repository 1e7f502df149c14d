/* SPDX-License-Identifier: MIT
 *
 * Starting the keeper when there is work for it and none is alive.
 */
#ifndef VISAGE_SERVE_WAKE_H
#define VISAGE_SERVE_WAKE_H

#include "cache/cache.h"

/* Sees to it that a keeper is at work, or soon is; where one has just been started and is not to be
 * seen, it is looked for again with the next request (cache_wants_keeper()). In a keeper: that another
 * one helps. Returns 0, or a negative errno if it cannot be started: what was meant for it has to be
 * done now, or not at all. */
int keeper_wake(const struct config *config, struct cache *cache);

#endif
