/* SPDX-License-Identifier: MIT */
#include "origin/object.h"

#include <errno.h>
#include <string.h>

#include "http/percent.h"

#define PLACEHOLDER "{id}"

/* ---- keys ---- */

/* What stands before and behind the id in each key of the source. */
struct around {
    const char *before, *after;
    size_t before_length, after_length;
};

static struct around around_id(const struct config_source *source)
{
    const char *place = strstr(source->s3.key, PLACEHOLDER);
    struct around a = {.before = source->s3.key,
                       .after = place + strlen(PLACEHOLDER),
                       .before_length = (size_t)(place - source->s3.key)};

    a.after_length = strlen(a.after);
    return a;
}

int object_key(const struct config_source *source, const char *id, struct buffer *out)
{
    struct around a = around_id(source);
    int rc = buffer_append(out, a.before, a.before_length);

    return rc ? rc : buffer_join(out, id, a.after, (char *)NULL);
}

const char *object_id(const struct config_source *source, const char *key, size_t *length)
{
    struct around a = around_id(source);
    size_t all = strlen(key);

    if (all <= a.before_length + a.after_length || memcmp(key, a.before, a.before_length) != 0 ||
        strcmp(key + all - a.after_length, a.after) != 0)
        return NULL;
    *length = all - a.before_length - a.after_length;
    return key + a.before_length;
}

bool object_id_is_last(const struct config_source *source)
{
    return around_id(source).after_length == 0;
}

/* ---- URLs ---- */

static int put_coded(struct buffer *url, const char *text, size_t length)
{
    ssize_t n;

    if (buffer_reserve(url, 3 * length + 1) != 0)
        return -ENOMEM;
    n = http_percent_encode_strictly(text, length, url->data + url->length,
                                     url->capacity - url->length);
    if (n < 0)
        return (int)n;
    url->length += (size_t)n;
    return 0;
}

static int put_token(struct buffer *url, const char *token)
{
    int rc = buffer_puts(url, "continuation-token=");

    if (!rc)
        rc = put_coded(url, token, strlen(token));
    return rc ? rc : buffer_puts(url, "&");
}

static int put_prefix(struct buffer *url, const struct config_source *source, const char *key)
{
    size_t length = key ? strlen(key) : around_id(source).before_length;

    if (length > OBJECT_KEY_MAX)
        return -ENAMETOOLONG;
    return put_coded(url, key ? key : source->s3.key, length);
}

int object_list_url(const struct config_source *source, const struct object_query *query,
                    struct buffer *out)
{
    int rc = buffer_join(out, source->s3.endpoint, "/", source->s3.bucket, "?", (char *)NULL);

    if (!rc && query->token)
        rc = put_token(out, query->token);
    if (!rc)
        rc = buffer_printf(out, "encoding-type=url&list-type=2&max-keys=%u&prefix=", query->most);
    return rc ? rc : put_prefix(out, source, query->key);
}
