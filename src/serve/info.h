/* SPDX-License-Identifier: MIT
 *
 * What is known of a picture, as JSON: GET .../info.
 */
#ifndef VISAGE_SERVE_INFO_H
#define VISAGE_SERVE_INFO_H

#include "serve/summary.h"

/* Answers with a summary that is in the cache. Returns 0, -ENOENT if its blob turned out to be missing
 * or damaged, or another negative errno. */
int info_reply(const struct job *job, const struct variant *variant, enum reply_way way);

/* Answers with the one that is in server->rendered, and that `e` describes. Returns 0 or a negative
 * errno. */
int info_reply_made(const struct job *job, const struct entry *e, enum reply_way way);

#endif
