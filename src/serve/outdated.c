/* SPDX-License-Identifier: MIT */
#include "serve/outdated.h"

#include <errno.h>
#include <string.h>

#define AT_ONCE 500 /* entries in one read transaction */
#define FOUND 1

struct search {
    const struct config *config;
    struct store *store;
    struct digest last;
    struct entry entry; /* of `last`, when it is outdated */
};

bool outdated_is_due(struct cache *cache)
{
    return !scoreboard_uploads_compared(cache_scoreboard(cache));
}

/* Of an upload on this machine: "source/id" in `out`. */
static bool names_upload(const struct config *config, const struct entry *e,
                         char out[ENTRY_TEXT_MAX])
{
    const struct config_source *source;
    const char *subject;
    size_t length, source_length;

    if (e->kind != ENTRY_VARIANT || !entry_subject(e->text, &subject, &length, &source_length))
        return false;
    source = config_find_source(config, subject, source_length);
    if (!source || !config_source_is_local(source))
        return false;
    memcpy(out, subject, length);
    out[length] = '\0';
    return true;
}

/* The store is asked after the index was: what is drawn from a new upload is there after it. */
static int see(const struct digest *key, const struct entry *e, bool purged, void *context)
{
    struct search *s = context;
    struct store_picture current;
    char subject[ENTRY_TEXT_MAX];
    int rc;

    s->last = *key;
    if (purged || !names_upload(s->config, e, subject)) /* what is purged goes anyway */
        return 0;
    rc = store_find(s->store, subject, &current);
    if (rc && rc != -ENOENT)
        return rc;
    if (!rc && digest_equal(&current.digest, &e->original))
        return 0;
    s->entry = *e;
    return FOUND;
}

/* Looks at up to AT_ONCE entries, removing the last of them if it is outdated. */
static int remove_next(struct cache *cache, struct search *s, struct digest *from, bool *done)
{
    static const struct digest start;
    int rc;

    s->last = *from;
    rc = cache_walk_entries(cache, digest_equal(from, &start) ? NULL : from, AT_ONCE, see, s, done);
    if (rc < 0)
        return rc;
    if (rc != FOUND) {
        *from = s->last;
        return 0;
    }
    *done = false;
    rc = cache_remove(cache, &s->last, &s->entry);
    if (rc && rc != -ENOENT) /* somebody else has done it */
        return rc;
    *from = s->last;
    return rc == 0;
}

int outdated_remove(const struct config *config, struct cache *cache, struct store *store,
                    struct digest *from, bool *done)
{
    struct search s = {.config = config, .store = store};
    int rc = remove_next(cache, &s, from, done);

    if (rc >= 0 && *done)
        scoreboard_note_uploads_compared(cache_scoreboard(cache));
    return rc;
}
