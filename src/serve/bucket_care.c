/* SPDX-License-Identifier: MIT */
#include "serve/bucket_care.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"

#define ROUND_MS (INT64_C(24) * 60 * 60 * 1000)
#define FAILED_MS (INT64_C(5) * 60 * 1000)
#define AT_ONCE 500 /* entries in one read transaction */
#define FOUND 1

struct search {
    const struct config *config;
    int64_t now_ms;
    struct digest last;
    struct entry entry; /* of `last`, when it has outlived its use */
};

static bool has_buckets(const struct config *config)
{
    for (size_t i = 0; i < config->source_count; i++)
        if (config_source_is_shared(&config->sources[i]))
            return true;
    return false;
}

static bool is_of_a_bucket(const struct config *config, const struct entry *e)
{
    const struct config_source *source;
    const char *subject;
    size_t length, source_length;

    if (e->kind == ENTRY_NEGATIVE || !entry_subject(e->text, &subject, &length, &source_length))
        return false;
    source = config_find_source(config, subject, source_length);
    return source && config_source_is_shared(source);
}

static int see(const struct digest *key, const struct entry *e, bool purged, void *context)
{
    struct search *s = context;

    s->last = *key;
    if (purged || e->stale_until_ms > s->now_ms || !is_of_a_bucket(s->config, e))
        return 0;
    s->entry = *e;
    return FOUND;
}

/* Looks at up to AT_ONCE entries, and removes the last of them if it has outlived its use. */
static int step(const struct config *config, struct cache *cache, struct bucket_care *care)
{
    static const struct digest start;
    struct search s = {.config = config, .now_ms = clock_wall_ms(), .last = care->next_entry};
    const struct digest *from = digest_equal(&s.last, &start) ? NULL : &care->next_entry;
    bool done;
    int rc = cache_walk_entries(cache, from, AT_ONCE, see, &s, &done);

    if (rc < 0)
        return rc;
    care->next_entry = s.last; /* where that cannot be removed another round is due */
    if (rc == FOUND) {
        rc = cache_remove(cache, &s.last, &s.entry);
        care->removed += rc == 0;
        return rc == -ENOENT ? 0 : rc; /* somebody else has done it, or renewed it */
    }
    if (done) {
        care->in_round = false;
        scoreboard_note_buckets_searched(cache_scoreboard(cache), clock_boot_ms());
    }
    return 0;
}

static void begin(struct bucket_care *care)
{
    memset(&care->next_entry, 0, sizeof care->next_entry);
    care->in_round = true;
}

bool bucket_care_is_due(const struct config *config, struct cache *cache)
{
    int64_t last_ms;

    if (!has_buckets(config))
        return false;
    last_ms = scoreboard_buckets_searched(cache_scoreboard(cache));
    return last_ms == 0 || clock_boot_ms() - last_ms >= ROUND_MS;
}

static bool may_begin(const struct config *config, struct cache *cache,
                      const struct bucket_care *care)
{
    return bucket_care_is_due(config, cache) &&
           (care->failed_ms == 0 || clock_boot_ms() - care->failed_ms >= FAILED_MS);
}

bool bucket_care_step(const struct config *config, struct cache *cache, struct bucket_care *care)
{
    int rc;

    if (!care->in_round && !may_begin(config, cache, care))
        return false;
    if (!care->in_round)
        begin(care);
    rc = step(config, cache, care);
    care->failed_ms = rc ? clock_boot_ms() : 0;
    if (rc) {
        log_warn("bucket-care", "error=\"%s\"", strerror(-rc));
        care->in_round = false;
    }
    return care->in_round;
}

int bucket_care_all(const struct config *config, struct cache *cache, struct bucket_care *care)
{
    int rc = 0;

    begin(care);
    while (!rc && care->in_round)
        rc = step(config, cache, care);
    return rc;
}
