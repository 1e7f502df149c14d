/* SPDX-License-Identifier: MIT */
#include "serve/publish.h"

#include "cache/cache.h"

void publish(const struct job *job, const struct digest *key, const struct entry *variant)
{
    struct to_publish *p = &job->server->to_publish;

    if (!job->server->config->publish_root || variant->type != job->picture->format ||
        publishable_path(job->http, job->picture, p->path) != PUBLISHABLE_YES)
        return;
    p->key = *key;
    p->variant = *variant;
    p->due = true;
}

void publish_noted(struct server *server)
{
    struct to_publish *p = &server->to_publish;

    if (p->due)
        cache_publish(server->cache, &p->key, &p->variant, p->path);
    p->due = false;
}
