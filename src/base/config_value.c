/* SPDX-License-Identifier: MIT
 *
 * One small function per type, and one table that says which, what a list is,
 * and how the type is described to people.
 */
#include "base/config_value.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/config.h"
#include "base/config_unit.h"

#define NAME_BYTES "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"

int config_value_not_a(const char *what, const char *text, char *why)
{
    return WRONG(why, "\"%.*s\" is not %s", SHOWN_MAX, text, what);
}

int config_value_parse_number(const struct config_key *key, const char *text, int64_t *out,
                              char *why)
{
    if (config_unit_parse(key->type, text, out) < 0)
        return config_value_not_a(key->type == CONFIG_SIZE       ? "a size"
                                  : key->type == CONFIG_DURATION ? "a time"
                                                                 : "a whole number",
                                  text, why);
    if ((*out < key->min || *out > key->max) && !(key->or_zero && *out == 0))
        return WRONG(why, "%.*s is out of range", SHOWN_MAX, text);
    return 0;
}

static int set_uint64(const struct config_key *key, void *record, const char *text, char *why)
{
    int64_t value;
    uint64_t stored;

    if (config_value_parse_number(key, text, &value, why) < 0)
        return -EINVAL;
    stored = (uint64_t)value;
    memcpy((char *)record + key->offset, &stored, sizeof stored);
    return 0;
}

static int set_uint32(const struct config_key *key, void *record, const char *text, char *why)
{
    int64_t value;
    uint32_t stored;

    if (config_value_parse_number(key, text, &value, why) < 0)
        return -EINVAL;
    stored = (uint32_t)value;
    memcpy((char *)record + key->offset, &stored, sizeof stored);
    return 0;
}

static int set_duration(const struct config_key *key, void *record, const char *text, char *why)
{
    int64_t value;

    if (config_value_parse_number(key, text, &value, why) < 0)
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
    return config_value_not_a("true or false", text, why);
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
            return config_value_not_a("a word known here", text, why);
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
        return config_value_not_a("a colour", text, why);
    value = (uint32_t)strtoul(text + 1, NULL, 16);
    memcpy((char *)record + key->offset, &value, sizeof value);
    return 0;
}

int config_value_store(const struct config_key *key, void *record, const char *text,
                       size_t length)
{
    char *copy = strndup(text, length);

    if (!copy)
        return -ENOMEM;
    memcpy((char *)record + key->offset, &copy, sizeof copy);
    return 0;
}

static int set_name(const struct config_key *key, void *record, const char *text, char *why)
{
    size_t length = strspn(text, NAME_BYTES);

    if (length == 0 || length > CONFIG_NAME_MAX || text[length])
        return config_value_not_a("a name", text, why);
    return config_value_store(key, record, text, length);
}

/* RFC 1123 section 2.1, without a dot at the end. */
static int set_domain(const struct config_key *key, void *record, const char *text, char *why)
{
    size_t length = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.");

    if (length == 0 || length > (size_t)key->max || text[length] || text[0] == '.' ||
        text[length - 1] == '.' || strstr(text, ".."))
        return config_value_not_a("a domain's name", text, why);
    return config_value_store(key, record, text, length);
}

static int set_checked_string(const struct config_key *key, void *record, const char *text,
                              char *why)
{
    int (*const check)(const char *, char *) =
        key->type == CONFIG_FIELD     ? config_origin_check_field
        : key->type == CONFIG_URL     ? config_origin_check_url
        : key->type == CONFIG_BASE    ? config_origin_check_base
        : key->type == CONFIG_SITE    ? config_origin_check_site
        : key->type == CONFIG_BUCKET  ? config_origin_check_bucket
        : key->type == CONFIG_OBJECT  ? config_origin_check_object
        : key->type == CONFIG_BEGINNING ? config_origin_check_beginning
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
    while ((key->type == CONFIG_BASE || key->type == CONFIG_SITE) && text[length - 1] == '/')
        length--;
    return config_value_store(key, record, text, length);
}

static int set_text(const struct config_key *key, void *record, const char *text, char *why)
{
    size_t length = strlen(text);

    if (length > (size_t)key->max)
        return WRONG(why, "longer than %lld bytes", (long long)key->max);
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
            return WRONG(why, "it has a control character");
    return config_value_store(key, record, text, length);
}

