/* SPDX-License-Identifier: MIT
 *
 * What each dialect gives the router, a file each. All are pure. Private to the
 * house.
 */
#ifndef VISAGE_ROUTE_DIALECT_H
#define VISAGE_ROUTE_DIALECT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cause.h"
#include "base/config.h"
#include "base/dialect_keys.h"
#include "http/message.h"
#include "route/id.h"
#include "route/request.h"
#include "route/route.h"

/* A request below the dialect's prefix. Neither text is NUL-terminated, and neither has control
 * characters or bytes above 0x7f; `path` may have the latter. */
struct route_input {
    const struct config *config;
    const struct id_rules *rules;
    const struct dialect_keys *keys; /* NULL: none */
    const struct http_request *request;
    const char *raw;    /* what follows the prefix, undecoded: "" or '/' and more; "" too where
                           the prefix stands there in another spelling */
    size_t raw_length;
    const char *path;   /* the same, decoded once, every '/' in it a separator; NULL where that
                           cannot be: a broken escape, an encoded '/', a control character */
    size_t path_length;
};

struct dialect {
    enum dialect_name name;
    /* Where its URLs begin; NULL: it is switched off. */
    const char *(*prefix)(const struct config *config);
    /* Whether a path has this dialect's shape, whatever it names. The first one that takes a
     * request answers it. */
    bool (*takes)(const struct route_input *in);
    /* Fills *out, which is zero but for dialect and background, and returns CAUSE_NONE; or a cause,
     * with *out in no useful state. Where Accept is to decide it leaves `format` PICTURE_UNKNOWN
     * and sets `negotiated`. Methods are none of its business. */
    enum cause (*route)(const struct route_input *in, struct picture_request *out);
    /* Whether the answer depends on Accept, whatever the outcome. */
    bool (*negotiates)(const struct route_input *in);
};

extern const struct dialect atproto_dialect;
extern const struct dialect camo_dialect;
extern const struct dialect imgproxy_dialect;
extern const struct dialect gravatar_dialect;
extern const struct dialect native_dialect;
extern const struct dialect rest_dialect;

/* Whether a section rest lets the method through. */
bool rest_takes_method(const struct picture_request *picture, enum http_method method);

#endif
