/* SPDX-License-Identifier: MIT */
#include "serve/reply.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "http/conditional.h"
#include "http/date.h"
#include "http/range.h"
#include "serve/dialect_status.h"
#include "serve/etag.h"
#include "serve/reply_parts.h"

#define IMMUTABLE "Cache-Control: public, max-age=31536000, immutable\r\n" /* RFC 8246 */
#define NEGATIVE_MAX_AGE 60
#define FALLBACK_MAX_AGE 10 /* in place of a picture that may be there again any moment */

uint64_t reply_body_length(const struct reply *reply)
{
    if (reply->text_length > 0)
        return reply->text_length;
    return reply->bytes ? reply->length : reply->file_length;
}

void reply_reset(struct reply *reply)
{
    if (reply->fd >= 0)
        close(reply->fd);
    buffer_clear(&reply->head);
    reply->status = 0;
    reply->bytes = NULL;
    reply->text_length = 0;
    reply->length = 0;
    reply->fd = -1;
    reply->offset = reply->file_length = 0;
}

void reply_free(struct reply *reply)
{
    reply_reset(reply);
    buffer_free(&reply->head);
}

/* Hits are formatted here, so their lines are put together from pieces: printf was a fifth of
 * the work of a hit. */
static int put_number(struct buffer *out, const char *before, int64_t number, const char *after)
{
    int rc = buffer_puts(out, before);

    if (!rc)
        rc = buffer_number(out, number);
    return rc ? rc : buffer_puts(out, after);
}

const char *reply_phrase(int status)
{
    switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 206: return "Partial Content";
    case 302: return "Found";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 410: return "Gone";
    case 411: return "Length Required";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 416: return "Range Not Satisfiable";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 499: return "Client Closed Request";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 508: return "Loop Detected";
    default: return status < 500 ? "Client Error" : "Internal Server Error";
    }
}

int reply_put_status(struct reply *reply, int status)
{
    int rc = put_number(&reply->head, "Status: ", status, " ");

    reply->status = status;
    return rc ? rc : buffer_join(&reply->head, reply_phrase(status), "\r\n", (char *)NULL);
}

/* ---- pictures ---- */

/* The configured Cache-Control promises max-age from now on, and no longer than the picture is
 * fresh here. Age is sent as it is (RFC 9111 section 5.1), and caches count max-age from
 * Age zero, so it is added. */
static int write_freshness(struct buffer *out, const struct cache_control *c,
                           const struct entry *e, const struct picture_request *picture,
                           int64_t now_ms)
{
    int64_t age = (now_ms - e->fetched_ms) / 1000, left = (e->expires_ms - now_ms + 999) / 1000;
    int64_t most = picture && picture->max_age_s ? picture->max_age_s : c->max_age_s;
    bool strict = e->refresh_until_ms <= e->expires_ms;
    int rc = buffer_puts(out, "Cache-Control: ");

    age = age > 0 ? age : 0;
    /* An answer that is kept for longer than its URL is good would be as good as the URL. */
    if (picture && picture->expires_s && picture->expires_s - now_ms / 1000 < left) {
        left = picture->expires_s - now_ms / 1000;
        strict = true;
    }
    left = left > 0 ? left : 0;
    if (!rc)
        rc = buffer_append(out, c->before, c->before_length);
    if (!rc && c->after)
        rc = put_number(out, "", age + (most < left ? most : left),
                        strict ? c->strict : c->after);
    return rc ? rc : put_number(out, "\r\nAge: ", age, "\r\n");
}

/* Of a picture that another may take the place of any moment. */
static int write_max_age(struct buffer *out, int64_t max_age_s, const struct entry *e,
                         int64_t now_ms)
{
    int64_t age = (now_ms - e->fetched_ms) / 1000;
    int rc;

    age = age > 0 ? age : 0;
    rc = put_number(out, "Cache-Control: public, max-age=", age + max_age_s, "\r\nAge: ");
    if (!rc)
        rc = put_number(out, "", age, "\r\n");
    return rc;
}

