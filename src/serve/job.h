/* SPDX-License-Identifier: MIT
 *
 * One request on its way through the pipeline. Private to serve/.
 */
#ifndef VISAGE_SERVE_JOB_H
#define VISAGE_SERVE_JOB_H

#include <stdbool.h>
#include <stdint.h>

#include "route/request.h"
#include "serve/reply.h"
#include "serve/server.h"

#define JOB_LEASES_MAX 2 /* a variant's, and its subject's */

struct job {
    struct server *server;
    const struct http_request *http; /* NULL: nobody waits for a reply (the keeper) */
    const struct picture_request *picture;
    struct reply *reply;             /* NULL with http */
    int64_t now_ms;      /* wall clock, when the request came */
    int64_t deadline_ms; /* boot clock: nobody waits longer for another worker */
    int64_t since_ms;    /* wall clock: what was not fetched after it counts as expired */
    bool anew;           /* the origin is asked by nobody else, and not before now */
    bool joined;         /* it may wait for what others fetch, but not fetch itself (busy.h): */
    int64_t join_until_ms; /* boot clock; no longer than that, while they fetch still */
    struct digest leases[JOB_LEASES_MAX]; /* that this job holds */
    unsigned lease_count;
    bool chained;        /* others may answer in its place: a failure is not replied with, but */
    enum cause failure;  /* left here, CAUSE_NONE if there is none, with */
    int64_t retry_ms;    /* how long it is remembered (0: unknown) */
};

/* Of a request that is not answered with a picture: others are waited for as long as a fetch may
 * take. */
struct job job_begin(struct server *server, const struct http_request *http,
                     const struct picture_request *picture, int64_t now_ms);

/* Whether anybody still wants what this job makes: its client, or another worker that waits for
 * one of its leases. */
bool job_is_wanted(struct job *job);

#endif
