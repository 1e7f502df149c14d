/* SPDX-License-Identifier: MIT
 *
 * Asking an origin for something: through the gate (breaker and slots), and again
 * after a failure that may pass, for as long as the time allows.
 */
#ifndef VISAGE_SERVE_ASK_H
#define VISAGE_SERVE_ASK_H

#include "cache/gate.h"
#include "origin/fetch.h"
#include "serve/job.h"

struct ask {
    struct job *job;
    struct fetch_request fetch;   /* source, url or id, and what else is special; the sink's context
                                     and times are set here */
    char origin[GATE_ORIGIN_MAX]; /* of that url */
    int64_t deadline_ms;          /* boot clock */
    void *context;                /* of the sink and of what follows */
    /* Before each try: the sink begins anew. Returns 0 or a negative errno. */
    int (*begin)(void *context);
    /* After each try that brought no whole body. */
    void (*drop)(void *context);
    /* May know better than the status what a try has come to; NULL: takes it as it is. */
    enum cause (*judge)(void *context, enum cause cause, const struct fetch_result *fetched);

    /* what came of it */
    struct fetch_result fetched;  /* of the last try */
    int64_t retry_ms;             /* after a failure: when another try makes sense; 0: unknown */
};

/* Runs it. CAUSE_NONE: either fetched.not_modified, or the sink has had the whole body. */
enum cause ask_run(struct ask *ask);

#endif
