/* SPDX-License-Identifier: MIT */
#include "serve/make.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "serve/failure.h"
#include "serve/pass.h"
#include "serve/stored.h"
#include "serve/summary.h"

struct making {
    struct job *job;
    const struct variant *stale; /* NULL: none */
    const char *text;
    struct made *out;
};

static enum cause render(const struct making *m, const struct original *original,
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
    cause = m->job->picture->info
                ? summary_render(server, original->fd, original->entry.length, result)
                : renderer_render(server->renderer, original->fd, original->entry.length,
                                  &m->job->picture->rendering, variant_output_type(m->job),
                                  &server->rendered, result);
    if (cause == CAUSE_RENDER_CRASHED || cause == CAUSE_RENDER_TIMEOUT)
        failure_count_death(server->cache, &original->entry.blob, cause, clock_wall_ms());
    cache_count(server->cache, COUNT_RENDERER_DEATHS,
                renderer_deaths(server->renderer) - deaths);
    if (cause != CAUSE_NONE) {
        struct digest key = {{0}};
        char hex[DIGEST_HEX_SIZE];

        cache_key(m->text, &key);
        digest_to_hex(&key, hex);
        cache_count(server->cache, COUNT_RENDER_FAILURES, 1);
        log_warn("render-failed", "source=%s key=%.12s cause=%s type=%s bytes=%" PRIu64,
                 m->job->picture->source->name, hex, cause_info(cause)->name,
                 picture_type_name(original->entry.type), original->entry.length);
        failure_remember(server->cache, m->text, cause, clock_wall_ms(), 0,
                         original->entry.generation, 0);
    }
    return cause;
}

void make_copy_times(struct entry *variant, const struct entry *original)
{
    variant->generation = original->generation;
    variant->fetched_ms = original->fetched_ms;
    variant->expires_ms = original->expires_ms;
    variant->refresh_until_ms = original->refresh_until_ms;
    variant->stale_until_ms = original->stale_until_ms;
    variant->last_modified_s = original->last_modified_s;
}

static void describe(const struct making *m, const struct original *original,
                     const struct render_result *result, struct entry *e)
{
    *e = (struct entry){.kind = ENTRY_VARIANT,
                        .type = result->type,
                        .alpha = result->source_alpha,
                        .width = result->width,
                        .height = result->height,
                        .length = m->job->server->rendered.length,
                        .original = original->entry.blob};
    make_copy_times(e, &original->entry);
    picture_variant_text(m->job->picture, result->type, e->text);
}

static enum cause draw(const struct making *m, struct original *original)
{
    struct server *server = m->job->server;
    struct render_result result = {0};
    enum cause cause = render(m, original, &result);
    struct entry *e = &m->out->entry;
    int rc;

    if (cause != CAUSE_NONE)
        return cause;
    m->out->kind = MADE_BYTES;
    m->out->way = original->stale ? WAY_STALE : m->stale ? WAY_REFRESHED : WAY_MISS;
    describe(m, original, &result, e);
    if (original->unstorable) {
        m->out->way = WAY_UNSTORABLE;
        return digest_of(server->rendered.data, server->rendered.length, &e->blob) == 0
                   ? CAUSE_NONE
                   : CAUSE_INTERNAL;
    }
    rc = variant_store(server, e);
    if (rc && rc != -ESTALE) {
        log_warn("variant-not-stored", "bytes=%zu error=\"%s\"", server->rendered.length,
                 strerror(-rc));
        cache_count(server->cache, COUNT_UNCACHED, 1);
    }
    if (rc)
        m->out->way = WAY_UNCACHED;
    original_used(m->job, original);
    return CAUSE_NONE;
}

/* What was purged meanwhile may be off the disk already. */
static bool has_blob(const struct making *m, const struct entry *e)
{
    int fd = cache_open_blob(m->job->server->cache, e);

    if (fd < 0)
        return false;
    close(fd);
    return true;
}

/* The original is still the one that the expired variant was made from. */
static bool reuse_stale(const struct making *m, const struct original *original)
{
    struct made *out = m->out;

    if (!m->stale || !digest_equal(&m->stale->entry.original, &original->entry.blob))
        return false;
    if (original->stale) {
        out->kind = MADE_STALE;
        out->way = WAY_STALE;
        return true;
    }
    out->kind = MADE_RENEWED;
    out->way = original->unstorable    ? WAY_UNSTORABLE
               : original->revalidated ? WAY_REVALIDATED
                                       : WAY_REFRESHED;
    out->renewed = *m->stale;
    make_copy_times(&out->renewed.entry, &original->entry);
    if (original->unstorable)
        return original->fd < 0 || has_blob(m, &out->renewed.entry);
    /* If it cannot be stored (purged, evicted meanwhile) this answer is right all the same. */
    return cache_insert(m->job->server->cache, &out->renewed.key, &out->renewed.entry, NULL) == 0 ||
           original->fd < 0;
}

static enum cause make_anew(const struct making *m, struct original *original)
{
    enum cause cause = stored_check(m->job, original);

    if (cause != CAUSE_NONE)
        return cause;
    if (!m->job->picture->verbatim)
        return draw(m, original);
    pass_on(m->job, m->stale != NULL, m->text, original, m->out);
    return CAUSE_NONE;
}

enum cause make_variant(struct job *job, const struct variant *stale, const char *text,
                        struct made *out, int64_t *retry_ms)
{
    const struct making m = {.job = job, .stale = stale, .text = text, .out = out};
    struct original original;
    enum cause cause;

    cause = original_get(job, stale ? &stale->entry.original : NULL, &original, retry_ms);
    out->failing = original.failing;
    /* The same bytes may come under another name than before. */
    if (cause == CAUSE_NONE && job->picture->verbatim)
        cause = pass_judge(job, text, &original);
    if (cause == CAUSE_NONE && !reuse_stale(&m, &original))
        cause = make_anew(&m, &original);
    original_free(&original);
    return cause;
}
