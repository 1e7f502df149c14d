/* SPDX-License-Identifier: MIT
 *
 * One small function per type, and one table that says which, what a list is,
 * and how the type is described to people.
 */
#include "base/config_value.h"

#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/config.h"
#include "base/config_unit.h"

#define NAME_BYTES "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
#define SHOWN_MAX 60 /* bytes of a wrong value that are repeated in the message */

#define WRONG(why, ...) (snprintf(why, CONFIG_WHY_MAX, __VA_ARGS__), -EINVAL)

static int not_a(const char *what, const char *text, char *why)
{
    return WRONG(why, "\"%.*s\" is not %s", SHOWN_MAX, text, what);
}

static int parse_in_range(const struct config_key *key, const char *text, int64_t *out, char *why)
{
    if (config_unit_parse(key->type, text, out) < 0)
        return not_a(key->type == CONFIG_SIZE       ? "a size"
                     : key->type == CONFIG_DURATION ? "a time"
                                                    : "a whole number",
                     text, why);
    if (*out < key->min || *out > key->max)
        return WRONG(why, "%.*s is out of range", SHOWN_MAX, text);
    return 0;
}

static int set_uint64(const struct config_key *key, void *record, const char *text, char *why)
{
    int64_t value;
    uint64_t stored;

    if (parse_in_range(key, text, &value, why) < 0)
        return -EINVAL;
    stored = (uint64_t)value;
    memcpy((char *)record + key->offset, &stored, sizeof stored);
    return 0;
}

static int set_uint32(const struct config_key *key, void *record, const char *text, char *why)
{
    int64_t value;
    uint32_t stored;

    if (parse_in_range(key, text, &value, why) < 0)
        return -EINVAL;
    stored = (uint32_t)value;
    memcpy((char *)record + key->offset, &stored, sizeof stored);
    return 0;
}

static int set_duration(const struct config_key *key, void *record, const char *text, char *why)
{
    int64_t value;

    if (parse_in_range(key, text, &value, why) < 0)
        return -EINVAL;
    memcpy((char *)record + key->offset, &value, sizeof value);
    return 0;
}

static int set_boolean(const struct config_key *key, void *record, const char *text, char *why)
{
    static const char *const words[] = {"false", "true", "no", "yes", "off", "on"};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcasecmp(text, words[i]) == 0) {
            bool value = i % 2 != 0;

            memcpy((char *)record + key->offset, &value, sizeof value);
            return 0;
        }
    return not_a("true or false", text, why);
}

static int set_word(const struct config_key *key, void *record, const char *text, char *why)
{
    size_t length = strlen(text);
    int value = (int)key->min;

    for (const char *p = key->words;; value++) {
        size_t word = strcspn(p, " ");

        if (word == length && memcmp(p, text, length) == 0)
            break;
        if (!p[word])
            return not_a("a word known here", text, why);
        p += word + 1;
    }
    memcpy((char *)record + key->offset, &value, sizeof value);
    return 0;
}

static int set_colour(const struct config_key *key, void *record, const char *text, char *why)
{
    uint32_t value;

    if (text[0] != '#' || strlen(text) != 7 ||
        strspn(text + 1, "0123456789abcdefABCDEF") != 6)
        return not_a("a colour", text, why);
    value = (uint32_t)strtoul(text + 1, NULL, 16);
    memcpy((char *)record + key->offset, &value, sizeof value);
    return 0;
}

static int store_string(const struct config_key *key, void *record, const char *text,
                        size_t length)
{
    char *copy = strndup(text, length);

    if (!copy)
        return -ENOMEM;
    memcpy((char *)record + key->offset, &copy, sizeof copy);
    return 0;
}

/* *length becomes what is to be stored of it. */
static int check_path(const char *text, size_t *length, char *why)
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

