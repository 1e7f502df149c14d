/* SPDX-License-Identifier: MIT
 *
 * Uploads that are kept in a bucket of an S3-compatible store: put and deleted there, with the
 * retries, breakers and slots of any origin. What is read from it comes like any original.
 */
#ifndef VISAGE_SERVE_BUCKET_H
#define VISAGE_SERVE_BUCKET_H

#include "origin/fetch.h"
#include "serve/job.h"

/* What the store compares itself, in the moment of the change. Stores that cannot do that are asked
 * without: then only who has looked before knows, and a request that was lost on its way may do its work
 * when it arrives after all. */
struct bucket_condition {
    bool absent;      /* there is no object */
    bool there;       /* there is one, whichever */
    const char *etag; /* it is this one; "": any, or none */
};

/* Puts the object of the job's picture. CAUSE_NONE once the store has acknowledged it, with the entity
 * tag that it gave it ("" if none); CAUSE_PRECONDITION; CAUSE_CONFLICT where others go on changing it;
 * or CAUSE_STORE: then it may be there all the same, if the answer was lost, or come to be there for as
 * long as nobody else has changed it. */
enum cause bucket_put(struct job *job, const struct fetch_body *body,
                      const struct bucket_condition *condition, char etag[FETCH_ETAG_MAX]);

/* Deletes it; also if there is none. *kept tells if the bucket has versioning, and it is there
 * still as an earlier version. Returns as the above. */
enum cause bucket_delete(struct job *job, const struct bucket_condition *condition, bool *kept);

#endif
