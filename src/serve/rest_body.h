/* SPDX-License-Identifier: MIT
 *
 * The JSON that front ends are answered with: the operator's text with what is known in its
 * places.
 */
#ifndef VISAGE_SERVE_REST_BODY_H
#define VISAGE_SERVE_REST_BODY_H

#include <stdbool.h>

#include "base/buffer.h"
#include "route/request.h"
#include "route/sign.h"
#include "store/store.h"

struct rest_facts {
    const struct config *config;
    const struct picture_request *picture; /* its section and id */
    const struct store_picture *stored;    /* NULL: there is none */
    bool exists;
    struct signer signer;                  /* of {url} */
};

/* Appends the text (NULL: an object of all there is to say) with its places filled: {id}, {version},
 * {url}, {type} as what stands between a JSON string's quotes, {path_id} as the id stands in a URL,
 * {width}, {height}, {bytes}, {exists} as numbers and words. Other braces are the text's own. Returns
 * 0, -EIO or -ENOMEM. */
int rest_body_write(struct buffer *out, const char *text, const struct rest_facts *facts);

struct rest_error {
    int status;
    const char *title;  /* the status's name */
    const char *detail; /* one line */
};

/* The same for an error's text, whose places are {status}, {title} and {detail}. Returns 0 or
 * -ENOMEM. */
int rest_body_write_error(struct buffer *out, const char *text, const struct rest_error *error);

#endif
