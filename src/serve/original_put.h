/* SPDX-License-Identifier: MIT
 *
 * What this machine has put into a bucket is an original that nobody need fetch.
 */
#ifndef VISAGE_SERVE_ORIGINAL_PUT_H
#define VISAGE_SERVE_ORIGINAL_PUT_H

#include "origin/fetch.h"
#include "serve/job.h"
#include "store/store.h"

/* All that was made of the subject's earlier picture goes, and where somebody has uploaded this one the
 * bytes of `fd` take its place in the cache, under the entity tag that the store gave them. `since` is
 * cache_generation() from before they were put. Where that cannot be, which is no failure, or where
 * somebody else has changed it meanwhile, who asks next fetches what there is. */
void original_put(struct job *job, const char *subject, int fd, const struct store_picture *picture,
                  const char *etag, uint64_t since);

#endif
