/* SPDX-License-Identifier: MIT
 *
 * What a client's requests cost it, where a rate is limited.
 */
#ifndef VISAGE_SERVE_ADMIT_H
#define VISAGE_SERVE_ADMIT_H

#include <stdbool.h>

#include "serve/reply.h"
#include "serve/server.h"

/* Each takes tokens from the client's bucket and returns true if it may go on; else it has been
 * answered with 429, and *rc is that reply's result. */
bool admit_request(struct server *server, const struct http_request *request, struct reply *reply,
                   int *rc);

/* What a miss costs beyond that; `negotiated` is for the answer's Vary. */
bool admit_miss(struct server *server, const struct http_request *request, struct reply *reply,
                bool negotiated, int *rc);

/* The same for what a request has done behind its answer, which it gets in any case: false where it
 * cannot pay for that. */
bool admit_work(struct server *server, const struct http_request *request);

#endif
