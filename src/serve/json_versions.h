/* SPDX-License-Identifier: MIT
 *
 * POST /_visage/versions: which version many pictures have, so that pages can poll for all of them
 * at once, and caches can be told. Of pictures from elsewhere it is what is in the cache: nothing is
 * fetched for the answer, but what has expired, or is not known, the keeper fetches behind it.
 */
#ifndef VISAGE_SERVE_JSON_VERSIONS_H
#define VISAGE_SERVE_JSON_VERSIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "serve/reply.h"

struct versions_visit {
    bool trusted;       /* has the token; else signed sources are not for him, nor signatures, and
                           what the keeper is to do for him is counted as misses are */
    const char *fields; /* header lines for all answers, or "" */
    int64_t now_ms;
};

/* Answers the request, which is a POST. Returns 0, -ENOMEM, or, with nothing answered, -EACCES: the
 * source is only for who is trusted. */
int json_versions(struct server *server, const struct http_request *request, struct reply *reply,
                  const struct versions_visit *visit);

#endif
