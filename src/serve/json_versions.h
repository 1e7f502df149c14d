/* SPDX-License-Identifier: MIT
 *
 * POST /_visage/versions: which version many pictures have, so that pages can poll for all of them
 * at once, and caches can be told. Nothing is fetched for it: of pictures from elsewhere it is what
 * is in the cache.
 */
#ifndef VISAGE_SERVE_JSON_VERSIONS_H
#define VISAGE_SERVE_JSON_VERSIONS_H

#include "serve/reply.h"

/* Answers the request, which is a POST of who may know. Returns 0 or -ENOMEM. */
int json_versions(struct server *server, const struct http_request *request, struct reply *reply);

#endif
