/* SPDX-License-Identifier: MIT
 *
 * Answers that are no pictures because something is wrong, and pictures in place of them.
 */
#include "serve/reply.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "http/credentials.h"
#include "serve/dialect_status.h"
#include "serve/reply_parts.h"
#include "serve/rest_body.h"

#define NEGATIVE_MAX_AGE 60
#define FALLBACK_MAX_AGE 10 /* in place of a picture that may be there again any moment */

static bool is_lasting_status(int status)
{
    return status == 403 || status == 404 || status == 410 || status == 413 || status == 415 ||
           status == 422;
}

/* Somebody may upload it the next moment, and wants to see it then. */
static bool is_uploaded(const struct picture_request *picture)
{
    if (!picture)
        return false;
    for (unsigned i = 0; i < picture->chain_length; i++)
        if (picture->chain[i]->type == SOURCE_STORE)
            return true;
    return picture->source && picture->source->type == SOURCE_STORE;
}

/* What the same request would meet again in a minute may be kept that long by others; what
 * may be different the next moment may not, whatever a dialect calls it. */
static bool is_lasting(const struct reply *reply, enum cause cause,
                       const struct cause_answer *answer)
{
    return is_lasting_status(cause_info(cause)->status) && is_lasting_status(answer->status) &&
           !is_uploaded(reply->picture);
}

static struct cause_answer answer_to(const struct reply *reply, enum cause cause)
{
    enum dialect_name dialect = reply->picture ? reply->picture->dialect : DIALECT_NATIVE;
    struct cause_answer answer = dialect_answer(dialect, cause);

    if (reply->origin_status >= 400 && reply->origin_status < 500 &&
        dialect_tells_origin_status(dialect, cause))
        answer.status = reply->origin_status;
    return answer;
}

/* In seconds: no longer than the failure is remembered here, where it is. */
static int64_t negative_max_age(enum cause cause)
{
    int64_t remembered_s = cause_info(cause)->negative_ms / 1000;

    return remembered_s > 0 && remembered_s < NEGATIVE_MAX_AGE ? remembered_s : NEGATIVE_MAX_AGE;
}

static void count_error(struct cache *cache, int status)
{
    cache_count(cache, COUNT_ERRORS, 1);
    if (status >= 500)
        cache_count(cache, COUNT_SERVER_ERRORS, 1);
}

int reply_put_methods(struct buffer *out, const struct reply *reply)
{
    uint32_t methods = reply->picture && reply->picture->rest ? reply->picture->methods : REST_GET;
    int rc = methods & REST_GET ? buffer_puts(out, "GET, HEAD") : 0;

    if (!rc && methods & REST_PUT)
        rc = buffer_puts(out, methods & REST_GET ? ", PUT" : "PUT");
    if (!rc && methods & REST_POST)
        rc = buffer_puts(out, methods & (REST_GET | REST_PUT) ? ", POST" : "POST");
    if (!rc && methods & REST_DELETE)
        rc = buffer_puts(out, methods & (REST_GET | REST_PUT | REST_POST) ? ", DELETE" : "DELETE");
    return rc;
}

static int write_allow(struct buffer *out, const struct reply *reply)
{
    int rc = buffer_puts(out, "Allow: ");

    if (!rc)
        rc = reply_put_methods(out, reply);
    return rc ? rc : buffer_puts(out, "\r\n");
}

/* fetch() or XMLHttpRequest: the page deals with the answer itself. */
static bool is_by_script(const struct http_request *request)
{
    return request->fetch_mode && (strcasecmp(request->fetch_mode, "cors") == 0 ||
                                   strcasecmp(request->fetch_mode, "same-origin") == 0);
}

/* Basic makes browsers ask the visitor for a password: only where one may help, and where it is not
 * a script that has asked. A 401 has a challenge in any case (RFC 9110 section 15.5.2). */
static int write_challenges(struct buffer *out, const struct reply *reply,
                            const struct http_request *request)
{
    const struct picture_request *picture = reply->picture;
    bool site = picture && picture->rest && picture->source;
    uint32_t writers = site ? picture->source->store.writers : 0;
    bool basic = !site || (writers & WRITER_REMOTE_USER && !is_by_script(request));
    int rc = 0;

    if (basic)
        rc = buffer_puts(out, "WWW-Authenticate: Basic realm=\"visage\", charset=\"UTF-8\"\r\n");
    if (rc || (site && basic && !(writers & (WRITER_GRANT | WRITER_API_KEY))))
        return rc;
    /* RFC 6750 section 3.1 */
    return buffer_join(out, "WWW-Authenticate: Bearer realm=\"visage\"",
                       http_credentials_is_bearer(request->authorization)
                           ? ", error=\"invalid_token\"\r\n" : "\r\n",
                       (char *)NULL);
}

/* Those that belong to a status of our own do not belong to an origin's. */
static int write_error_fields(struct reply *reply, const struct http_request *request,
                              enum cause cause, int status, int64_t retry_ms)
{
    struct buffer *out = &reply->head;

    if (cause_info(cause)->status != status && status != 429 && status != 503)
        return 0;
    switch (status) {
    case 401:
        return write_challenges(out, reply, request);
    case 405:
        return write_allow(out, reply);
    case 415: /* RFC 9110 section 12.5.3 */
        return cause == CAUSE_UPLOAD_ENCODED ? buffer_puts(out, "Accept-Encoding: identity\r\n") : 0;
    case 429:
    case 503:
        return buffer_printf(out, "Retry-After: %" PRId64 "\r\n",
                             retry_ms > 1000 ? (retry_ms + 999) / 1000 : 1);
    default:
        return 0;
    }
}

