/* SPDX-License-Identifier: MIT */
#include "serve/miss.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "cache/lease.h"
#include "serve/failure.h"
#include "serve/original.h"
#include "serve/turn.h"

#define LEASE_MARGIN_MS 5000

struct miss {
    const struct job *job;
    const struct variant *stale;      /* NULL: none */
    char text[PICTURE_CANONICAL_MAX]; /* the variant the lease is taken for */
    struct digest key;
    struct variant found;             /* by another worker, meanwhile */
    bool is_found;
    enum cause failure;               /* remembered by another worker, meanwhile */
    int64_t retry_ms;
};

static bool is_settled(void *context)
{
    struct miss *m = context;
    struct job job = *m->job;

    job.now_ms = clock_wall_ms();
    m->is_found = variant_look_up(&job, &m->found) == VARIANT_FRESH;
    if (!m->is_found)
        m->failure = failure_recall(job.server->cache, m->text, job.now_ms, &m->retry_ms);
    return m->is_found || m->failure != CAUSE_NONE;
}

/* A failure on record that no expired copy can stand in for: the usual answer for ids that do
 * not exist. It is given without a lease, which would cost two write transactions. */
static enum cause recall_lasting(struct miss *m)
{
    char subject[PICTURE_CANONICAL_MAX];
    struct cache *cache = m->job->server->cache;
    enum cause cause = failure_recall(cache, m->text, m->job->now_ms, &m->retry_ms);

    if (cause == CAUSE_NONE) {
        picture_subject_text(m->job->picture, subject);
        cause = failure_recall(cache, subject, m->job->now_ms, &m->retry_ms);
    }
    return cause_info(cause)->stale_allowed ? CAUSE_NONE : cause;
}

/* ---- the variant from the original ---- */

static enum cause render(struct miss *m, const struct original *original,
                         struct render_result *result)
{
    struct server *server = m->job->server;
    unsigned deaths = renderer_deaths(server->renderer);
    enum cause cause =
        failure_quarantine(server->cache, &original->entry.blob, clock_wall_ms());

    if (cause != CAUSE_NONE)
        return cause;
    cache_state(server->cache, WORKER_RENDERING);
    cache_count(server->cache, COUNT_RENDERS, 1);
    cause = renderer_render(server->renderer, original->fd, original->entry.length,
                            &m->job->picture->rendering, variant_output_type(m->job),
                            &server->rendered, result);
    if (cause == CAUSE_RENDER_CRASHED || cause == CAUSE_RENDER_TIMEOUT)
        failure_count_death(server->cache, &original->entry.blob, cause, clock_wall_ms());
    cache_count(server->cache, COUNT_RENDERER_DEATHS,
                renderer_deaths(server->renderer) - deaths);
    if (cause != CAUSE_NONE) {
        char hex[DIGEST_HEX_SIZE];

        digest_to_hex(&m->key, hex);
        cache_count(server->cache, COUNT_RENDER_FAILURES, 1);
        log_warn("render-failed", "source=%s key=%.12s cause=%s type=%s bytes=%" PRIu64,
                 m->job->picture->source->name, hex, cause_info(cause)->name,
                 picture_type_name(original->entry.type), original->entry.length);
        failure_remember(server->cache, m->text, cause, clock_wall_ms(), 0);
    }
    return cause;
}

static void describe(const struct miss *m, const struct original *original,
                     const struct render_result *result, struct entry *e, char *text)
{
    *e = (struct entry){.kind = ENTRY_VARIANT,
                        .type = result->type,
                        .alpha = result->source_alpha,
                        .width = result->width,
                        .height = result->height,
                        .length = m->job->server->rendered.length,
                        .fetched_ms = original->entry.fetched_ms,
                        .expires_ms = original->entry.expires_ms,
                        .stale_until_ms = original->entry.stale_until_ms,
                        .last_modified_s = original->entry.last_modified_s,
                        .original = original->entry.blob};
    picture_variant_text(m->job->picture, result->type, text);
    snprintf(e->text, sizeof e->text, "%s", text);
}

/* Stores the rendered bytes. Returns 0 or a negative errno; e->blob is set in both cases. */
static int store(struct server *server, struct entry *e)
{
    struct blob_writer writer;
    struct digest key;
    int rc = blob_writer_begin(&writer, cache_blobs(server->cache));

    if (rc) {
        digest_of(server->rendered.data, server->rendered.length, &e->blob);
        return rc;
    }
    rc = blob_writer_add(&writer, server->rendered.data, server->rendered.length);
    if (!rc)
        rc = blob_writer_finish(&writer, &e->blob);
    else
        digest_of(server->rendered.data, server->rendered.length, &e->blob);
    if (!rc)
        rc = cache_key(e->text, &key);
    if (!rc)
        rc = cache_insert(server->cache, &key, e, &writer);
    blob_writer_abort(&writer);
    return rc;
}

