/* SPDX-License-Identifier: MIT
 *
 * A request as plain data. All strings are borrowed from the caller and must
 * outlive the request; absent headers are NULL.
 */
#ifndef VISAGE_HTTP_MESSAGE_H
#define VISAGE_HTTP_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum http_method {
    HTTP_GET,
    HTTP_HEAD,
    HTTP_POST,
    HTTP_PUT,
    HTTP_DELETE,
    HTTP_OPTIONS,
    HTTP_OTHER
};

#define HTTP_PATH_MAX 6656 /* bytes of path that are looked at; longer is 414 */

/* Whoever sent the request, as far as it can be asked while the answer is made. */
struct http_peer {
    /* Whether it has gone away and nobody will read an answer; asked often, so cheap. */
    bool (*gone)(struct http_peer *peer);
    /* Reads on in the body. Returns the bytes read, 0 at its end, or a negative errno. */
    ssize_t (*read)(struct http_peer *peer, void *out, size_t size);
};

struct http_request {
    enum http_method method;
    enum http_method intended;  /* HTTP_OPTIONS: what a page wants to use
                                   (Access-Control-Request-Method); HTTP_OTHER: it does not say */
    const char *path;   /* raw: undecoded, as sent, without the query; not NUL-terminated */
    size_t path_length;
    const char *query;  /* raw, without '?'; not NULL, may be empty; not NUL-terminated */
    size_t query_length;
    const char *accept;
    const char *if_none_match;
    const char *if_modified_since;
    const char *if_unmodified_since;
    const char *range;
    const char *if_range;
    const char *authorization;
    const char *content_type;
    const char *content_encoding;
    const char *content_range;
    const char *via;            /* several fields are joined by commas */
    const char *remote_address; /* numeric, as the server tells it */
    const char *remote_user;    /* whom the web server has let in; NULL: nobody */
    const char *scheme;         /* "http" or "https", as the server tells it; NULL: it does not */
    const char *host;
    const char *origin;         /* of the page that asks (RFC 6454) */
    const char *fetch_site;     /* Sec-Fetch-Site (Fetch Metadata) */
    const char *fetch_mode;     /* Sec-Fetch-Mode */
    const char *if_match;
    const char *grant;          /* Visage-Grant */
    const char *program;        /* Visage-Upload or X-Requested-With: no form can send them */
    int64_t content_length;     /* of the body; -1: not said */
    struct http_peer *peer;     /* NULL for a request of our own making */
};

/* Makes a GET of a URL, whole or from its path on; the strings are borrowed from it. False if it
 * has no path. */
bool http_request_from_url(const char *url, struct http_request *out);

#endif