/* What is immutable has no Age: it is as right now as on the first day. */
int reply_put_cache_control(struct reply *reply, const struct server *server, const struct entry *e,
                            enum reply_way way, int64_t now_ms)
{
    if (way == WAY_UNSTORABLE)
        return buffer_puts(&reply->head, "Cache-Control: no-store\r\n");
    if (reply->cache_control)
        return buffer_join(&reply->head, "Cache-Control: ", reply->cache_control, "\r\n",
                           (char *)NULL);
    if (reply->picture && reply->picture->immutable)
        return buffer_puts(&reply->head, IMMUTABLE);
    if (reply->max_age_s > 0)
        return write_max_age(&reply->head, reply->max_age_s, e, now_ms);
    return write_freshness(&reply->head, &server->cache_control, e, reply->picture, now_ms);
}

/* RFC 9211. A copy that stands in for a failing origin is a hit past its ttl. */
int reply_put_cache_status(struct buffer *out, const struct entry *e, enum reply_way way,
                           int64_t now_ms)
{
    static const struct {
        const char *before, *after;
    } lines[] = {
        [WAY_HIT] = {"hit; ttl=", "\r\n"},
        [WAY_MISS] = {"fwd=uri-miss; stored; ttl=", "\r\n"},
        [WAY_REFRESHED] = {"fwd=stale; stored; ttl=", "\r\n"},
        [WAY_COLLAPSED] = {"fwd=uri-miss; collapsed; ttl=", "\r\n"},
        [WAY_REVALIDATED] = {"fwd=stale; fwd-status=304; stored; ttl=", "\r\n"},
        [WAY_REFRESHING] = {"hit; ttl=", "; detail=stale-while-revalidate\r\n"},
        [WAY_STALE] = {"hit; ttl=", "; detail=stale\r\n"},
    };
    int64_t left_ms = e->expires_ms - now_ms;
    int rc = buffer_puts(out, "Cache-Status: visage; ");

    if (rc)
        return rc;
    if (way == WAY_UNCACHED || way == WAY_UNSTORABLE)
        return buffer_puts(out, "fwd=uri-miss\r\n");
    /* Rounded away from zero: what has expired shows it. */
    left_ms += left_ms > 0 ? 999 : -999;
    return put_number(out, lines[way].before, left_ms / 1000, lines[way].after);
}

static int write_validators(struct buffer *out, const char *etag, int64_t last_modified_s)
{
    char date[HTTP_DATE_SIZE];

    http_date_format(last_modified_s, date);
    return buffer_join(out, "ETag: ", etag, "\r\nLast-Modified: ", date, "\r\n", (char *)NULL);
}

/* The web server sends the file itself. */
static int write_sendfile(struct buffer *out, struct server *server, const struct entry *e)
{
    char path[PATH_MAX];

    if (server->config->sendfile == SENDFILE_X_ACCEL) {
        char name[BLOB_PATH_SIZE];

        blob_path(&e->blob, name);
        return buffer_printf(out, "X-Accel-Redirect: %s%s\r\n", server->config->sendfile_prefix,
                             name);
    }
    if (cache_blob_path(server->cache, &e->blob, path, sizeof path) != 0)
        return -ENAMETOOLONG;
    return buffer_printf(out, "X-Sendfile: %s\r\n", path);
}

/* RFC 6266, where the URL says something of it. */
static int write_disposition(struct buffer *out, const struct picture_request *picture,
                             enum picture_type type)
{
    int rc;

    if (!picture->attachment && !picture->filename[0])
        return 0;
    rc = buffer_puts(out, picture->attachment ? "Content-Disposition: attachment"
                                              : "Content-Disposition: inline");
    if (!rc && picture->filename[0])
        rc = buffer_join(out, "; filename=\"", picture->filename, ".",
                         type == PICTURE_JPEG ? "jpg" : picture_type_name(type), "\"",
                         (char *)NULL);
    return rc ? rc : buffer_puts(out, "\r\n");
}

