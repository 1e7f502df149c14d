/* SPDX-License-Identifier: MIT */
#include "serve/upload.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/log.h"
#include "http/conditional.h"
#include "http/multipart.h"
#include "serve/accept.h"
#include "serve/stored.h"
#include "serve/version.h"
#include "serve/wake.h"

#define BLOCK 32768
#define FORM_MAX 65536u /* bytes of a form beside the picture */

/* ---- preconditions ---- */

static bool is_any(const char *field)
{
    return field && strcmp(field, "*") == 0;
}

/* What was looked at has to be there still in the moment of the change. */
static void pin(const struct http_request *request, bool there, const struct store_picture *current,
                struct store_condition *out)
{
    if (!there)
        out->kind = STORE_IF_ABSENT;
    else if (is_any(request->if_match) && !request->if_none_match)
        out->kind = STORE_IF_THERE;
    else
        *out = (struct store_condition){.kind = STORE_IF_VERSION, .version = current->digest};
}

enum cause upload_condition(struct job *job, const char *subject, struct change_condition *out)
{
    char version[PICTURE_VERSION_DIGITS + 1];
    struct store_picture current = {0};
    int rc;

    *out = (struct change_condition){.store = {.kind = STORE_ALWAYS}};
    if (!http_is_conditional_change(job->http))
        return CAUSE_NONE;
    rc = stored_look(job, subject, &current, out->etag);
    if (rc && rc != -ENOENT)
        return CAUSE_STORE;
    /* What would be 404 anyway is (RFC 9110 section 13.2.1). */
    if (rc && job->http->method == HTTP_DELETE)
        return CAUSE_ORIGIN_NOT_FOUND;
    version_of(&current.digest, version);
    if (!http_may_change(job->http, rc ? NULL : version, current.uploaded_ms / 1000,
                         job->now_ms / 1000))
        return CAUSE_PRECONDITION;
    pin(job->http, rc == 0, &current, &out->store);
    return CAUSE_NONE;
}

/* ---- coming in ---- */

struct intake {
    const struct upload *upload;
    struct store_upload in;
    uint64_t max;
    bool form;
    char boundary[MULTIPART_BOUNDARY_MAX + 1];
    enum cause cause; /* why it was broken off */
    bool seen;        /* the field has come */
    bool inside;      /* its bytes are coming */
    bool named;       /* with a filename */
};

static int fail(struct intake *i, enum cause cause)
{
    i->cause = cause;
    return -ECANCELED;
}

static int keep(struct intake *i, const char *bytes, size_t length)
{
    int rc;

    if (i->in.length + length > i->max)
        return fail(i, CAUSE_UPLOAD_TOO_LARGE);
    rc = store_upload_add(&i->in, bytes, length);
    if (!rc)
        return 0;
    log_error("upload", "source=%s error=\"%s\"", i->upload->source->name, strerror(-rc));
    return fail(i, CAUSE_STORE);
}

static int begin_part(void *context, const struct multipart_part *part)
{
    struct intake *i = context;

    i->inside = !i->seen && strcmp(part->name, i->upload->field) == 0;
    i->named = part->is_file;
    i->seen |= i->inside;
    return 0;
}

static int part_data(void *context, const char *bytes, size_t length)
{
    struct intake *i = context;

    return i->inside ? keep(i, bytes, length) : 0;
}

static int end_part(void *context)
{
    struct intake *i = context;

    /* Frameworks put a hidden field of the same name before it. */
    if (i->inside && !i->named && i->in.length == 0)
        i->seen = false;
    i->inside = false;
    return 0;
}

static const struct multipart_events events = {
    .begin = begin_part, .data = part_data, .end = end_part};

/* What the server says will come is known to be too much before it comes. */
static enum cause check_length(const struct intake *i)
{
    int64_t length = i->upload->request->content_length;

    if (length < 0)
        return CAUSE_LENGTH_REQUIRED;
    return (uint64_t)length > i->max + (i->form ? FORM_MAX : 0) ? CAUSE_UPLOAD_TOO_LARGE
                                                                : CAUSE_NONE;
}

static bool is_encoded(const char *encoding)
{
    return encoding && encoding[0] && strcasecmp(encoding, "identity") != 0;
}

/* What is wrong with it whatever its body is. */
static enum cause check_request(struct intake *i)
{
    const struct http_request *request = i->upload->request;

    if (is_encoded(request->content_encoding))
        return CAUSE_UPLOAD_ENCODED;
    if (request->content_range) /* a part of it would become all of it (RFC 9110 section 14.5) */
        return CAUSE_BAD_REQUEST;
    i->form = multipart_boundary(request->content_type, i->boundary);
    if (!i->form && multipart_is(request->content_type))
        return CAUSE_UPLOAD_MALFORMED;
    return check_length(i);
}

