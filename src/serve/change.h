/* SPDX-License-Identifier: MIT
 *
 * Changes of what people have uploaded: in the store of this machine, or in the bucket of an
 * S3-compatible one.
 */
#ifndef VISAGE_SERVE_CHANGE_H
#define VISAGE_SERVE_CHANGE_H

#include "serve/job.h"
#include "store/store.h"

/* What must hold for it (RFC 9110 section 13.1). */
struct change_condition {
    struct store_condition store;
    char etag[FETCH_ETAG_MAX]; /* of the object in the bucket that was looked at; "": of none */
};

/* What a deletion took away. */
struct change_removed {
    struct store_removed here; /* on this machine */
    bool kept;                 /* a bucket with versioning has it still, as an earlier version */
};

/* Makes the finished upload the picture of the job's subject, with the source's versions kept; it
 * is ended in all cases. CAUSE_NONE once it is durable, with p->sequence set for a picture on this
 * machine, and nothing is shown any more that was drawn of another; else CAUSE_PRECONDITION,
 * CAUSE_CONFLICT, CAUSE_BUSY or CAUSE_STORE. After CAUSE_STORE a bucket may have it all the same, if its
 * answer was lost. */
enum cause change_put(struct job *job, const char *subject, struct store_upload *in,
                      struct store_picture *p, const struct change_condition *condition);

/* Deletes the subject's picture with all its versions, but for what change_finish_deletion() does.
 * Returns as the above, or CAUSE_ORIGIN_NOT_FOUND on this machine; a bucket does not say. */
enum cause change_delete(struct job *job, const char *subject,
                         const struct change_condition *condition, struct change_removed *removed);

/* What was drawn of what has gone goes, too, published files included, and that there was nothing
 * is forgotten. For who has changed it by the store itself. Returns 0 or a negative errno, which is
 * logged; then what the store owes stays on record. */
int change_purge(struct server *server, const char *subject);

/* The same after change_delete() whose cause this is, CAUSE_NONE or CAUSE_ORIGIN_NOT_FOUND: whoever
 * deleted it before may have been killed, or told to come again. Its files go from this machine's
 * disk, too, or will by themselves where they cannot yet, as while a backup is completed, which is
 * waited for briefly; others' are not its concern. Returns the cause; or CAUSE_STORE, if something
 * is left that has to go. */
enum cause change_finish_deletion(struct job *job, const char *subject, enum cause cause);

#endif