static int set_path(const struct config_key *key, void *record, const char *text, char *why)
{
    size_t length;
    int rc = check_path(text, &length, why);

    return rc < 0 ? rc : store_string(key, record, text, length);
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

static int set_prefix(const struct config_key *key, void *record, const char *text, char *why)
{
    size_t length = strlen(text);

    if (length > 0 && (length > 200 || !is_plain_url_path(text, length)))
        return not_a("a plain URL path", text, why);
    if (length > 0 && text[length - 1] == '/')
        length--;
    return store_string(key, record, text, length);
}

static int set_sendfile(const struct config_key *key, void *record, const char *text, char *why)
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
        return not_a("a way to send files", text, why);
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

/* Kept in ascending order as they come. */
static int add_size(const struct config_key *key, void *record, const char *text, char *why)
{
    struct config *c = record;
    int64_t value;
    size_t at;

    if (parse_in_range(key, text, &value, why) < 0)
        return -EINVAL;
    for (at = 0; at < c->size_count && c->sizes[at] <= (uint32_t)value; at++)
        if (c->sizes[at] == (uint32_t)value)
            return WRONG(why, "%lld is there twice", (long long)value);
    if (c->size_count == CONFIG_SIZES_MAX)
        return WRONG(why, "more than %d sizes", CONFIG_SIZES_MAX);
    memmove(c->sizes + at + 1, c->sizes + at, (c->size_count - at) * sizeof *c->sizes);
    c->sizes[at] = (uint32_t)value;
    c->size_count++;
    return 0;
}

static int add_format(const struct config_key *key, void *record, const char *text, char *why)
{
    struct config *c = record;
    enum picture_type type = picture_type_from_name(text, strlen(text));

    (void)key;
    if (!picture_type_is_output(type))
        return not_a("a format that can be written", text, why);
    for (size_t i = 0; i < c->format_count; i++)
        if (c->formats[i] == type)
            return WRONG(why, "\"%s\" is there twice", picture_type_name(type));
    if (c->format_count == CONFIG_FORMATS_MAX)
        return WRONG(why, "more than %d formats", CONFIG_FORMATS_MAX);
    c->formats[c->format_count++] = type;
    return 0;
}

static int add_network(const struct config_key *key, void *record, const char *text, char *why)
{
    struct network_list *list = (struct network_list *)((char *)record + key->offset);
    struct network *grown;

    if (list->count >= (size_t)key->max)
        return WRONG(why, "more than %lld networks", (long long)key->max);
    grown = reallocarray(list->items, list->count + 1, sizeof *grown);
    if (!grown)
        return -ENOMEM;
    list->items = grown;
    if (network_parse(text, &grown[list->count]) < 0)
        return not_a("an address or a network whose host bits are zero", text, why);
    list->count++;
    return 0;
}

static int add_path(const struct config_key *key, void *record, const char *text, char *why)
{
    struct path_list *list = (struct path_list *)((char *)record + key->offset);
    size_t length;
    char **grown;
    int rc = check_path(text, &length, why);

    if (rc < 0)
        return rc;
    if (list->count >= (size_t)key->max)
        return WRONG(why, "more than %lld paths", (long long)key->max);
    grown = reallocarray(list->items, list->count + 1, sizeof *grown);
    if (!grown)
        return -ENOMEM;
    list->items = grown;
    grown[list->count] = strndup(text, length);
    return grown[list->count++] ? 0 : -ENOMEM;
}

static int set_name(const struct config_key *key, void *record, const char *text, char *why)
{
    size_t length = strspn(text, NAME_BYTES);

    if (length == 0 || length > CONFIG_NAME_MAX || text[length])
        return not_a("a name", text, why);
    return store_string(key, record, text, length);
}

static int add_media(const struct config_key *key, void *record, const char *text, char *why)
{
    enum picture_type type = picture_type_from_media_type(text, strlen(text));
    uint32_t types;

    if (type == PICTURE_UNKNOWN)
        return not_a("a picture's media type that is known here", text, why);
    memcpy(&types, (char *)record + key->offset, sizeof types);
    types |= UINT32_C(1) << type;
    memcpy((char *)record + key->offset, &types, sizeof types);
    return 0;
}

static int set_log(const struct config_key *key, void *record, const char *text, char *why)
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
    return set_path(&file, record, text, why);
}

