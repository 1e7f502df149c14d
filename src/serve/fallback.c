/* SPDX-License-Identifier: MIT
 *
 * Fallbacks are kept in the cache like other variants, as those of subjects that
 * no source can have: "+identicon/HASH" and "+file/HASH".
 */
#include "serve/fallback.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "serve/variant.h"

#define KEPT_MS (INT64_C(365) * 24 * 60 * 60 * 1000)

struct drawing {
    struct job job;                 /* the request, with the picture below */
    struct picture_request picture; /* drawn the same way, but of a subject of ours */
    const struct config_fallback *fallback;
    struct digest seed;
    int fd;                         /* FALLBACK_FILE */
    uint64_t length;
};

/* Names of pseudo-sources cannot be those of real ones. */
static const struct config_source identicons = {.name = (char *)(uintptr_t) "+identicon"};
static const struct config_source files = {.name = (char *)(uintptr_t) "+file"};

const struct config_fallback *fallback_choose(const struct config_source *source,
                                              enum cause cause)
{
    const struct config_fallback *own;

    switch (cause) {
    case CAUSE_CLIENT_GONE:
    case CAUSE_RATE_LIMITED:
        return NULL;
    case CAUSE_ORIGIN_NOT_FOUND:
    case CAUSE_BLOB_NOT_FOUND:
    case CAUSE_BLOB_MISMATCH:
        own = &source->fallback_not_found;
        break;
    case CAUSE_ORIGIN_DENIED:
    case CAUSE_ORIGIN_FORBIDDEN:
        own = &source->fallback_denied;
        break;
    case CAUSE_ORIGIN_TOO_LARGE:
    case CAUSE_PICTURE_TYPE:
    case CAUSE_PICTURE_BROKEN:
    case CAUSE_PICTURE_TOO_LARGE:
    case CAUSE_RENDER_TIMEOUT:
    case CAUSE_RENDER_CRASHED:
        own = &source->fallback_broken;
        break;
    default:
        own = &source->fallback_failing;
        break;
    }
    if (own->kind == FALLBACK_UNSET)
        own = &source->fallback;
    return own->kind == FALLBACK_IDENTICON || own->kind == FALLBACK_FILE ? own : NULL;
}

static void set_subject(struct drawing *d, const struct config_source *source)
{
    d->picture.source = source;
    digest_to_hex(&d->seed, d->picture.id);
}

static int prepare_identicon(struct drawing *d)
{
    char subject[PICTURE_CANONICAL_MAX];
    int rc;

    picture_subject_text(&d->picture, subject);
    rc = cache_key(subject, &d->seed);
    if (!rc)
        set_subject(d, &identicons);
    return rc;
}

/* A file that is changed is another subject. */
static int prepare_file(struct drawing *d)
{
    const char *path = d->fallback->file;
    char text[PICTURE_CANONICAL_MAX];
    struct stat st;
    int n, rc;

    d->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (d->fd < 0 || fstat(d->fd, &st) != 0)
        return -errno;
    if (!S_ISREG(st.st_mode) || st.st_size <= 0 ||
        (uint64_t)st.st_size > d->job.server->config->fetch.max_bytes)
        return -EINVAL;
    d->length = (uint64_t)st.st_size;
    n = snprintf(text, sizeof text, "%" PRId64 ".%09ld/%" PRIu64 "%s", (int64_t)st.st_mtim.tv_sec,
                 st.st_mtim.tv_nsec, d->length, path);
    if (n < 0 || (size_t)n >= sizeof text)
        return -ENAMETOOLONG;
    rc = cache_key(text, &d->seed);
    if (!rc)
        set_subject(d, &files);
    return rc;
}

static enum cause render(struct drawing *d, struct render_result *result)
{
    struct server *server = d->job.server;
    enum picture_type type = variant_output_type(&d->job);
    enum cause cause;

