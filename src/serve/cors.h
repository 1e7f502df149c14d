/* SPDX-License-Identifier: MIT
 *
 * What pages of other origins may do below the URLs of uploads, and read of the answers (Fetch
 * standard, "CORS protocol"): those that the source lists, with the visitor's cookies; where a grant
 * or a key says who writes, any, without them.
 */
#ifndef VISAGE_SERVE_CORS_H
#define VISAGE_SERVE_CORS_H

#include <stdbool.h>

#include "serve/reply.h"

/* Whether the source lists the origin: its pages write with the visitor's cookies. */
bool cors_lists(const struct config_source *source, const char *origin);

/* Answers a page that asks first. True with *rc as the reply's result; false where that is no such
 * question, or not from a page that may do anything. */
bool cors_preflight(struct reply *reply, const struct http_request *request, int *rc);

/* Adds the header lines of an answer for the page that has asked; false where it gets none, and
 * whatever is configured for all is right. *rc is 0 or -ENOMEM. */
bool cors_put(struct reply *reply, const struct http_request *request, int *rc);

#endif