static int set_fallback(const struct config_key *key, void *record, const char *text, char *why)
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
    return set_path(&file, record, text, why);
}

/* RFC 1123 section 2.1, without a dot at the end. */
static int set_domain(const struct config_key *key, void *record, const char *text, char *why)
{
    size_t length = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.");

    if (length == 0 || length > (size_t)key->max || text[length] || text[0] == '.' ||
        text[length - 1] == '.' || strstr(text, ".."))
        return not_a("a domain's name", text, why);
    return store_string(key, record, text, length);
}

static int set_checked_string(const struct config_key *key, void *record, const char *text,
                              char *why)
{
    int (*const check)(const char *, char *) =
        key->type == CONFIG_FIELD     ? config_origin_check_field
        : key->type == CONFIG_URL     ? config_origin_check_url
        : key->type == CONFIG_BASE    ? config_origin_check_base
        : key->type == CONFIG_PATTERN ? config_origin_check_pattern
        : key->type == CONFIG_USERNAME ? config_origin_check_username
                                       : config_origin_check_variable;
    size_t length = strlen(text);
    int rc;

    if (key->max > 0 && length > (size_t)key->max)
        return WRONG(why, "longer than %lld bytes", (long long)key->max);
    if (length < (size_t)key->min)
        return WRONG(why, "it is empty");
    rc = check(text, why);
    if (rc < 0)
        return rc;
    while (key->type == CONFIG_BASE && text[length - 1] == '/')
        length--;
    return store_string(key, record, text, length);
}

static const struct type_info {
    int (*set)(const struct config_key *key, void *record, const char *text, char *why);
    bool list;
    bool quoted;
    const char *description; /* NULL: made from the range or the words */
} types[] = {
    [CONFIG_PATH] = {set_path, false, true, "an absolute path"},
    [CONFIG_FIELD] = {set_checked_string, false, true, "printable text for a header's value"},
    [CONFIG_SIZE] = {set_uint64, false, true, NULL},
    [CONFIG_DURATION] = {set_duration, false, true, NULL},
    [CONFIG_UINT32] = {set_uint32, false, false, NULL},
    [CONFIG_UINT64] = {set_uint64, false, false, NULL},
    [CONFIG_BOOLEAN] = {set_boolean, false, false, "true or false"},
    [CONFIG_WORD] = {set_word, false, true, NULL},
    [CONFIG_COLOUR] = {set_colour, false, true, "a colour \"#rrggbb\", in quotes"},
    [CONFIG_PREFIX] = {set_prefix, false, true,
                       "a path such as \"/pictures\" of letters, digits, - . _ ~ and /; \"\" for "
                       "none"},
    [CONFIG_SENDFILE] = {set_sendfile, false, true,
                         "none, x-sendfile, or x-accel:/internal/prefix/"},
    [CONFIG_SIZES] = {add_size, true, false, NULL},
    [CONFIG_FORMATS] = {add_format, true, true, "a list of webp, jpeg, png, each at most once"},
    [CONFIG_URL] = {set_checked_string, false, true,
                    "http:// or https://, a host, and {id} once in the path or the query"},
    [CONFIG_BASE] = {set_checked_string, false, true,
                     "http:// or https://, a host, and perhaps a path"},
    [CONFIG_DOMAIN] = {set_domain, false, true, "a domain's name, with punycode for what is not ASCII"},
    [CONFIG_NAME] = {set_name, false, true, "the name of a section"},
    [CONFIG_PATTERN] = {set_checked_string, false, true, "a POSIX extended regular expression"},
    [CONFIG_HEADERS] = {config_list_add_header, true, true, "a list of \"Name: value\""},
    [CONFIG_HOSTS] = {config_list_add_host, true, true,
                      "a list of host names and addresses, *.NAME for all below NAME, * for all"},
    [CONFIG_USERNAME] = {set_checked_string, false, true,
                         "text without \":\" and control bytes; may be empty"},
    [CONFIG_VARIABLE] = {set_checked_string, false, true,
                         "a name of letters, digits and _, not beginning with a digit"},
    [CONFIG_PRESETS] = {config_list_add_imgproxy_preset, true, true,
                        "a list of NAME=OPTION:ARGUMENT/..."},
    [CONFIG_OPTIONS] = {config_list_add_imgproxy_option, true, true, "a list of options' names"},
    [CONFIG_NETWORKS] = {add_network, true, true,
                         "a list of addresses and networks such as 10.0.0.0/8 or ::1"},
    [CONFIG_PATHS] = {add_path, true, true, "a list of absolute paths"},
    [CONFIG_LOG] = {set_log, false, true, "stderr, syslog, or a file's absolute path"},
    [CONFIG_FALLBACK] = {set_fallback, false, true,
                         "none, identicon, or a picture's absolute path"},
    [CONFIG_MEDIA] = {add_media, true, true,
                      "a list of image/jpeg, image/png, image/gif, image/webp, image/avif, "
                      "image/heic, image/bmp, image/vnd.microsoft.icon, image/svg+xml"},
    [CONFIG_NAMES] = {config_list_add_name, true, true, "a list of up to 8 different names of sources"},
    [CONFIG_SERVERS] = {config_list_add_server, true, true,
                        "a list of addresses such as 192.0.2.53, 192.0.2.53:5353 or [::1]:5353"},
};