/* The fetched bytes are the ones the expired variant was made from: it is as good as new. */
static int renew_stale(const struct miss *m, const struct original *original,
                       struct variant *renewed)
{
    *renewed = *m->stale;
    renewed->entry.fetched_ms = original->entry.fetched_ms;
    renewed->entry.expires_ms = original->entry.expires_ms;
    renewed->entry.stale_until_ms = original->entry.stale_until_ms;
    return cache_insert(m->job->server->cache, &renewed->key, &renewed->entry, NULL);
}

/* True if the expired variant has been answered with. */
static bool reply_stale(const struct miss *m)
{
    if (variant_reply(m->job, m->stale, WAY_STALE) != 0)
        return false;
    cache_count(m->job->server->cache, COUNT_STALE, 1);
    return true;
}

/* RFC 9211 section 2.2: whether the work was done for want of an answer or of a fresh one. */
static enum reply_way way_of_work(const struct miss *m)
{
    return m->stale ? WAY_REFRESHED : WAY_MISS;
}

static int reply_failure(struct miss *m, enum cause cause);

static int reply_rendered(struct miss *m, const struct original *original,
                          const struct render_result *result)
{
    const struct job *job = m->job;
    struct server *server = job->server;
    char text[PICTURE_CANONICAL_MAX];
    enum reply_way way = original->stale ? WAY_STALE : way_of_work(m);
    struct entry e;
    int rc;

    if (original->stale)
        cache_count(server->cache, COUNT_STALE, 1);
    describe(m, original, result, &e, text);
    rc = store(server, &e);
    if (rc) {
        log_warn("variant-not-stored", "bytes=%zu error=\"%s\"", server->rendered.length,
                 strerror(-rc));
        cache_count(server->cache, COUNT_UNCACHED, 1);
        way = WAY_UNCACHED;
    }
    return reply_picture(job->reply, server, job->http, &e, way, job->picture->negotiated,
                         server->rendered.data, -1, clock_wall_ms());
}

/* With the lease, or alone. */
static int make_variant(struct miss *m)
{
    struct render_result result = {0};
    struct original original;
    struct variant renewed;
    enum cause cause = original_get(m->job, &original, &m->retry_ms);
    int rc;

    if (cause == CAUSE_NONE && m->stale &&
        digest_equal(&m->stale->entry.original, &original.entry.blob) &&
        (original.stale ? reply_stale(m)
                        : renew_stale(m, &original, &renewed) == 0 &&
                              variant_reply(m->job, &renewed, WAY_REFRESHED) == 0)) {
        original_free(&original);
        return 0;
    }
    if (cause == CAUSE_NONE)
        cause = render(m, &original, &result);
    rc = cause == CAUSE_NONE ? reply_rendered(m, &original, &result) : reply_failure(m, cause);
    original_free(&original);
    return rc;
}

/* ---- answers ---- */

static int reply_failure(struct miss *m, enum cause cause)
{
    const struct job *job = m->job;

    if (m->stale && cause_info(cause)->stale_allowed &&
        clock_wall_ms() < m->stale->entry.stale_until_ms && reply_stale(m))
        return 0;
    return reply_error(job->reply, job->server, job->http, cause, job->picture->negotiated,
                       m->retry_ms);
}

int miss_serve(const struct job *job, const struct variant *stale)
{
    const struct config *config = job->server->config;
    struct miss m = {.job = job, .stale = stale};
    struct cache *cache = job->server->cache;
    enum cause failure;
    enum turn turn;
    int rc;

    cache_count(cache, COUNT_MISSES, 1);
    picture_variant_text(job->picture, variant_lease_type(job), m.text);
    if (cache_key(m.text, &m.key) != 0)
        return reply_failure(&m, CAUSE_INTERNAL);
    if ((failure = recall_lasting(&m)) != CAUSE_NONE)
        return reply_failure(&m, failure);
    /* Its holder may wait for the original as long as anybody may, and then do the work. */
    turn = turn_take(cache, &m.key,
                     2 * (config->fetch.timeout_ms + config->render.timeout_ms) + LEASE_MARGIN_MS,
                     job->deadline_ms, is_settled, &m);
    switch (turn) {
    case TURN_LATE:
        return reply_failure(&m, CAUSE_BUSY);
    case TURN_DONE:
        if (!m.is_found)
            return reply_failure(&m, m.failure);
        if (variant_reply(job, &m.found, WAY_COLLAPSED) == 0)
            return 0;
        return make_variant(&m); /* its blob vanished already: a tiny cache under pressure */
    case TURN_OURS:
        rc = make_variant(&m);
        lease_release(cache, &m.key);
        return rc;
    case TURN_ALONE:
    default:
        return make_variant(&m);
    }
}
