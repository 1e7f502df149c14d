/* SPDX-License-Identifier: MIT */
#include "serve/download.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/log.h"
#include "serve/ask.h"

static int begin(void *context)
{
    struct download *d = context;

    return blob_writer_begin(&d->writer, cache_blobs(d->job->server->cache));
}

static int add(void *context, const void *bytes, size_t length)
{
    struct download *d = context;

    return blob_writer_add(&d->writer, bytes, length);
}

static void drop(void *context)
{
    struct download *d = context;

    blob_writer_abort(&d->writer);
}

static enum cause judge(void *context, enum cause cause, const struct fetch_result *fetched)
{
    const struct download *d = context;

    return locate_judge(d->job, &d->located, cause, fetched);
}

/* Where a URL may name ourselves, so that we know us again. */
static const char *name_for(const struct job *job)
{
    const struct server *server = job->server;
    const char *via = server->keys.camo.via;

    return via[0] && job->picture->source == server->config->camo.source ? via : NULL;
}

static enum cause ask(struct download *d, const struct source *source, int64_t deadline_ms)
{
    const struct picture_request *picture = d->job->picture;
    struct ask ask = {.job = d->job,
                      .fetch = {.source = source,
                                .id = picture->id,
                                .url = d->located.url,
                                .foreign = d->located.foreign,
                                .max_bytes = picture->verbatim
                                                 ? d->job->server->config->camo.max_bytes
                                                 : 0,
                                .etag = d->etag,
                                .last_modified_s = d->last_modified_s,
                                .via = name_for(d->job),
                                .sink = add},
                      .deadline_ms = deadline_ms,
                      .context = d,
                      .begin = begin,
                      .drop = drop,
                      .judge = judge};
    enum cause cause;

    snprintf(ask.origin, sizeof ask.origin, "%s", d->located.origin);
    cause = ask_run(&ask);
    d->fetched = ask.fetched;
    d->retry_ms = ask.retry_ms;
    return cause;
}

enum cause download_run(struct download *download)
{
    struct job *job = download->job;
    const struct source *source = source_find(&job->server->sources, job->picture->source);
    int64_t most_ms = job->server->config->fetch.timeout_ms;
    int64_t timeout_ms = download->timeout_ms > 0 && download->timeout_ms < most_ms
                             ? download->timeout_ms
                             : most_ms;
    int64_t deadline_ms = clock_boot_ms() + timeout_ms;
    enum cause cause = CAUSE_INTERNAL;

    download->retry_ms = 0;
    download->fetched = (struct fetch_result){.status = 0};
    download->located = (struct located){.url = NULL};
    if (source)
        cause = locate(job, source, deadline_ms, &download->located);
    if (cause == CAUSE_NONE) {
        cause = ask(download, source, deadline_ms);
        if (cause != CAUSE_NONE)
            locate_doubt(job, cause);
    } else if (cause == CAUSE_INTERNAL) {
        log_error("download", "source=%s reason=\"no credentials or no origin\"",
                  job->picture->source->name);
    }
    locate_free(&download->located);
    return cause;
}