int config_value_set(const struct config_key *key, void *record, const char *text,
                     char why[CONFIG_WHY_MAX])
{
    return types[key->type].set(key, record, text, why);
}

bool config_value_is_list(enum config_type type)
{
    return types[type].list;
}

bool config_value_is_quoted(enum config_type type)
{
    return types[type].quoted;
}

int config_value_each(const struct config_key *key, const char *text,
                      int (*item)(const struct config_key *key, const char *text, void *context),
                      void *context)
{
    static const char separator[] = ", ";

    if (!types[key->type].list)
        return item(key, text, context);
    for (;;) {
        const char *end = strstr(text, separator);
        char one[64];
        int rc;

        snprintf(one, sizeof one, "%.*s", end ? (int)(end - text) : (int)strlen(text), text);
        rc = item(key, one, context);
        if (rc < 0 || !end)
            return rc;
        text = end + strlen(separator);
    }
}

struct target {
    void *record;
    char *why;
};

static int set_item(const struct config_key *key, const char *text, void *context)
{
    const struct target *target = context;

    return types[key->type].set(key, target->record, text, target->why);
}

int config_value_set_default(const struct config_key *key, void *record, char why[CONFIG_WHY_MAX])
{
    struct target target = {record, why};

    return key->fallback ? config_value_each(key, key->fallback, set_item, &target) : 0;
}

void config_value_describe(const struct config_key *key, char out[CONFIG_WHY_MAX])
{
    char min[32], max[32], words[100];

    if (types[key->type].description) {
        snprintf(out, CONFIG_WHY_MAX, "%s", types[key->type].description);
        return;
    }
    if (key->type == CONFIG_WORD) {
        size_t used = 0;

        for (const char *p = key->words; *p && used + 3 < sizeof words; p++) {
            if (*p == ' ')
                words[used++] = ',';
            words[used++] = *p;
        }
        words[used] = '\0';
        snprintf(out, CONFIG_WHY_MAX, "one of %s", words);
        return;
    }
    config_unit_format(key->type, key->min, min, sizeof min);
    config_unit_format(key->type, key->max, max, sizeof max);
    switch (key->type) {
    case CONFIG_SIZE:
        snprintf(out, CONFIG_WHY_MAX, "a size from %s to %s: bytes, or a number with K, M, G or T",
                 min, max);
        return;
    case CONFIG_DURATION:
        snprintf(out, CONFIG_WHY_MAX,
                 "a time from %s to %s: seconds, or a number with ms, s, m, h or d", min, max);
        return;
    case CONFIG_SIZES:
        snprintf(out, CONFIG_WHY_MAX, "a list of up to %d different whole numbers from %s to %s",
                 CONFIG_SIZES_MAX, min, max);
        return;
    default:
        snprintf(out, CONFIG_WHY_MAX, "a whole number from %s to %s", min, max);
        return;
    }
}
