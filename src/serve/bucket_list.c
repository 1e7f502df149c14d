/* SPDX-License-Identifier: MIT */
#include "serve/bucket_list.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "serve/ask.h"

static void drop(void *context)
{
    (void)context; /* what came is forgotten before the next try, or by who asked */
}

static enum cause run(struct server *server, const struct config_source *config, struct ask *ask)
{
    struct job job = {.server = server, .now_ms = clock_wall_ms()};

    ask->job = &job;
    ask->fetch.source = source_find(&server->sources, config);
    ask->fetch.stay = true;
    ask->drop = drop;
    ask->deadline_ms = clock_boot_ms() + server->config->fetch.timeout_ms;
    if (!ask->fetch.source || source_url_origin(config->url, ask->origin, sizeof ask->origin) != 0)
        return CAUSE_INTERNAL;
    return ask_run(ask);
}

/* ---- lists ---- */

struct listing {
    struct object_list *list;
    int rc;
};

static int begin_list(void *context)
{
    struct listing *l = context;

    l->rc = 0;
    return object_list_begin(l->list);
}

static int add_to_list(void *context, const void *bytes, size_t length)
{
    struct listing *l = context;

    l->rc = object_list_feed(l->list, bytes, length);
    return l->rc;
}

enum cause bucket_list(struct server *server, const struct config_source *source,
                       const struct object_query *query, struct object_list *out)
{
    struct listing listing = {.list = out};
    struct buffer url = {0};
    struct ask ask = {.begin = begin_list, .context = &listing};
    enum cause cause = CAUSE_INTERNAL;

    if (object_list_url(source, query, &url) == 0) {
        ask.fetch.url = url.data;
        ask.fetch.accept = "application/xml";
        ask.fetch.sink = add_to_list;
        cause = run(server, source, &ask);
    }
    buffer_free(&url);
    if (cause == CAUSE_NONE)
        listing.rc = object_list_finish(out);
    return listing.rc == -EBADMSG || listing.rc == -E2BIG ? CAUSE_ORIGIN_BAD_STATUS
           : listing.rc                                   ? CAUSE_INTERNAL
                                                          : cause;
}

enum cause bucket_find(struct server *server, const struct config_source *source, const char *id,
                       struct object_list *list, struct object *out)
{
    struct object_query query = {.most = 1};
    struct buffer key = {0};
    enum cause cause = CAUSE_INTERNAL;

    if (object_key(source, id, &key) == 0) {
        query.key = key.data;
        cause = bucket_list(server, source, &query, list);
    }
    if (cause == CAUSE_NONE) {
        if (object_list_count(list) > 0)
            *out = object_list_get(list, 0);
        /* A key is before all that begin with it. */
        if (object_list_count(list) == 0 || strcmp(out->key, key.data) != 0)
            cause = CAUSE_ORIGIN_NOT_FOUND;
    }
    buffer_free(&key);
    return cause;
}

/* ---- bytes ---- */

enum cause bucket_get(struct server *server, const struct config_source *source, const char *id,
                      const struct bucket_sink *sink)
{
    struct ask ask = {.fetch = {.id = id, .sink = sink->add},
                      .begin = sink->begin,
                      .context = sink->context};

    return run(server, source, &ask);
}