static const struct type_info {
    int (*set)(const struct config_key *key, void *record, const char *text, char *why);
    bool list;
    bool quoted;
    const char *description; /* NULL: made from the range or the words */
} types[] = {
    [CONFIG_PATH] = {config_paths_set_path, false, true, "an absolute path"},
    [CONFIG_FIELD] = {set_checked_string, false, true, "printable text for a header's value"},
    [CONFIG_SIZE] = {set_uint64, false, true, NULL},
    [CONFIG_DURATION] = {set_duration, false, true, NULL},
    [CONFIG_UINT32] = {set_uint32, false, false, NULL},
    [CONFIG_UINT64] = {set_uint64, false, false, NULL},
    [CONFIG_BOOLEAN] = {set_boolean, false, false, "true or false"},
    [CONFIG_WORD] = {set_word, false, true, NULL},
    [CONFIG_COLOUR] = {set_colour, false, true, "a colour \"#rrggbb\", in quotes"},
    [CONFIG_PREFIX] = {config_paths_set_prefix, false, true,
                       "a path such as \"/pictures\" of letters, digits, - . _ ~ and /; \"\" for "
                       "none"},
    [CONFIG_SENDFILE] = {config_paths_set_sendfile, false, true,
                         "none, x-sendfile, or x-accel:/internal/prefix/"},
    [CONFIG_SIZES] = {config_list_add_size, true, false, NULL},
    [CONFIG_FORMATS] = {config_list_add_format, true, true,
                        "a list of webp, jpeg, png, each at most once"},
    [CONFIG_URL] = {set_checked_string, false, true,
                    "http:// or https://, a host, and {id} once in the path or the query"},
    [CONFIG_BASE] = {set_checked_string, false, true,
                     "http:// or https://, a host, and perhaps a path"},
    [CONFIG_SITE] = {set_checked_string, false, true,
                     "http:// or https://, a host, perhaps a port, and no path"},
    [CONFIG_DOMAIN] = {set_domain, false, true,
                       "a domain's name, with punycode for what is not ASCII"},
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
    [CONFIG_NETWORKS] = {config_list_add_network, true, true,
                         "a list of addresses and networks such as 10.0.0.0/8 or ::1"},
    [CONFIG_PATHS] = {config_list_add_path, true, true, "a list of absolute paths"},
    [CONFIG_LOG] = {config_paths_set_log, false, true,
                    "stderr, syslog, or a file's absolute path"},
    [CONFIG_FALLBACK] = {config_paths_set_fallback, false, true,
                         "none, identicon, or a picture's absolute path"},
    [CONFIG_MEDIA] = {config_list_add_media, true, true,
                      "a list of image/jpeg, image/png, image/gif, image/webp, image/avif, "
                      "image/heic, image/bmp, image/vnd.microsoft.icon, image/svg+xml"},
    [CONFIG_INPUTS] = {config_list_add_media, true, true,
                       "a list of image/jpeg, image/png, image/gif, image/webp, image/avif, "
                       "image/heic"},
    [CONFIG_NAMES] = {config_list_add_name, true, true,
                      "a list of up to 8 different names of sources"},
    [CONFIG_BUCKET] = {set_checked_string, false, true, "a name of letters, digits, - . and _"},
    [CONFIG_OBJECT] = {set_checked_string, false, true, "an object's key with {id} once"},
    [CONFIG_WRITERS] = {config_list_add_writer, true, true,
                        "a list of remote-user, grant, api-key"},
    [CONFIG_TEMPLATE] = {config_paths_set_template, false, true,
                         "a path of letters, digits, - . _ ~ and /, of which one segment may be "
                         "{id}"},
    [CONFIG_METHODS] = {config_list_add_method, true, true, "a list of GET, PUT, POST, DELETE"},
    [CONFIG_TEXT] = {set_text, false, true, "text without control characters"},
    [CONFIG_ORIGINS] = {config_list_add_origin, true, true,
                        "a list of http:// or https:// and a host in lower case, perhaps with a "
                        "port"},
    [CONFIG_MEMBERS] = {config_list_add_member, true, true,
                        "a list of up to 64 different names in JSON"},
    [CONFIG_BEGINNING] = {set_checked_string, false, true,
                          "http:// or https://, a host, and perhaps more of a URL"},
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
                 "%sa time from %s to %s: seconds, or a number with ms, s, m, h or d",
                 key->or_zero ? "0, or " : "", min, max);
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
