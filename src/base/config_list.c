/* SPDX-License-Identifier: MIT
 *
 * Lists: what is added to them, one at a time.
 */
#include "base/config_value.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/config.h"
#include "base/network.h"

/* Makes room for one more of a list's strings. */
static int grow(const struct config_key *key, char ***list, size_t count, const char *what,
                char *why)
{
    char **grown;

    if (count >= (size_t)key->max)
        return WRONG(why, "more than %lld %s", (long long)key->max, what);
    grown = reallocarray(*list, count + 1, sizeof *grown);
    if (!grown)
        return -ENOMEM;
    *list = grown;
    return 0;
}

int config_list_add_header(const struct config_key *key, void *record, const char *text, char *why)
{
    struct config_source *source = record;
    int rc = grow(key, &source->headers, source->header_count, "headers", why);

    if (rc == 0)
        rc = config_origin_parse_header(text, &source->headers[source->header_count], why);
    if (rc == 0)
        source->header_count++;
    return rc;
}

/* Of a source, or those that defaults may be on. */
int config_list_add_host(const struct config_key *key, void *record, const char *text, char *why)
{
    struct config_source *source = record;
    struct config *config = record;
    bool sources = key->section == CONFIG_SOURCE;
    char ***hosts = sources ? &source->hosts : &config->gravatar.default_hosts.items;
    size_t *count = sources ? &source->host_count : &config->gravatar.default_hosts.count;
    int rc = grow(key, hosts, *count, "hosts", why);

    if (rc == 0)
        rc = config_origin_parse_host(text, &(*hosts)[*count], why);
    if (rc == 0)
        ++*count;
    return rc;
}

static int add_text(const struct config_key *key, void *record, const char *text, char *why)
{
    struct config_list *list = (struct config_list *)((char *)record + key->offset);
    int rc;

    for (size_t i = 0; i < list->count; i++)
        if (strcasecmp(list->items[i], text) == 0)
            return WRONG(why, "\"%.*s\" is there twice", SHOWN_MAX, text);
    rc = grow(key, &list->items, list->count, "of them", why);
    if (rc < 0)
        return rc;
    list->items[list->count] = strdup(text);
    return list->items[list->count++] ? 0 : -ENOMEM;
}

int config_list_add_name(const struct config_key *key, void *record, const char *text, char *why)
{
    size_t length = strlen(text);

    if (length == 0 || length > CONFIG_NAME_MAX)
        return WRONG(why, "\"%.*s\" is not a name", SHOWN_MAX, text);
    return add_text(key, record, text, why);
}

/* Other than names of ours, these may differ by their case alone. */
int config_list_add_member(const struct config_key *key, void *record, const char *text, char *why)
{
    struct config_list *list = (struct config_list *)((char *)record + key->offset);
    size_t length = strlen(text);
    int rc;

    if (length == 0 || length > 200)
        return config_value_not_a("a name of 1 to 200 bytes", text, why);
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i], text) == 0)
            return WRONG(why, "\"%.*s\" is there twice", SHOWN_MAX, text);
    rc = grow(key, &list->items, list->count, "names", why);
    if (rc < 0)
        return rc;
    list->items[list->count] = strdup(text);
    return list->items[list->count++] ? 0 : -ENOMEM;
}

static bool is_server(const char *text)
{
    const char *end = strrchr(text, *text == '[' ? ']' : ':'), *port = "";
    unsigned char bytes[16];
    char address[64];
    size_t length;

    if (*text == '[') {
        if (!end || (end[1] && end[1] != ':'))
            return false;
        port = end[1] ? end + 1 : "";
        length = (size_t)(end - ++text);
    } else {
        bool with_port = end && strchr(text, ':') == end;

        port = with_port ? end : "";
        length = with_port ? (size_t)(end - text) : strlen(text);
    }
    if (*port) {
        long number = strtol(port + 1, NULL, 10);

        if (strspn(port + 1, "0123456789") != strlen(port + 1) || strlen(port) > 6 ||
            number < 1 || number > 65535)
            return false;
    }
    if (length >= sizeof address)
        return false;
    snprintf(address, sizeof address, "%.*s", (int)length, text);
    return !strchr(address, '%') && network_address_from_text(address, bytes) == 0;
}

int config_list_add_server(const struct config_key *key, void *record, const char *text, char *why)
{
    return is_server(text) ? add_text(key, record, text, why)
                           : WRONG(why, "\"%.*s\" is not an address, with or without a port",
                                    SHOWN_MAX, text);
}

/* A name and "=", and at least one option: what the options mean is for those to say who read them
 * (route/imgproxy_options.h). */
int config_list_add_imgproxy_preset(const struct config_key *key, void *record, const char *text,
                                    char *why)
{
    struct config *c = record;
    size_t name = strcspn(text, "=");
    int rc = grow(key, &c->imgproxy.presets, c->imgproxy.preset_count, "presets", why);

    if (rc < 0)
        return rc;
    if (name == 0 || !text[name] || !text[name + 1] || strcspn(text, " :/?%\t") < name)
        return WRONG(why, "\"%.*s\" is not NAME=OPTION:ARGUMENT/...", SHOWN_MAX, text);
    for (size_t i = 0; i < c->imgproxy.preset_count; i++)
        if (strncmp(c->imgproxy.presets[i], text, name + 1) == 0)
            return WRONG(why, "\"%.*s\" is there twice", (int)name, text);
    c->imgproxy.presets[c->imgproxy.preset_count] = strdup(text);
    return c->imgproxy.presets[c->imgproxy.preset_count] ? (c->imgproxy.preset_count++, 0)
                                                         : -ENOMEM;
}

