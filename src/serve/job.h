/* SPDX-License-Identifier: MIT
 *
 * One request on its way through the pipeline. Private to serve/.
 */
#ifndef VISAGE_SERVE_JOB_H
#define VISAGE_SERVE_JOB_H

#include <stdint.h>

#include "route/request.h"
#include "serve/reply.h"
#include "serve/server.h"

struct job {
    struct server *server;
    const struct http_request *http;
    const struct picture_request *picture;
    struct reply *reply;
    int64_t now_ms;      /* wall clock, when the request came */
    int64_t deadline_ms; /* boot clock: nobody waits longer for another worker */
};

#endif
