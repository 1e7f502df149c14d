/* SPDX-License-Identifier: MIT */
#include "serve/json_body.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "http/media_type.h"

#define PIECE 65536 /* what is read at once */

/* "application/json", or anything that is written in it (RFC 6839 section 3.1). */
static bool is_json(const char *field)
{
    size_t length = http_media_type_length(field);

    return (length == strlen("application/json") &&
            strncasecmp(field, "application/json", length) == 0) ||
           (length > strlen("+json") && strncasecmp(field + length - 5, "+json", 5) == 0);
}

/* A list of codings (RFC 9110 section 8.4) that are none, or none at all. */
static bool is_plain(const char *codings)
{
    static const char identity[] = "identity";

    for (const char *p = codings; p && *p;) {
        size_t length = strcspn(p, ", \t");

        if (length > 0 && (length != sizeof identity - 1 || strncasecmp(p, identity, length) != 0))
            return false;
        p += length;
        p += strspn(p, ", \t");
    }
    return true;
}

static struct json_refusal refuse(int status, const char *detail)
{
    return (struct json_refusal){.status = status, .detail = detail};
}

static struct json_refusal look_at_head(const struct http_request *request, size_t max)
{
    /* RFC 9110 section 15.5.16: the field says that it is the coding, and not the type. */
    if (!is_plain(request->content_encoding))
        return (struct json_refusal){415, "the body must not have a content coding",
                                     "Accept-Encoding: identity\r\n"};
    if (!is_json(request->content_type))
        return refuse(415, "the body has to be of type application/json");
    if (request->content_length > 0 && (uint64_t)request->content_length > max)
        return refuse(413, "the document is too large");
    return refuse(0, NULL);
}

int json_body_read(const struct http_request *request, size_t max, struct buffer *out,
                   struct json_refusal *refusal)
{
    size_t begin = out->length;

    *refusal = look_at_head(request, max);
    while (refusal->status == 0) {
        /* One byte more tells that there is too much, where no length was said. */
        size_t room = max - (out->length - begin) + 1;
        ssize_t n;

        if (buffer_reserve(out, room < PIECE ? room : PIECE) != 0)
            return -ENOMEM;
        n = request->peer ? request->peer->read(request->peer, out->data + out->length,
                                                room < PIECE ? room : PIECE)
                          : 0;
        if (n < 0) {
            *refusal = refuse(400, "the document did not come whole");
            return 0;
        }
        if (n == 0)
            break;
        out->length += (size_t)n;
        out->data[out->length] = '\0';
        if (out->length - begin > max)
            *refusal = refuse(413, "the document is too large");
    }
    if (refusal->status == 0 && request->content_length >= 0 &&
        out->length - begin != (size_t)request->content_length)
        *refusal = refuse(400, "the document did not come whole");
    return 0;
}

int json_body_refuse(const struct json_refusal *refusal, struct server *server,
                     const struct http_request *request, struct reply *reply, const char *fields)
{
    struct buffer all = {0};
    int rc = buffer_join(&all, fields, refusal->fields ? refusal->fields : "", (char *)NULL);

    if (!rc)
        rc = reply_refusal(reply, server, request, refusal->status, all.data ? all.data : "",
                           refusal->detail);
    buffer_free(&all);
    return rc;
}

/* Of a type there are only characters of tokens: nothing in it ends a header line. */
const char *json_body_type(const struct http_request *request, char out[JSON_BODY_TYPE_MAX])
{
    static const char application[] = "application/";
    size_t length = http_media_type_length(request->content_type);
    bool fits = length < JSON_BODY_TYPE_MAX && length > sizeof application - 1 &&
                strncasecmp(request->content_type, application, sizeof application - 1) == 0;

    snprintf(out, JSON_BODY_TYPE_MAX, "%.*s",
             fits ? (int)length : (int)strlen("application/json"),
             fits ? request->content_type : "application/json");
    return out;
}
