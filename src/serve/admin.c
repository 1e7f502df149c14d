/* SPDX-License-Identifier: MIT */
#include "serve/admin.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/base64.h"
#include "base/log.h"
#include "base/secret.h"
#include "http/credentials.h"
#include "http/form.h"
#include "serve/health.h"
#include "serve/json_rewrite.h"
#include "serve/json_versions.h"
#include "serve/metrics.h"
#include "serve/observation.h"
#include "serve/purge.h"
#include "serve/status_page.h"

#define BODY_MAX 4096 /* of a form that says what to purge */

enum access { ACCESS_NONE, ACCESS_LOOK, ACCESS_CHANGE };

/* How long a browser may keep what a preflight said: a day, if it wants to. */
#define PREFLIGHT \
    "Access-Control-Allow-Methods: POST\r\nAccess-Control-Allow-Headers: Content-Type\r\n" \
    "Access-Control-Max-Age: 86400\r\n"
#define ORIGIN_MAX 1100 /* of the field with allow_origin */

struct page;

struct visit {
    struct server *server;
    const struct http_request *request;
    struct reply *reply;
    int64_t now_ms;
    const struct page *page;       /* NULL: there is no page of that name */
    char allow_origin[ORIGIN_MAX]; /* for scripts of other sites' pages: a header line, or "" */
};

struct page {
    const char *name;
    enum access access;
    unsigned methods;
    const char *allow;
    int (*serve)(const struct visit *v);
    bool for_programs; /* errors are JSON, too */
};

static enum access access_of(const struct visit *v)
{
    const struct network_list *addresses = &v->server->config->admin.addresses;
    const char *from = v->request->remote_address;
    char token[SECRET_MAX + 1];
    unsigned char address[16];
    bool known;

    if (v->server->admin_token &&
        http_credentials_token(v->request->authorization, token, sizeof token) == 0) {
        known = secret_equal(token, v->server->admin_token);
        explicit_bzero(token, sizeof token);
        if (known)
            return http_credentials_is_bearer(v->request->authorization) ? ACCESS_CHANGE
                                                                         : ACCESS_LOOK;
    }
    if (from && network_address_from_text(from, address) == 0 &&
        network_list_contains(addresses, address))
        return ACCESS_LOOK;
    return ACCESS_NONE;
}

static int fail_program(const struct visit *v, const struct cause_info *info, const char *fields)
{
    struct buffer all = {0};
    int rc = buffer_join(&all, v->allow_origin, fields, (char *)NULL);

    if (!rc)
        rc = reply_refusal(v->reply, v->server, v->request, info->status, all.data ? all.data : "",
                           info->text);
    buffer_free(&all);
    return rc;
}

/* Never kept by anybody: who may see it is asked each time. */
static int fail_with(const struct visit *v, enum cause cause, const char *fields)
{
    const struct cause_info *info = cause_info(cause);

    if (v->page && v->page->for_programs)
        return fail_program(v, info, fields);
    buffer_clear(&v->server->page);
    if (buffer_printf(&v->server->page, "%s\n", info->text) != 0)
        return -ENOMEM;
    cache_count(v->server->cache, COUNT_ERRORS, 1);
    return reply_document(v->reply, v->request, info->status, "text/plain; charset=utf-8", fields,
                          &v->server->page);
}

static int fail(const struct visit *v, enum cause cause)
{
    return fail_with(v, cause,
                     cause == CAUSE_UNAUTHORIZED
                         ? "WWW-Authenticate: Basic realm=\"visage\", charset=\"UTF-8\"\r\n"
                           "WWW-Authenticate: Bearer realm=\"visage\"\r\n"
                         : "");
}

static int fail_method(const struct visit *v, const char *allow)
{
    return fail_with(v, CAUSE_METHOD_NOT_ALLOWED, allow);
}

/* ---- looking ---- */

static int show_status(const struct visit *v, const struct observation *o)
{
    const char *style = status_page_style();
    char base64[BASE64_SIZE(DIGEST_SIZE)], fields[256];
    struct digest digest;
    int rc = status_page_write(o, v->server->config, &v->server->page);

    if (!rc)
        rc = digest_of(style, strlen(style), &digest);
    if (rc)
        return rc;
    base64_encode(digest.bytes, DIGEST_SIZE, base64);
    snprintf(fields, sizeof fields,
             "Content-Security-Policy: default-src 'none'; style-src 'sha256-%s'; "
             "frame-ancestors 'none'\r\nReferrer-Policy: no-referrer\r\n",
             base64);
    return reply_document(v->reply, v->request, 200, "text/html; charset=utf-8", fields,
                          &v->server->page);
}

