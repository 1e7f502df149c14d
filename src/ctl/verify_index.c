/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/verify.h"

#define TRIES 20
#define AT_ONCE 500 /* entries in one read transaction */

/* ---- accounting ---- */

static int add_blob(const struct digest *blob, uint64_t length, uint32_t uses, void *context)
{
    uint64_t *sum = context;

    (void)blob;
    (void)uses;
    *sum += blob_disk_bytes(length);
    return 0;
}

static bool unchanged(const struct index_stats *a, const struct index_stats *b)
{
    return a->entries == b->entries && a->negatives == b->negatives && a->blobs == b->blobs &&
           a->bytes == b->bytes;
}

/* The sum and what it is compared with come from several transactions, so it is judged only if
 * nothing has changed in between, and called wrong only if it is so twice. */
int verify_accounting(struct verify *v)
{
    unsigned wrong = 0;
    uint64_t sum = 0;
    struct index_stats stats = {0};

    for (int i = 0; i < TRIES && wrong < 2; i++) {
        struct index_stats before;
        int rc = cache_stats(v->cache, &before);

        sum = 0;
        if (!rc)
            rc = cache_walk_blobs(v->cache, add_blob, &sum);
        if (!rc)
            rc = cache_stats(v->cache, &stats);
        if (rc)
            return rc;
        if (!unchanged(&before, &stats))
            continue;
        sum += (stats.entries - stats.negatives) * INDEX_ENTRY_COST +
               stats.published * INDEX_PATH_COST;
        if (sum == stats.bytes)
            return 0;
        wrong++;
    }
    if (wrong < 2) {
        verify_say(v, "%-10s the cache is changing all the time: its sum was not checked", "note");
        return 0;
    }
    v->left++;
    verify_say(v, "%-10s the index counts %" PRIu64 " bytes, its blobs, entries and paths are %" PRIu64
               " (remove index.mdb while no worker runs: the cache is built anew)",
               "accounting", stats.bytes, sum);
    return 0;
}

/* ---- what was purged ---- */

struct purged {
    uint64_t count;
    struct digest last;
};

static int count_purged(const struct digest *key, const struct entry *e, bool purged,
                        void *context)
{
    struct purged *p = context;

    (void)e;
    p->last = *key;
    p->count += purged;
    return 0;
}

static int collect_purged(struct verify *v, uint64_t *collected)
{
    struct digest from = {{0}};
    bool done = false;

    while (!done) {
        int n = cache_collect_purged(v->cache, &from, &done);

        if (n < 0)
            return n;
        *collected += (uint64_t)n;
    }
    return 0;
}

int verify_purged(struct verify *v)
{
    const struct digest *from = NULL;
    struct purged p = {.count = 0};
    struct digest place;
    bool done = false;
    int rc = 0;

    if (v->repair) {
        rc = collect_purged(v, &p.count);
        v->removed_entries += p.count;
        return rc;
    }
    while (!done && !rc) {
        rc = cache_walk_entries(v->cache, from, AT_ONCE, count_purged, &p, &done);
        place = p.last;
        from = &place;
    }
    if (!rc && p.count > 0)
        verify_say(v, "%-10s %" PRIu64 " purged entr%s take%s room until the keeper comes by, or "
                   "visage gc", "note", p.count, p.count == 1 ? "y" : "ies",
                   p.count == 1 ? "s" : "");
    return rc;
}
