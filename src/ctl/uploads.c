/* SPDX-License-Identifier: MIT */
#include "ctl/uploads.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ctl/words.h"

#define BACKUP_WAIT_MS 60000

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
    return CTL_OK;
}

int uploads_find(struct uploads *u, const struct command *command, const char *path,
                 const char *source)
{
    *u = (struct uploads){.command = command, .config = ctl_config(command, path)};
    return u->config ? find_source(u, source) : CTL_FAILED;
}

int uploads_become_owner(struct uploads *u)
{
    int status = ctl_become_owner(u->command, u->config);

    if (status == CTL_OK && router_new(u->config, &u->router) != 0)
        status = ctl_fail(u->command, "%s: bad id_pattern", u->config->path);
    return status;
}

int uploads_load(struct uploads *u, const struct command *command, const char *path,
                 const char *source)
{
    int status = uploads_find(u, command, path, source);

    return status == CTL_OK ? uploads_become_owner(u) : status;
}

int uploads_open_server(struct uploads *u)
{
    char error[CONFIG_ERROR_MAX];

    if (server_open(u->config, CACHE_TOOL, &u->server, error) != 0)
        return ctl_fail(u->command, "%s", error);
    u->served = true;
    u->cache = u->server.cache;
    u->store = u->server.store;
    return CTL_OK;
}

int uploads_open(struct uploads *u, bool with_cache)
{
    char error[CONFIG_ERROR_MAX];

    if (uploads_are_remote(u))
        return uploads_open_server(u);
    if (with_cache && cache_open(u->config, CACHE_TOOL, &u->cache, error) != 0)
        return ctl_fail(u->command, "%s", error);
    if (server_open_store(u->config, &u->store, error) != 0)
        return ctl_fail(u->command, "%s", error);
    return CTL_OK;
}

void uploads_close(struct uploads *u)
{
    if (u->served) {
        server_close(&u->server);
    } else {
        store_close(&u->store);
        cache_close(&u->cache);
    }
    router_free(&u->router);
    config_free(&u->config);
}

bool uploads_picture(const struct uploads *u, const char *id, struct picture_request *out)
{
    char subject[PICTURE_CANONICAL_MAX];
    int n = snprintf(subject, sizeof subject, "%s/%s", u->source->name, id);

    return n > 0 && (size_t)n < sizeof subject && strlen(id) <= PICTURE_ID_MAX &&
           route_subject(u->router, subject, out) == CAUSE_NONE;
}

bool uploads_subject(const struct uploads *u, const char *id, char out[PICTURE_CANONICAL_MAX])
{
    struct picture_request named;

    if (!uploads_picture(u, id, &named))
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

bool uploads_are_remote(const struct uploads *u)
{
    return !config_source_is_local(u->source);
}

const char *uploads_trouble(enum cause cause)
{
    switch (cause) {
    case CAUSE_ORIGIN_NOT_FOUND:
        return "there is no such bucket";
    case CAUSE_ORIGIN_DENIED:
        return "the store refuses access; are the keys right, and the clock?";
    case CAUSE_ORIGIN_FORBIDDEN:
        return "its address may not be asked; is it in allow_addresses?";
    case CAUSE_ORIGIN_BAD_STATUS:
        return "the answer is no list of objects; are endpoint and region right?";
    case CAUSE_ORIGIN_RESTING:
        return "the store has failed too often; wait a minute";
    case CAUSE_ORIGIN_TIMEOUT:
        return "the store does not answer in time";
    case CAUSE_ORIGIN_UNREACHABLE:
        return "the store cannot be reached";
    case CAUSE_STORE:
        return "the store does not take it; the log says why";
    default:
        return cause_info(cause)->text;
    }
}

int uploads_fail_cause(const struct uploads *u, const struct config_source *source, enum cause cause)
{
    return ctl_fail(u->command, "bucket of source %s: %s", source->name, uploads_trouble(cause));
}

int uploads_fail(const struct uploads *u, int rc)
{
    return ctl_fail(u->command, "store of source %s: %s", u->source->name, strerror(-rc));
}

static int settle(const struct uploads *u, const char *subject, int64_t wait_ms)
{
    if (uploads_are_remote(u))
        return 0;
    return subject ? store_settle_subject(u->store, subject, wait_ms)
                   : store_settle(u->store, wait_ms);
}

int uploads_settle(const struct uploads *u, const char *subject)
{
    int rc = settle(u, subject, 0);

    if (rc == -EAGAIN) {
        fprintf(stderr, "visage %s: a backup is being completed: waiting for it, for a minute at most\n",
                u->command->name);
        rc = settle(u, subject, BACKUP_WAIT_MS);
    }
    if (rc == -EAGAIN)
        return ctl_fail(u->command, "a backup is being completed still: what was deleted is shown to nobody, "
                        "but its files stay until then; the keeper removes them, or visage gc");
    return rc ? uploads_fail(u, rc) : CTL_OK;
}
