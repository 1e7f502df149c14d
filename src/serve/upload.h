/* SPDX-License-Identifier: MIT
 *
 * Taking a picture in: counted and hashed while it streams to disk, decoded once in the
 * sandbox, and only then put in place of what was there.
 */
#ifndef VISAGE_SERVE_UPLOAD_H
#define VISAGE_SERVE_UPLOAD_H

#include "serve/change.h"

struct upload {
    struct server *server;
    const struct http_request *request;
    const struct config_source *source; /* of type store */
    const struct picture_request *picture; /* whose it is to be, */
    const char *subject;                /* as "source/id" */
    const char *field;                  /* of a form */
    uint64_t max_bytes;                 /* that who sends it may send; 0: as the source says */
    int64_t now_ms;
};

/* Reads the request's body and makes it the subject's picture. CAUSE_NONE with *out once it is on disk,
 * or why not; then nothing has changed. */
enum cause upload_take(const struct upload *upload, struct store_picture *out);

/* Whether the request's preconditions are about what is there: CAUSE_NONE with *out as changes want
 * them, CAUSE_PRECONDITION, CAUSE_STORE, or CAUSE_ORIGIN_NOT_FOUND for a deletion. They name
 * versions, by any of the tags that what is known of a picture is sent with. */
enum cause upload_condition(struct job *job, const char *subject, struct change_condition *out);

#endif
