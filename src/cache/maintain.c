/* SPDX-License-Identifier: MIT */
#include "cache/maintain.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"

#define SWEEP_MS (INT64_C(60) * 1000)             /* tmp/ and dead readers */
#define SWEEP_BLOBS_MS (INT64_C(6) * 60 * 60 * 1000) /* a whole round through blobs/ */
#define DIRECTORIES 256u
#define UNPUBLISHED_AT_ONCE 200u /* files: a few milliseconds */

static void note(uint64_t *counter, const char *what, int rc)
{
    if (rc < 0)
        log_warn("maintenance", "what=%s error=\"%s\"", what, strerror(-rc));
    else
        *counter += (uint64_t)rc;
}

/* ---- steps ---- */

static bool shrink(struct cache *cache)
{
    bool more = false;
    int rc;

    cache_state(cache, WORKER_EVICTING);
    rc = cache_shrink(cache, &more);
    if (rc)
        log_warn("maintenance", "what=evict error=\"%s\"", strerror(-rc));
    return !rc && more;
}

/* What was purged still takes room. A search is due when something was, since the last one. */
static bool collect(struct cache *cache, struct maintenance *m)
{
    uint64_t generation = cache_generation(cache);
    bool done = false;
    int rc;

    if (m->failed_ms != 0 && clock_boot_ms() - m->failed_ms < SWEEP_MS)
        return false;
    m->failed_ms = 0;
    if (!m->searching) {
        if (generation <= m->rounds.collected)
            return false;
        m->searching = true;
        m->generation = generation;
        memset(&m->next_entry, 0, sizeof m->next_entry);
    }
    cache_state(cache, WORKER_SWEEPING);
    rc = cache_collect_purged(cache, &m->next_entry, &done);
    note(&m->purged, "purged", rc);
    if (rc >= 0 && !done)
        return true;
    m->searching = false;
    m->unpublishing = true;
    if (rc < 0) {
        m->failed_ms = clock_boot_ms();
        return false;
    }
    m->rounds.collected = m->generation;
    scoreboard_note_rounds(cache_scoreboard(cache), &m->rounds);
    rc = cache_forget_purges(cache, m->generation);
    if (rc)
        log_warn("maintenance", "what=generations error=\"%s\"", strerror(-rc));
    return false;
}

static bool unpublish(struct cache *cache, struct maintenance *m)
{
    bool more;
    int rc;

    cache_state(cache, WORKER_SWEEPING);
    rc = cache_sweep_unpublished(cache, UNPUBLISHED_AT_ONCE, &more);
    if (rc)
        log_warn("maintenance", "what=unpublished error=\"%s\"", strerror(-rc));
    m->unpublishing = more;
    return more;
}

static void sweep_temporary(struct cache *cache, struct maintenance *m)
{
    cache_state(cache, WORKER_SWEEPING);
    m->unpublishing = true;
    note(&m->temporary, "temporary-files", cache_sweep_temporary(cache));
    cache_clear_readers(cache);
    m->swept_ms = clock_boot_ms();
}

/* Directory by directory, so that workers get the lock bytes in between. */
static bool sweep_blobs(struct cache *cache, struct maintenance *m)
{
    cache_state(cache, WORKER_SWEEPING);
    note(&m->orphans, "orphans", cache_sweep_blobs(cache, (unsigned char)m->next_directory));
    if (++m->next_directory < DIRECTORIES)
        return true;
    m->next_directory = 0;
    m->rounds.blobs_swept_ms = clock_boot_ms();
    scoreboard_note_rounds(cache_scoreboard(cache), &m->rounds);
    return false;
}

bool maintain_step(struct cache *cache, struct maintenance *m)
{
    int64_t now_ms = clock_boot_ms();
    bool more;

    /* What was published before holds the disk of what is evicted. */
    if (!m->known || m->unpublishing)
        unpublish(cache, m);
    more = shrink(cache);
    if (!m->known)
        scoreboard_rounds(cache_scoreboard(cache), &m->rounds);
    m->known = true;

    if (!more)
        more = collect(cache, m);
    if (!more && (m->swept_ms == 0 || now_ms - m->swept_ms >= SWEEP_MS))
        sweep_temporary(cache, m);
    more |= m->unpublishing;
    if (!more && (m->rounds.blobs_swept_ms == 0 || m->next_directory > 0 ||
                  now_ms - m->rounds.blobs_swept_ms >= SWEEP_BLOBS_MS))
        more = sweep_blobs(cache, m);
    cache_state(cache, WORKER_IDLE);
    return more;
}

/* ---- all of it ---- */

int maintain_all(struct cache *cache, struct maintenance *m, maintain_tell *tell, void *context)
{
    bool more = true;
    int rc;

    while (more) {
        rc = cache_shrink(cache, &more);
        if (rc)
            return rc;
    }
    m->rounds.collected = 0;
    while (collect(cache, m))
        ;
    sweep_temporary(cache, m);
    while (unpublish(cache, m))
        ;
    m->next_directory = 0;
    while (sweep_blobs(cache, m))
        if (tell)
            tell("blobs", m->next_directory, DIRECTORIES, context);
    cache_state(cache, WORKER_IDLE);
    return 0;
}