static int write_length_or_part(struct reply *reply, const struct http_request *request,
                                const struct entry *e, enum http_range range, uint64_t first,
                                uint64_t last, bool ranges)
{
    uint64_t length = range == HTTP_RANGE_PART ? last - first + 1 : e->length;
    int rc = 0;

    if (range == HTTP_RANGE_PART)
        rc = buffer_printf(&reply->head,
                           "Content-Range: bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64 "\r\n", first,
                           last, e->length);
    if (!rc)
        rc = put_number(&reply->head,
                        ranges ? "Accept-Ranges: bytes\r\nContent-Length: " : "Content-Length: ",
                        (int64_t)length, "\r\n");
    if (request->method == HTTP_HEAD) {
        reply->bytes = NULL;
        return rc;
    }
    if (reply->bytes) {
        reply->bytes = (const char *)reply->bytes + first;
        reply->length = (size_t)length;
    } else {
        reply->offset = first;
        reply->file_length = length;
    }
    return rc;
}

int reply_picture(struct reply *reply, struct server *server, const struct http_request *request,
                  const struct entry *e, enum reply_way way, bool negotiated, const void *bytes,
                  int fd, int64_t now_ms)
{
    char etag[ETAG_MAX];
    enum http_range range = HTTP_RANGE_WHOLE;
    uint64_t first = 0, last = 0;
    struct buffer *out = &reply->head;
    bool sendfile = !bytes && fd < 0, unmodified;
    int rc;

    reply_reset(reply);
    reply->fd = fd;
    etag_of(reply->picture, e, etag);
    /* RFC 9110 section 13.2.2: preconditions first, then the range. */
    unmodified = http_not_modified(request, etag, e->last_modified_s, now_ms / 1000);
    if (!unmodified && !sendfile && request->method == HTTP_GET && request->range &&
        http_if_range_holds(request, etag, e->last_modified_s, now_ms / 1000))
        range = http_range_parse(request->range, e->length, &first, &last);

    rc = reply_put_status(reply, unmodified                          ? 304
                                 : range == HTTP_RANGE_PART          ? 206
                                 : range == HTTP_RANGE_UNSATISFIABLE ? 416
                                                                     : 200);
    if (!rc && range != HTTP_RANGE_UNSATISFIABLE)
        rc = write_validators(out, etag, e->last_modified_s);
    if (!rc && range != HTTP_RANGE_UNSATISFIABLE)
        rc = reply_put_cache_control(reply, server, e, way, now_ms);
    if (!rc && negotiated)
        rc = buffer_puts(out, "Vary: Accept\r\n");
    if (!rc)
        rc = reply_put_cache_status(out, e, way, now_ms);
    if (!rc)
        rc = buffer_append(out, server->picture_head.data, server->picture_head.length);
    if (rc)
        return rc;

    if (unmodified) {
        cache_count(server->cache, COUNT_NOT_MODIFIED, 1);
        return buffer_puts(out, "\r\n");
    }
    if (range == HTTP_RANGE_UNSATISFIABLE)
        return buffer_printf(out,
                             "Content-Range: bytes */%" PRIu64
                             "\r\nCache-Control: no-store\r\nContent-Length: 0\r\n\r\n",
                             e->length);
    rc = buffer_join(out, "Content-Type: ", picture_media_type(e->type), "\r\n", (char *)NULL);
    if (!rc && reply->picture)
        rc = write_disposition(out, reply->picture, e->type);
    if (!rc && sendfile) {
        rc = write_sendfile(out, server, e);
    } else if (!rc) {
        reply->bytes = bytes;
        rc = write_length_or_part(reply, request, e, range, first, last, true);
    }
    return rc ? rc : buffer_puts(out, "\r\n");
}