int config_list_add_imgproxy_option(const struct config_key *key, void *record, const char *text,
                                    char *why)
{
    struct config *c = record;
    int rc = grow(key, &c->imgproxy.allowed_options, c->imgproxy.allowed_count, "options", why);

    if (rc < 0)
        return rc;
    if (!*text || text[strspn(text, "abcdefghijklmnopqrstuvwxyz_-")])
        return WRONG(why, "\"%.*s\" is not an option's name", SHOWN_MAX, text);
    c->imgproxy.allowed_options[c->imgproxy.allowed_count] = strdup(text);
    return c->imgproxy.allowed_options[c->imgproxy.allowed_count] ? (c->imgproxy.allowed_count++, 0)
                                                                  : -ENOMEM;
}

struct word_bit {
    const char *word;
    uint32_t bit;
};

static int add_bit(const struct config_key *key, void *record, const char *text,
                   const struct word_bit *words, size_t count, char *why)
{
    uint32_t bits;

    for (size_t i = 0; i < count; i++) {
        if (strcasecmp(words[i].word, text) != 0)
            continue;
        memcpy(&bits, (char *)record + key->offset, sizeof bits);
        bits |= words[i].bit;
        memcpy((char *)record + key->offset, &bits, sizeof bits);
        return 0;
    }
    return config_value_not_a("a word known here", text, why);
}

int config_list_add_method(const struct config_key *key, void *record, const char *text, char *why)
{
    static const struct word_bit words[] = {
        {"GET", REST_GET}, {"PUT", REST_PUT}, {"POST", REST_POST}, {"DELETE", REST_DELETE}};

    return add_bit(key, record, text, words, sizeof words / sizeof *words, why);
}

int config_list_add_writer(const struct config_key *key, void *record, const char *text, char *why)
{
    static const struct word_bit words[] = {{"remote-user", WRITER_REMOTE_USER},
                                            {"grant", WRITER_GRANT},
                                            {"api-key", WRITER_API_KEY}};

    return add_bit(key, record, text, words, sizeof words / sizeof *words, why);
}

/* As browsers write it (RFC 6454 section 6.2): what it is compared with. */
int config_list_add_origin(const struct config_key *key, void *record, const char *text, char *why)
{
    const char *host = strncmp(text, "https://", 8) == 0  ? text + 8
                       : strncmp(text, "http://", 7) == 0 ? text + 7
                                                          : NULL;

    if (!host || !*host || strlen(text) > 300 ||
        host[strspn(host, "abcdefghijklmnopqrstuvwxyz0123456789-.:[]")])
        return WRONG(why, "\"%.*s\" is not an origin", SHOWN_MAX, text);
    return add_text(key, record, text, why);
}

/* Kept in ascending order as they come. */
int config_list_add_size(const struct config_key *key, void *record, const char *text, char *why)
{
    struct config *c = record;
    int64_t value;
    size_t at;

    if (config_value_parse_number(key, text, &value, why) < 0)
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

int config_list_add_format(const struct config_key *key, void *record, const char *text, char *why)
{
    struct config *c = record;
    enum picture_type type = picture_type_from_name(text, strlen(text));

    (void)key;
    if (!picture_type_is_output(type))
        return config_value_not_a("a format that can be written", text, why);
    for (size_t i = 0; i < c->format_count; i++)
        if (c->formats[i] == type)
            return WRONG(why, "\"%s\" is there twice", picture_type_name(type));
    if (c->format_count == CONFIG_FORMATS_MAX)
        return WRONG(why, "more than %d formats", CONFIG_FORMATS_MAX);
    c->formats[c->format_count++] = type;
    return 0;
}

int config_list_add_network(const struct config_key *key, void *record, const char *text, char *why)
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
        return config_value_not_a("an address or a network whose host bits are zero", text, why);
    list->count++;
    return 0;
}

int config_list_add_path(const struct config_key *key, void *record, const char *text, char *why)
{
    struct config_list *list = (struct config_list *)((char *)record + key->offset);
    size_t length;
    int rc = config_paths_check(text, &length, why);

    if (rc == 0)
        rc = grow(key, &list->items, list->count, "paths", why);
    if (rc < 0)
        return rc;
    list->items[list->count] = strndup(text, length);
    return list->items[list->count++] ? 0 : -ENOMEM;
}

int config_list_add_media(const struct config_key *key, void *record, const char *text, char *why)
{
    enum picture_type type = picture_type_from_media_type(text, strlen(text));
    uint32_t types;

    if (type == PICTURE_UNKNOWN)
        return config_value_not_a("a picture's media type that is known here", text, why);
    if (key->type == CONFIG_INPUTS && !picture_type_is_input(type))
        return config_value_not_a("a type that is decoded here", text, why);
    memcpy(&types, (char *)record + key->offset, sizeof types);
    types |= UINT32_C(1) << type;
    memcpy((char *)record + key->offset, &types, sizeof types);
    return 0;
}
