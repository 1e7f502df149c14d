/* SPDX-License-Identifier: MIT
 *
 * A request as plain data. All strings are borrowed from the caller and must
 * outlive the request; absent headers are NULL.
 */
#ifndef VISAGE_HTTP_MESSAGE_H
#define VISAGE_HTTP_MESSAGE_H

#include <stddef.h>

enum http_method { HTTP_GET, HTTP_HEAD, HTTP_OTHER };

#define HTTP_PATH_MAX 2048 /* bytes of path that are looked at; longer is 414 */

struct http_request {
    enum http_method method;
    const char *path;   /* raw: undecoded, as sent, without the query; not NUL-terminated */
    size_t path_length;
    const char *query;  /* raw, without '?'; not NULL, may be empty; not NUL-terminated */
    size_t query_length;
    const char *accept;
    const char *if_none_match;
    const char *if_modified_since;
    const char *range;
    const char *if_range;
};

#endif
