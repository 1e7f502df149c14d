/* SPDX-License-Identifier: MIT */
#include "origin/source.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/secret.h"
#include "http/percent.h"
#include "origin/target.h"

#define PLACEHOLDER "{id}"

/* "source NAME: WHAT: REASON". A path may fill the whole reason: the cut is then at its end. */
static void tell_source(const struct config_source *source, const char *what, const char *reason,
                        char error[CONFIG_ERROR_MAX])
{
    if (snprintf(error, CONFIG_ERROR_MAX, "source %s: %s: %s", source->name, what, reason) < 0)
        error[0] = '\0';
}

static int load_keys(const struct config_source *from, const char *what, const char *path,
                     struct sign_keys *out, char error[CONFIG_ERROR_MAX])
{
    char reason[CONFIG_ERROR_MAX];
    int code = 0;

    if (path)
        code = sign_keys_read(path, out, reason);
    if (code != 0)
        tell_source(from, what, reason, error);
    return code;
}

static int load_file(const struct config_source *from, const char *what, char *path, char **out,
                     char error[CONFIG_ERROR_MAX])
{
    const struct config_secret secret = {.file = path};
    char reason[CONFIG_ERROR_MAX];
    int code = path ? secret_read(&secret, out, reason) : 0;

    if (code < 0)
        tell_source(from, what, reason, error);
    return code;
}

static int load_one(const struct config_source *from, struct source *out,
                    char error[CONFIG_ERROR_MAX])
{
    static const char *const names[] = {"password", "bearer"};
    const struct config_secret *secrets[] = {&from->password, &from->bearer};
    char **slots[] = {&out->password, &out->bearer};
    char reason[CONFIG_ERROR_MAX];
    int code;

    out->config = from;
    for (size_t i = 0; i < 2; i++) {
        code = secret_read(secrets[i], slots[i], reason);
        if (code < 0) {
            tell_source(from, names[i], reason, error);
            return code;
        }
    }
    code = load_file(from, "access_key_file", from->s3.access_key_file, &out->access_key, error);
    if (code == 0)
        code = load_file(from, "secret_key_file", from->s3.secret_key_file, &out->secret_key, error);
    if (code != 0)
        return code;
    code = load_keys(from, "sign_key_file", from->sign_key_file, &out->sign_keys, error);
    if (code == 0)
        code = load_keys(from, "api_key_file", from->store.api_key_file, &out->api_keys, error);
    if (code != 0)
        return code;
    return load_keys(from, "grant_key_file", from->store.grant_key_file, &out->grant_keys, error);
}

int source_list_load(const struct config *config, struct source_list *out,
                     char error[CONFIG_ERROR_MAX])
{
    *out = (struct source_list){.count = 0};
    if (config->source_count == 0)
        return 0;
    out->sources = calloc(config->source_count, sizeof *out->sources);
    if (!out->sources) {
        snprintf(error, CONFIG_ERROR_MAX, "out of memory");
        return -ENOMEM;
    }
    out->count = config->source_count;
    for (size_t i = 0; i < config->source_count; i++) {
        int code = load_one(&config->sources[i], &out->sources[i], error);

        if (code != 0) {
            source_list_free(out);
            return code;
        }
    }
    return 0;
}

void source_list_free(struct source_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        secret_free(&list->sources[i].password);
        secret_free(&list->sources[i].bearer);
        secret_free(&list->sources[i].access_key);
        secret_free(&list->sources[i].secret_key);
        sign_keys_free(&list->sources[i].sign_keys);
        sign_keys_free(&list->sources[i].grant_keys);
        sign_keys_free(&list->sources[i].api_keys);
    }
    free(list->sources);
    *list = (struct source_list){.count = 0};
}

const struct source *source_find(const struct source_list *list,
                                 const struct config_source *config)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->sources[i].config == config)
            return &list->sources[i];
    return NULL;
}

const struct sign_key *source_signs_with(const struct source_list *list,
                                         const struct config_source *config)
{
    const struct source *source = source_find(list, config);

    return source && config->sign != SIGN_OFF && source->sign_keys.count > 0
               ? &source->sign_keys.keys[0]
               : NULL;
}

/* RFC 3986 section 5.2.4: such a segment is removed on the way, with the one before
 * it, and percent-coding does not protect it. */
static bool is_dot_segment(const char *segment, size_t length)
{
    return (length == 1 && segment[0] == '.') ||
           (length == 2 && segment[0] == '.' && segment[1] == '.');
}

/* Of an object's key each byte is signed as the store would write it. */
static int append_segment(struct buffer *url, bool object, const char *segment, size_t length)
{
    ssize_t (*encode)(const char *, size_t, char *, size_t) =
        object ? http_percent_encode_strictly : http_percent_encode_segment;
    ssize_t n;

    if (is_dot_segment(segment, length))
        return -EINVAL;
    if (buffer_reserve(url, 3 * length + 1) != 0)
        return -ENOMEM;
    n = encode(segment, length, url->data + url->length, url->capacity - url->length);
    if (n < 0)
        return (int)n;
    url->length += (size_t)n;
    return 0;
}

static int append_id(struct buffer *url, bool object, const char *id)
{
    for (;;) {
        size_t length = strcspn(id, "/");
        int code = append_segment(url, object, id, length);

        if (code != 0)
            return code;
        id += length;
        if (*id == '\0')
            return 0;
        code = buffer_append(url, id++, 1);
        if (code != 0)
            return code;
    }
}

char *source_url(const struct config_source *source, const char *id)
{
    struct buffer url = {.length = 0};
    const char *rest = source->url;
    const char *place;
    int code;

    if (source->type == SOURCE_WEB)
        return strdup(id);
    while ((place = strstr(rest, PLACEHOLDER)) != NULL) {
        code = buffer_append(&url, rest, (size_t)(place - rest));
        if (code == 0)
            code = append_id(&url, source->s3.bucket != NULL, id);
        if (code != 0)
            goto out;
        rest = place + strlen(PLACEHOLDER);
    }
    code = buffer_puts(&url, rest);
out:
    if (code != 0) {
        buffer_free(&url);
        errno = -code;
        return NULL;
    }
    return url.data;
}

int source_url_origin(const char *url, char *out, size_t size)
{
    CURLU *target;
    int rc;

    /* The parser that the fetch uses, so that both mean the same host. */
    if (!url || target_open(url, &target) != CAUSE_NONE)
        return -EINVAL;
    rc = target_origin(target, out, size);
    curl_url_cleanup(target);
    return rc;
}

int source_origin(const struct config_source *source, const char *id, char *out, size_t size)
{
    return source_url_origin(source->type == SOURCE_WEB ? id : source->url, out, size);
}
