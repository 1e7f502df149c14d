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

/* For the keeper: refreshes the picture unless that has been done, or somebody is at it. Returns
 * CAUSE_NONE or the failure. */
enum cause refresh_now(struct server *server, const struct picture_request *picture);

#endif