/* Feeds the body to the form's parser, or to the store. */
static enum cause read_body(struct intake *i, struct multipart *form)
{
    const struct http_request *request = i->upload->request;
    struct http_peer *peer = request->peer;
    char block[BLOCK];
    int64_t left = request->content_length;

    while (left > 0) {
        ssize_t n = peer ? peer->read(peer, block, sizeof block) : 0;
        int rc;

        if (n <= 0)
            return n < 0 ? CAUSE_CLIENT_GONE : CAUSE_UPLOAD_MALFORMED;
        if (n > left)
            n = (ssize_t)left;
        left -= n;
        rc = form ? multipart_feed(form, block, (size_t)n) : keep(i, block, (size_t)n);
        if (rc)
            return i->cause ? i->cause : CAUSE_UPLOAD_MALFORMED;
    }
    return CAUSE_NONE;
}

static enum cause read_form(struct intake *i)
{
    struct multipart form;
    enum cause cause = CAUSE_UPLOAD_MALFORMED;

    if (multipart_begin(&form, i->boundary, &events, i) == 0)
        cause = read_body(i, &form);
    if (cause == CAUSE_NONE && (multipart_finish(&form) != 0 || !i->seen))
        cause = CAUSE_UPLOAD_MALFORMED;
    return cause;
}

static enum cause receive(struct intake *i)
{
    enum cause cause = i->form ? read_form(i) : read_body(i, NULL);

    if (cause == CAUSE_NONE && i->in.length < i->upload->source->store.min_bytes)
        cause = CAUSE_UPLOAD_TOO_SMALL;
    return cause;
}

/* ---- what has come ---- */

static enum cause judge(struct intake *i, struct store_picture *p)
{
    if (store_upload_finish(&i->in, &p->digest) != 0)
        return CAUSE_STORE;
    return accept_picture(i->upload->server, i->upload->source, &i->in, i->max, p);
}

/* Whether the change may be made as things are: asked before the body is read, which may be for
 * nothing, and again when it is there. */
static enum cause check_condition(const struct upload *u, struct change_condition *out)
{
    struct job job = job_begin(u->server, u->request, u->picture, u->now_ms);

    return upload_condition(&job, u->subject, out);
}

static enum cause commit(struct intake *i, struct store_picture *p)
{
    const struct upload *u = i->upload;
    struct job job = job_begin(u->server, u->request, u->picture, u->now_ms);
    struct change_condition condition;
    enum cause cause = check_condition(u, &condition);

    p->uploaded_ms = clock_wall_ms();
    return cause == CAUSE_NONE ? change_put(&job, u->subject, &i->in, p, &condition) : cause;
}

static bool has_room(const struct upload *upload, const struct store *store)
{
    int64_t length = upload->request->content_length;
    uint64_t wanted = upload->server->config->min_free, available;

    if (store_has_room(store, (uint64_t)(length > 0 ? length : 0), wanted, &available))
        return true;
    log_error("upload", "source=%s error=\"disk full\" free=%llu min_free=%llu",
              upload->source->name, (unsigned long long)available, (unsigned long long)wanted);
    keeper_wake(upload->server->config, upload->server->cache); /* the cache may give way */
    return false;
}

static enum cause take(struct intake *i, struct store_picture *out)
{
    struct store *store = server_store(i->upload->server);
    enum cause cause;
    int rc;

    if (!store || !has_room(i->upload, store))
        return CAUSE_STORE;
    rc = store_upload_begin(store, &i->in);
    if (rc) {
        log_error("upload", "source=%s error=\"%s\"", i->upload->source->name, strerror(-rc));
        return CAUSE_STORE;
    }
    *out = (struct store_picture){.uploaded_ms = 0};
    cause = receive(i);
    /* Nobody is waited for any more: another one may begin. */
    cache_state(i->upload->server->cache, WORKER_RENDERING);
    if (cause == CAUSE_NONE)
        cause = judge(i, out);
    if (cause == CAUSE_NONE)
        cause = commit(i, out);
    store_upload_abort(&i->in);
    return cause;
}

enum cause upload_take(const struct upload *upload, struct store_picture *out)
{
    struct intake i = {.upload = upload, .max = upload->source->store.max_bytes};
    struct change_condition condition;
    enum cause cause;

    if (upload->max_bytes && upload->max_bytes < i.max)
        i.max = upload->max_bytes;
    cause = check_request(&i);
    if (cause == CAUSE_NONE)
        cause = check_condition(upload, &condition);
    return cause == CAUSE_NONE ? take(&i, out) : cause;
}
