/* SPDX-License-Identifier: MIT */
#include "serve/uploader.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/secret.h"
#include "http/credentials.h"
#include "http/form.h"
#include "route/grant.h"
#include "serve/cors.h"

/* ---- the site's own programs ---- */

static bool is_key(const struct sign_keys *keys, const char *token)
{
    char key[SECRET_MAX + 1];
    bool found = false;

    /* Each is compared, so that the time tells nothing. */
    for (size_t i = 0; i < keys->count; i++) {
        snprintf(key, sizeof key, "%.*s", (int)keys->keys[i].length, keys->keys[i].bytes);
        found |= secret_equal(key, token);
    }
    explicit_bzero(key, sizeof key);
    return found;
}

static bool has_key(const struct source *source, const struct http_request *request)
{
    char token[SECRET_MAX + 1];
    bool has = source->config->store.writers & WRITER_API_KEY &&
               http_credentials_is_bearer(request->authorization) &&
               http_credentials_token(request->authorization, token, sizeof token) == 0 &&
               is_key(&source->api_keys, token);

    explicit_bzero(token, sizeof token);
    return has;
}

/* ---- grants ---- */

/* In a header, or in the query, as forms have it. */
static bool find_grant(const struct http_request *request, char *out, size_t size)
{
    size_t length = request->grant ? strlen(request->grant) : 0;

    if (request->grant && length < size) {
        memcpy(out, request->grant, length + 1);
        return true;
    }
    return !request->grant && http_form_get(request->query, request->query_length, "grant", out, size) > 0;
}

/* ---- whom the web server has let in ---- */

/* Whether it is a page of the host that is asked. What came by HTTPS is not for pages that anybody on
 * the way may have written; but a server that speaks HTTP may stand behind one that speaks HTTPS. */
static bool is_own(const struct http_request *request)
{
    const char *rest = strstr(request->origin, "://");

    if (!rest || !request->host || strcasecmp(rest + 3, request->host) != 0)
        return false;
    return !request->scheme || strcmp(request->scheme, "http") == 0 ||
           strncasecmp(request->origin, "https:", 6) == 0;
}

/* Browsers send Origin with every POST, PUT and DELETE. What has none comes from a program, or from a
 * browser that is too old to be believed: forms of any site can make a POST, but nothing else, and none
 * with a field of their own. */
static bool is_same_site(const struct http_request *request, const struct config_source *source)
{
    if (request->origin)
        return is_own(request) || cors_lists(source, request->origin);
    if (request->fetch_site)
        return strcasecmp(request->fetch_site, "same-origin") == 0 ||
               strcasecmp(request->fetch_site, "none") == 0;
    return request->method != HTTP_POST || request->program;
}

/* ---- */

static enum cause find(const struct server *server, const struct http_request *request,
                       const struct config_source *config, bool writes, int64_t now_ms,
                       struct uploader *out)
{
    const struct source *source = source_find(&server->sources, config);
    char text[GRANT_TEXT_SIZE];
    struct grant grant;

    *out = (struct uploader){.everybody = false};
    if (!source)
        return CAUSE_INTERNAL;
    if (has_key(source, request)) {
        out->everybody = true;
        return CAUSE_NONE;
    }
    if (config->store.writers & WRITER_GRANT && find_grant(request, text, sizeof text)) {
        enum cause cause = grant_check(&source->grant_keys, config->name, text, strlen(text), now_ms,
                                       &grant);

        if (cause != CAUSE_NONE)
            return cause;
        snprintf(out->id, sizeof out->id, "%s", grant.user);
        out->max_bytes = grant.max_bytes;
        return CAUSE_NONE;
    }
    if (!(config->store.writers & WRITER_REMOTE_USER) || !request->remote_user ||
        strlen(request->remote_user) >= sizeof out->id)
        return CAUSE_LOGIN;
    if (writes && !is_same_site(request, config))
        return CAUSE_CROSS_SITE;
    snprintf(out->id, sizeof out->id, "%s", request->remote_user);
    return CAUSE_NONE;
}

enum cause uploader_find(const struct server *server, const struct http_request *request,
                         const struct config_source *source, int64_t now_ms, struct uploader *out)
{
    return find(server, request, source, true, now_ms, out);
}

enum cause uploader_find_reader(const struct server *server, const struct http_request *request,
                                const struct config_source *source, int64_t now_ms,
                                struct uploader *out)
{
    return find(server, request, source, false, now_ms, out);
}
