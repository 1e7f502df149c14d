/* SPDX-License-Identifier: MIT */
#include "serve/rest.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "http/date.h"
#include "serve/admit.h"
#include "serve/busy.h"
#include "serve/change.h"
#include "serve/health.h"
#include "serve/rest_body.h"
#include "serve/stored.h"
#include "serve/upload.h"
#include "serve/uploader.h"
#include "serve/version.h"

/* What is somebody's own is nobody else's: no other cache may keep it. */
#define OWN_CACHE_CONTROL "private, no-cache"

#define VALIDATORS_SIZE (HTTP_DATE_FIELDS_SIZE + 64)

struct visit {
    struct server *server;
    const struct http_request *request;
    struct picture_request *picture;
    struct reply *reply;
    int64_t now_ms;
    bool own; /* the URL is that of who asks */
    struct uploader uploader;
    char key[13]; /* first digits of the subject's, for the log; "-" while it is not known whose */
};

static int refuse(struct visit *v, enum cause cause)
{
    return reply_error(v->reply, v->server, v->request, cause, false, 0);
}

static bool is_writing(const struct visit *v)
{
    return v->request->method != HTTP_GET && v->request->method != HTTP_HEAD;
}

static void note_key(struct visit *v, const char *subject)
{
    char hex[DIGEST_HEX_SIZE];
    struct digest key;

    if (!v->picture->id[0] || cache_key(subject, &key) != 0)
        return;
    digest_to_hex(&key, hex);
    snprintf(v->key, sizeof v->key, "%.12s", hex);
}

/* Of somebody who wants to write. */
static int refuse_writing(struct visit *v, enum cause cause)
{
    bool upload = v->request->method != HTTP_DELETE;

    if (upload)
        cache_count(v->server->cache, COUNT_UPLOADS_REFUSED, 1);
    log_info(upload ? "upload-refused" : "delete-refused", "source=%s key=%s cause=%s",
             v->picture->source->name, v->key, cause_info(cause)->name);
    return refuse(v, cause);
}

/* ---- whose ---- */

/* An id that comes from elsewhere than the path is held to the same rules. */
static enum cause take_own_id(struct visit *v)
{
    char subject[PICTURE_CANONICAL_MAX];
    struct picture_request own;
    enum cause cause;
    int n = snprintf(subject, sizeof subject, "%s/%s", v->picture->source->name, v->uploader.id);

    if (n < 0 || (size_t)n >= sizeof subject)
        return CAUSE_BAD_REQUEST;
    cause = route_subject(v->server->router, subject, &own);
    if (cause == CAUSE_NONE)
        strcpy(v->picture->id, own.id);
    return cause;
}

static enum cause identify(struct visit *v)
{
    enum cause cause;

    if (!v->own && !is_writing(v))
        return CAUSE_NONE;
    cause = is_writing(v) ? uploader_find(v->server, v->request, v->picture->source, v->now_ms,
                                          &v->uploader)
                          : uploader_find_reader(v->server, v->request, v->picture->source,
                                                 v->now_ms, &v->uploader);
    if (cause != CAUSE_NONE)
        return cause;
    if (v->own)
        return v->uploader.everybody ? CAUSE_NOT_YOURS : take_own_id(v);
    return v->uploader.everybody || strcmp(v->uploader.id, v->picture->id) == 0 ? CAUSE_NONE
                                                                                : CAUSE_NOT_YOURS;
}

/* ---- answers ---- */

/* The version as the tag, for If-Match. */
static void write_validators(const struct store_picture *stored, char out[VALIDATORS_SIZE])
{
    char version[PICTURE_VERSION_DIGITS + 1], dates[HTTP_DATE_FIELDS_SIZE];

    out[0] = '\0';
    if (!stored)
        return;
    version_of(&stored->digest, version);
    http_date_fields(stored->uploaded_ms / 1000, clock_wall_ms() / 1000, dates);
    snprintf(out, VALIDATORS_SIZE, "ETag: \"%s\"\r\n%s", version, dates);
}

/* For who may write the picture, or has it; others get no signature for the asking. */
static struct signer signer_of(const struct visit *v)
{
    bool trusted = v->own || is_writing(v);

    return (struct signer){
        trusted ? source_signs_with(&v->server->sources, v->picture->source) : NULL, SIGN_NEVER};
}

static int write_body(struct visit *v, const char *text, const struct store_picture *stored)
{
    const struct rest_facts facts = {.config = v->server->config,
                                     .picture = v->picture,
                                     .stored = stored,
                                     .exists = stored != NULL,
                                     .signer = signer_of(v)};

    buffer_clear(&v->server->page);
    return rest_body_write(&v->server->page, text, &facts);
}

/* To who only looks. */
static int tell(struct visit *v, const char *text, const struct store_picture *stored)
{
    const char *cache_control = v->own ? OWN_CACHE_CONTROL : v->picture->rest->cache_control;
    char validators[VALIDATORS_SIZE];
    int rc = write_body(v, text, stored);

    write_validators(stored, validators);
    return rc ? rc
              : reply_facts(v->reply, v->server, v->request, cache_control, validators,
                            &v->server->page);
}

