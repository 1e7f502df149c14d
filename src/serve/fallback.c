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
#include "route/generated.h"
#include "serve/drawn.h"

struct drawing {
    struct job job;                 /* the request, with the picture below */
    struct picture_request picture; /* drawn the same way, but of a subject of ours */
    const struct config_fallback *fallback;
    struct digest seed;
    int fd;                         /* FALLBACK_FILE */
    uint64_t length;
};

/* No real source can have this name. */
static const struct config_source files = {.name = (char *)(uintptr_t) "+file"};

const struct config_fallback *fallback_choose(const struct picture_request *picture,
                                              enum cause cause)
{
    const struct config_source *source = picture->source;
    const struct config_fallback *own;

    if (picture->info)
        return NULL;
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
        set_subject(d, generated_source(GENERATOR_IDENTICON));
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

static enum cause render(void *context, const struct job *job, enum picture_type type,
                         struct render_result *result)
{
    const struct drawing *d = context;
    struct server *server = job->server;

    if (d->fallback->kind == FALLBACK_IDENTICON)
        return renderer_generate(server->renderer, GENERATOR_IDENTICON, &d->seed, NULL,
                                 &d->picture.rendering, type, &server->rendered, result);
    return renderer_render(server->renderer, d->fd, d->length, &d->picture.rendering, type,
                           &server->rendered, result);
}

static int answer(struct drawing *d, enum cause cause, int64_t retry_ms)
{
    const char *name = d->fallback->file ? d->fallback->file : "identicon";
    struct drawn drawn;
    enum cause failure;
    int rc;

    rc = d->fallback->kind == FALLBACK_FILE ? prepare_file(d) : prepare_identicon(d);
    if (rc) {
        log_error("fallback", "picture=%s error=\"%s\" action=\"a line of text instead\"", name,
                  strerror(-rc));
        return rc;
    }
    failure = drawn_get(&d->job, &d->seed, render, d, &drawn);
    if (failure != CAUSE_NONE) {
        log_error("fallback", "picture=%s cause=%s", name, cause_info(failure)->name);
        return -EIO;
    }
    return reply_fallback(d->job.reply, d->job.server, d->job.http, &drawn.variant.entry,
                          d->fallback->kind, cause, d->picture.negotiated, drawn.bytes, drawn.fd,
                          retry_ms);
}

int fallback_reply(const struct job *job, enum cause cause, int64_t retry_ms)
{
    struct drawing d = {.job = *job, .picture = *job->picture, .fd = -1};
    int rc;

    d.fallback = fallback_choose(job->picture, cause);
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
