/* SPDX-License-Identifier: MIT */
#include "serve/miss.h"

#include <string.h>

#include "base/clock.h"
#include "serve/busy.h"
#include "serve/dialect_status.h"
#include "serve/failure.h"
#include "serve/fallback.h"
#include "serve/info.h"
#include "serve/make.h"
#include "serve/publish.h"
#include "serve/turn.h"
#include "serve/version.h"

#define LEASE_MARGIN_MS 5000

struct miss {
    struct job *job;
    const struct variant *stale;      /* NULL: none */
    char text[PICTURE_CANONICAL_MAX]; /* the variant the lease is taken for */
    struct digest key;
    struct variant found;             /* by another worker, meanwhile */
    bool is_found;
    enum cause failure;               /* remembered by another worker, meanwhile */
    int64_t retry_ms;
};

/* A failure on record that no expired copy can stand in for: the usual answer for ids that do
 * not exist. It is given without a lease, which would cost two write transactions. */
static enum cause recall_lasting(const struct job *job, struct miss *m)
{
    enum cause cause = failure_recall_either(job, m->text, &m->retry_ms);

    return cause_info(cause)->stale_allowed ? CAUSE_NONE : cause;
}

/* An origin that fails leaves its expired original to whoever comes next. */
static bool is_settled(void *context)
{
    struct miss *m = context;
    struct job job = *m->job;

    job.now_ms = clock_wall_ms();
    m->failure = CAUSE_NONE;
    m->is_found = variant_look_up(&job, &m->found) == VARIANT_FRESH;
    if (!m->is_found)
        m->failure = failure_recall(job.server->cache, m->text, job.now_ms, &m->retry_ms);
    if (!m->is_found && m->failure == CAUSE_NONE)
        m->failure = recall_lasting(&job, m);
    return m->is_found || m->failure != CAUSE_NONE;
}

/* ---- answers ---- */

/* Its age and what is left of its time count from the answer, not from the question. */
static int reply_variant(const struct miss *m, const struct variant *variant, enum reply_way way)
{
    m->job->now_ms = clock_wall_ms();
    return variant_reply(m->job, variant, way);
}

/* True if the expired variant has been answered with. */
static bool reply_stale(const struct miss *m)
{
    if (reply_variant(m, m->stale, WAY_STALE) != 0)
        return false;
    cache_count(m->job->server->cache, COUNT_STALE, 1);
    return true;
}

static int reply_failure(struct miss *m, enum cause cause)
{
    struct job *job = m->job;

    if (cause == CAUSE_CLIENT_GONE)
        cache_count(job->server->cache, COUNT_CLIENT_GONE, 1);
    if (m->stale && cause_info(cause)->stale_allowed &&
        clock_wall_ms() < m->stale->entry.stale_until_ms && reply_stale(m))
        return 0;
    if (job->chained && cause != CAUSE_CLIENT_GONE) {
        job->failure = cause;
        job->retry_ms = m->retry_ms;
        return 0;
    }
    if (dialect_tells_origin_status(job->picture->dialect, cause))
        job->reply->origin_status = failure_origin_status(job);
    if (fallback_reply(job, cause, m->retry_ms) == 0)
        return 0;
    return reply_error(job->reply, job->server, job->http, cause, job->picture->negotiated,
                       m->retry_ms);
}

/* What is not in the cache could not be purged from where it is published. */
static void publish_made(const struct job *job, const struct made *made)
{
    struct digest key;

    if (made->way != WAY_UNCACHED && made->way != WAY_UNSTORABLE &&
        cache_key(made->entry.text, &key) == 0)
        publish(job, &key, &made->entry);
}

static int reply_made(struct miss *m, const struct made *made)
{
    const struct job *job = m->job;
    struct server *server = job->server;

    switch (made->kind) {
    case MADE_RENEWED:
        if (reply_variant(m, &made->renewed, made->way) == 0)
            return 0;
        break;
    case MADE_FILE:
        if (made->way == WAY_STALE)
            cache_count(server->cache, COUNT_STALE, 1);
        return reply_picture(job->reply, server, job->http, &made->entry, made->way,
                             job->picture->negotiated, NULL, made->fd, clock_wall_ms());
    case MADE_STALE:
        if (reply_stale(m))
            return 0;
        break;
    case MADE_BYTES:
        if (made->way == WAY_STALE)
            cache_count(server->cache, COUNT_STALE, 1);
        if (job->picture->info)
            return info_reply_made(job, &made->entry, made->way);
        if (!version_matches(job, &made->entry))
            return version_redirect(job, &made->entry);
        publish_made(job, made);
        return reply_picture(job->reply, server, job->http, &made->entry, made->way,
                             job->picture->negotiated, server->rendered.data, -1,
                             clock_wall_ms());
    }
    /* The expired variant was to be used once more, and has vanished just now. */
    return reply_failure(m, CAUSE_BUSY);
}

static int make_and_reply(struct miss *m)
{
    struct made made;
    enum cause cause = make_variant(m->job, m->stale, m->text, &made, &m->retry_ms);

    turn_end(m->job); /* before the reply: others need not wait for our client */
    return cause == CAUSE_NONE ? reply_made(m, &made) : reply_failure(m, cause);
}

static int take_turn(struct miss *m)
{
    const struct config *config = m->job->server->config;

    /* Its holder may wait for the original as long as anybody may, and then do the work. */
    switch (turn_take(m->job, &m->key, 2 * (config->fetch.timeout_ms + config->render.timeout_ms) +
                                           LEASE_MARGIN_MS, is_settled, m)) {
    case TURN_LATE:
        return reply_failure(m, CAUSE_BUSY);
    case TURN_GONE:
        return reply_failure(m, CAUSE_CLIENT_GONE);
    case TURN_DONE:
        /* What may not be kept cannot be waited for: everybody asks for himself. */
        if (m->failure == CAUSE_UNSTORABLE)
            return make_and_reply(m);
        if (!m->is_found)
            return reply_failure(m, m->failure);
        if (reply_variant(m, &m->found, WAY_COLLAPSED) == 0)
            return 0;
        return make_and_reply(m); /* its blob vanished already: a tiny cache under pressure */
    case TURN_OURS:
    case TURN_ALONE:
    default:
        return make_and_reply(m);
    }
}

int miss_serve(struct job *job, const struct variant *stale)
{
    struct miss m = {.job = job, .stale = stale};
    enum cause failure;

    picture_variant_text(job->picture, variant_lease_type(job), m.text);
    if (cache_key(m.text, &m.key) != 0)
        return reply_failure(&m, CAUSE_INTERNAL);
    failure = recall_lasting(job, &m);
    if (failure != CAUSE_NONE && failure != CAUSE_UNSTORABLE)
        return reply_failure(&m, failure);
    if (!busy_admits(job, &m.key))
        return reply_failure(&m, CAUSE_BUSY);
    return failure == CAUSE_UNSTORABLE ? make_and_reply(&m) : take_turn(&m);
}
