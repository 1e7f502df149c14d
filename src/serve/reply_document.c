/* SPDX-License-Identifier: MIT
 *
 * Answers that are no pictures but documents of our own making.
 */
#include "serve/reply.h"

#include <errno.h>

#include "http/conditional.h"
#include "serve/cors.h"
#include "serve/reply_parts.h"
#include "serve/writer.h"

/* Ends the head. */
static int put_body(struct reply *reply, const struct http_request *request,
                    const char *media_type, const struct buffer *body)
{
    if (request->method != HTTP_HEAD) {
        reply->bytes = body->data;
        reply->length = body->length;
    }
    return buffer_printf(&reply->head, "Content-Type: %s\r\nContent-Length: %zu\r\n\r\n",
                         media_type, body->length);
}

int reply_put_picture_head(struct reply *reply, const struct server *server,
                           const struct http_request *request)
{
    const struct buffer *head = &server->picture_head;
    int rc;
    size_t length = cors_put(reply, request, &rc) ? server->picture_head_plain : head->length;

    return rc ? rc : buffer_append(&reply->head, head->data, length);
}

int reply_document(struct reply *reply, const struct http_request *request, int status,
                   const char *media_type, const char *fields, const struct buffer *body)
{
    int rc;

    reply_reset(reply);
    rc = reply_put_status(reply, status);
    if (!rc)
        rc = buffer_join(&reply->head,
                         "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n", fields,
                         (char *)NULL);
    if (!rc)
        cors_put(reply, request, &rc);
    if (rc || status != 204)
        return rc ? rc : put_body(reply, request, media_type, body);
    return buffer_puts(&reply->head, "\r\n"); /* no length either (RFC 9110 section 8.6) */
}

int reply_facts(struct reply *reply, struct server *server, const struct http_request *request,
                const char *cache_control, const char *validators, const struct buffer *body)
{
    struct buffer *out = &reply->head;
    int rc;

    reply_reset(reply);
    rc = reply_put_status(reply, 200);
    if (!rc)
        rc = buffer_join(out, "Cache-Control: ", cache_control ? cache_control : "no-store", "\r\n",
                         validators, (char *)NULL);
    if (!rc)
        rc = reply_put_picture_head(reply, server, request);
    return rc ? rc : put_body(reply, request, "application/json", body);
}

int reply_info(struct reply *reply, struct server *server, const struct http_request *request,
               const struct entry *e, enum reply_way way, const char *etag,
               const struct buffer *body, int64_t now_ms)
{
    /* A document may change while its picture does not, so it has no date. */
    bool unmodified = request->if_none_match && http_etag_list_matches(request->if_none_match, etag);
    struct buffer *out = &reply->head;
    int rc;

    reply_reset(reply);
    rc = reply_put_status(reply, unmodified ? 304 : 200);
    if (!rc)
        rc = buffer_join(out, "ETag: ", etag, "\r\n", (char *)NULL);
    if (!rc)
        rc = reply_put_cache_control(reply, server, e, way, now_ms);
    if (!rc)
        rc = reply_put_cache_status(out, e, way, now_ms);
    if (!rc)
        rc = reply_put_picture_head(reply, server, request);
    if (rc || !unmodified)
        return rc ? rc : put_body(reply, request, "application/json", body);
    cache_count(server->cache, COUNT_NOT_MODIFIED, 1);
    return buffer_puts(out, "\r\n");
}

int reply_json(struct reply *reply, const struct server *server,
               const struct http_request *request)
{
    return put_body(reply, request, "application/json", &server->page);
}

/* Writes it into server->page. */
static int write_problem(struct server *server, int status, const char *detail)
{
    struct writer w = {.out = &server->page};

    buffer_clear(&server->page);
    writer_puts(&w, "{\"title\":");
    writer_json(&w, reply_phrase(status));
    writer_puts(&w, ",\"status\":");
    writer_number(&w, (uint64_t)status);
    writer_puts(&w, ",\"detail\":");
    writer_json(&w, detail);
    writer_puts(&w, "}\n");
    return w.rc;
}

int reply_problem(struct reply *reply, struct server *server, const struct http_request *request,
                  const struct cause_answer *answer)
{
    int rc = write_problem(server, answer->status, answer->text);

    return rc ? rc : put_body(reply, request, "application/problem+json", &server->page);
}

int reply_refusal(struct reply *reply, struct server *server, const struct http_request *request,
                  int status, const char *fields, const char *detail)
{
    int rc = write_problem(server, status, detail);

    cache_count(server->cache, COUNT_ERRORS, 1);
    return rc ? rc
              : reply_document(reply, request, status, "application/problem+json", fields,
                               &server->page);
}
