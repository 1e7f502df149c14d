/* SPDX-License-Identifier: MIT */
#include "serve/erase.h"

#include <errno.h>
#include <string.h>

#define AT_ONCE 500 /* entries in one read transaction */
#define FOUND 1

struct search {
    const char *subject;
    size_t length;
    struct digest last;
    struct entry entry; /* of `last`, when it is the subject's */
};

static int see(const struct digest *key, const struct entry *e, bool purged, void *context)
{
    struct search *s = context;
    const char *subject;
    size_t length, source_length;

    (void)purged; /* its bytes are on disk all the same */
    s->last = *key;
    if (!entry_subject(e->text, &subject, &length, &source_length) || length != s->length ||
        memcmp(subject, s->subject, length) != 0)
        return 0;
    s->entry = *e;
    return FOUND;
}

static int remove_entries(struct cache *cache, struct search *s, uint64_t *count)
{
    const struct digest *from = NULL;
    struct digest place;
    bool done = false;
    int rc;

    while (!done) {
        rc = cache_walk_entries(cache, from, AT_ONCE, see, s, &done);
        if (rc < 0)
            return rc;
        place = s->last;
        from = &place;
        if (rc != FOUND)
            continue;
        done = false;
        rc = cache_remove(cache, &s->last, &s->entry);
        if (rc && rc != -ENOENT) /* somebody else has done it */
            return rc;
        *count += !rc && s->entry.kind != ENTRY_NEGATIVE;
    }
    return 0;
}

int erase_subject(struct cache *cache, const char *subject, struct erased *out)
{
    struct search s = {.subject = subject, .length = strlen(subject)};
    int rc;

    *out = (struct erased){0};
    rc = cache_count_published(cache, subject, &out->published);
    /* First, so that nothing comes in that is of before. */
    if (!rc)
        rc = cache_purge(cache, PURGE_SUBJECT, subject);
    return rc ? rc : remove_entries(cache, &s, &out->variants);
}