static int show_metrics(const struct visit *v, const struct observation *o)
{
    enum metrics_format format = metrics_choose(v->request->accept);
    int rc = metrics_write(o, v->server->config, format, &v->server->page);

    return rc ? rc
              : reply_document(v->reply, v->request, 200, metrics_media_type(format),
                               "Vary: Accept\r\n", &v->server->page);
}

static int look(const struct visit *v, int (*show)(const struct visit *, const struct observation *))
{
    struct observation *o = calloc(1, sizeof *o);
    int rc = o ? observation_take(v->server->config, v->server->cache, v->server->store, o) : -ENOMEM;

    if (!rc)
        rc = show(v, o);
    if (o)
        observation_free(o);
    free(o);
    return rc == -ENOMEM ? rc : rc ? fail(v, CAUSE_INTERNAL) : 0;
}

static int show_health(const struct visit *v)
{
    bool healthy;
    int rc = health_check(v->server, v->now_ms, &v->server->page, &healthy);

    return rc ? rc
              : reply_document(v->reply, v->request, healthy ? 200 : 503, "application/json", "",
                               &v->server->page);
}

/* ---- purge ---- */

/* The query says what to purge, or a form in the body. */
static int read_form(const struct visit *v, char form[BODY_MAX], size_t *length)
{
    const struct http_request *r = v->request;
    size_t used = 0;

    if (r->query_length > 0 || !r->peer) {
        if (r->query_length >= BODY_MAX)
            return -ENOSPC;
        memcpy(form, r->query, r->query_length);
        *length = r->query_length;
        return 0;
    }
    for (;;) {
        ssize_t n = r->peer->read(r->peer, form + used, BODY_MAX - used);

        if (n < 0)
            return (int)n;
        if (n == 0)
            break;
        used += (size_t)n;
        if (used == BODY_MAX)
            return -ENOSPC;
    }
    while (used > 0 && (form[used - 1] == '\r' || form[used - 1] == '\n'))
        used--;
    *length = used;
    return 0;
}

/* Exactly one of the four has to be there. */
static enum cause parse_purge(const struct visit *v, const char *form, size_t length,
                              struct purge *out)
{
    static const char *const names[] = {"subject", "url", "source", "all"};
    const struct config *config = v->server->config;
    char value[HTTP_PATH_MAX + 1];
    int which = -1;

    for (int i = 0; i < 4; i++) {
        char one[HTTP_PATH_MAX + 1];
        ssize_t n = http_form_get(form, length, names[i], one, sizeof one);

        if (n == -ENOENT)
            continue;
        if (n <= 0 || which >= 0 || http_form_count(form, length, names[i]) > 1)
            return CAUSE_BAD_REQUEST;
        which = i;
        memcpy(value, one, (size_t)n + 1);
    }
    switch (which) {
    case 0:
        return purge_of_subject(v->server->router, value, out);
    case 1:
        return purge_of_url(v->server->router, value, out);
    case 2:
        return purge_of_source(config, value, out);
    case 3:
        *out = (struct purge){.scope = PURGE_ALL};
        return strcmp(value, "1") == 0 || strcmp(value, "true") == 0 ? CAUSE_NONE
                                                                     : CAUSE_BAD_REQUEST;
    default:
        return CAUSE_BAD_REQUEST;
    }
}

static int purge(const struct visit *v)
{
    char form[BODY_MAX];
    size_t length = 0;
    struct purge what;
    enum cause cause;

    if (read_form(v, form, &length) != 0)
        return fail(v, CAUSE_BAD_REQUEST);
    cause = parse_purge(v, form, length, &what);
    if (cause != CAUSE_NONE)
        return fail(v, cause);
    if (purge_run(v->server->cache, &what) != 0)
        return fail(v, CAUSE_INTERNAL);
    buffer_clear(&v->server->page);
    if (buffer_puts(&v->server->page, "{\"purged\":true}\n") != 0)
        return -ENOMEM;
    return reply_document(v->reply, v->request, 200, "application/json", "", &v->server->page);
}

/* ---- JSON for applications ---- */

static int tell_versions(const struct visit *v, bool trusted)
{
    const struct versions_visit how = {
        .trusted = trusted, .fields = v->allow_origin, .now_ms = v->now_ms};

    return json_versions(v->server, v->request, v->reply, &how);
}

