/* SPDX-License-Identifier: MIT
 *
 * The one pipeline: from a request to its reply.
 */
#ifndef VISAGE_SERVE_SERVE_H
#define VISAGE_SERVE_SERVE_H

#include "http/message.h"
#include "serve/reply.h"
#include "serve/server.h"

/* Answers a request; there is always an answer. What the reply borrows is valid until the next
 * call with the same server. Returns 0, or -ENOMEM when not even an error could be written. */
int serve_request(struct server *server, const struct http_request *request,
                  struct reply *reply);

/* What that left to be done once the answer has gone out. */
void serve_afterwards(struct server *server);

#endif
