/* SPDX-License-Identifier: MIT
 *
 * The raw path is decoded here, once, for every dialect. An encoded '/' is
 * refused, so splitting at '/' afterwards gives the same segments as splitting
 * first and decoding each, and what a dialect sees cannot change its shape by
 * being decoded again.
 */
#include "route/route.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "http/accept.h"
#include "http/percent.h"
#include "route/id.h"
#include "route/native.h"

struct router {
    const struct config *config; /* borrowed */
    struct id_rules *rules;
};

int router_new(const struct config *config, struct router **out)
{
    struct router *router = calloc(1, sizeof *router);
    int rc;

    *out = NULL;
    if (!router)
        return -ENOMEM;
    router->config = config;
    rc = id_rules_new(config, &router->rules);
    if (rc) {
        router_free(&router);
        return rc;
    }
    *out = router;
    return 0;
}

void router_free(struct router **router)
{
    if (!*router)
        return;
    id_rules_free(&(*router)->rules);
    free(*router);
    *router = NULL;
}

static bool is_control(char c)
{
    return (unsigned char)c < 0x20 || c == 0x7f;
}

/* RFC 3986 section 3.3 has neither control bytes nor bytes above 0x7f in a path. */
static bool raw_path_is_sound(const char *path, size_t length)
{
    if (length == 0 || path[0] != '/')
        return false;
    for (size_t i = 0; i < length; i++) {
        if (is_control(path[i]) || (unsigned char)path[i] >= 0x80)
            return false;
        if (path[i] == '%' && length - i >= 3 && path[i + 1] == '2' &&
            (path[i + 2] == 'F' || path[i + 2] == 'f'))
            return false;
    }
    return true;
}

static enum cause decode_path(const struct http_request *request, char out[HTTP_PATH_MAX + 1],
                              size_t *length)
{
    ssize_t n;

    if (request->path_length > HTTP_PATH_MAX)
        return CAUSE_URI_TOO_LONG;
    if (!raw_path_is_sound(request->path, request->path_length))
        return CAUSE_BAD_REQUEST;
    n = http_percent_decode(request->path, request->path_length, out, HTTP_PATH_MAX + 1);
    if (n < 0)
        return CAUSE_BAD_REQUEST;
    for (ssize_t i = 0; i < n; i++)
        if (is_control(out[i]))
            return CAUSE_BAD_REQUEST;
    *length = (size_t)n;
    return CAUSE_NONE;
}

/* Moves past the prefix. False for a path outside of it: the prefix is whole
 * segments, so "/avatars" is not under "/ava". */
static bool strip_prefix(const char *prefix, const char **path, size_t *length)
{
    size_t n = strlen(prefix);

    if (*length < n || memcmp(*path, prefix, n) != 0)
        return false;
    if (*length > n && (*path)[n] != '/')
        return false;
    *path += n;
    *length -= n;
    return true;
}

enum cause route(const struct router *router, const struct http_request *request,
                 struct picture_request *out)
{
    const struct config *config = router->config;
    char decoded[HTTP_PATH_MAX + 1];
    const char *path = decoded;
    size_t length;
    enum cause cause;

    cause = decode_path(request, decoded, &length);
    if (cause)
        return cause;
    if (!strip_prefix(config->prefix, &path, &length))
        return CAUSE_NOT_FOUND;
    cause = native_route(config, router->rules, path, length, out);
    if (cause)
        return cause;
    if (request->method != HTTP_GET && request->method != HTTP_HEAD)
        return CAUSE_METHOD_NOT_ALLOWED;
    if (out->negotiated)
        out->format = http_accept_choose(request->accept, config->formats, config->format_count);
    return CAUSE_NONE;
}

enum cause route_subject(const struct router *router, const char *subject)
{
    size_t name = strcspn(subject, "/"), length = strlen(subject);
    const struct config_source *source;

    if (subject[name] != '/' || length == name + 1)
        return CAUSE_BAD_REQUEST;
    source = config_find_source(router->config, subject, name);
    if (!source)
        return CAUSE_NOT_FOUND;
    length -= name + 1;
    return length <= PICTURE_ID_MAX &&
                   id_allowed(router->rules, source, subject + name + 1, length)
               ? CAUSE_NONE
               : CAUSE_BAD_REQUEST;
}

bool route_negotiates(const struct router *router, const struct http_request *request)
{
    char decoded[HTTP_PATH_MAX + 1];
    const char *path = decoded;
    size_t length;

    return decode_path(request, decoded, &length) == CAUSE_NONE &&
           strip_prefix(router->config->prefix, &path, &length) &&
           native_negotiates(path, length);
}
