/* SPDX-License-Identifier: MIT
 *
 * Pictures that people have uploaded: an original that lies next door. Which one is
 * current is asked for each answer, so that no copy drawn from an old one is ever given,
 * whatever was interrupted between its commit and the purge of what it replaces.
 */
#ifndef VISAGE_SERVE_STORED_H
#define VISAGE_SERVE_STORED_H

#include "serve/original.h"
#include "store/store.h"

/* Like original_get() for a source of type store; `subject` is the picture's. Nothing is remembered
 * of a failure: asking again is cheap. */
enum cause stored_original(struct job *job, const char *subject, struct original *out);

/* Whether an upload's bytes are those that were acknowledged: to be asked before they are drawn.
 * What was drawn before needs none of it. Says so in the log if not. CAUSE_NONE for sources of
 * other types. */
enum cause stored_check(const struct job *job, const struct original *original);

/* What is current: of a bucket, what it is known to have. Returns 0, -ENOENT, or -EIO (it cannot be
 * asked). */
int stored_find(struct job *job, const char *subject, struct store_picture *out);

/* The same, and how large it is in pixels, which a bucket does not know: it is decoded for that. */
int stored_measure(struct job *job, const char *subject, struct store_picture *out);

/* What is there in this moment, for a change that depends on it: a bucket is asked, however fresh
 * what is kept of it. With the entity tag that it has there; "" if none, or it is on this machine. */
int stored_look(struct job *job, const char *subject, struct store_picture *out,
                char etag[FETCH_ETAG_MAX]);

/* Whether the variant was drawn from what is current. True for sources of other types, and while
 * the store cannot be opened: what is kept is shown then. */
bool stored_is_current(const struct job *job, const struct entry *variant);

#endif
