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
#include "route/request.h"
#include "serve/server.h"

struct reply {
    int status;
    const struct picture_request *picture; /* what the request means, borrowed while it is answered;
                                              NULL while unknown. Only its dialect counts if it was
                                              refused. */
    int origin_status;   /* what the origin answered with instead of a picture; 0: nothing */
    char key[13];        /* first digits of the picture's key, for the log; "" without one */
    bool is_picture;     /* asked for a picture: its latency is counted */
    bool is_hit;
    int64_t max_age_s;   /* what a picture's Cache-Control says in place of what is configured;
                            0: nothing */
    const char *cache_control; /* a picture's, as it stands here, in place of all that; NULL: that */
    struct buffer head;  /* "Status: 200 OK\r\n" ... "\r\n"; kept between requests */
    size_t text_length;  /* of an error's line of text, which stands behind that in head */
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
    WAY_REVALIDATED, /* the origin was asked and said 304 */
    WAY_REFRESHING, /* expired, and being refreshed behind this answer */
    WAY_STALE,     /* expired, because the origin fails */
    WAY_UNCACHED,  /* could not be stored */
    WAY_UNSTORABLE, /* the origin forbids to store it */
};

/* Bytes of the body that goes out with the reply. */
uint64_t reply_body_length(const struct reply *reply);

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

/* Answers 304 about a picture that is content-addressed, with this tag. Returns 0 or -ENOMEM. */
int reply_unmodified(struct reply *reply, struct server *server, const char *etag);

/* Answers with a picture in place of the one that was asked for, under the cause's status and short-
 * lived. A Visage-Fallback field says what it is; no validators, no ranges. `bytes` or `fd` (taken
 * over) as above. Returns 0 or -ENOMEM. */
int reply_fallback(struct reply *reply, struct server *server, const struct http_request *request,
                   const struct entry *e, enum fallback_kind kind, enum cause cause,
                   bool negotiated, const void *bytes, int fd, int64_t retry_ms);

/* Answers that the picture is elsewhere; others may keep that for so many seconds. `location` is
 * sound. Returns 0 or -ENOMEM. */
int reply_redirect(struct reply *reply, struct server *server, const char *location,
                   int64_t max_age_s, bool negotiated);

/* Answers with a document of our own (/_visage/): `body` is borrowed until the next request.
 * `fields` are further header lines, each with its CRLF, or "". Returns 0 or -ENOMEM. */
int reply_document(struct reply *reply, const struct http_request *request, int status,
                   const char *media_type, const char *fields, const struct buffer *body);

/* Answers with JSON about a picture, for whoever may see the picture. `validators` are ETag and
 * Last-Modified as above, `cache_control` NULL for what may be different the next moment. Returns 0 or
 * -ENOMEM. */
int reply_facts(struct reply *reply, struct server *server, const struct http_request *request,
                const char *cache_control, const char *validators, const struct buffer *body);

/* Answers a program that asked for such a document with an error: RFC 9457's JSON. `fields` as
 * above; `detail` is one sentence, and nothing that anybody sent. Returns 0 or -ENOMEM. */
int reply_refusal(struct reply *reply, struct server *server, const struct http_request *request,
                  int status, const char *fields, const char *detail);

/* Answers with what is known of the original that entry `e` was made from, fresh for as long as that:
 * 200 or 304. `etag` with its quotes; `body` is JSON, borrowed until the next request. Returns 0 or
 * -ENOMEM. */
int reply_info(struct reply *reply, struct server *server, const struct http_request *request,
               const struct entry *e, enum reply_way way, const char *etag,
               const struct buffer *body, int64_t now_ms);

/* Answers with an error: its status, one line of text, or RFC 9457's JSON to who has asked for a
 * document about a picture; nothing that anybody sent.
 * `retry_ms` > 0 says when to try again, for 429 and 503. Returns 0 or -ENOMEM. */
int reply_error(struct reply *reply, struct server *server, const struct http_request *request,
                enum cause cause, bool negotiated, int64_t retry_ms);

#endif
