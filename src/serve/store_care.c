/* SPDX-License-Identifier: MIT */
#include "serve/store_care.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "serve/outdated.h"

#define SETTLE_MS 1000                          /* what is to be unlinked */
#define LOOK_MS (INT64_C(5) * 60 * 1000)        /* at what is owed, and at tmp/ */
#define OWED_MS (INT64_C(60) * 1000)            /* its process would have purged it by then */
#define ROUND_MS (INT64_C(24) * 60 * 60 * 1000) /* through all of it */

/* ---- purges ---- */

struct purging {
    struct cache *cache;
    int count;
};

static int purge_one(const char *subject, void *context)
{
    struct purging *p = context;
    int rc = cache_purge(p->cache, PURGE_SUBJECT, subject);

    p->count += rc == 0;
    return rc;
}

int store_care_purge(struct cache *cache, struct store *store, uint64_t until)
{
    struct purging p = {.cache = cache};
    int rc = store_purge_owed(store, until, purge_one, &p);

    return rc ? rc : p.count;
}

/* ---- files ---- */

/* Whoever has left them did not wait for the end of a backup. */
static void settle(struct store *store, struct store_care *care)
{
    int64_t now_ms = clock_boot_ms();
    int rc;

    if (now_ms < care->settle_ms)
        return;
    rc = store_settle(store, 0);
    care->held_up = rc == -EAGAIN;
    care->settle_ms = now_ms + (rc && !care->held_up ? LOOK_MS : SETTLE_MS);
    if (rc && !care->held_up)
        log_warn("store-care", "what=blobs error=\"%s\"", strerror(-rc));
}

/* ---- what the cache has ---- */

static int compare(const struct config *config, struct cache *cache, struct store *store,
                   struct store_care *care, bool *more)
{
    bool done = false;
    int rc = outdated_remove(config, cache, store, &care->next_entry, &done);

    *more = rc >= 0 && !done;
    care->failed_ms = rc < 0 ? clock_boot_ms() : 0;
    care->outdated += rc > 0;
    return rc < 0 ? rc : 0;
}

static bool may_compare(struct cache *cache, const struct store_care *care)
{
    return outdated_is_due(cache) &&
           (care->failed_ms == 0 || clock_boot_ms() - care->failed_ms >= LOOK_MS);
}

/* ---- rounds ---- */

uint32_t store_care_keep(const char *subject, void *config)
{
    const struct config_source *source = config_find_source(config, subject, strcspn(subject, "/"));

    if (!source || !config_source_is_local(source))
        return STORE_KEEP_ALL;
    return source->store.keep_versions;
}

static void *context_of(const struct config *config)
{
    return (void *)(uintptr_t)config;
}

static int step(const struct config *config, struct store *store, struct store_care *care)
{
    bool done;
    int rc = store_round_step(store, &care->round, store_care_keep, context_of(config), &done);

    if (rc || !done)
        return rc;
    care->in_round = false;
    care->files += care->round.files;
    care->versions += care->round.versions;
    return store_note_round(store, clock_wall_ms());
}

static bool is_due(struct store *store)
{
    int64_t last_ms, now_ms = clock_wall_ms();

    return store_last_round(store, &last_ms) == 0 &&
           (now_ms - last_ms >= ROUND_MS || last_ms > now_ms);
}

static int look(struct cache *cache, struct store *store, struct store_care *care, uint64_t until)
{
    int purges = store_care_purge(cache, store, until), temporary = store_sweep_temporary(store);

    if (purges > 0)
        care->purges += (uint64_t)purges;
    if (temporary > 0)
        care->files += (uint64_t)temporary;
    if (temporary > 0 || is_due(store)) {
        care->round = (struct store_round){.directory = 0};
        care->in_round = true;
    }
    return purges < 0 ? purges : temporary < 0 ? temporary : 0;
}

static int look_at_old(struct cache *cache, struct store *store, struct store_care *care)
{
    uint64_t until;
    int rc = store_long_owed(store, clock_wall_ms(), OWED_MS, &until);

    return rc ? rc : look(cache, store, care, until);
}

bool store_care_step(const struct config *config, struct cache *cache, struct store *store,
                     struct store_care *care)
{
    int64_t now_ms = clock_boot_ms();
    bool more = false;
    int rc = 0;

    settle(store, care);
    if (may_compare(cache, care))
        rc = compare(config, cache, store, care, &more);
    if (more)
        return true;
    if (!rc && care->in_round) {
        rc = step(config, store, care);
    } else if (!rc && (care->looked_ms == 0 || now_ms - care->looked_ms >= LOOK_MS)) {
        care->looked_ms = now_ms;
        rc = look_at_old(cache, store, care);
    }
    if (rc) { /* it is not tried again at once */
        log_warn("store-care", "error=\"%s\"", strerror(-rc));
        care->in_round = false;
    }
    return care->in_round;
}

int store_care_all(const struct config *config, struct cache *cache, struct store *store,
                   struct store_care *care)
{
    bool more = true;
    int rc = look(cache, store, care, UINT64_MAX);

    settle(store, care);
    care->next_entry = (struct digest){{0}};
    while (!rc && more)
        rc = compare(config, cache, store, care, &more);
    care->round = (struct store_round){.directory = 0};
    care->in_round = true;
    while (!rc && care->in_round)
        rc = step(config, store, care);
    return rc;
}
