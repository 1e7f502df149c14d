/* SPDX-License-Identifier: MIT
 *
 * From path and query to a picture_request: the first dialect whose shape fits
 * decides. Pure: no I/O, no clock, nothing kept.
 */
#ifndef VISAGE_ROUTE_ROUTE_H
#define VISAGE_ROUTE_ROUTE_H

#include "base/cause.h"
#include "base/dialect_keys.h"
#include "http/message.h"
#include "route/request.h"

struct router; /* the compiled id patterns */

/* Compiles what routing needs from the configuration, which must outlive the
 * router. Returns 0, -ENOMEM, or -EINVAL for a bad id_pattern or a bad preset of imgproxy's. */
int router_new(const struct config *config, struct router **out);

/* The same, with a message that says what is wrong. */
int router_open(const struct config *config, struct router **out, char error[CONFIG_ERROR_MAX]);

/* Gives it the keys of signed dialects, borrowed. Until then it takes nothing that has to be
 * signed. */
void router_set_keys(struct router *router, const struct dialect_keys *keys);

/* Frees *router and clears the pointer; NULL is fine. */
void router_free(struct router **router);

/* Returns CAUSE_NONE with *out filled; or CAUSE_BAD_REQUEST, CAUSE_NOT_FOUND, CAUSE_SIGNATURE,
 * CAUSE_OPTION_FORBIDDEN, CAUSE_LOOP, CAUSE_METHOD_NOT_ALLOWED or CAUSE_URI_TOO_LONG, with nothing
 * in *out but the dialect that says so. Whether the URL has expired is picture_expired()'s to say. */
enum cause route(const struct router *router, const struct http_request *request,
                 struct picture_request *out);

/* Reads "source/id" as people write it, without escapes, and fills source and id of *out: CAUSE_NONE
 * if some URL could name it, CAUSE_NOT_FOUND for a source that there is not, or a host that is not
 * allowed, else CAUSE_BAD_REQUEST. */
enum cause route_subject(const struct router *router, const char *subject,
                         struct picture_request *out);

/* True when the answer to this request depends on Accept, whatever the outcome;
 * for Vary on errors too. */
bool route_negotiates(const struct router *router, const struct http_request *request);

#endif
