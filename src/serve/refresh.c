/* SPDX-License-Identifier: MIT */
#include "serve/refresh.h"

#include <errno.h>

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

enum cause refresh_now(struct server *server, const struct picture_request *picture)
{
    const struct config *config = server->config;
    struct job job = {.server = server, .picture = picture, .now_ms = clock_wall_ms()};
    char text[PICTURE_CANONICAL_MAX];
    enum variant_state state;
    struct variant variant;
    struct digest key;
    struct made made;
    enum cause cause;
    int64_t retry_ms;

    job.deadline_ms = clock_boot_ms() + config->fetch.timeout_ms + config->render.timeout_ms;
    state = variant_look_up(&job, &variant);
    if (state == VARIANT_FRESH)
        return CAUSE_NONE;
    picture_variant_text(picture, variant_lease_type(&job), text);
    if (cache_key(text, &key) != 0)
        return CAUSE_INTERNAL;
    if (lease_acquire(server->cache, &key, 2 * (config->fetch.timeout_ms +
                                                config->render.timeout_ms) + LEASE_MARGIN_MS) !=
        LEASE_TAKEN)
        return CAUSE_NONE;
    job.leases[job.lease_count++] = key;
    cause = failure_recall_either(&job, text, NULL);
    if (cause == CAUSE_NONE)
        cause = make_variant(&job, state == VARIANT_STALE ? &variant : NULL, text, &made,
                             &retry_ms);
    turn_end(&job);
    return cause;
}
