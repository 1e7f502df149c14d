/* SPDX-License-Identifier: MIT
 *
 * /_visage/: status, metrics and health for configured addresses or with the
 * token, purge and the JSON for applications with the token as a bearer token. Where neither is
 * configured nothing of it exists, versions apart, which may be open to all.
 */
#ifndef VISAGE_SERVE_ADMIN_H
#define VISAGE_SERVE_ADMIN_H

#include <stdbool.h>
#include <stdint.h>

#include "http/message.h"
#include "serve/reply.h"
#include "serve/server.h"

/* True if the request is for /_visage/ below the prefix: then the reply is filled, and *rc is 0 or
 * -ENOMEM. */
bool admin_serve(struct server *server, const struct http_request *request, struct reply *reply,
                 int64_t now_ms, int *rc);

#endif