static int reply_with(struct visit *v, int status, const char *text, bool has_default,
                      const struct store_picture *stored)
{
    char validators[VALIDATORS_SIZE];
    int rc = 0;

    buffer_clear(&v->server->page);
    if (status != 204 && (text || has_default))
        rc = write_body(v, text, stored);
    write_validators(stored, validators);
    return rc ? rc
              : reply_document(v->reply, v->request, status, "application/json", validators,
                               &v->server->page);
}

static int take_upload(struct visit *v, const char *subject)
{
    const struct upload upload = {.server = v->server,
                                  .request = v->request,
                                  .source = v->picture->source,
                                  .picture = v->picture,
                                  .subject = subject,
                                  .field = v->picture->rest->field,
                                  .max_bytes = v->uploader.max_bytes,
                                  .now_ms = v->now_ms};
    const struct config_rest *rest = v->picture->rest;
    struct store_picture stored;
    enum cause cause = upload_take(&upload, &stored);

    if (cause != CAUSE_NONE)
        return refuse_writing(v, cause);
    cache_count(v->server->cache, COUNT_UPLOADS, 1);
    log_info("upload", "source=%s key=%s bytes=%" PRIu64, v->picture->source->name, v->key,
             stored.length);
    return reply_with(v, (int)rest->upload_status, rest->upload_body, true, &stored);
}

static struct job job_of(const struct visit *v)
{
    return job_begin(v->server, v->request, v->picture, v->now_ms);
}

static int delete(struct visit *v, const char *subject)
{
    const struct config_rest *rest = v->picture->rest;
    struct change_condition condition;
    struct change_removed removed;
    struct job job = job_of(v);
    enum cause cause = upload_condition(&job, subject, &condition);

    if (cause == CAUSE_NONE)
        cause = change_delete(&job, subject, &condition, &removed);
    if (cause == CAUSE_NONE || cause == CAUSE_ORIGIN_NOT_FOUND)
        cause = change_finish_deletion(&job, subject, cause);
    if (cause != CAUSE_NONE)
        return refuse_writing(v, cause);
    cache_count(v->server->cache, COUNT_DELETIONS, 1);
    log_info("delete", "source=%s key=%s", v->picture->source->name, v->key);
    return reply_with(v, (int)rest->delete_status, rest->delete_body, false, NULL);
}

static int change(struct visit *v, const char *subject)
{
    struct job job = job_of(v);

    if (!busy_admits_change(&job))
        return refuse_writing(v, CAUSE_BUSY);
    return v->request->method == HTTP_DELETE ? delete(v, subject) : take_upload(v, subject);
}

static int tell_existence(struct visit *v, const char *subject)
{
    const char *text = v->picture->rest->exists_body;
    struct store_picture stored;
    struct job job = job_of(v);
    int rc = stored_find(&job, subject, &stored);

    if (rc && rc != -ENOENT)
        return refuse(v, CAUSE_STORE);
    if (text)
        return tell(v, text, rc ? NULL : &stored);
    return rc ? refuse(v, CAUSE_ORIGIN_NOT_FOUND) : reply_with(v, 204, NULL, false, &stored);
}

static int tell_info(struct visit *v, const char *subject)
{
    struct store_picture stored;
    struct job job = job_of(v);
    int rc = stored_measure(&job, subject, &stored);

    if (rc)
        return refuse(v, rc == -ENOENT ? CAUSE_ORIGIN_NOT_FOUND : CAUSE_STORE);
    return tell(v, v->picture->rest->info_body, &stored);
}

static int tell_health(struct visit *v)
{
    bool healthy;
    int rc;

    buffer_clear(&v->server->page);
    rc = health_check(v->server, v->now_ms, &v->server->page, &healthy);
    return rc ? rc
              : reply_document(v->reply, v->request, healthy ? 200 : 503, "application/json", "",
                               &v->server->page);
}

bool rest_serve(struct server *server, const struct http_request *request,
                struct picture_request *picture, struct reply *reply, int64_t now_ms, int *rc)
{
    struct visit v = {.server = server,
                      .request = request,
                      .picture = picture,
                      .reply = reply,
                      .now_ms = now_ms,
                      .own = picture->id[0] == '\0',
                      .key = "-"};
    char subject[PICTURE_CANONICAL_MAX];
    enum cause cause;

    *rc = 0;
    if (picture->rest->answers == REST_HEALTH) {
        *rc = tell_health(&v);
        return true;
    }
    /* Also of who is not let in: whoever tries keys is one that asks too often. */
    if (is_writing(&v) && !admit_miss(server, request, reply, false, rc))
        return true;
    cause = identify(&v);
    picture_subject_text(picture, subject);
    if (is_writing(&v))
        note_key(&v, subject);
    if (cause != CAUSE_NONE) {
        *rc = is_writing(&v) ? refuse_writing(&v, cause) : refuse(&v, cause);
        return true;
    }
    if (is_writing(&v))
        *rc = change(&v, subject);
    else if (picture->rest->answers == REST_EXISTS)
        *rc = tell_existence(&v, subject);
    else if (picture->rest->answers == REST_INFO && picture->rest->info_body)
        *rc = tell_info(&v, subject);
    else {
        if (picture->rest->answers == REST_INFO)
            picture_make_info(picture);
        reply->cache_control = v.own ? OWN_CACHE_CONTROL : picture->rest->cache_control;
        return false;
    }
    return true;
}
