/* SPDX-License-Identifier: MIT
 *
 * POST /_visage/rewrite: an application's JSON with the URLs of pictures replaced by those that
 * they have here, as the section rewrite says. The keeper is told of the pictures, so that they are
 * there when a page asks.
 */
#ifndef VISAGE_SERVE_JSON_REWRITE_H
#define VISAGE_SERVE_JSON_REWRITE_H

#include <stdint.h>

#include "serve/reply.h"

/* Answers the request, which is a POST of who may have URLs signed, where the section rewrite is
 * configured. Returns 0 or -ENOMEM. */
int json_rewrite(struct server *server, const struct http_request *request, struct reply *reply,
                 int64_t now_ms);

#endif
