/* SPDX-License-Identifier: MIT */
#include "serve/upload.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "http/conditional.h"
#include "http/multipart.h"
#include "serve/accept.h"
#include "serve/stored.h"
#include "serve/version.h"

#define BLOCK 32768
#define FORM_MAX 65536u /* bytes of a form beside the picture */

/* ---- preconditions ---- */

static bool names_version(const char *field, const struct digest *current)
{
    char tag[PICTURE_VERSION_DIGITS + 3];

    tag[0] = '"';
    version_of(current, tag + 1);
    strcpy(tag + 1 + PICTURE_VERSION_DIGITS, "\"");
    return http_etag_list_has(field, tag);
}

/* Of a bucket, here and now. */
static enum cause judge_bucket(const struct store_condition *c, bool there)
{
    if (c->kind == STORE_IF_ABSENT && there)
        return CAUSE_PRECONDITION;
    return c->kind == STORE_IF_THERE && !there ? CAUSE_PRECONDITION : CAUSE_NONE;
}

enum cause upload_condition(struct job *job, const char *subject, struct change_condition *out)
{
    const struct http_request *request = job->http;
    struct store_picture current;
    bool versions = request->if_match && strcmp(request->if_match, "*") != 0, local;
    int rc;

    *out = (struct change_condition){.store = {.kind = STORE_ALWAYS}};
    if (request->if_none_match && strcmp(request->if_none_match, "*") == 0)
        out->store.kind = STORE_IF_ABSENT;
    if (request->if_match)
        out->store.kind = versions ? STORE_IF_VERSION : STORE_IF_THERE;
    local = config_source_is_local(job->picture->source);
    if (out->store.kind == STORE_ALWAYS || (local && !versions))
        return CAUSE_NONE;
    rc = stored_look(job, subject, &current, out->etag);
    if (rc && rc != -ENOENT)
        return CAUSE_STORE;
    if (!versions)
        return judge_bucket(&out->store, rc == 0);
    if (rc || !names_version(request->if_match, &current.digest))
        return CAUSE_PRECONDITION;
    out->store.version = current.digest;
    return CAUSE_NONE;
}

/* ---- coming in ---- */

struct intake {
    const struct upload *upload;
    struct store_upload in;
    uint64_t max;
    enum cause cause; /* why it was broken off */
    bool seen;        /* the field has come */
    bool inside;      /* its bytes are coming */
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

    i->inside = false;
    return 0;
}

static const struct multipart_events events = {
    .begin = begin_part, .data = part_data, .end = end_part};

/* What the server says will come is known to be too much before it comes. */
static enum cause check_length(const struct intake *i, bool form)
{
    int64_t length = i->upload->request->content_length;

    if (length < 0)
        return CAUSE_LENGTH_REQUIRED;
    return (uint64_t)length > i->max + (form ? FORM_MAX : 0) ? CAUSE_UPLOAD_TOO_LARGE : CAUSE_NONE;
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

static enum cause read_form(struct intake *i, const char *boundary)
{
    struct multipart form;
    enum cause cause = check_length(i, true);

    if (cause == CAUSE_NONE && multipart_begin(&form, boundary, &events, i) != 0)
        cause = CAUSE_UPLOAD_MALFORMED;
    if (cause == CAUSE_NONE)
        cause = read_body(i, &form);
    if (cause == CAUSE_NONE && (multipart_finish(&form) != 0 || !i->seen))
        cause = CAUSE_UPLOAD_MALFORMED;
    return cause;
}

static enum cause receive(struct intake *i)
{
    const char *type = i->upload->request->content_type;
    char boundary[MULTIPART_BOUNDARY_MAX + 1];
    enum cause cause;

    if (multipart_boundary(type, boundary)) {
        cause = read_form(i, boundary);
    } else {
        cause = check_length(i, false);
        if (cause == CAUSE_NONE)
            cause = read_body(i, NULL);
    }
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

static struct job job_of(const struct upload *u)
{
    return (struct job){.server = u->server,
                        .http = u->request,
                        .picture = u->picture,
                        .now_ms = u->now_ms,
                        .deadline_ms = clock_boot_ms() + u->server->config->fetch.timeout_ms};
}

static enum cause commit(struct intake *i, struct store_picture *p)
{
    const struct upload *u = i->upload;
    struct job job = job_of(u);
    struct change_condition condition;
    enum cause cause = upload_condition(&job, u->subject, &condition);

    return cause == CAUSE_NONE ? change_put(&job, u->subject, &i->in, p, &condition) : cause;
}

enum cause upload_take(const struct upload *upload, struct store_picture *out)
{
    struct intake i = {.upload = upload, .max = upload->source->store.max_bytes};
    enum cause cause;
    int rc = store_upload_begin(upload->server->store, &i.in);

    if (rc) {
        log_error("upload", "source=%s error=\"%s\"", upload->source->name, strerror(-rc));
        return CAUSE_STORE;
    }
    if (upload->max_bytes && upload->max_bytes < i.max)
        i.max = upload->max_bytes;
    *out = (struct store_picture){.uploaded_ms = upload->now_ms};
    cause = receive(&i);
    if (cause == CAUSE_NONE)
        cause = judge(&i, out);
    if (cause == CAUSE_NONE)
        cause = commit(&i, out);
    store_upload_abort(&i.in);
    return cause;
}
