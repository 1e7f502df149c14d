/* SPDX-License-Identifier: MIT
 *
 * The raw path is decoded here, once, for every dialect that wants it decoded. An
 * encoded '/' is refused then, so splitting at '/' afterwards gives the same
 * segments as splitting first and decoding each, and what a dialect sees cannot
 * change its shape by being decoded again.
 */
#include "route/route.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/accept.h"
#include "http/percent.h"
#include "route/dialect.h"
#include "route/id.h"
#include "route/imgproxy.h"

/* In the order in which they are asked. */
static const struct dialect *const dialects[] = {&rest_dialect, &atproto_dialect, &gravatar_dialect, &camo_dialect,
                                                 &imgproxy_dialect, &native_dialect};

struct router {
    const struct config *config; /* borrowed */
    struct id_rules *rules;
    const struct dialect_keys *keys; /* borrowed; NULL: none */
};

int router_open(const struct config *config, struct router **out, char error[CONFIG_ERROR_MAX])
{
    struct router *router = calloc(1, sizeof *router);
    int rc;

    *out = NULL;
    snprintf(error, CONFIG_ERROR_MAX, "out of memory");
    if (!router)
        return -ENOMEM;
    router->config = config;
    rc = id_rules_new(config, &router->rules);
    if (rc == -EINVAL)
        snprintf(error, CONFIG_ERROR_MAX, "%s: bad id_pattern", config->path);
    if (!rc)
        rc = imgproxy_check(config, error);
    if (rc) {
        router_free(&router);
        return rc;
    }
    *out = router;
    return 0;
}

int router_new(const struct config *config, struct router **out)
{
    char error[CONFIG_ERROR_MAX];

    return router_open(config, out, error);
}

void router_set_keys(struct router *router, const struct dialect_keys *keys)
{
    router->keys = keys;
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
static bool is_sound(const struct http_request *request)
{
    if (request->path_length == 0 || request->path[0] != '/')
        return false;
    for (size_t i = 0; i < request->path_length; i++)
        if (is_control(request->path[i]) || (unsigned char)request->path[i] >= 0x80)
            return false;
    return true;
}

static bool has_encoded_slash(const char *path, size_t length)
{
    for (size_t i = 0; i + 2 < length; i++)
        if (path[i] == '%' && path[i + 1] == '2' && (path[i + 2] == 'F' || path[i + 2] == 'f'))
            return true;
    return false;
}

/* NULL where it cannot be decoded; else `room`. */
static const char *decode(const char *raw, size_t raw_length, char room[HTTP_PATH_MAX + 1],
                          size_t *length)
{
    ssize_t n = has_encoded_slash(raw, raw_length)
                    ? -EINVAL
                    : http_percent_decode(raw, raw_length, room, HTTP_PATH_MAX + 1);

    *length = 0;
    if (n < 0)
        return NULL;
    for (ssize_t i = 0; i < n; i++)
        if (is_control(room[i]))
            return NULL;
    *length = (size_t)n;
    return room;
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

/* The dialect that answers a request, with *in filled; NULL if there is none. */
static const struct dialect *find_dialect(const struct router *router,
                                          const struct http_request *request,
                                          char room[HTTP_PATH_MAX + 1], struct route_input *in)
{
    const struct route_input whole = {.config = router->config,
                                      .rules = router->rules,
                                      .keys = router->keys,
                                      .request = request};
    size_t length;
    const char *path = decode(request->path, request->path_length, room, &length);

    for (size_t i = 0; i < sizeof dialects / sizeof *dialects; i++) {
        const char *prefix = dialects[i]->prefix(router->config);
        bool raw, decoded;

        *in = whole;
        if (!prefix)
            continue;
        in->raw = request->path;
        in->raw_length = request->path_length;
        raw = strip_prefix(prefix, &in->raw, &in->raw_length);
        in->path = path;
        in->path_length = length;
        decoded = path && strip_prefix(prefix, &in->path, &in->path_length);
        if (!raw) {
            in->raw = "";
            in->raw_length = 0;
        }
        if (!decoded) {
            in->path = NULL;
            in->path_length = 0;
        }
        if ((raw || decoded) && dialects[i]->takes(in))
            return dialects[i];
    }
    in->path = path; /* NULL: it cannot be told what was meant */
    return NULL;
}

enum cause route(const struct router *router, const struct http_request *request,
                 struct picture_request *out)
{
    const struct config *config = router->config;
    const struct dialect *dialect;
    char room[HTTP_PATH_MAX + 1];
    struct route_input in;
    enum cause cause;

    *out = (struct picture_request){.dialect = DIALECT_NATIVE, .background = config->background};
    if (request->path_length > HTTP_PATH_MAX)
        return CAUSE_URI_TOO_LONG;
    if (!is_sound(request))
        return CAUSE_BAD_REQUEST;
    dialect = find_dialect(router, request, room, &in);
    if (!dialect)
        return in.path ? CAUSE_NOT_FOUND : CAUSE_BAD_REQUEST;
    out->dialect = dialect->name;
    cause = dialect->route(&in, out);
    if (cause)
        return cause;
    if (!picture_id_fits(out->id))
        return CAUSE_BAD_REQUEST;
    if (out->rest ? !rest_takes_method(out, request->method)
                  : request->method != HTTP_GET && request->method != HTTP_HEAD)
        return CAUSE_METHOD_NOT_ALLOWED;
    if (out->negotiated)
        out->format = http_accept_choose(request->accept, config->formats, config->format_count);
    return CAUSE_NONE;
}

enum cause route_subject(const struct router *router, const char *subject,
                         struct picture_request *out)
{
    size_t name = strcspn(subject, "/"), length = strlen(subject);
    const char *id = subject + name + 1;

    if (subject[name] != '/' || length == name + 1)
        return CAUSE_BAD_REQUEST;
    *out = (struct picture_request){.background = router->config->background};
    out->source = config_find_source(router->config, subject, name);
    if (!out->source)
        return CAUSE_NOT_FOUND;
    length -= name + 1;
    if (out->source->type == SOURCE_WEB)
        return id_from_url(out->source, id, length, out->id);
    if (length > PICTURE_ID_MAX || !id_allowed(router->rules, out->source, id, length))
        return CAUSE_BAD_REQUEST;
    memcpy(out->id, id, length + 1);
    return picture_id_fits(out->id) ? CAUSE_NONE : CAUSE_BAD_REQUEST;
}

bool route_negotiates(const struct router *router, const struct http_request *request)
{
    const struct dialect *dialect;
    char room[HTTP_PATH_MAX + 1];
    struct route_input in;

    if (request->path_length > HTTP_PATH_MAX || !is_sound(request))
        return false;
    dialect = find_dialect(router, request, room, &in);
    return dialect && dialect->negotiates(&in);
}
