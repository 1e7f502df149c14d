/* SPDX-License-Identifier: MIT
 *
 * Uploads that are kept in a bucket of an S3-compatible store: put and deleted there, with the
 * retries, breakers and slots of any origin. What is read from it comes like any original.
 */
#ifndef VISAGE_SERVE_BUCKET_H
#define VISAGE_SERVE_BUCKET_H

#include "origin/fetch.h"
#include "serve/job.h"

/* Puts the object of the job's picture. CAUSE_NONE once the store has acknowledged it, or CAUSE_STORE; then
 * it may be there all the same, if the answer was lost. */
enum cause bucket_put(struct job *job, const struct fetch_body *body);

/* Deletes it; also if there is none. CAUSE_NONE or CAUSE_STORE. */
enum cause bucket_delete(struct job *job);

#endif
