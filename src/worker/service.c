/* SPDX-License-Identifier: MIT */
#include "worker/service.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/config_accepted.h"
#include "base/log.h"
#include "base/secret.h"

static int open_log(const struct config *config, char error[CONFIG_ERROR_MAX])
{
    int rc = log_open(config->log_target, config->log_file);

    if (rc)
        snprintf(error, CONFIG_ERROR_MAX, "%s: cannot open the log %s: %s", config->path,
                 config->log_file ? config->log_file : "", strerror(-rc));
    return rc;
}

static void set_process(const struct config *config)
{
    log_set_level(config->log_level);
    umask(config->group_readable ? 0027 : 0077);
}

static void reject(const char *error)
{
    log_error("config-rejected", "%s; the old configuration stays in force", error);
}

/* For those who start while the file is bad, and for keepers. */
static void keep_accepted(const struct config *config, bool always)
{
    int rc = config_accept(config, always);

    if (rc)
        log_warn("config-not-kept", "state=%s error=\"%s\"", config->state_dir, strerror(-rc));
}

int service_open(const char *path, struct service *out)
{
    char error[CONFIG_ERROR_MAX];
    int rc;

    bool fell_back;

    *out = (struct service){.path = path};
    rc = config_load_accepted(path, &out->config, &fell_back, error);
    if (!rc && fell_back)
        reject(error);
    if (!rc)
        rc = open_log(out->config, error);
    if (rc) {
        log_error("config", "%s", error);
        config_free(&out->config);
        return rc;
    }
    set_process(out->config);
    rc = server_open(out->config, CACHE_WORKER, &out->server, error);
    if (rc)
        log_error("start", "%s", error);
    else if (!fell_back)
        keep_accepted(out->config, false);
    return rc;
}

/* Opens what server_open() will, as far as a server that is open leaves room for it: an LMDB
 * environment must not be open twice in a process. */
static int try_out(const struct config *config, char error[CONFIG_ERROR_MAX])
{
    struct source_list sources = {0};
    struct dialect_keys keys = {0};
    struct router *router = NULL;
    char *token = NULL;
    int rc = source_list_load(config, &sources, error);

    if (!rc)
        rc = dialect_keys_load(config, &keys, error);
    if (!rc && (rc = secret_read(&config->admin.token, &token, error)) == 1)
        rc = 0; /* none is configured */
    if (!rc)
        rc = router_open(config, &router, error);
    router_free(&router);
    dialect_keys_wipe(&keys);
    secret_free(&token);
    source_list_free(&sources);
    return rc;
}

static int go_back(struct service *s)
{
    char error[CONFIG_ERROR_MAX];
    int rc;

    set_process(s->config);
    rc = server_open(s->config, CACHE_WORKER, &s->server, error);
    if (rc)
        log_error("start", "%s", error);
    return rc;
}

/* A worker starts without a store that cannot be opened; but nobody gives up one that can, for a mistake
 * in a new configuration. */
static int open_next(struct service *s, const struct config *next, bool had_store,
                     char error[CONFIG_ERROR_MAX])
{
    int rc = server_open(next, CACHE_WORKER, &s->server, error);

    if (rc || !had_store || !s->server.store_away)
        return rc;
    server_close(&s->server);
    snprintf(error, CONFIG_ERROR_MAX, "the store of uploads cannot be opened, as event=store-away says");
    return -EIO;
}

/* From the old server to one with this configuration, or back. */
static int change_over(struct service *s, struct config *next)
{
    char error[CONFIG_ERROR_MAX], why[CONFIG_ERROR_MAX];
    bool had_store = !s->server.store_away;
    int rc;

    set_process(next);
    server_close(&s->server);
    rc = open_next(s, next, had_store, error);
    if (!rc) {
        config_free(&s->config);
        s->config = next;
        /* Even if it is the same: a secret may have changed, and keepers go by this file. */
        keep_accepted(next, true);
        log_info("config-reloaded", "config=%s", next->path);
        return 0;
    }
    if (open_log(s->config, why) != 0)
        log_error("config-rejected", "%s", why); /* in the new log, then */
    config_free(&next);
    rc = go_back(s);
    if (rc)
        log_error("config-rejected", "%s; the old configuration has been lost, too", error);
    else
        reject(error);
    return rc;
}

int service_reload(struct service *service)
{
    char error[CONFIG_ERROR_MAX];
    struct config *next = NULL;
    int rc = config_load(service->path, &next, error);

    if (!rc)
        rc = try_out(next, error);
    if (!rc)
        rc = open_log(next, error);
    if (!rc)
        return change_over(service, next);
    reject(error);
    config_free(&next);
    return 0;
}

void service_close(struct service *service)
{
    server_close(&service->server);
    config_free(&service->config);
    log_close();
}
