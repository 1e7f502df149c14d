/* SPDX-License-Identifier: MIT */
#include "serve/publish.h"

#include "cache/cache.h"
#include "route/publishable.h"

void publish(const struct job *job, const struct digest *key, const struct entry *variant)
{
    char path[PUBLISHABLE_PATH_MAX];

    if (job->server->config->publish_root && variant->type == job->picture->format &&
        publishable_path(job->http, job->picture, path))
        cache_publish(job->server->cache, key, variant, path);
}
