/* SPDX-License-Identifier: MIT */
#include "serve/job.h"

#include "base/clock.h"

struct job job_begin(struct server *server, const struct http_request *http,
                     const struct picture_request *picture, int64_t now_ms)
{
    return (struct job){.server = server,
                        .http = http,
                        .picture = picture,
                        .now_ms = now_ms,
                        .deadline_ms = clock_boot_ms() + server->config->fetch.timeout_ms};
}

bool job_is_wanted(struct job *job)
{
    struct http_peer *peer = job->http ? job->http->peer : NULL;

    if (!peer || !peer->gone(peer))
        return true;
    for (unsigned i = 0; i < job->lease_count; i++)
        if (cache_is_awaited(job->server->cache, &job->leases[i]))
            return true;
    return false;
}