/* Where a document was asked for, or would have been. */
static bool is_for_programs(const struct reply *reply, const struct http_request *request)
{
    static const char info[] = "/info";
    size_t n = sizeof info - 1;

    if (reply->picture && reply->picture->rest && request->method != HTTP_GET &&
        request->method != HTTP_HEAD)
        return true;
    return (!reply->picture || reply->picture->dialect == DIALECT_NATIVE) &&
           request->path_length > n &&
           memcmp(request->path + request->path_length - n, info, n) == 0;
}

/* What a front end wants to hear. NULL: it does not mind. */
static const char *rest_text(const struct reply *reply, int status)
{
    const struct config_rest *rest = reply->picture ? reply->picture->rest : NULL;

    if (!rest)
        return NULL;
    return status == 404 && rest->missing_body ? rest->missing_body : rest->error_body;
}

static int reply_rest_error(struct reply *reply, struct server *server,
                            const struct http_request *request, const struct cause_answer *answer)
{
    const struct rest_error error = {answer->status, reply_phrase(answer->status), answer->text};
    int rc;

    buffer_clear(&server->page);
    rc = rest_body_write_error(&server->page, rest_text(reply, answer->status), &error);
    return rc ? rc : reply_json(reply, server, request);
}

int reply_error(struct reply *reply, struct server *server, const struct http_request *request,
                enum cause cause, bool negotiated, int64_t retry_ms)
{
    const struct cause_answer answer = answer_to(reply, cause);
    const char *name = cause == CAUSE_PRESET_UNKNOWN ? reply->picture->preset : "";
    const char *colon = name[0] ? ": " : "";
    size_t length = strlen(answer.text) + strlen(colon) + strlen(name) + 1;
    struct buffer *out = &reply->head;
    int rc;

    reply_reset(reply);
    count_error(server->cache, answer.status);
    rc = reply_put_status(reply, answer.status);
    /* What is not signed now may be at the next reload, or have been a moment ago. */
    if (!rc && is_lasting(reply, cause, &answer) && cause != CAUSE_SIGNATURE)
        rc = buffer_printf(out, "Cache-Control: public, max-age=%" PRId64 "\r\n",
                           negative_max_age(cause));
    else if (!rc)
        rc = buffer_puts(out, "Cache-Control: no-store\r\n");
    if (!rc)
        rc = write_error_fields(reply, request, cause, answer.status, retry_ms);
    if (!rc && negotiated)
        rc = buffer_puts(out, "Vary: Accept\r\n");
    if (!rc)
        rc = buffer_printf(out, "Cache-Status: visage; detail=%s\r\n", cause_info(cause)->name);
    if (!rc)
        rc = reply_put_picture_head(reply, server, request);
    if (!rc && rest_text(reply, answer.status))
        return reply_rest_error(reply, server, request, &answer);
    if (!rc && is_for_programs(reply, request))
        return reply_problem(reply, server, request, &answer);
    if (!rc)
        rc = buffer_printf(out, "Content-Type: text/plain; charset=utf-8\r\n"
                                "Content-Length: %zu\r\n\r\n",
                           length);
    /* The line is part of the head buffer, so that the reply owns it. */
    if (!rc && request->method != HTTP_HEAD) {
        reply->text_length = length;
        rc = buffer_printf(out, "%s%s%s\n", answer.text, colon, name);
    }
    return rc;
}

static int fallback_max_age(const struct reply *reply, enum cause cause,
                            const struct cause_answer *answer)
{
    if (is_uploaded(reply->picture))
        return 0;
    return is_lasting(reply, cause, answer) ? NEGATIVE_MAX_AGE : FALLBACK_MAX_AGE;
}

int reply_fallback(struct reply *reply, struct server *server, const struct http_request *request,
                   const struct entry *e, enum fallback_kind kind, enum cause cause,
                   bool negotiated, const void *bytes, int fd, int64_t retry_ms)
{
    const struct cause_answer answer = answer_to(reply, cause);
    struct buffer *out = &reply->head;
    int rc;

    reply_reset(reply);
    reply->fd = fd;
    count_error(server->cache, answer.status);
    rc = reply_put_status(reply, answer.status);
    if (!rc)
        rc = buffer_printf(out,
                           "Content-Type: %s\r\nCache-Control: public, max-age=%d\r\n"
                           "Visage-Fallback: %s\r\nCache-Status: visage; detail=%s\r\n",
                           picture_media_type(e->type),
                           fallback_max_age(reply, cause, &answer),
                           kind == FALLBACK_IDENTICON ? "identicon" : "file",
                           cause_info(cause)->name);
    if (!rc)
        rc = write_error_fields(reply, request, cause, answer.status, retry_ms);
    if (!rc && negotiated)
        rc = buffer_puts(out, "Vary: Accept\r\n");
    if (!rc)
        rc = buffer_append(out, server->picture_head.data, server->picture_head.length);
    reply->bytes = bytes;
    if (!rc)
        rc = reply_put_length(reply, request, e);
    return rc ? rc : buffer_puts(out, "\r\n");
}
