/* SPDX-License-Identifier: MIT */
#include "serve/serve.h"

#include "base/clock.h"
#include "serve/miss.h"
#include "serve/variant.h"

static int serve_picture(struct server *server, const struct http_request *request,
                         const struct picture_request *picture, struct reply *reply)
{
    struct job job = {.server = server,
                      .http = request,
                      .picture = picture,
                      .reply = reply,
                      .now_ms = clock_wall_ms()};
    struct variant variant;
    enum variant_state state = variant_look_up(&job, &variant);

    if (state == VARIANT_FRESH && variant_reply(&job, &variant, WAY_HIT) == 0) {
        cache_count(server->cache, COUNT_HITS, 1);
        return 0;
    }
    job.deadline_ms = clock_boot_ms() + server->config->fetch.timeout_ms +
                      server->config->render.timeout_ms;
    return miss_serve(&job, state == VARIANT_STALE ? &variant : NULL);
}

int serve_request(struct server *server, const struct http_request *request, struct reply *reply)
{
    struct picture_request picture;
    enum cause cause;
    int rc;

    cache_count(server->cache, COUNT_REQUESTS, 1);
    cache_state(server->cache, WORKER_SERVING);
    cause = route(server->router, request, &picture);
    if (cause == CAUSE_NONE)
        rc = serve_picture(server, request, &picture, reply);
    else
        rc = reply_error(reply, server, request, cause,
                         route_negotiates(server->router, request), 0);
    if (rc)
        rc = reply_error(reply, server, request, CAUSE_INTERNAL, false, 0);
    cache_state(server->cache, WORKER_IDLE);
    return rc;
}
