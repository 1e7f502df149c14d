/* SPDX-License-Identifier: MIT
 *
 * Looking closely at one blob or entry.
 */
#include <errno.h>
#include <string.h>

#include "cache/lock_file.h"
#include "cache/state.h"

/* Whether a live process has the blob on its slot: then file and record may differ for a moment. */
static bool is_in_motion(struct cache *c, const struct digest *blob)
{
    for (unsigned i = 0; i < SCOREBOARD_SLOTS; i++) {
        struct scoreboard_slot *slot = scoreboard_slot(c->board, i);

        for (int p = 0; p < SCOREBOARD_PENDING; p++)
            if (atomic_load(&slot->pending_used[p]) && digest_equal(&slot->pending[p], blob) &&
                cache_slot_alive(c, i))
                return true;
    }
    return false;
}

int cache_blob_state(struct cache *cache, const struct digest *blob)
{
    int64_t byte = LOCK_BYTE_BLOB + blob->bytes[0];
    int rc = lock_take(cache->lock_fd, byte), used;
    bool there;

    if (rc)
        return rc;
    used = index_uses_blob(cache->index, blob);
    there = blob_exists(&cache->blobs, blob);
    if (used >= 0)
        rc = used ? there ? BLOB_KEPT : BLOB_MISSING
             : there && !is_in_motion(cache, blob) ? BLOB_ORPHAN
                                                   : BLOB_NOWHERE;
    else
        rc = used;
    lock_release(cache->lock_fd, byte);
    return rc;
}

struct peek {
    const struct digest *key;
    struct entry *out;
    bool purged, found;
};

static int peek_entry(const struct digest *key, const struct entry *e, bool purged, void *context)
{
    struct peek *p = context;

    p->found = digest_equal(key, p->key);
    if (p->found) {
        *p->out = *e;
        p->purged = purged;
    }
    return 0;
}

/* A walk begins after a key: after the one that is less by one. */
int cache_peek(struct cache *cache, const struct digest *key, struct entry *out, bool *purged)
{
    struct peek p = {.key = key, .out = out};
    struct digest from = *key;
    bool done;
    int rc;

    for (int i = DIGEST_SIZE - 1; i >= 0 && from.bytes[i]-- == 0; i--)
        ;
    rc = index_walk_entries(cache->index, &from, 1, peek_entry, &p, &done);
    *purged = p.purged;
    return rc ? rc : p.found ? 0 : -ENOENT;
}

int cache_walk_published(struct cache *cache, index_each_path *each, void *context)
{
    return index_walk_published(cache->index, each, context);
}

int cache_unpublish(struct cache *cache, const struct digest *key, const char *path)
{
    return index_unpublish(cache->index, key, path);
}
