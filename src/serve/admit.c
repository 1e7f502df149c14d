/* SPDX-License-Identifier: MIT */
#include "serve/admit.h"

/* What a miss costs beyond the token that every request costs; no bucket holds more than burst. */
static uint32_t miss_surcharge(const struct config *config)
{
    uint32_t cost = config->limit.miss_cost, burst = config->limit.burst;

    return (cost < burst ? cost : burst) - 1;
}

/* Before it is known what the request means; a front end still wants to hear it in its own words. */
static int refuse(struct server *server, const struct http_request *request, struct reply *reply,
                  bool negotiated, int64_t wait_ms)
{
    struct picture_request picture;
    int rc;

    if (reply->picture || server->config->rest_count == 0)
        return reply_error(reply, server, request, CAUSE_RATE_LIMITED, negotiated, wait_ms);
    route(server->router, request, &picture);
    if (picture.rest)
        reply->picture = &picture;
    rc = reply_error(reply, server, request, CAUSE_RATE_LIMITED, negotiated, wait_ms);
    reply->picture = NULL;
    return rc;
}

/* Takes tokens from the client's bucket. 0, or the milliseconds after which it will do. */
static int64_t try_tokens(struct server *server, const struct http_request *request,
                          uint32_t tokens)
{
    unsigned char address[16];

    if (server->config->limit.rate == 0 || tokens == 0 || !request->remote_address ||
        network_address_from_text(request->remote_address, address) != 0)
        return 0;
    return cache_limit(server->cache, address, tokens);
}

/* The same. True if the client may go on; else it has been answered. `paid` tokens it has given
 * before, and will have to give again next time. */
static bool take_tokens(struct server *server, const struct http_request *request,
                        struct reply *reply, uint32_t tokens, uint32_t paid, bool negotiated,
                        int *rc)
{
    uint32_t rate = server->config->limit.rate;
    int64_t wait_ms = try_tokens(server, request, tokens);

    if (wait_ms == 0)
        return true;
    wait_ms += (INT64_C(1000) * paid + rate - 1) / rate;
    cache_count(server->cache, COUNT_RATE_LIMITED, 1);
    *rc = refuse(server, request, reply, negotiated, wait_ms);
    return false;
}

bool admit_request(struct server *server, const struct http_request *request, struct reply *reply,
                   int *rc)
{
    return take_tokens(server, request, reply, 1, 0, false, rc);
}

bool admit_miss(struct server *server, const struct http_request *request, struct reply *reply,
                bool negotiated, int *rc)
{
    return take_tokens(server, request, reply, miss_surcharge(server->config), 1, negotiated, rc);
}

bool admit_work(struct server *server, const struct http_request *request)
{
    return try_tokens(server, request, miss_surcharge(server->config)) == 0;
}
