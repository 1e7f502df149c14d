/* SPDX-License-Identifier: MIT
 *
 * What a process needs to answer requests, opened once.
 */
#ifndef VISAGE_SERVE_SERVER_H
#define VISAGE_SERVE_SERVER_H

#include <limits.h>

#include "base/buffer.h"
#include "base/config.h"
#include "base/dialect_keys.h"
#include "cache/cache.h"
#include "image/render.h"
#include "origin/fetch.h"
#include "origin/source.h"
#include "route/publishable.h"
#include "route/route.h"

/* The configured Cache-Control, cut at its max-age once instead of at each answer. */
struct cache_control {
    const char *before; /* up to and with "max-age=", or all of it */
    size_t before_length;
    const char *after;  /* NULL if there is no max-age */
    int64_t max_age_s;
    char *strict;       /* `after` for pictures that must not be used stale */
};

/* What is to be done when a request has been answered. */
struct to_publish {
    bool due;
    struct digest key;
    struct entry variant;
    char path[PUBLISHABLE_PATH_MAX];
};

struct store;

struct server {
    const struct config *config; /* borrowed */
    struct router *router;
    struct dialect_keys keys;    /* the router's */
    struct source_list sources;
    struct cache *cache;
    struct store *store;         /* NULL: no source has uploads, or this is a visitor; see server_store() */
    bool store_away;             /* it could not be opened */
    int64_t store_tried_ms;      /* boot clock */
    struct fetcher *fetcher;
    struct renderer *renderer;
    struct buffer picture_head; /* header lines that every answer with or about a picture has, */
    size_t picture_head_plain;  /* and the bytes of those that say nothing of other sites' pages */
    struct cache_control cache_control;
    struct buffer rendered;     /* reused for each rendering */
    struct buffer page;         /* the same for documents of our own */
    struct to_publish to_publish;
    char *admin_token;          /* NULL: none */
};

/* Opens everything, as a worker, the keeper or a tool; as a visitor without the secrets, so that
 * nothing can be fetched. A worker or keeper that cannot open the store of uploads goes on without.
 * The configuration must outlive the server. Returns 0, or a negative errno and a message. */
int server_open(const struct config *config, enum cache_role role, struct server *out,
                char error[CONFIG_ERROR_MAX]);

/* The store of uploads, or NULL. One that could not be opened is tried again, at most once a second. */
struct store *server_store(struct server *server);

/* To be called between requests: gives back the memory that a large document took. */
void server_settle(struct server *server);

/* Closes what is open; harmless on a zeroed struct. */
void server_close(struct server *server);

/* The directory of the store of uploads. Returns 0, or -ENAMETOOLONG. */
int server_store_directory(const struct config *config, char out[PATH_MAX]);

/* Opens the store of uploads alone. *out is NULL after 0 where no source has uploads. Returns 0, or a
 * negative errno and a message. */
int server_open_store(const struct config *config, struct store **out,
                      char error[CONFIG_ERROR_MAX]);

/* The same for who only looks (store_open_visitor()): also NULL where nobody has made it yet. */
int server_open_store_visitor(const struct config *config, struct store **out,
                              char error[CONFIG_ERROR_MAX]);

#endif
