/* SPDX-License-Identifier: MIT */
#include "serve/drawn.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"

#define KEPT_MS (INT64_C(365) * 24 * 60 * 60 * 1000)

static int open_kept(const struct job *job, struct drawn *out)
{
    struct cache *cache = job->server->cache;
    const struct variant *kept = &out->variant;
    int error = 0;

    out->bytes = cache_blob_bytes(cache, &kept->entry, &error);
    if (!out->bytes && !error) {
        out->fd = cache_open_blob(cache, &kept->entry);
        error = out->fd < 0 ? out->fd : 0;
    }
    if (error == -ENOENT)
        cache_remove(cache, &kept->key, &kept->entry);
    if (!error)
        cache_touch(cache, &kept->key);
    out->kept = out->stored = !error;
    return error;
}

static void describe(const struct job *job, const struct digest *seed,
                     const struct render_result *result, struct entry *e)
{
    int64_t until_ms = job->now_ms + KEPT_MS;

    *e = (struct entry){.kind = ENTRY_VARIANT,
                        .type = result->type,
                        .alpha = result->source_alpha,
                        .width = result->width,
                        .height = result->height,
                        .length = job->server->rendered.length,
                        .generation = cache_generation(job->server->cache),
                        .fetched_ms = job->now_ms,
                        .expires_ms = until_ms,
                        .refresh_until_ms = until_ms,
                        .stale_until_ms = until_ms,
                        .last_modified_s = job->now_ms / 1000,
                        .original = *seed};
    picture_variant_text(job->picture, result->type, e->text);
}

enum cause drawn_get(const struct job *job, const struct digest *seed, drawn_render *render,
                     void *context, struct drawn *out)
{
    struct server *server = job->server;
    struct render_result result = {0};
    enum cause cause;
    int rc;

    *out = (struct drawn){.fd = -1};
    if (variant_look_up(job, &out->variant) == VARIANT_FRESH && open_kept(job, out) == 0)
        return CAUSE_NONE;
    cache_state(server->cache, WORKER_RENDERING);
    cache_count(server->cache, COUNT_RENDERS, 1);
    cause = render(context, job, variant_output_type(job), &result);
    if (cause != CAUSE_NONE)
        return cause;
    describe(job, seed, &result, &out->variant.entry);
    rc = variant_store(server, &out->variant.entry);
    if (rc) {
        log_warn("drawing-not-stored", "error=\"%s\"", strerror(-rc));
        cache_count(server->cache, COUNT_UNCACHED, 1);
    }
    out->stored = rc == 0;
    out->fd = -1;
    out->bytes = server->rendered.data;
    return CAUSE_NONE;
}
