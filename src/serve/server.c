/* SPDX-License-Identifier: MIT */
#include "serve/server.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/secret.h"
#include "serve/store_care.h"
#include "store/store.h"

#define STORE_RETRY_MS 1000
#define PAGE_KEPT_MAX (256u << 10) /* bytes that a worker keeps for its next document */

/* Design: nosniff and the policy make sure that a browser never takes the bytes for
 * anything but a picture; the rest lets other sites' pages show it and read its headers. */
static int write_fixed_headers(const struct config *config, struct buffer *out, size_t *plain)
{
    int rc = buffer_puts(out, "X-Content-Type-Options: nosniff\r\n"
                              "Content-Security-Policy: default-src 'none'; sandbox\r\n"
                              "Cross-Origin-Resource-Policy: cross-origin\r\n");

    *plain = out->length;
    if (!rc && config->allow_origin[0])
        rc = buffer_printf(out,
                           "Access-Control-Allow-Origin: %s\r\n"
                           "Access-Control-Expose-Headers: Date, ETag, Age, Cache-Status, "
                           "Retry-After, Visage-Fallback\r\n",
                           config->allow_origin);
    return rc;
}

/* The directives without those of RFC 5861, and with the word that forbids what they allow. */
static char *make_strict(const char *directives)
{
    static const char forbids[] = ", must-revalidate";
    char *strict = malloc(strlen(directives) + sizeof forbids);
    size_t used = 0;

    for (const char *p = directives; strict && *p;) {
        size_t length = strcspn(p + 1, ",") + 1; /* with the comma before it */
        const char *name = p + strspn(p, ", ");

        if (strncmp(name, "stale-", 6) != 0) {
            memcpy(strict + used, p, length);
            used += length;
        }
        p += length;
    }
    if (strict)
        memcpy(strict + used, forbids, sizeof forbids);
    return strict;
}

static int cut_cache_control(const char *text, struct cache_control *out)
{
    const char *number = strstr(text, "max-age=");
    char *after;

    *out = (struct cache_control){.before = text, .before_length = strlen(text)};
    if (!number)
        return 0;
    number += strlen("max-age=");
    out->before_length = (size_t)(number - text);
    out->max_age_s = strtoll(number, &after, 10);
    out->after = after;
    out->strict = make_strict(after);
    return out->strict ? 0 : -ENOMEM;
}

static bool has_uploads(const struct config *config)
{
    for (size_t i = 0; i < config->source_count; i++)
        if (config->sources[i].type == SOURCE_STORE)
            return true;
    return false;
}

int server_store_directory(const struct config *config, char out[PATH_MAX])
{
    int n = config->store_dir ? snprintf(out, PATH_MAX, "%s", config->store_dir)
                              : snprintf(out, PATH_MAX, "%s/store", config->state_dir);

    return n < 0 || n >= PATH_MAX ? -ENAMETOOLONG : 0;
}

static int open_store(const struct config *config,
                      int (*open_it)(const char *directory, struct store **out,
                                     char error[CONFIG_ERROR_MAX]),
                      struct store **out, char error[CONFIG_ERROR_MAX])
{
    char path[PATH_MAX];

    *out = NULL;
    if (!has_uploads(config))
        return 0;
    if (server_store_directory(config, path) != 0) {
        snprintf(error, CONFIG_ERROR_MAX, "state_dir is too long");
        return -ENAMETOOLONG;
    }
    return open_it(path, out, error);
}

int server_open_store(const struct config *config, struct store **out, char error[CONFIG_ERROR_MAX])
{
    return open_store(config, store_open, out, error);
}

int server_open_store_visitor(const struct config *config, struct store **out,
                              char error[CONFIG_ERROR_MAX])
{
    return open_store(config, store_open_visitor, out, error);
}

/* Whoever has made a change may have been killed before what it replaced had gone, published files
 * among it. */
static void purge_owed(struct server *server)
{
    int rc = server->store ? store_care_purge(server->cache, server->store, UINT64_MAX) : 0;

    if (rc < 0)
        log_error("purge", "what=owed error=\"%s\"", strerror(-rc));
}

/* ---- a store that is away ---- */

/* Nothing else depends on it: pictures of other sources go on. */
static void do_without_store(struct server *server, const char *error)
{
    if (!server->store_away)
        log_error("store-away", "error=\"%s\"", error);
    server->store_away = true;
    server->store_tried_ms = clock_boot_ms();
}

struct store *server_store(struct server *server)
{
    char error[CONFIG_ERROR_MAX];

    if (!server->store_away || clock_boot_ms() - server->store_tried_ms < STORE_RETRY_MS)
        return server->store;
    if (server_open_store(server->config, &server->store, error) != 0) {
        do_without_store(server, error);
        return NULL;
    }
    server->store_away = false;
    log_info("store-back", "directory=%s", server->config->store_dir ? server->config->store_dir
                                                                     : server->config->state_dir);
    purge_owed(server);
    return server->store;
}

/* Whoever asks for the store itself is told what is wrong with it. */
static int open_or_do_without(struct server *server, enum cache_role role, char error[CONFIG_ERROR_MAX])
{
    int rc = server_open_store(server->config, &server->store, error);

    if (rc == 0 || role == CACHE_TOOL)
        return rc;
    do_without_store(server, error);
    return 0;
}

int server_open(const struct config *config, enum cache_role role, struct server *out,
                char error[CONFIG_ERROR_MAX])
{
    int rc;

    *out = (struct server){.config = config};
    snprintf(error, CONFIG_ERROR_MAX, "out of memory");
    rc = cut_cache_control(config->cache_control, &out->cache_control);
    if (!rc)
        rc = write_fixed_headers(config, &out->picture_head, &out->picture_head_plain);
    /* Who only looks asks no origin: the secrets may be out of reach, and are not wanted. */
    if (!rc && role != CACHE_VISITOR)
        rc = source_list_load(config, &out->sources, error);
    if (!rc && role != CACHE_VISITOR)
        rc = dialect_keys_load(config, &out->keys, error);
    if (!rc && role != CACHE_VISITOR &&
        (rc = secret_read(&config->admin.token, &out->admin_token, error)) == 1)
        rc = 0; /* none is configured */
    if (!rc)
        rc = router_open(config, &out->router, error);
    if (!rc)
        router_set_keys(out->router, &out->keys);
    if (!rc)
        rc = cache_open(config, role, &out->cache, error);
    if (!rc && role != CACHE_VISITOR)
        rc = open_or_do_without(out, role, error); /* it may be in the cache's directory */
    if (!rc && role == CACHE_WORKER)
        purge_owed(out);
    if (!rc) {
        out->fetcher = fetcher_new(config);
        out->renderer = renderer_new(config);
        if (!out->fetcher || !out->renderer) {
            snprintf(error, CONFIG_ERROR_MAX, "out of memory");
            rc = -ENOMEM;
        }
    }
    if (rc)
        server_close(out);
    return rc;
}

void server_settle(struct server *server)
{
    if (server->page.capacity > PAGE_KEPT_MAX)
        buffer_free(&server->page);
}

void server_close(struct server *server)
{
    renderer_free(&server->renderer);
    fetcher_free(&server->fetcher);
    store_close(&server->store);
    cache_close(&server->cache);
    router_free(&server->router);
    dialect_keys_wipe(&server->keys);
    source_list_free(&server->sources);
    buffer_free(&server->picture_head);
    free(server->cache_control.strict);
    server->cache_control.strict = NULL;
    buffer_free(&server->rendered);
    buffer_free(&server->page);
    secret_free(&server->admin_token);
}
