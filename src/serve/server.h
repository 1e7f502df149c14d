/* SPDX-License-Identifier: MIT
 *
 * What a process needs to answer requests, opened once.
 */
#ifndef VISAGE_SERVE_SERVER_H
#define VISAGE_SERVE_SERVER_H

#include "base/buffer.h"
#include "base/config.h"
#include "cache/cache.h"
#include "image/render.h"
#include "origin/fetch.h"
#include "origin/source.h"
#include "route/route.h"

struct server {
    const struct config *config; /* borrowed */
    struct router *router;
    struct source_list sources;
    struct cache *cache;
    struct fetcher *fetcher;
    struct renderer *renderer;
    struct buffer picture_head; /* header lines that every answer with or about a picture has */
    struct buffer rendered;     /* reused for each rendering */
};

/* Opens everything; the configuration must outlive the server. Returns 0, or a negative
 * errno and a message. */
int server_open(const struct config *config, struct server *out, char error[CONFIG_ERROR_MAX]);

/* Closes what is open; harmless on a zeroed struct. */
void server_close(struct server *server);

#endif
