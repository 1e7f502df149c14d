/* SPDX-License-Identifier: MIT */
#include "serve/cors.h"

#include <string.h>
#include <strings.h>

#include "serve/reply_parts.h"

#define MAX_AGE "600" /* seconds that a browser need not ask again */
#define ORIGIN_MAX 512

enum page { PAGE_NONE, PAGE_ANY, PAGE_LISTED };

bool cors_lists(const struct config_source *source, const char *origin)
{
    const struct config_list *origins = &source->store.origins;

    for (size_t i = 0; i < origins->count; i++)
        if (strcasecmp(origin, origins->items[i]) == 0)
            return true;
    return false;
}

/* What may be sent back as it came. */
static bool is_plain(const char *origin)
{
    size_t length = strlen(origin);

    for (size_t i = 0; i < length; i++)
        if (origin[i] <= ' ' || origin[i] > '~')
            return false;
    return length > 0 && length <= ORIGIN_MAX;
}

/* Where uploads go. */
static const struct config_source *source_of(const struct reply *reply)
{
    const struct picture_request *picture = reply->picture;

    return picture && picture->rest && picture->rest->source &&
                   picture->rest->source->type == SOURCE_STORE
               ? picture->rest->source
               : NULL;
}

static enum page page_of(const struct config_source *source, const struct http_request *request)
{
    if (!source || !request->origin || !is_plain(request->origin))
        return PAGE_NONE;
    if (cors_lists(source, request->origin))
        return PAGE_LISTED;
    return source->store.writers & (WRITER_GRANT | WRITER_API_KEY) ? PAGE_ANY : PAGE_NONE;
}

static int put_origin(struct buffer *out, const struct http_request *request, enum page page)
{
    return buffer_join(out, "Access-Control-Allow-Origin: ", request->origin, "\r\n",
                       page == PAGE_LISTED ? "Access-Control-Allow-Credentials: true\r\n" : "",
                       (char *)NULL);
}

bool cors_preflight(struct reply *reply, const struct http_request *request, int *rc)
{
    enum page page = page_of(source_of(reply), request);
    struct buffer *out = &reply->head;

    if (request->method != HTTP_OPTIONS || request->intended == HTTP_OTHER || page == PAGE_NONE)
        return false;
    reply_reset(reply);
    *rc = reply_put_status(reply, 204);
    if (!*rc)
        *rc = put_origin(out, request, page);
    if (!*rc)
        *rc = buffer_puts(out, "Vary: Origin\r\nAccess-Control-Allow-Methods: ");
    if (!*rc)
        *rc = reply_put_methods(out, reply);
    if (!*rc)
        *rc = buffer_puts(out, "\r\nAccess-Control-Allow-Headers: Authorization, Content-Type, "
                               "If-Match, If-None-Match, If-Unmodified-Since, Visage-Grant\r\n"
                               "Access-Control-Max-Age: " MAX_AGE "\r\n"
                               "Cache-Control: no-store\r\n\r\n");
    return true;
}

/* Whether what a page is answered with depends on where it is from. */
static bool is_told_apart(const struct config_source *source)
{
    return source->store.origins.count > 0 || source->store.writers & ~WRITER_REMOTE_USER;
}

/* Pictures are for all pages, as configured. */
static bool is_of_picture(const struct reply *reply, const struct http_request *request)
{
    return (request->method == HTTP_GET || request->method == HTTP_HEAD) &&
           reply->picture->rest->answers == REST_PICTURE;
}

bool cors_put(struct reply *reply, const struct http_request *request, int *rc)
{
    const struct config_source *source = source_of(reply);
    enum page page;

    *rc = 0;
    if (!source || is_of_picture(reply, request))
        return false;
    page = page_of(source, request);
    /* Also where it is for nobody: what is kept of it must not go to a page. */
    if (is_told_apart(source))
        *rc = buffer_puts(&reply->head, "Vary: Origin\r\n");
    if (*rc || page == PAGE_NONE)
        return *rc != 0;
    *rc = put_origin(&reply->head, request, page);
    if (!*rc)
        *rc = buffer_puts(&reply->head,
                          "Access-Control-Expose-Headers: ETag, Last-Modified, Retry-After\r\n");
    return true;
}
