/* SPDX-License-Identifier: MIT
 *
 * What front ends ask of their own URLs (sections `rest`): uploads, deletions, and what is
 * there.
 */
#ifndef VISAGE_SERVE_REST_H
#define VISAGE_SERVE_REST_H

#include <stdbool.h>

#include "serve/reply.h"
#include "serve/server.h"

/* Answers a request of DIALECT_REST, and returns true with *rc as the reply's result; or false where a
 * picture is to be shown, with *picture and *reply saying which and how. */
bool rest_serve(struct server *server, const struct http_request *request,
                struct picture_request *picture, struct reply *reply, int64_t now_ms, int *rc);

#endif
