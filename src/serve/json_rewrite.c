/* SPDX-License-Identifier: MIT
 *
 * What a URL would be answered with is found out by routing it: one that would be
 * refused is not handed out.
 */
#include "serve/json_rewrite.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/json_edit.h"
#include "base/log.h"
#include "route/native_path.h"
#include "route/sign.h"
#include "route/template_id.h"
#include "route/web_path.h"
#include "serve/json_body.h"
#include "serve/keeper_list.h"

#define DEPTH_MAX 64

/* What browsers say of themselves when a page has a picture in it, as far as it matters here. */
static const char browsers_accept[] = "image/webp,*/*";

struct rewriting {
    struct server *server;
    struct signer signer;
    int64_t now_ms;
    struct buffer path;        /* of the URL that is being made */
    struct keeper_list wanted; /* pictures that are not in the cache */
    size_t replaced, unmatched;
};

/* ---- one URL ---- */

/* Of the web: the URL itself, in its one spelling. */
static bool find_web_id(const struct rewriting *r, const char *url, size_t length,
                        char out[PICTURE_ID_MAX + 1])
{
    char subject[PICTURE_CANONICAL_MAX];
    struct picture_request named;
    int n = snprintf(subject, sizeof subject, "%s/%.*s", r->server->config->rewrite.source->name,
                     length < PICTURE_CANONICAL_MAX ? (int)length : PICTURE_CANONICAL_MAX, url);

    if (n < 0 || (size_t)n >= sizeof subject ||
        route_subject(r->server->router, subject, &named) != CAUSE_NONE)
        return false;
    memcpy(out, named.id, sizeof named.id);
    return true;
}

static bool find_id(const struct rewriting *r, const char *url, size_t length,
                    char out[PICTURE_ID_MAX + 1])
{
    const struct config_source *source = r->server->config->rewrite.source;

    if (memchr(url, '\0', length))
        return false;
    return source->type == SOURCE_WEB ? find_web_id(r, url, length, out)
                                      : template_id(source->url, url, length, out);
}

/* What the path means, if it means this picture. */
static bool is_for(const struct rewriting *r, const char *id, struct picture_request *out)
{
    struct http_request request;

    if (!http_request_from_url(r->path.data, &request))
        return false;
    request.accept = browsers_accept;
    return route(r->server->router, &request, out) == CAUSE_NONE &&
           out->source == r->server->config->rewrite.source && strcmp(out->id, id) == 0 &&
           !out->info && out->dialect != DIALECT_REST;
}

static int make_web_path(struct rewriting *r, const char *id)
{
    const struct config *config = r->server->config;
    const struct dialect_keys *keys = &r->server->keys;

    return config->imgproxy.source == config->rewrite.source
               ? web_path_imgproxy(&r->path, config, &keys->imgproxy,
                                   &config->rewrite.preset->rendering, r->signer.expires_s, id)
               : web_path_camo(&r->path, config, &keys->camo, id);
}

static int make_native_path(struct rewriting *r, const char *id, const char *ending)
{
    const struct config *config = r->server->config;
    const struct native_path path = {.rendering = config->rewrite.preset->name,
                                     .source = config->rewrite.source->name,
                                     .id = id,
                                     .ending = ending};

    return native_path_append(&r->path, config, &path);
}

/* 1 with the path, without a native signature, and what it means; 0 if there is none; or a negative
 * errno. */
static int make_path(struct rewriting *r, const char *id, struct picture_request *picture)
{
    const struct config *config = r->server->config;
    int rc;

    buffer_clear(&r->path);
    if (config->rewrite.source->type == SOURCE_WEB) {
        rc = make_web_path(r, id);
        return rc ? rc : is_for(r, id, picture);
    }
    rc = make_native_path(r, id, "");
    if (rc || is_for(r, id, picture))
        return rc ? rc : 1;
    /* An id that ends like ".png" or "/info" needs something behind it. */
    buffer_clear(&r->path);
    rc = make_native_path(r, id, native_path_extension(config->formats[0]));
    return rc ? rc : is_for(r, id, picture);
}

/* ---- what the keeper will be told ---- */

static int note(struct rewriting *r, const struct picture_request *picture)
{
    const struct job job = {.server = r->server, .picture = picture, .now_ms = r->now_ms};
    struct keeper_item item;

    return keeper_list_lacks(&r->wanted, &job, &item) ? keeper_list_add(&r->wanted, &item) : 0;
}

