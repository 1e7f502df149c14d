/* SPDX-License-Identifier: MIT
 *
 * A source that fails is passed over like one that has no such picture, but then nothing is
 * certain: what the others, or the default, have to say is good for a few seconds only.
 *
 * A default is answered with a redirect where the URL names one elsewhere. Fetching it would make
 * every host on the list a source, with bytes to be judged, drawn and kept for whoever asks.
 */
#include "serve/chain.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "route/generated.h"
#include "serve/admit.h"
#include "serve/drawn.h"
#include "serve/failure.h"
#include "serve/miss.h"
#include "serve/refresh.h"

#define DEFAULT_MAX_AGE 600
#define UNCERTAIN_MAX_AGE 10
#define LASTING_MS (INT64_C(60) * 1000)

struct chain {
    struct server *server;
    struct http_request http;
    const struct picture_request *picture;
    struct reply *reply;
    int64_t now_ms;
    int64_t until_ms;   /* boot clock: after that no further source is asked; 0: none was yet */
    enum cause failure; /* of a source of which it is not known whether it has the picture */
    int64_t retry_ms;
    bool asked;         /* some source was, or would have been in time */
    int rc;             /* of a reply that was given on the way */
};

/* A date tells nothing where a default and a picture may take turns: each can be the older one.
 * The ETag does. */
static void ignore_dates(struct http_request *request)
{
    request->if_modified_since = NULL;
}

/* What is remembered for long is an answer: it has none, or none that can be used. */
static void note_failure(struct chain *c, enum cause cause, int64_t retry_ms)
{
    if (cause_info(cause)->negative_ms >= LASTING_MS)
        return;
    c->failure = cause;
    c->retry_ms = retry_ms;
    c->reply->max_age_s = UNCERTAIN_MAX_AGE;
}

/* Several sources that hang together take no longer than one and the last one's own time. */
static bool has_time(struct chain *c)
{
    int64_t now_ms = clock_boot_ms();

    if (c->until_ms == 0)
        c->until_ms = now_ms + c->server->config->fetch.timeout_ms;
    return now_ms < c->until_ms;
}

/* True if the source's picture, or that there cannot be any answer, has been replied with. */
static bool ask(struct chain *c, struct job *job, const struct variant *stale)
{
    struct server *server = c->server;
    bool first = !c->asked;

    c->asked = true;
    if (!has_time(c)) {
        note_failure(c, CAUSE_ORIGIN_TIMEOUT, 0);
        return false;
    }
    if (first) {
        cache_count(server->cache, COUNT_MISSES, 1);
        if (!admit_miss(server, &c->http, c->reply, c->picture->negotiated, &c->rc))
            return true;
    }
    job->deadline_ms =
        clock_boot_ms() + server->config->fetch.timeout_ms + server->config->render.timeout_ms;
    c->rc = miss_serve(job, stale);
    if (c->rc || job->failure == CAUSE_NONE)
        return true;
    note_failure(c, job->failure, job->retry_ms);
    return false;
}

/* True if there is no reason to ask: it is on record that the source has none, or fails. */
static bool is_known_to_fail(struct chain *c, const struct job *job)
{
    char text[PICTURE_CANONICAL_MAX];
    int64_t left_ms = 0;
    enum cause cause;

    picture_variant_text(job->picture, variant_lease_type(job), text);
    cause = failure_recall_either(job, text, &left_ms);
    if (cause == CAUSE_NONE || cause == CAUSE_UNSTORABLE)
        return false;
    note_failure(c, cause, left_ms);
    return true;
}

/* True if it has been answered. */
static bool try_source(struct chain *c, const struct picture_request *picture)
{
    struct server *server = c->server;
    struct job job = {.server = server,
                      .http = &c->http,
                      .picture = picture,
                      .reply = c->reply,
                      .now_ms = c->now_ms,
                      .chained = true};
    struct variant variant;
    enum variant_state state = variant_look_up(&job, &variant);
    bool answered;

    if (c->reply->key[0] == '\0')
        variant_note_key(&job);
    if (state == VARIANT_FRESH && variant_reply(&job, &variant, WAY_HIT) == 0) {
        c->reply->is_hit = true;
        cache_count(server->cache, COUNT_HITS, 1);
        return true;
    }
    if (state == VARIANT_STALE && refresh_later(&job, &variant) == 0) {
        cache_count(server->cache, COUNT_MISSES, 1);
        cache_count(server->cache, COUNT_STALE, 1);
        return true;
    }
    if (is_known_to_fail(c, &job))
        return false;
    cache_source(server->cache, picture_source_place(server->config, picture));
    answered = ask(c, &job, state == VARIANT_STALE ? &variant : NULL);
    cache_source(server->cache, -1);
    return answered;
}

