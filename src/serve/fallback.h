/* SPDX-License-Identifier: MIT
 *
 * The picture that is drawn in place of one that cannot be had: an identicon of
 * the subject, or a file of the operator's, under the error's own status.
 */
#ifndef VISAGE_SERVE_FALLBACK_H
#define VISAGE_SERVE_FALLBACK_H

#include "serve/job.h"

/* What the source's configuration draws for this cause; NULL: nothing, as in place of a document. */
const struct config_fallback *fallback_choose(const struct picture_request *picture,
                                              enum cause cause);

/* Answers with the fallback that the source has for this cause, in the size and format of the
 * request. `retry_ms` is as for reply_error(). Returns 0, or a negative errno if there is none or
 * it cannot be drawn: then it is to be a line of text. */
int fallback_reply(const struct job *job, enum cause cause, int64_t retry_ms);

#endif