int reply_unmodified(struct reply *reply, struct server *server, const char *etag)
{
    struct buffer *out = &reply->head;
    int rc;

    reply_reset(reply);
    cache_count(server->cache, COUNT_NOT_MODIFIED, 1);
    rc = reply_put_status(reply, 304);
    if (!rc)
        rc = buffer_join(out, "ETag: ", etag, "\r\n" IMMUTABLE,
                         reply->picture->negotiated ? "Vary: Accept\r\n" : "",
                         "Cache-Status: visage; hit; detail=immutable\r\n", (char *)NULL);
    if (!rc)
        rc = buffer_append(out, server->picture_head.data, server->picture_head.length);
    return rc ? rc : buffer_puts(out, "\r\n");
}

/* ---- errors ---- */

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

static int write_allow(struct buffer *out, const struct reply *reply)
{
    uint32_t methods = reply->picture && reply->picture->rest ? reply->picture->methods : REST_GET;
    int rc = buffer_puts(out, "Allow: ");

    if (!rc && methods & REST_GET)
        rc = buffer_puts(out, "GET, HEAD");
    if (!rc && methods & REST_PUT)
        rc = buffer_puts(out, methods & REST_GET ? ", PUT" : "PUT");
    if (!rc && methods & REST_POST)
        rc = buffer_puts(out, methods & (REST_GET | REST_PUT) ? ", POST" : "POST");
    if (!rc && methods & REST_DELETE)
        rc = buffer_puts(out, methods & (REST_GET | REST_PUT | REST_POST) ? ", DELETE" : "DELETE");
    return rc ? rc : buffer_puts(out, "\r\n");
}

/* Those that belong to a status of our own do not belong to an origin's. */
static int write_error_fields(struct reply *reply, enum cause cause, int status, int64_t retry_ms)
{
    struct buffer *out = &reply->head;

    if (cause_info(cause)->status != status && status != 429 && status != 503)
        return 0;
    switch (status) {
    case 401:
        return buffer_puts(out, "WWW-Authenticate: Basic realm=\"visage\", charset=\"UTF-8\"\r\n"
                                "WWW-Authenticate: Bearer realm=\"visage\"\r\n");
    case 405:
        return write_allow(out, reply);
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

/* What a front end wants to hear where there is no picture. */
static const char *missing_body(const struct reply *reply)
{
    return reply->picture && reply->picture->rest ? reply->picture->rest->missing_body : NULL;
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
        rc = write_error_fields(reply, cause, answer.status, retry_ms);
    if (!rc && negotiated)
        rc = buffer_puts(out, "Vary: Accept\r\n");
    if (!rc)
        rc = buffer_printf(out, "Cache-Status: visage; detail=%s\r\n", cause_info(cause)->name);
    if (!rc)
        rc = buffer_append(out, server->picture_head.data, server->picture_head.length);
    if (!rc && answer.status == 404 && missing_body(reply))
        return reply_json(reply, server, request, missing_body(reply));
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
        rc = write_error_fields(reply, cause, answer.status, retry_ms);
    if (!rc && negotiated)
        rc = buffer_puts(out, "Vary: Accept\r\n");
    if (!rc)
        rc = buffer_append(out, server->picture_head.data, server->picture_head.length);
    reply->bytes = bytes;
    if (!rc)
        rc = write_length_or_part(reply, request, e, HTTP_RANGE_WHOLE, 0, 0, false);
    return rc ? rc : buffer_puts(out, "\r\n");
}

int reply_redirect(struct reply *reply, struct server *server, const char *location,
                   int64_t max_age_s, bool negotiated)
{
    struct buffer *out = &reply->head;
    int rc;

    reply_reset(reply);
    rc = reply_put_status(reply, 302);
    if (!rc)
        rc = buffer_join(out, "Location: ", location, "\r\n", (char *)NULL);
    if (!rc)
        rc = put_number(out, "Cache-Control: public, max-age=", max_age_s,
                        "\r\nCache-Status: visage; detail=redirect\r\n");
    if (!rc && negotiated)
        rc = buffer_puts(out, "Vary: Accept\r\n");
    if (!rc)
        rc = buffer_append(out, server->picture_head.data, server->picture_head.length);
    return rc ? rc : buffer_puts(out, "Content-Length: 0\r\n\r\n");
}
