/* SPDX-License-Identifier: MIT */
#include "serve/refresh.h"

#include <errno.h>
#include <unistd.h>

#include "base/clock.h"
#include "cache/lease.h"
#include "cache/queue.h"
#include "serve/failure.h"
#include "serve/make.h"
#include "serve/turn.h"
#include "serve/wake.h"

#define LEASE_MARGIN_MS 5000

static int hand_over(const struct job *job, const struct variant *stale)
{
    const struct server *server = job->server;

    if (keeper_wake(server->config, server->cache) != 0)
        return -EAGAIN;
    return queue_add(server->cache, QUEUE_REFRESH, &stale->key, stale->entry.text);
}

int refresh_later(const struct job *job, const struct variant *stale)
{
    char text[PICTURE_CANONICAL_MAX];
    enum cause failure;
    bool failing;

    picture_variant_text(job->picture, variant_lease_type(job), text);
    failure = failure_recall_either(job, text, NULL);
    failing = failure != CAUSE_NONE;
    if (failing && !cause_info(failure)->stale_allowed)
        return -EAGAIN;
    if (job->now_ms >= (failing ? stale->entry.stale_until_ms : stale->entry.refresh_until_ms))
        return -EAGAIN;
    /* While a failure is on record there is nothing to be asked. */
    if (!failing && hand_over(job, stale) != 0)
        return -EAGAIN;
    return variant_reply(job, stale, failing ? WAY_STALE : WAY_REFRESHING) == 0 ? 0 : -EAGAIN;
}

/* With the variant's lease, or without any. */
static void make(struct job *job, const struct variant *stale, const char *text,
                 struct refreshed *out)
{
    struct made made = {.way = WAY_MISS};

    out->cause = failure_recall_either(job, text, &out->retry_ms);
    if (out->cause == CAUSE_NONE)
        out->cause = make_variant(job, stale, text, &made, &out->retry_ms);
    if (out->cause == CAUSE_NONE && made.kind == MADE_FILE)
        close(made.fd);
    if (out->cause == CAUSE_NONE && made.way == WAY_STALE)
        out->cause = made.failing;
    out->outcome = out->cause == CAUSE_NONE ? REFRESH_MADE : REFRESH_FAILED;
    if (out->cause != CAUSE_NONE || (made.way != WAY_UNSTORABLE && made.way != WAY_UNCACHED))
        return;
    out->outcome = REFRESH_UNKEPT;
    out->cause = made.way == WAY_UNSTORABLE ? CAUSE_UNSTORABLE : CAUSE_INTERNAL;
}

static void refresh(struct job *job, struct refreshed *out)
{
    const struct config *config = job->server->config;
    char text[PICTURE_CANONICAL_MAX];
    struct variant variant;
    enum variant_state state;
    struct digest key;
    int rc;

    *out = (struct refreshed){.outcome = REFRESH_FRESH};
    if (variant_look_up(job, &variant) == VARIANT_FRESH)
        return;
    picture_variant_text(job->picture, variant_lease_type(job), text);
    rc = cache_key(text, &key);
    if (!rc)
        rc = lease_acquire(job->server->cache, &key,
                           2 * (config->fetch.timeout_ms + config->render.timeout_ms) +
                               LEASE_MARGIN_MS);
    if (rc != LEASE_TAKEN) {
        out->outcome = rc == LEASE_HELD ? REFRESH_HELD : REFRESH_FAILED;
        out->cause = rc == LEASE_HELD ? CAUSE_NONE : CAUSE_INTERNAL;
        return;
    }
    job->leases[job->lease_count++] = key;
    /* Whoever had the lease just before may have done it. */
    state = variant_look_up(job, &variant);
    if (state != VARIANT_FRESH)
        make(job, state == VARIANT_STALE ? &variant : NULL, text, out);
    turn_end(job);
}

void refresh_now(struct server *server, const struct picture_request *picture, int64_t since_ms,
                 struct refreshed *out)
{
    const struct config *config = server->config;
    struct job job = {.server = server,
                      .picture = picture,
                      .now_ms = clock_wall_ms(),
                      .since_ms = since_ms,
                      .deadline_ms = clock_boot_ms() + config->fetch.timeout_ms +
                                     config->render.timeout_ms};

    cache_source(server->cache, picture_source_place(config, picture));
    refresh(&job, out);
    cache_source(server->cache, -1);
    cache_state(server->cache, WORKER_IDLE);
}

int refresh_queued(struct server *server, struct refreshed *out)
{
    struct picture_request picture;
    struct queue_item item;
    int rc = queue_take(server->cache, &item);

    *out = (struct refreshed){.outcome = REFRESH_FRESH};
    if (rc)
        return rc;
    /* Else it is of a source that is gone from the configuration. */
    if (item.kind == QUEUE_REFRESH &&
        picture_variant_parse(server->config, item.text, &picture) == 0) {
        refresh_now(server, &picture, 0, out);
        if (out->outcome == REFRESH_MADE)
            cache_count(server->cache, COUNT_REFRESHES, 1);
    }
    return 0;
}
