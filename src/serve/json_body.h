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
};

/* Reads the body of a request that says it is JSON, at most `max` bytes, and appends it to *out,
 * which is the caller's to free in all cases. Whether it is JSON is for those to find out who read
 * it. Returns 0 with *refusal, or -ENOMEM. */
int json_body_read(const struct http_request *request, size_t max, struct buffer *out,
                   struct json_refusal *refusal);

#endif
