/* SPDX-License-Identifier: MIT
 *
 * Loading: read the text (config_text.c), parse it (config_parse.c), and hand
 * out a struct that nobody changes any more.
 */
#include "base/config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/config_parse.h"
#include "base/config_text.h"

static int load(const struct config_text *text, struct config **out, char error[CONFIG_ERROR_MAX])
{
    struct config *c = calloc(1, sizeof *c);
    int rc = -ENOMEM;

    if (c && (c->path = strdup(text->path)))
        rc = config_parse(text, c, error);
    if (rc == 0 && !(c->text = strdup(text->text)))
        rc = -ENOMEM;
    if (rc == -ENOMEM)
        snprintf(error, CONFIG_ERROR_MAX, "%s: %s", text->path, strerror(ENOMEM));
    if (rc < 0)
        config_free(&c);
    *out = c;
    return rc;
}

int config_load(const char *path, struct config **out, char error[CONFIG_ERROR_MAX])
{
    struct config_text text;
    int rc;

    *out = NULL;
    rc = config_text_read(path, &text, error);
    if (rc < 0)
        return rc;
    rc = load(&text, out, error);
    config_text_free(&text);
    return rc;
}

int config_load_defaults(struct config **out, char error[CONFIG_ERROR_MAX])
{
    char nothing[] = "";
    const struct config_text text = {.path = "defaults", .text = nothing};

    return load(&text, out, error);
}

static void free_list(struct config_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i]);
    free(list->items);
}

static void free_rest(struct config_rest *rest)
{
    free(rest->error_body);
    free(rest->missing_body);
    free(rest->exists_body);
    free(rest->info_body);
    free(rest->delete_body);
    free(rest->upload_body);
    free(rest->cache_control);
    free(rest->field);
    free(rest->preset_name);
    free(rest->source_name);
    free(rest->path);
    free(rest->name);
}

static void free_s3(struct config_s3 *s3)
{
    free(s3->secret_key_file);
    free(s3->access_key_file);
    free(s3->key);
    free(s3->region);
    free(s3->bucket);
    free(s3->endpoint);
}

/* What a source of uploads has of a bucket may be the section store's. */
static void free_source(struct config_source *source, const struct config_s3 *shared)
{
    for (size_t i = 0; i < source->header_count; i++)
        free(source->headers[i]);
    free(source->headers);
    for (size_t i = 0; i < source->host_count; i++)
        free(source->hosts[i]);
    free(source->hosts);
    free(source->allow_addresses.items);
    free(source->fallback_broken.file);
    free(source->fallback_failing.file);
    free(source->fallback_denied.file);
    free(source->fallback_not_found.file);
    free(source->fallback.file);
    if (!source->s3.region || source->s3.region != shared->region)
        free_s3(&source->s3);
    else
        free(source->s3.key); /* it alone is the source's own */
    free_list(&source->store.origins);
    free(source->store.api_key_file);
    free(source->store.grant_key_file);
    free(source->store.preset_name);
    free(source->sign_key_file);
    free(source->bearer.env);
    free(source->bearer.file);
    free(source->password.env);
    free(source->password.file);
    free(source->username);
    free(source->id_pattern);
    free(source->default_server);
    free(source->domain);
    free(source->plc);
    free(source->url);
    free(source->name);
}

void config_free(struct config **config)
{
    struct config *c = *config;

    if (!c)
        return;
    for (size_t i = 0; i < c->rest_count; i++)
        free_rest(&c->rests[i]);
    free(c->rests);
    for (size_t i = 0; i < c->source_count; i++)
        free_source(&c->sources[i], &c->store.s3);
    free(c->sources);
    for (size_t i = 0; i < c->preset_count; i++)
        free(c->presets[i].name);
    free(c->presets);
    free(c->atproto.source_name);
    free(c->atproto.prefix);
    free(c->camo.key.file);
    free(c->camo.source_name);
    free(c->camo.prefix);
    for (size_t i = 0; i < c->imgproxy.allowed_count; i++)
        free(c->imgproxy.allowed_options[i]);
    free(c->imgproxy.allowed_options);
    for (size_t i = 0; i < c->imgproxy.preset_count; i++)
        free(c->imgproxy.presets[i]);
    free(c->imgproxy.presets);
    free(c->imgproxy.keys_file);
    free(c->imgproxy.source_name);
    free(c->imgproxy.prefix);
    free_list(&c->gravatar.default_hosts);
    free_list(&c->gravatar.source_names);
    free(c->gravatar.prefix);
    free(c->rewrite.base);
    free(c->rewrite.preset_name);
    free(c->rewrite.source_name);
    free(c->rewrite.match);
    free_list(&c->rewrite.fields);
    free(c->admin.token.env);
    free(c->admin.token.file);
    free(c->admin.addresses.items);
    free_list(&c->render.fonts);
    free(c->render.program);
    free_list(&c->fetch.dns_servers);
    free(c->fetch.ca_file);
    free(c->fetch.user_agent);
    free(c->keeper);
    free(c->log_file);
    free(c->sendfile_prefix);
    free(c->publish_root);
    free(c->store_dir);
    free_s3(&c->store.s3);
    free(c->cache_control);
    free(c->allow_origin);
    free(c->prefix);
    free(c->state_dir);
    free(c->text);
    free(c->path);
    free(c);
    *config = NULL;
}

const char *config_path(const char *option)
{
    const char *variable;

    if (option)
        return option;
    variable = getenv("VISAGE_CONF");
    return variable && *variable ? variable : VISAGE_SYSCONFDIR "/visage/visage.conf";
}

static bool is_named(const char *name, const char *wanted, size_t length)
{
    return strncmp(name, wanted, length) == 0 && strlen(name) == length;
}

bool config_rest_is_own(const struct config_rest *rest)
{
    return !strstr(rest->path, "/{id}");
}

bool config_source_is_local(const struct config_source *source)
{
    return source->type == SOURCE_STORE && !source->url;
}

bool config_source_is_shared(const struct config_source *source)
{
    return source->type == SOURCE_STORE && !config_source_is_local(source);
}

const struct config_preset *config_find_preset(const struct config *c, const char *name,
                                               size_t length)
{
    for (size_t i = 0; i < c->preset_count; i++)
        if (is_named(c->presets[i].name, name, length))
            return &c->presets[i];
    return NULL;
}

const struct config_source *config_find_source(const struct config *c, const char *name,
                                               size_t length)
{
    for (size_t i = 0; i < c->source_count; i++)
        if (is_named(c->sources[i].name, name, length))
            return &c->sources[i];
    return NULL;
}
