/* SPDX-License-Identifier: MIT */
#include "serve/job.h"

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
