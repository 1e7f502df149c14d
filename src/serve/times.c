/* SPDX-License-Identifier: MIT */
#include "serve/times.h"

#include "serve/locate.h"

/* How long what cannot change is fresh: longer than it stays. */
#define FOREVER_MS (INT64_C(3650) * 24 * 60 * 60 * 1000)

struct freshness_times times_of(const struct config_source *source, const struct freshness *said,
                                int64_t now_ms)
{
    const struct freshness_policy policy = {.ttl_min_ms = source->ttl_min_ms,
                                            .ttl_ms = source->ttl_ms,
                                            .ttl_max_ms = source->ttl_max_ms,
                                            .stale_ms = source->stale_ms,
                                            .keep_private = source->keep_private};
    struct freshness_times times;

    if (locate_is_immutable(source))
        return (struct freshness_times){.store = true,
                                        .expires_ms = now_ms + FOREVER_MS,
                                        .refresh_until_ms = now_ms + FOREVER_MS,
                                        .stale_until_ms = now_ms + FOREVER_MS};
    freshness_apply(said, &policy, now_ms, &times);
    /* Another machine may put another picture there, which is to be seen here within the ttl. */
    if (config_source_is_shared(source))
        times.refresh_until_ms = times.expires_ms;
    return times;
}

struct freshness_times times_unsaid(const struct config_source *source, int64_t now_ms)
{
    const struct freshness_fields nothing = {.cache_control = NULL};
    struct freshness said;

    freshness_read(&nothing, now_ms, now_ms, &said);
    return times_of(source, &said, now_ms);
}
