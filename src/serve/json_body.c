/* SPDX-License-Identifier: MIT */
#include "serve/json_body.h"

#include <errno.h>
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

static struct json_refusal look_at_head(const struct http_request *request, size_t max)
{
    if (!is_json(request->content_type))
        return (struct json_refusal){415, "the body has to be of type application/json"};
    if (request->content_length > 0 && (uint64_t)request->content_length > max)
        return (struct json_refusal){413, "the document is too large"};
    return (struct json_refusal){0, NULL};
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
            *refusal = (struct json_refusal){400, "the document did not come whole"};
            return 0;
        }
        if (n == 0)
            break;
        out->length += (size_t)n;
        out->data[out->length] = '\0';
        if (out->length - begin > max)
            *refusal = (struct json_refusal){413, "the document is too large"};
    }
    if (refusal->status == 0 && request->content_length >= 0 &&
        out->length - begin != (size_t)request->content_length)
        *refusal = (struct json_refusal){400, "the document did not come whole"};
    return 0;
}
