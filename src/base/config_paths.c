/* SPDX-License-Identifier: MIT
 *
 * Values that are paths, of files or of URLs, or a word in place of one.
 */
#include "base/config_value.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/config.h"

int config_paths_check(const char *text, size_t *length, char *why)
{
    /* The value is not repeated: a password may stand where its file's name should. */
    if (text[0] != '/')
        return WRONG(why, "a path that does not begin with \"/\"");
    *length = strlen(text);
    if (*length >= PATH_MAX)
        return WRONG(why, "the path is longer than %d bytes", PATH_MAX - 1);
    for (size_t i = 0; i < *length; i++)
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
            return WRONG(why, "the path has a control byte in it");
    while (*length > 1 && text[*length - 1] == '/')
        --*length;
    return 0;
}

int config_paths_set_path(const struct config_key *key, void *record, const char *text, char *why)
{
    size_t length;
    int rc = config_paths_check(text, &length, why);

    return rc < 0 ? rc : config_value_store(key, record, text, length);
}

/* Unreserved characters and '/' (RFC 3986 section 2.3), no empty and no dot segments. */
static bool is_plain_url_path(const char *text, size_t length)
{
    if (length == 0 || text[0] != '/')
        return false;
    for (size_t i = 0; i < length; i++) {
        if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/", text[i]))
            return false;
        if (text[i] == '/') {
            const char *segment = text + i + 1;
            size_t rest = length - i - 1;
            size_t dots = rest > 0 && segment[0] == '.' ? (rest > 1 && segment[1] == '.' ? 2 : 1)
                                                        : 0;

            if (rest > 0 && segment[0] == '/')
                return false;
            if (dots > 0 && (rest == dots || segment[dots] == '/'))
                return false;
        }
    }
    return true;
}

int config_paths_set_prefix(const struct config_key *key, void *record, const char *text, char *why)
{
    size_t length = strlen(text);

    if (length > 0 && (length > 200 || !is_plain_url_path(text, length)))
        return config_value_not_a("a plain URL path", text, why);
    if (length > 0 && text[length - 1] == '/')
        length--;
    return config_value_store(key, record, text, length);
}

/* A plain path, but for one segment that may be "{id}". */
int config_paths_set_template(const struct config_key *key, void *record, const char *text,
                              char *why)
{
    const char *id = strstr(text, "/{id}");
    size_t length = strlen(text);
    char *plain;
    bool good;

    if (length > (size_t)key->max)
        return WRONG(why, "longer than %lld bytes", (long long)key->max);
    plain = strdup(text);
    if (!plain)
        return -ENOMEM;
    /* In its place a segment that is plain, whatever stands around it. */
    if (id && (id[5] == '/' || id[5] == '\0'))
        memcpy(plain + (id - text), "/.id.", 5);
    good = length > 1 && text[length - 1] != '/' && is_plain_url_path(plain, length);
    free(plain);
    return good ? config_value_store(key, record, text, length)
                : config_value_not_a("a plain URL path with at most one segment {id}", text, why);
}

int config_paths_set_sendfile(const struct config_key *key, void *record, const char *text,
                              char *why)
{
    static const char accel[] = "x-accel:";
    struct config *c = record;
    size_t length = strlen(text);

    (void)key;
    if (strcmp(text, "none") == 0) {
        c->sendfile = SENDFILE_NONE;
        return 0;
    }
    if (strcmp(text, "x-sendfile") == 0) {
        c->sendfile = SENDFILE_X_SENDFILE;
        return 0;
    }
    if (strncmp(text, accel, strlen(accel)) != 0)
        return config_value_not_a("a way to send files", text, why);
    text += strlen(accel);
    length -= strlen(accel);
    if (length > 200 || !is_plain_url_path(text, length) || text[length - 1] != '/')
        return WRONG(why, "\"%.*s\" is not a plain URL path with \"/\" at both ends", SHOWN_MAX,
                     text);
    c->sendfile_prefix = strdup(text);
    if (!c->sendfile_prefix)
        return -ENOMEM;
    c->sendfile = SENDFILE_X_ACCEL;
    return 0;
}

int config_paths_set_log(const struct config_key *key, void *record, const char *text, char *why)
{
    struct config *c = record;
    struct config_key file = *key;

    if (strcmp(text, "stderr") == 0) {
        c->log_target = LOG_TO_STDERR;
        return 0;
    }
    if (strcmp(text, "syslog") == 0) {
        c->log_target = LOG_TO_SYSLOG;
        return 0;
    }
    c->log_target = LOG_TO_FILE;
    file.offset = offsetof(struct config, log_file);
    return config_paths_set_path(&file, record, text, why);
}

int config_paths_set_fallback(const struct config_key *key, void *record, const char *text,
                              char *why)
{
    struct config_fallback *fallback = (struct config_fallback *)((char *)record + key->offset);
    struct config_key file = *key;

    if (strcmp(text, "none") == 0) {
        fallback->kind = FALLBACK_NONE;
        return 0;
    }
    if (strcmp(text, "identicon") == 0) {
        fallback->kind = FALLBACK_IDENTICON;
        return 0;
    }
    fallback->kind = FALLBACK_FILE;
    file.offset += offsetof(struct config_fallback, file);
    return config_paths_set_path(&file, record, text, why);
}
