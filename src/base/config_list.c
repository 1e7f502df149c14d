/* SPDX-License-Identifier: MIT
 *
 * Lists of texts: what is added to them, one at a time.
 */
#include "base/config_value.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/config.h"

#define SHOWN_MAX 60 /* bytes of a wrong value that are repeated in the message */

#define WRONG(why, ...) (snprintf(why, CONFIG_WHY_MAX, __VA_ARGS__), -EINVAL)

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

int config_list_add_host(const struct config_key *key, void *record, const char *text, char *why)
{
    struct config_source *source = record;
    int rc = grow(key, &source->hosts, source->host_count, "hosts", why);

    if (rc == 0)
        rc = config_origin_parse_host(text, &source->hosts[source->host_count], why);
    if (rc == 0)
        source->host_count++;
    return rc;
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
