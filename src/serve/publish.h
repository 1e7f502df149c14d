/* SPDX-License-Identifier: MIT
 *
 * Answers that the web server may give by itself from now on.
 */
#ifndef VISAGE_SERVE_PUBLISH_H
#define VISAGE_SERVE_PUBLISH_H

#include "serve/job.h"

/* Notes that the variant which the request is answered with is to be published, if it may be
 * (route/publishable.h): after the answer, since it waits for the disk. */
void publish(const struct job *job, const struct digest *key, const struct entry *variant);

/* Does so. */
void publish_noted(struct server *server);

#endif
