/* SPDX-License-Identifier: MIT
 *
 * Answering what the cache does not have: fetch, render, store, reply, with one
 * worker at a time for each variant.
 */
#ifndef VISAGE_SERVE_MISS_H
#define VISAGE_SERVE_MISS_H

#include "serve/variant.h"

/* Fills the reply in all cases. `stale` is the expired variant if there is one, else NULL.
 * Returns 0 or -ENOMEM. */
int miss_serve(struct job *job, const struct variant *stale);

#endif
