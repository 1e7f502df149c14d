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

static int write_validators(struct buffer *out, const char *etag, int64_t last_modified_s,
                            int64_t now_s)
{
    char dates[HTTP_DATE_FIELDS_SIZE];

    http_date_fields(last_modified_s, now_s, dates);
    return buffer_join(out, "ETag: ", etag, "\r\n", dates, (char *)NULL);
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

int reply_put_length(struct reply *reply, const struct http_request *request, const struct entry *e)
{
    return write_length_or_part(reply, request, e, HTTP_RANGE_WHOLE, 0, 0, false);
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
        rc = write_validators(out, etag, e->last_modified_s, now_ms / 1000);
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
