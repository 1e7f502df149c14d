/* SPDX-License-Identifier: MIT
 *
 * Getting an original's bytes: where they are, and from there into a blob.
 */
#ifndef VISAGE_SERVE_DOWNLOAD_H
#define VISAGE_SERVE_DOWNLOAD_H

#include "cache/blob.h"
#include "origin/fetch.h"
#include "serve/job.h"
#include "serve/locate.h"

struct download {
    struct job *job;
    const char *etag;            /* of what is kept, to ask whether it is still good; "": none */
    int64_t last_modified_s;     /* the same; 0: none */
    int64_t timeout_ms;          /* 0: fetch.timeout, which is the most */

    /* what came of it */
    struct located located;
    struct blob_writer writer;   /* after a 200: the body, to be ended by the caller */
    struct fetch_result fetched; /* of the last try */
    int64_t retry_ms;            /* after a failure: when another try makes sense; 0: unknown */
};

/* Runs it. CAUSE_NONE: either fetched.not_modified, or `writer` holds the whole body. */
enum cause download_run(struct download *download);

#endif
