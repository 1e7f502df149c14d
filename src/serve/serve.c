/* SPDX-License-Identifier: MIT */
#include "serve/serve.h"

#include "base/clock.h"
#include "route/sign.h"
#include "serve/admin.h"
#include "serve/admit.h"
#include "serve/bucket_care.h"
#include "serve/chain.h"
#include "serve/cors.h"
#include "serve/etag.h"
#include "serve/miss.h"
#include "serve/outdated.h"
#include "serve/publish.h"
#include "serve/refresh.h"
#include "serve/rest.h"
#include "serve/variant.h"
#include "serve/version.h"
#include "serve/wake.h"

static int serve_miss(struct job *job, const struct variant *stale)
{
    struct server *server = job->server;
    int rc = 0;

    cache_count(server->cache, COUNT_MISSES, 1);
    cache_source(server->cache, picture_source_place(server->config, job->picture));
    if (stale && refresh_later(job, stale) == 0) {
        cache_count(server->cache, COUNT_STALE, 1);
    } else if (admit_miss(server, job->http, job->reply, job->picture->negotiated, &rc)) {
        job->deadline_ms = clock_boot_ms() + server->config->fetch.timeout_ms +
                           server->config->render.timeout_ms;
        rc = miss_serve(job, stale);
    }
    cache_source(server->cache, -1);
    return rc;
}

static int serve_picture(struct server *server, const struct http_request *request,
                         const struct picture_request *picture, struct reply *reply,
                         int64_t now_ms)
{
    struct job job = {.server = server,
                      .http = request,
                      .picture = picture,
                      .reply = reply,
                      .now_ms = now_ms};
    struct variant variant;
    enum variant_state state;
    char etag[ETAG_MAX];

    reply->is_picture = true;
    variant_note_key(&job);
    if (etag_is_had(picture, request, etag)) {
        reply->is_hit = true;
        cache_count(server->cache, COUNT_HITS, 1);
        return reply_unmodified(reply, server, etag);
    }
    state = variant_look_up(&job, &variant);
    /* What was named by its version is right however old it is; but in a bucket another machine may have
     * deleted it. */
    if (state == VARIANT_STALE && picture->version[0] &&
        !(picture->source && config_source_is_shared(picture->source)) &&
        version_matches(&job, &variant.entry))
        state = VARIANT_FRESH;
    if (state == VARIANT_FRESH && variant_reply(&job, &variant, WAY_HIT) == 0) {
        reply->is_hit = true;
        cache_count(server->cache, COUNT_HITS, 1);
        return 0;
    }
    return serve_miss(&job, state == VARIANT_STALE ? &variant : NULL);
}

/* Whether this client may have the picture. What the query of another dialect says is not signed, so
 * what wants signatures is out of its reach; but for a front end's URLs, under which nobody gets it who
 * is not known otherwise (base/config_resolve.c). */
static enum cause check_signature(const struct server *server, const struct http_request *request,
                                  const struct picture_request *picture, int64_t now_ms)
{
    enum sign_mode mode = picture->source ? picture->source->sign : SIGN_OFF;
    const struct source *source;

    if (mode == SIGN_OFF)
        return CAUSE_NONE;
    if (picture->dialect != DIALECT_NATIVE)
        return mode == SIGN_REQUIRED && picture->dialect != DIALECT_REST ? CAUSE_SIGNATURE : CAUSE_NONE;
    source = source_find(&server->sources, picture->source);
    return source ? sign_check(mode, &source->sign_keys, request, now_ms) : CAUSE_INTERNAL;
}

static int answer(struct server *server, const struct http_request *request, struct reply *reply,
                  int64_t now_ms)
{
    struct picture_request picture;
    enum cause cause;
    int rc = 0;

    if (!admit_request(server, request, reply, &rc) ||
        admin_serve(server, request, reply, now_ms, &rc))
        return rc;
    cause = route(server->router, request, &picture);
    reply->picture = &picture;
    if (cause == CAUSE_NONE)
        cause = check_signature(server, request, &picture, now_ms);
    if (cause == CAUSE_NONE && picture_expired(&picture, now_ms / 1000))
        cause = CAUSE_EXPIRED;
    if (cause == CAUSE_METHOD_NOT_ALLOWED && cors_preflight(reply, request, &rc))
        ;
    else if (cause != CAUSE_NONE)
        rc = reply_error(reply, server, request, cause,
                         route_negotiates(server->router, request), 0);
    else if (picture.dialect == DIALECT_GRAVATAR)
        rc = chain_serve(server, request, &picture, reply, now_ms);
    else if (picture.dialect != DIALECT_REST ||
             !rest_serve(server, request, &picture, reply, now_ms, &rc))
        rc = serve_picture(server, request, &picture, reply, now_ms);
    reply->picture = NULL;
    return rc;
}

/* What nothing that is served gives occasion for. Where none can be started it is not tried for that. */
static bool is_keeper_due(const struct server *server)
{
    return ((server->store && outdated_is_due(server->cache)) ||
            bucket_care_is_due(server->config, server->cache)) &&
           !scoreboard_has_keeper_failed(cache_scoreboard(server->cache));
}

void serve_afterwards(struct server *server)
{
    publish_noted(server);
    if (cache_wants_keeper(server->cache) || is_keeper_due(server))
        keeper_wake(server->config, server->cache);
}

int serve_request(struct server *server, const struct http_request *request, struct reply *reply)
{
    int64_t now_ms = clock_wall_ms();
    int rc;

    scoreboard_tick(cache_scoreboard(server->cache), now_ms);
    cache_count(server->cache, COUNT_REQUESTS, 1);
    cache_state(server->cache, WORKER_SERVING);
    reply->picture = NULL;
    reply->origin_status = 0;
    reply->is_picture = reply->is_hit = false;
    reply->key[0] = '\0';
    reply->max_age_s = 0;
    reply->cache_control = NULL;
    rc = answer(server, request, reply, now_ms);
    if (rc)
        rc = reply_error(reply, server, request, CAUSE_INTERNAL, false, 0);
    cache_state(server->cache, WORKER_IDLE);
    return rc;
}