/* ---- the document ---- */

static int replace(struct rewriting *r, const char *id, struct buffer *out)
{
    const struct config *config = r->server->config;
    struct picture_request picture;
    int rc = make_path(r, id, &picture);

    if (rc <= 0)
        return rc;
    rc = sign_append(&r->path, &r->signer);
    if (!rc)
        rc = note(r, &picture);
    if (!rc)
        rc = buffer_join(out, config->rewrite.base ? config->rewrite.base : "", r->path.data,
                         (char *)NULL);
    return rc ? rc : 1;
}

static int edit(void *context, const char *text, size_t length, struct buffer *out)
{
    struct rewriting *r = context;
    const char *match = r->server->config->rewrite.match;
    char id[PICTURE_ID_MAX + 1];
    int rc;

    if (length < strlen(match) || memcmp(text, match, strlen(match)) != 0)
        return 0;
    rc = find_id(r, text, length, id) ? replace(r, id, out) : 0;
    r->replaced += rc == 1;
    r->unmatched += rc == 0;
    return rc;
}

/* The end of the period after the one that is now: a picture's URL is the same for a whole period,
 * so that browsers find it again, and good for one at least. */
static int64_t end_of_period(int64_t now_ms, int64_t period_ms)
{
    int64_t period_s = period_ms / 1000;

    return (now_ms / 1000 / period_s + 2) * period_s;
}

static struct signer choose_signer(const struct server *server, int64_t now_ms)
{
    const struct config *config = server->config;
    struct signer signer = {NULL, SIGN_NEVER};

    if (config->rewrite.source->type != SOURCE_WEB)
        signer.key = source_signs_with(&server->sources, config->rewrite.source);
    if (config->rewrite.expires_ms > 0)
        signer.expires_s = end_of_period(now_ms, config->rewrite.expires_ms);
    return signer;
}

/* `where` counts from 0, as json_edit() does. */
static int refuse(struct server *server, const struct http_request *request, struct reply *reply,
                  int error, size_t where)
{
    char detail[100];

    if (error != -EOVERFLOW && error != -EINVAL) {
        log_error("rewrite", "error=\"%s\"", strerror(-error));
        return reply_refusal(reply, server, request, 500, "", "the document cannot be rewritten");
    }
    snprintf(detail, sizeof detail, "the document is %s, at byte %zu",
             error == -EOVERFLOW ? "nested too deeply" : "not JSON", where);
    return reply_refusal(reply, server, request, 400, "", detail);
}

static int answer(const struct rewriting *r, const struct http_request *request,
                  struct reply *reply)
{
    char type[JSON_BODY_TYPE_MAX], field[100];

    log_info("rewrite", "replaced=%zu unmatched=%zu", r->replaced, r->unmatched);
    snprintf(field, sizeof field, "Visage-Rewrite: replaced=%zu, unmatched=%zu\r\n", r->replaced,
             r->unmatched);
    return reply_document(reply, request, 200, json_body_type(request, type), field,
                          &r->server->page);
}

static int rewrite(struct rewriting *r, const struct buffer *body,
                   const struct http_request *request, struct reply *reply)
{
    struct server *server = r->server;
    const struct json_edit rules = {.names = server->config->rewrite.fields.items,
                                    .name_count = server->config->rewrite.fields.count,
                                    .max_depth = DEPTH_MAX,
                                    .edit = edit,
                                    .context = r};
    size_t where;
    int rc;

    buffer_clear(&server->page);
    rc = json_edit(&rules, body->data, body->length, &server->page, &where);
    if (rc)
        return rc == -ENOMEM ? rc : refuse(server, request, reply, rc, where);
    keeper_list_tell(&r->wanted, server, "rewrite");
    return answer(r, request, reply);
}

int json_rewrite(struct server *server, const struct http_request *request, struct reply *reply,
                 int64_t now_ms)
{
    struct rewriting r = {
        .server = server, .signer = choose_signer(server, now_ms), .now_ms = now_ms};
    struct json_refusal refusal;
    struct buffer body = {0};
    int rc = json_body_read(request, server->config->rewrite.max_bytes, &body, &refusal);

    if (!rc)
        rc = refusal.status ? json_body_refuse(&refusal, server, request, reply, "")
                            : rewrite(&r, &body, request, reply);
    keeper_list_free(&r.wanted);
    buffer_free(&r.path);
    buffer_free(&body);
    return rc;
}
