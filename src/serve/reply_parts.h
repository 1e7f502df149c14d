/* SPDX-License-Identifier: MIT
 *
 * What answers of all kinds are put together from. Private to reply*.c.
 */
#ifndef VISAGE_SERVE_REPLY_PARTS_H
#define VISAGE_SERVE_REPLY_PARTS_H

#include "serve/dialect_status.h"
#include "serve/reply.h"

/* "Not Found". */
const char *reply_phrase(int status);

/* All of these return 0 or -ENOMEM. */
int reply_put_status(struct reply *reply, int status);
int reply_put_cache_control(struct reply *reply, const struct server *server, const struct entry *e,
                            enum reply_way way, int64_t now_ms);
int reply_put_cache_status(struct buffer *out, const struct entry *e, enum reply_way way,
                           int64_t now_ms);

/* Ends a head with the JSON in server->page as its body. */
int reply_json(struct reply *reply, const struct server *server,
               const struct http_request *request);

/* What every answer about a picture has: who may read it, and that browsers take it for nothing else. */
int reply_put_picture_head(struct reply *reply, const struct server *server,
                           const struct http_request *request);

/* "GET, HEAD, PUT": what may be done at the URL. */
int reply_put_methods(struct buffer *out, const struct reply *reply);

/* The length of all of the entry's picture; for a HEAD without its body. */
int reply_put_length(struct reply *reply, const struct http_request *request,
                     const struct entry *e);

/* Ends an error's head, and gives it a body for programs. */
int reply_problem(struct reply *reply, struct server *server, const struct http_request *request,
                  const struct cause_answer *answer);

#endif
