/* SPDX-License-Identifier: MIT */
#include "serve/server.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"

/* Design: nosniff and the policy make sure that a browser never takes the bytes for
 * anything but a picture; the rest lets other sites' pages show it and read its headers. */
static int write_fixed_headers(const struct config *config, struct buffer *out)
{
    int rc = buffer_puts(out, "X-Content-Type-Options: nosniff\r\n"
                              "Content-Security-Policy: default-src 'none'; sandbox\r\n"
                              "Cross-Origin-Resource-Policy: cross-origin\r\n");

    if (!rc && config->allow_origin[0])
        rc = buffer_printf(out,
                           "Access-Control-Allow-Origin: %s\r\n"
                           "Access-Control-Expose-Headers: Date, ETag, Age, Cache-Status\r\n",
                           config->allow_origin);
    return rc;
}

static struct cache_control cut_cache_control(const char *text)
{
    struct cache_control c = {.before = text, .before_length = strlen(text)};
    const char *number = strstr(text, "max-age=");
    char *after;

    if (!number)
        return c;
    number += strlen("max-age=");
    c.before_length = (size_t)(number - text);
    c.max_age_s = strtoll(number, &after, 10);
    c.after = after;
    return c;
}

int server_open(const struct config *config, enum cache_role role, struct server *out,
                char error[CONFIG_ERROR_MAX])
{
    int rc;

    *out = (struct server){.config = config,
                           .cache_control = cut_cache_control(config->cache_control)};
    snprintf(error, CONFIG_ERROR_MAX, "out of memory");
    rc = write_fixed_headers(config, &out->picture_head);
    /* Who only looks asks no origin: the secrets may be out of reach, and are not wanted. */
    if (!rc && role != CACHE_VISITOR)
        rc = source_list_load(config, &out->sources, error);
    if (!rc && role != CACHE_VISITOR &&
        (rc = secret_read(&config->admin.token, &out->admin_token, error)) == 1)
        rc = 0; /* none is configured */
    if (!rc && (rc = router_new(config, &out->router)) != 0)
        snprintf(error, CONFIG_ERROR_MAX, "%s: bad id_pattern: %s", config->path, strerror(-rc));
    if (!rc)
        rc = cache_open(config, role, &out->cache, error);
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

void server_close(struct server *server)
{
    renderer_free(&server->renderer);
    fetcher_free(&server->fetcher);
    cache_close(&server->cache);
    router_free(&server->router);
    source_list_free(&server->sources);
    buffer_free(&server->picture_head);
    buffer_free(&server->rendered);
    buffer_free(&server->page);
    secret_free(&server->admin_token);
}
