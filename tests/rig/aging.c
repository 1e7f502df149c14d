/* SPDX-License-Identifier: MIT */
#include "rig/aging.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "base/config.h"
#include "cache/cache.h"

#define ENTRIES_MAX 1000

struct state {
    struct config *config;
    struct cache *cache;
};

struct found {
    struct digest keys[ENTRIES_MAX];
    struct entry entries[ENTRIES_MAX];
    size_t count;
};

static void open_state(const char *conf, enum cache_role role, struct state *s)
{
    char error[CONFIG_ERROR_MAX];

    cr_assert_eq(config_load(conf, &s->config, error), 0, "%s", error);
    cr_assert_eq(cache_open(s->config, role, &s->cache, error), 0, "%s", error);
}

static void close_state(struct state *s)
{
    cache_close(&s->cache);
    config_free(&s->config);
}

static int note(const struct digest *key, const struct entry *e, bool purged, void *context)
{
    struct found *found = context;

    if (purged)
        return 0;
    if (found->count == ENTRIES_MAX)
        return -ENOBUFS;
    found->keys[found->count] = *key;
    found->entries[found->count++] = *e;
    return 0;
}

static void grow_older(struct cache *cache, const struct digest *key, struct entry *e, int64_t ms)
{
    int rc;

    e->fetched_ms -= ms;
    e->expires_ms -= ms;
    e->refresh_until_ms -= ms;
    e->stale_until_ms -= ms;
    rc = cache_insert(cache, key, e, NULL);
    /* Evicted or purged since it was looked at. */
    cr_assert(rc == 0 || rc == -ENOENT || rc == -ESTALE, "%s: %s", e->text, strerror(-rc));
}

void aging_pass(const char *conf, int64_t seconds)
{
    struct found *found = calloc(1, sizeof *found);
    struct state s;
    bool done = false;

    cr_assert_not_null(found);
    open_state(conf, CACHE_TOOL, &s);
    cr_assert_eq(cache_walk_entries(s.cache, NULL, ENTRIES_MAX, note, found, &done), 0);
    cr_assert(done, "more than %d entries", ENTRIES_MAX);
    for (size_t i = 0; i < found->count; i++)
        grow_older(s.cache, &found->keys[i], &found->entries[i], seconds * 1000);
    close_state(&s);
    free(found);
}

bool aging_look(const char *conf, const char *text, struct entry *out)
{
    struct digest key;
    struct state s;
    int rc;

    open_state(conf, CACHE_VISITOR, &s);
    cr_assert_eq(cache_key(text, &key), 0);
    rc = cache_lookup(s.cache, &key, text, out);
    cr_assert(rc == 0 || rc == -ENOENT, "%s: %s", text, strerror(-rc));
    close_state(&s);
    return rc == 0;
}
