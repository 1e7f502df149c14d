/* SPDX-License-Identifier: MIT
 *
 * Which URLs name files that a web server may send by itself.
 */
#ifndef VISAGE_ROUTE_PUBLISHABLE_H
#define VISAGE_ROUTE_PUBLISHABLE_H

#include "http/message.h"
#include "route/request.h"

#define PUBLISHABLE_PATH_MAX 1024 /* NUL included */

/* The first of the rules, in this order, that an answer does not keep to. */
enum publishable {
    PUBLISHABLE_YES,
    PUBLISHABLE_NOBODYS,    /* of no source: nobody could purge it */
    PUBLISHABLE_SIGNED,     /* the source's URLs are signed */
    PUBLISHABLE_SHARED,     /* another machine may delete it, of which this one's web server knows nothing */
    PUBLISHABLE_MUTABLE,    /* the URL may come to mean another picture */
    PUBLISHABLE_VERBATIM,   /* nothing is drawn */
    PUBLISHABLE_NEGOTIATED, /* the format is the client's choice */
    PUBLISHABLE_SNAPPED,    /* not the size that the URL says: many mean this one */
    PUBLISHABLE_SAVED,      /* it is to be saved, or has a file's name for that */
    PUBLISHABLE_EXPIRING,
    PUBLISHABLE_QUERY,
    PUBLISHABLE_LONG,       /* the path, or a name in it */
    PUBLISHABLE_UNPLAIN,    /* a name in the path is empty, hidden, or has bytes that may be read
                               otherwise than they stand */
    PUBLISHABLE_DOTTED,     /* more than the format's extension is behind a dot */
};

/* The path under which the answer to this request may be published: that of a URL which will never
 * mean another picture, which asks for what is drawn (or the names of one picture could fill a
 * disk), which needs no signature and no query, and whose path is a file's name as it stands, for
 * every web server. Returns PUBLISHABLE_YES with it, or why there is none. */
enum publishable publishable_path(const struct http_request *request,
                                  const struct picture_request *picture,
                                  char out[PUBLISHABLE_PATH_MAX]);

#endif