/* ---- the default ---- */

static enum cause draw(void *context, const struct job *job, enum picture_type type,
                       struct render_result *result)
{
    const struct picture_default *standard = &job->picture->standard;
    struct server *server = job->server;
    struct chain *c = context;

    if (!c->asked && !admit_miss(server, &c->http, c->reply, c->picture->negotiated, &c->rc))
        return CAUSE_RATE_LIMITED;
    return renderer_generate(server->renderer, standard->generator, &standard->seed,
                             standard->text, &job->picture->rendering, type, &server->rendered,
                             result);
}

/* Kept for long, but not by others: its time begins with each answer. */
static int reply_drawn(struct chain *c, struct drawn *drawn)
{
    struct entry *e = &drawn->variant.entry;
    enum reply_way way = drawn->kept ? WAY_HIT : drawn->stored ? WAY_MISS : WAY_UNCACHED;

    if (c->reply->max_age_s == 0)
        c->reply->max_age_s = DEFAULT_MAX_AGE;
    c->now_ms = clock_wall_ms();
    e->fetched_ms = c->now_ms;
    e->expires_ms = c->now_ms + c->reply->max_age_s * 1000;
    if (!c->asked) {
        c->reply->is_hit = drawn->kept;
        cache_count(c->server->cache, drawn->kept ? COUNT_HITS : COUNT_MISSES, 1);
    }
    return reply_picture(c->reply, c->server, &c->http, e, way, c->picture->negotiated,
                         drawn->bytes, drawn->fd, c->now_ms);
}

static int reply_generated(struct chain *c)
{
    struct picture_request picture = *c->picture;
    struct job job = {.server = c->server,
                      .http = &c->http,
                      .picture = &picture,
                      .reply = c->reply,
                      .now_ms = c->now_ms};
    enum cause cause = CAUSE_INTERNAL;
    struct drawn drawn;

    if (generated_set_subject(&picture) == 0) {
        if (c->reply->key[0] == '\0')
            variant_note_key(&job);
        cause = drawn_get(&job, &picture.standard.seed, draw, c, &drawn);
    }
    if (cause == CAUSE_RATE_LIMITED)
        return c->rc;
    if (cause == CAUSE_NONE)
        return reply_drawn(c, &drawn);
    log_error("default", "picture=%s cause=%s", generator_name(picture.standard.generator),
              cause_info(cause)->name);
    return reply_error(c->reply, c->server, &c->http, cause, picture.negotiated, 0);
}

/* Who asks for 404 acts upon it; while a source fails it would be a guess. */
static int reply_nothing(struct chain *c)
{
    enum cause cause = c->failure != CAUSE_NONE ? c->failure : CAUSE_ORIGIN_NOT_FOUND;

    if (!c->asked)
        cache_count(c->server->cache, COUNT_MISSES, 1);
    return reply_error(c->reply, c->server, &c->http, cause, c->picture->negotiated, c->retry_ms);
}

static int reply_default(struct chain *c)
{
    const struct picture_default *standard = &c->picture->standard;

    if (standard->generator != GENERATOR_NONE)
        return reply_generated(c);
    if (!standard->location[0])
        return reply_nothing(c);
    if (!c->asked)
        cache_count(c->server->cache, COUNT_MISSES, 1);
    return reply_redirect(c->reply, c->server, standard->location,
                          c->failure != CAUSE_NONE ? UNCERTAIN_MAX_AGE : DEFAULT_MAX_AGE,
                          c->picture->negotiated);
}

/* The first source's picture is looked for in the request as it is: a hit copies nothing. */
static bool try_sources(struct chain *c)
{
    struct picture_request other;

    if (c->picture->chain_length == 0)
        return false;
    if (try_source(c, c->picture))
        return true;
    if (c->picture->chain_length == 1)
        return false;
    other = *c->picture;
    for (unsigned i = 1; i < other.chain_length; i++) {
        other.source = other.chain[i];
        if (try_source(c, &other))
            return true;
    }
    return false;
}

int chain_serve(struct server *server, const struct http_request *request,
                const struct picture_request *picture, struct reply *reply, int64_t now_ms)
{
    struct chain c = {.server = server,
                      .http = *request,
                      .picture = picture,
                      .reply = reply,
                      .now_ms = now_ms};

    reply->is_picture = true;
    ignore_dates(&c.http);
    if (!try_sources(&c))
        c.rc = reply_default(&c);
    return c.rc;
}
