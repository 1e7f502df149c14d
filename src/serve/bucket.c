/* SPDX-License-Identifier: MIT */
#include "serve/bucket.h"

#include "base/clock.h"
#include "base/log.h"
#include "serve/ask.h"
#include "serve/locate.h"

static int begin(void *context)
{
    (void)context;
    return 0;
}

static void drop(void *context)
{
    (void)context;
}

static int ignore(void *context, const void *bytes, size_t length)
{
    (void)context;
    (void)bytes;
    (void)length;
    return 0;
}

static enum cause ask_bucket(struct job *job, const struct fetch_body *body, const char *what)
{
    const struct source *source = source_find(&job->server->sources, job->picture->source);
    struct ask ask = {.job = job,
                      .fetch = {.source = source,
                                .id = job->picture->id,
                                .body = body,
                                .deletes = !body,
                                .stay = true,
                                .sink = ignore},
                      .deadline_ms = clock_boot_ms() + job->server->config->fetch.timeout_ms,
                      .begin = begin,
                      .drop = drop};
    enum cause cause;

    if (!source || source_origin(source->config, job->picture->id, ask.origin, sizeof ask.origin) != 0)
        return CAUSE_INTERNAL;
    cause = ask_run(&ask);
    /* What was not there is deleted. */
    if (cause == CAUSE_NONE || (!body && cause_is_absence(cause)))
        return CAUSE_NONE;
    log_error("bucket", "source=%s what=%s cause=%s status=%ld", source->config->name, what,
              cause_info(cause)->name, ask.fetched.status);
    return CAUSE_STORE;
}

enum cause bucket_put(struct job *job, const struct fetch_body *body)
{
    return ask_bucket(job, body, "put");
}

enum cause bucket_delete(struct job *job)
{
    return ask_bucket(job, NULL, "delete");
}
