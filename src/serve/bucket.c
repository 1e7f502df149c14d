/* SPDX-License-Identifier: MIT */
#include "serve/bucket.h"

#include "base/clock.h"
#include "base/log.h"
#include "serve/ask.h"
#include "serve/locate.h"

struct change {
    struct bucket_condition condition;
    unsigned tries;
};

static int begin(void *context)
{
    struct change *change = context;

    change->tries++;
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

static bool is_conditional(const struct bucket_condition *c)
{
    return c->absent || c->etag[0];
}

/* These are answers, and no trouble of the store's. */
static enum cause judge(void *context, enum cause cause, const struct fetch_result *fetched)
{
    const struct change *change = context;

    switch (fetched->status) {
    case 409:
        return CAUSE_CONFLICT;
    case 412: /* after a try whose answer was lost it may be our own change that it speaks of */
        return change->tries > 1 ? CAUSE_ORIGIN_BAD_STATUS : CAUSE_PRECONDITION;
    case 501: /* it knows no such condition; OpenStack Swift */
        return is_conditional(&change->condition) ? CAUSE_ORIGIN_BAD_STATUS : cause;
    default:
        return cause;
    }
}

static enum cause ask_once(struct job *job, const struct fetch_body *body,
                           const struct bucket_condition *condition, struct fetch_result *result)
{
    struct change change = {.condition = *condition};
    const struct source *source = source_find(&job->server->sources, job->picture->source);
    struct ask ask = {.job = job,
                      .fetch = {.source = source,
                                .id = job->picture->id,
                                .body = body,
                                .deletes = !body,
                                .stay = true,
                                .if_match = condition->etag,
                                .if_absent = condition->absent,
                                .sink = ignore},
                      .deadline_ms = clock_boot_ms() + job->server->config->store.timeout_ms,
                      .context = &change,
                      .begin = begin,
                      .drop = drop,
                      .judge = judge};
    enum cause cause;

    *result = (struct fetch_result){.status = 0};
    if (!source || source_origin(source->config, job->picture->id, ask.origin, sizeof ask.origin) != 0)
        return CAUSE_INTERNAL;
    cause = ask_run(&ask);
    *result = ask.fetched;
    return cause;
}

static enum cause ask_bucket(struct job *job, const struct fetch_body *body,
                             const struct bucket_condition *condition, const char *what,
                             struct fetch_result *result)
{
    static const struct bucket_condition none = {.etag = ""};
    enum cause cause = ask_once(job, body, condition, result);

    if (result->status == 501 && is_conditional(condition))
        cause = ask_once(job, body, &none, result);
    /* What was not there is deleted. */
    if (cause == CAUSE_NONE || (!body && cause_is_absence(cause)))
        return CAUSE_NONE;
    if (cause == CAUSE_PRECONDITION || cause == CAUSE_CONFLICT)
        return cause;
    log_error("bucket", "source=%s what=%s cause=%s status=%ld", job->picture->source->name, what,
              cause_info(cause)->name, result->status);
    return CAUSE_STORE;
}

enum cause bucket_put(struct job *job, const struct fetch_body *body,
                      const struct bucket_condition *condition)
{
    struct fetch_result result;

    return ask_bucket(job, body, condition, "put", &result);
}

enum cause bucket_delete(struct job *job, const struct bucket_condition *condition, bool *kept)
{
    struct fetch_result result;
    enum cause cause = ask_bucket(job, NULL, condition, "delete", &result);

    *kept = cause == CAUSE_NONE && result.kept;
    return cause;
}
