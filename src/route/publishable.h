/* SPDX-License-Identifier: MIT
 *
 * Which URLs name files that a web server may send by itself.
 */
#ifndef VISAGE_ROUTE_PUBLISHABLE_H
#define VISAGE_ROUTE_PUBLISHABLE_H

#include <stdbool.h>

#include "http/message.h"
#include "route/request.h"

#define PUBLISHABLE_PATH_MAX 1024 /* NUL included */

/* The path under which the answer to this request may be published: that of a URL which will never mean
 * another picture, which asks for what is drawn (or the names of one picture could fill a disk), which
 * needs no signature and no query, and whose path is a file's name as it stands, for every web server.
 * False if there is none. */
bool publishable_path(const struct http_request *request, const struct picture_request *picture,
                      char out[PUBLISHABLE_PATH_MAX]);

#endif
