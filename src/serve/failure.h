/* SPDX-License-Identifier: MIT
 *
 * Remembered failures: a short negative entry beside the thing that failed, so
 * that everybody who waits for it, and who asks again soon, gets the answer
 * without another try. A failure has an entry of its own and never displaces a
 * picture, which may still be good enough to stand in.
 */
#ifndef VISAGE_SERVE_FAILURE_H
#define VISAGE_SERVE_FAILURE_H

#include <stdint.h>

#include "base/cause.h"
#include "cache/cache.h"
#include "serve/job.h"

/* The failure remembered for a canonical text, or CAUSE_NONE. *left_ms (may be NULL) is how
 * long it will be. With 0 for `now_ms` it may be over, if the record is still there. */
enum cause failure_recall(struct cache *cache, const char *text, int64_t now_ms,
                          int64_t *left_ms);

/* The same for what the job asks for: the variant of this text, else its subject. */
enum cause failure_recall_either(const struct job *job, const char *variant, int64_t *left_ms);

/* The HTTP status that the origin gave with the failure that is remembered for the job's subject; 0 if
 * it gave none, or nothing is remembered. */
int failure_origin_status(const struct job *job);

/* Remembers a failure for about as long as its cause says (a tenth more or less, so that pictures
 * that failed together are not all tried again together), or `at_least_ms` if that is longer.
 * `generation` is cache_generation() from before the origin was asked, `status` what it answered with,
 * 0 for nothing. Causes that are not to be remembered are not. Trouble with the cache is only
 * logged. */
void failure_remember(struct cache *cache, const char *text, enum cause cause, int64_t now_ms,
                      int64_t at_least_ms, uint64_t generation, long status);

/* The same for so long, whatever the cause is remembered for. */
void failure_remember_for(struct cache *cache, const char *text, enum cause cause, int64_t now_ms,
                          int64_t for_ms, uint64_t generation, long status);

/* A renderer died over these bytes, or had to be killed. */
void failure_count_death(struct cache *cache, const struct digest *original, enum cause cause,
                         int64_t now_ms);

/* The cause of the last death if renderers died over these bytes several times within an hour:
 * they are not tried again before it is over. CAUSE_NONE otherwise. */
enum cause failure_quarantine(struct cache *cache, const struct digest *original, int64_t now_ms);

#endif
