/* SPDX-License-Identifier: MIT
 *
 * An answer before it goes out: header lines and where the body is.
 */
#ifndef VISAGE_SERVE_REPLY_H
#define VISAGE_SERVE_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/cause.h"
#include "cache/entry.h"
#include "http/message.h"
#include "serve/server.h"

struct reply {
    int status;
    struct buffer head;  /* "Status: 200 OK\r\n" ... "\r\n"; kept between requests */
    const void *bytes;   /* body in memory, borrowed from the server; NULL if none */
    size_t length;       /* of what is sent of it */
    int fd;              /* or body in a file, owned by the reply; -1 if none */
    uint64_t offset;     /* where in the file to begin */
    uint64_t file_length;
};

/* How a picture came about, for Cache-Status (RFC 9211). */
enum reply_way {
    WAY_HIT,       /* fresh, from the cache */
    WAY_MISS,      /* fetched or rendered for this request */
    WAY_REFRESHED, /* the same, because what was there had expired */
    WAY_COLLAPSED, /* another worker did it while this request waited */
    WAY_STALE,     /* expired, because the origin fails */
    WAY_UNCACHED,  /* could not be stored */
};

/* Readies a reply for the next request; closes its descriptor. */
void reply_reset(struct reply *reply);

/* Frees the memory and closes the descriptor. */
void reply_free(struct reply *reply);

/* Answers with the picture of entry `e`: 200, 206, 304 or 416, by method and conditions.
 * The body is `bytes` (all of it, borrowed), or, if NULL, `fd`, which is taken over (-1: the
 * web server sends the file, see sendfile). Returns 0 or -ENOMEM. */
int reply_picture(struct reply *reply, struct server *server, const struct http_request *request,
                  const struct entry *e, enum reply_way way, bool negotiated, const void *bytes,
                  int fd, int64_t now_ms);

/* Answers with an error: its status, one line of text, nothing that anybody sent.
 * `retry_ms` > 0 says when to try again, for 503. Returns 0 or -ENOMEM. */
int reply_error(struct reply *reply, struct server *server, const struct http_request *request,
                enum cause cause, bool negotiated, int64_t retry_ms);

#endif
