/* SPDX-License-Identifier: MIT
 *
 * Pictures that may be found in several sources: each is asked in order until one has it, and what
 * the URL or the configuration says for who has none is the end of it.
 */
#ifndef VISAGE_SERVE_CHAIN_H
#define VISAGE_SERVE_CHAIN_H

#include "serve/job.h"

/* Answers a request of DIALECT_GRAVATAR. Returns 0 or -ENOMEM. */
int chain_serve(struct server *server, const struct http_request *request,
                const struct picture_request *picture, struct reply *reply, int64_t now_ms);

#endif
