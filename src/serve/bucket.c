/* SPDX-License-Identifier: MIT
 *
 * A request whose answer was lost may reach the store much later, after other changes that it
 * knows nothing of. So each one says of what it is a change: who has set no condition himself asks
 * what there is, and has the store compare that in the moment of the change.
 */
#include "serve/bucket.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "serve/ask.h"
#include "serve/locate.h"

#define ROUNDS 3 /* of looking and changing, while others change it, too */

struct change {
    struct job *job;
    const struct fetch_body *body; /* NULL: a deletion */
    int64_t deadline_ms;           /* boot clock; of all that it takes */
    struct bucket_condition condition;
    bool there;                    /* whatever it is, something has to be */
    bool looks;                    /* nothing is changed now */
    unsigned tries;
    struct fetch_result fetched;
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

    if (change->looks)
        return cause;
    switch (fetched->status) {
    case 404: /* it was deleted meanwhile; without a condition it is the bucket that is not there */
        return change->body && change->condition.etag[0] ? CAUSE_PRECONDITION : cause;
    case 409:
        return CAUSE_CONFLICT;
    case 412:
        return CAUSE_PRECONDITION;
    case 501: /* it knows no such condition; OpenStack Swift */
        return is_conditional(&change->condition) ? CAUSE_ORIGIN_BAD_STATUS : cause;
    default:
        return cause;
    }
}

static enum cause ask(struct change *c)
{
    struct job *job = c->job;
    const struct source *source = source_find(&job->server->sources, job->picture->source);
    struct ask ask = {.job = job,
                      .fetch = {.source = source,
                                .id = job->picture->id,
                                .body = c->looks ? NULL : c->body,
                                .deletes = !c->looks && !c->body,
                                .looks = c->looks,
                                .stay = true,
                                .if_match = c->looks ? NULL : c->condition.etag,
                                .if_absent = !c->looks && c->condition.absent,
                                .sink = ignore},
                      .deadline_ms = c->deadline_ms,
                      .context = c,
                      .begin = begin,
                      .drop = drop,
                      .judge = judge};
    enum cause cause;

    c->tries = 0;
    c->fetched = (struct fetch_result){.status = 0};
    if (!source ||
        source_origin(source->config, job->picture->id, ask.origin, sizeof ask.origin) != 0)
        return CAUSE_INTERNAL;
    cause = ask_run(&ask);
    c->fetched = ask.fetched;
    return cause;
}

static enum cause change_once(struct change *c)
{
    enum cause cause = ask(c);

    if (c->fetched.status == 501 && is_conditional(&c->condition)) {
        c->condition = (struct bucket_condition){.etag = ""};
        cause = ask(c);
    }
    return cause;
}

/* What is there becomes the condition; none where the store does not say: who may put need not be
 * one who may look. */
static enum cause look(struct change *c, char etag[FETCH_ETAG_MAX])
{
    enum cause cause;

    c->looks = true;
    cause = ask(c);
    c->looks = false;
    snprintf(etag, FETCH_ETAG_MAX, "%s", cause == CAUSE_NONE ? c->fetched.etag : "");
    c->condition = (struct bucket_condition){.absent = cause_is_absence(cause), .etag = etag};
    return cause_is_absence(cause) || cause == CAUSE_ORIGIN_DENIED ? CAUSE_NONE : cause;
}

/* After 412 nothing has changed: what the store compares is not what it says. */
static bool compares_something_else(enum cause cause, const struct bucket_condition *before,
                                    const struct bucket_condition *now)
{
    return cause == CAUSE_PRECONDITION && before->absent == now->absent &&
           strcmp(before->etag, now->etag) == 0;
}

/* Whoever comes last has the last word, as without conditions. */
static enum cause change_what_is_there(struct change *c)
{
    char etags[2][FETCH_ETAG_MAX] = {"", ""};
    struct bucket_condition before;
    enum cause cause = CAUSE_NONE, looked;

    for (unsigned round = 0; round < ROUNDS; round++) {
        before = c->condition;
        looked = look(c, etags[round % 2]);
        if (looked != CAUSE_NONE)
            return looked;
        if (c->there && c->condition.absent)
            return CAUSE_PRECONDITION;
        if (!c->body && c->condition.absent)
            return CAUSE_NONE; /* a deletion on its way could only meet what comes later */
        if (compares_something_else(cause, &before, &c->condition))
            c->condition = (struct bucket_condition){.etag = ""};
        cause = change_once(c);
        if (cause != CAUSE_PRECONDITION && cause != CAUSE_CONFLICT)
            return cause;
    }
    return CAUSE_CONFLICT;
}

/* After a try whose answer was lost it may be our own change that the store speaks of. */
static enum cause change_if(struct change *c)
{
    enum cause cause = change_once(c);

    return cause == CAUSE_PRECONDITION && c->tries > 1 ? CAUSE_ORIGIN_BAD_STATUS : cause;
}

static enum cause run(struct change *c)
{
    enum cause cause;

    c->there = c->condition.there;
    c->deadline_ms = clock_boot_ms() + c->job->server->config->store.timeout_ms;
    cause = is_conditional(&c->condition) ? change_if(c) : change_what_is_there(c);
    /* What was not there is deleted. */
    if (cause == CAUSE_NONE || (!c->body && cause_is_absence(cause)))
        return CAUSE_NONE;
    if (cause == CAUSE_PRECONDITION || cause == CAUSE_CONFLICT)
        return cause;
    log_error("bucket", "source=%s what=%s cause=%s status=%ld", c->job->picture->source->name,
              c->body ? "put" : "delete", cause_info(cause)->name, c->fetched.status);
    return CAUSE_STORE;
}

enum cause bucket_put(struct job *job, const struct fetch_body *body,
                      const struct bucket_condition *condition, char etag[FETCH_ETAG_MAX])
{
    struct change c = {.job = job, .body = body, .condition = *condition};
    enum cause cause = run(&c);

    snprintf(etag, FETCH_ETAG_MAX, "%s", cause == CAUSE_NONE ? c.fetched.etag : "");
    return cause;
}

enum cause bucket_delete(struct job *job, const struct bucket_condition *condition, bool *kept)
{
    struct change c = {.job = job, .condition = *condition};
    enum cause cause = run(&c);

    *kept = cause == CAUSE_NONE && c.fetched.kept;
    return cause;
}
