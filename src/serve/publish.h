/* SPDX-License-Identifier: MIT
 *
 * Which answers the web server may give by itself from now on.
 */
#ifndef VISAGE_SERVE_PUBLISH_H
#define VISAGE_SERVE_PUBLISH_H

#include <stdbool.h>

#include "serve/job.h"

#define PUBLISH_PATH_MAX 1024 /* of a URL, NUL included */

/* The path under which the answer to this request may be published: that of a URL which will never mean
 * another picture, which needs no signature and no query, and whose path is a file's name as it stands,
 * for every web server. False if there is none. */
bool publishable_path(const struct http_request *request, const struct picture_request *picture,
                      char out[PUBLISH_PATH_MAX]);

/* Publishes the variant that the request is answered with, if it may be. */
void publish(const struct job *job, const struct digest *key, const struct entry *variant);

#endif
