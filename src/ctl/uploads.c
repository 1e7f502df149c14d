/* SPDX-License-Identifier: MIT */
#include "ctl/uploads.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ctl/words.h"
#include "serve/server.h"

static int find_source(struct uploads *u, const char *name)
{
    char shown[3 * CONFIG_NAME_MAX];

    u->source = config_find_source(u->config, name, strlen(name));
    if (!u->source)
        return ctl_fail(u->command, "no source \"%s\" in %s",
                        words_name(name, shown, sizeof shown), u->config->path);
    if (u->source->type != SOURCE_STORE)
        return ctl_fail(u->command, "source %s has no uploads: it is not of type store",
                        u->source->name);
    if (!config_source_is_local(u->source))
        return ctl_fail(u->command, "the uploads of source %s are in a bucket, whose own tools look "
                        "after them", u->source->name);
    return CTL_OK;
}

int uploads_load(struct uploads *u, const struct command *command, const char *path,
                 const char *source)
{
    int status;

    *u = (struct uploads){.command = command, .config = ctl_config(command, path)};
    if (!u->config)
        return CTL_FAILED;
    status = find_source(u, source);
    if (status == CTL_OK)
        status = ctl_become_owner(command, u->config);
    if (status == CTL_OK && router_new(u->config, &u->router) != 0)
        status = ctl_fail(command, "%s: bad id_pattern", u->config->path);
    return status;
}

int uploads_open(struct uploads *u, bool with_cache)
{
    char error[CONFIG_ERROR_MAX];

    if (with_cache && cache_open(u->config, CACHE_TOOL, &u->cache, error) != 0)
        return ctl_fail(u->command, "%s", error);
    if (server_open_store(u->config, &u->store, error) != 0)
        return ctl_fail(u->command, "%s", error);
    return CTL_OK;
}

void uploads_close(struct uploads *u)
{
    store_close(&u->store);
    cache_close(&u->cache);
    router_free(&u->router);
    config_free(&u->config);
}

bool uploads_subject(const struct uploads *u, const char *id, char out[PICTURE_CANONICAL_MAX])
{
    struct picture_request named;
    int n = snprintf(out, PICTURE_CANONICAL_MAX, "%s/%s", u->source->name, id);

    if (n < 0 || n >= PICTURE_CANONICAL_MAX || strlen(id) > PICTURE_ID_MAX ||
        route_subject(u->router, out, &named) != CAUSE_NONE)
        return false;
    picture_subject_text(&named, out);
    return true;
}

int uploads_need_subject(const struct uploads *u, const char *id, char out[PICTURE_CANONICAL_MAX])
{
    char shown[3 * PICTURE_ID_MAX];

    if (uploads_subject(u, id, out))
        return CTL_OK;
    return ctl_fail(u->command, "no id of source %s is like \"%s\"; its id_pattern is %s",
                    u->source->name, words_name(id, shown, sizeof shown), u->source->id_pattern);
}

const char *uploads_id(const struct uploads *u, const char *subject)
{
    size_t length = strlen(u->source->name);

    return strncmp(subject, u->source->name, length) == 0 && subject[length] == '/'
               ? subject + length + 1
               : NULL;
}

int uploads_fail(const struct uploads *u, int rc)
{
    return ctl_fail(u->command, "store of source %s: %s", u->source->name, strerror(-rc));
}