    cache_state(server->cache, WORKER_RENDERING);
    cache_count(server->cache, COUNT_RENDERS, 1);
    if (d->fallback->kind == FALLBACK_IDENTICON)
        cause = renderer_generate(server->renderer, GENERATOR_IDENTICON, &d->seed, NULL,
                                  &d->picture.rendering, type, &server->rendered, result);
    else
        cause = renderer_render(server->renderer, d->fd, d->length, &d->picture.rendering, type,
                                &server->rendered, result);
    if (cause != CAUSE_NONE)
        log_error("fallback", "picture=%s cause=%s",
                  d->fallback->file ? d->fallback->file : "identicon", cause_info(cause)->name);
    return cause;
}

static int draw_and_reply(struct drawing *d, enum cause cause, int64_t retry_ms)
{
    const struct job *job = &d->job;
    struct server *server = job->server;
    struct render_result result = {0};
    struct entry e;
    int rc;

    if (render(d, &result) != CAUSE_NONE)
        return -EIO;
    e = (struct entry){.kind = ENTRY_VARIANT,
                       .type = result.type,
                       .alpha = result.source_alpha,
                       .width = result.width,
                       .height = result.height,
                       .length = server->rendered.length,
                       .generation = cache_generation(server->cache),
                       .fetched_ms = job->now_ms,
                       .expires_ms = job->now_ms + KEPT_MS,
                       .refresh_until_ms = job->now_ms + KEPT_MS,
                       .stale_until_ms = job->now_ms + KEPT_MS,
                       .last_modified_s = job->now_ms / 1000,
                       .original = d->seed};
    picture_variant_text(&d->picture, result.type, e.text);
    rc = variant_store(server, &e);
    if (rc) {
        log_warn("fallback-not-stored", "error=\"%s\"", strerror(-rc));
        cache_count(server->cache, COUNT_UNCACHED, 1);
    }
    return reply_fallback(job->reply, server, job->http, &e, d->fallback->kind, cause,
                          d->picture.negotiated, server->rendered.data, -1, retry_ms);
}

static int reply_kept(struct drawing *d, const struct variant *kept, enum cause cause,
                      int64_t retry_ms)
{
    const struct job *job = &d->job;
    struct cache *cache = job->server->cache;
    int error = 0, fd = -1;
    const void *bytes = cache_blob_bytes(cache, &kept->entry, &error);

    if (!bytes && !error) {
        fd = cache_open_blob(cache, &kept->entry);
        error = fd < 0 ? fd : 0;
    }
    if (error) {
        if (error == -ENOENT)
            cache_remove(cache, &kept->key, &kept->entry);
        return error;
    }
    cache_touch(cache, &kept->key);
    return reply_fallback(job->reply, job->server, job->http, &kept->entry, d->fallback->kind,
                          cause, d->picture.negotiated, bytes, fd, retry_ms);
}

static int answer(struct drawing *d, enum cause cause, int64_t retry_ms)
{
    struct variant kept;
    int rc;

    rc = d->fallback->kind == FALLBACK_FILE ? prepare_file(d) : prepare_identicon(d);
    if (rc) {
        log_error("fallback", "picture=%s error=\"%s\" action=\"a line of text instead\"",
                  d->fallback->file ? d->fallback->file : "identicon", strerror(-rc));
        return rc;
    }
    if (variant_look_up(&d->job, &kept) == VARIANT_FRESH &&
        reply_kept(d, &kept, cause, retry_ms) == 0)
        return 0;
    return draw_and_reply(d, cause, retry_ms);
}

int fallback_reply(const struct job *job, enum cause cause, int64_t retry_ms)
{
    struct drawing d = {.job = *job, .picture = *job->picture, .fd = -1};
    int rc;

    d.fallback = fallback_choose(job->picture->source, cause);
    if (!d.fallback)
        return -ENOENT;
    d.job.picture = &d.picture;
    d.picture.verbatim = false; /* it is drawn, whatever was asked for */
    rc = answer(&d, cause, retry_ms);
    if (d.fd >= 0)
        close(d.fd);
    if (!rc)
        cache_count(job->server->cache, COUNT_FALLBACKS, 1);
    return rc;
}
