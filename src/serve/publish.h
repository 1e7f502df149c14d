/* SPDX-License-Identifier: MIT
 *
 * Answers that the web server may give by itself from now on.
 */
#ifndef VISAGE_SERVE_PUBLISH_H
#define VISAGE_SERVE_PUBLISH_H

#include "serve/job.h"

/* Publishes the variant that the request is answered with, if it may be (route/publishable.h). */
void publish(const struct job *job, const struct digest *key, const struct entry *variant);

#endif
