/* SPDX-License-Identifier: MIT
 *
 * JSON that the site's own applications post.
 */
#ifndef VISAGE_SERVE_JSON_BODY_H
#define VISAGE_SERVE_JSON_BODY_H

#include "serve/reply.h"

/* Why a document was not taken. */
struct json_refusal {
    int status;         /* 0: it was */
    const char *detail;
    const char *fields; /* header lines that belong to it; NULL: none */
};

#define JSON_BODY_TYPE_MAX 128 /* bytes of a media type, NUL included */

/* Reads the body of a request that says it is JSON, at most `max` bytes, and appends it to *out,
 * which is the caller's to free in all cases. Whether it is JSON is for those to find out who read
 * it. Returns 0 with *refusal, or -ENOMEM. */
int json_body_read(const struct http_request *request, size_t max, struct buffer *out,
                   struct json_refusal *refusal);

/* Answers with that, and with the header lines `fields`. Returns 0 or -ENOMEM. */
int json_body_refuse(const struct json_refusal *refusal, struct server *server,
                     const struct http_request *request, struct reply *reply, const char *fields);

/* The media type of a body that was taken, for one that is made of it: application/json, or
 * application/ and what is written in it. */
const char *json_body_type(const struct http_request *request, char out[JSON_BODY_TYPE_MAX]);

#endif