static int versions(const struct visit *v)
{
    return tell_versions(v, true);
}

static int rewrite(const struct visit *v)
{
    return json_rewrite(v->server, v->request, v->reply, v->now_ms);
}

/* ---- who may, and what ---- */

static int status(const struct visit *v)
{
    return look(v, show_status);
}

static int metrics(const struct visit *v)
{
    return look(v, show_metrics);
}

#define MAY_GET (1u << HTTP_GET | 1u << HTTP_HEAD)
#define MAY_POST (1u << HTTP_POST)
#define MAY_DELETE (1u << HTTP_DELETE)

static const struct page pages[] = {
    {"status", ACCESS_LOOK, MAY_GET, "Allow: GET, HEAD\r\n", status, false},
    {"metrics", ACCESS_LOOK, MAY_GET, "Allow: GET, HEAD\r\n", metrics, false},
    {"health", ACCESS_LOOK, MAY_GET, "Allow: GET, HEAD\r\n", show_health, false},
    {"purge", ACCESS_CHANGE, MAY_POST | MAY_DELETE, "Allow: POST, DELETE\r\n", purge, false},
    {"versions", ACCESS_CHANGE, MAY_POST, "Allow: POST\r\n", versions, true},
    {"rewrite", ACCESS_CHANGE, MAY_POST, "Allow: POST\r\n", rewrite, true},
};

static const struct page *find_page(const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
        if (strlen(pages[i].name) == length && memcmp(pages[i].name, name, length) == 0)
            return &pages[i];
    return NULL;
}

/* False if nobody could be let in. */
static bool is_there(const struct visit *v)
{
    const struct config *config = v->server->config;

    if (v->page->serve == rewrite && !config->rewrite.source)
        return false;
    return v->server->admin_token ||
           (v->page->access == ACCESS_LOOK && config->admin.addresses.count > 0);
}

static int refuse(const struct visit *v, enum access access)
{
    log_warn("admin-refused", "page=%s from=%s token=%s", v->page->name,
             v->request->remote_address ? v->request->remote_address : "?",
             !v->request->authorization ? "none" : access == ACCESS_NONE ? "wrong" : "basic");
    return fail(v, v->server->admin_token ? CAUSE_UNAUTHORIZED : CAUSE_NOT_FOUND);
}

/* /_visage/versions for everybody, as far as it goes. */
static int visit_open(struct visit *v)
{
    const char *origin = v->server->config->allow_origin;
    enum access access = access_of(v);
    int rc;

    if (*origin)
        snprintf(v->allow_origin, sizeof v->allow_origin, "Access-Control-Allow-Origin: %s\r\n",
                 origin);
    if (v->request->method == HTTP_OPTIONS) {
        char fields[ORIGIN_MAX + sizeof PREFLIGHT];

        snprintf(fields, sizeof fields, "%s" PREFLIGHT, v->allow_origin);
        return reply_document(v->reply, v->request, 204, "", fields, &v->server->page);
    }
    if (v->request->method != HTTP_POST)
        return fail_method(v, "Allow: POST, OPTIONS\r\n");
    rc = tell_versions(v, access == ACCESS_CHANGE);
    return rc == -EACCES ? refuse(v, access) : rc;
}

static int visit(struct visit *v, const char *name, size_t length)
{
    enum access access;

    buffer_clear(&v->server->page);
    v->page = find_page(name, length);
    if (v->page && v->page->serve == versions && v->server->config->admin.open_versions)
        return visit_open(v);
    if (!v->page || !is_there(v))
        return fail(v, CAUSE_NOT_FOUND);
    access = access_of(v);
    if (access < v->page->access)
        return refuse(v, access);
    return v->page->methods >> v->request->method & 1 ? v->page->serve(v)
                                                      : fail_method(v, v->page->allow);
}

bool admin_serve(struct server *server, const struct http_request *request, struct reply *reply,
                 int64_t now_ms, int *rc)
{
    static const char below[] = "/_visage/";
    struct visit v = {.server = server, .request = request, .reply = reply, .now_ms = now_ms};
    size_t prefix = strlen(server->config->prefix), length = prefix + sizeof below - 1;

    if (request->path_length < length ||
        memcmp(request->path, server->config->prefix, prefix) != 0 ||
        memcmp(request->path + prefix, below, sizeof below - 1) != 0)
        return false;
    *rc = visit(&v, request->path + length, request->path_length - length);
    return true;
}
