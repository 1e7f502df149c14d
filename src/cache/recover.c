/* SPDX-License-Identifier: MIT
 *
 * Putting right what a killed worker left: blobs that it was creating or
 * removing stand on its slot of the scoreboard, temporary files carry its slot
 * and incarnation in their names.
 */
#include "cache/state.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "cache/lock_file.h"

int remove_unused_blob(struct cache *cache, const struct digest *blob)
{
    int64_t byte = LOCK_BYTE_BLOB + blob->bytes[0];
    int rc = lock_take(cache->lock_fd, byte), used;

    if (rc)
        return rc;
    used = index_uses_blob(cache->index, blob);
    rc = used < 0 ? used : 0;
    if (used == 0)
        rc = blob_unlink(&cache->blobs, blob);
    lock_release(cache->lock_fd, byte);
    return rc;
}

static int recover_slot(struct cache *c, struct scoreboard_slot *slot)
{
    for (int i = 0; i < SCOREBOARD_PENDING; i++) {
        int rc;

        if (!atomic_load(&slot->pending_used[i]))
            continue;
        rc = remove_unused_blob(c, &slot->pending[i]);
        if (rc)
            return rc;
        scoreboard_settle(slot, i);
    }
    return 0;
}

static bool has_pending(const struct scoreboard_slot *slot)
{
    for (int i = 0; i < SCOREBOARD_PENDING; i++)
        if (atomic_load(&slot->pending_used[i]))
            return true;
    return false;
}

int recover_slots(struct cache *c)
{
    for (unsigned i = 0; i < SCOREBOARD_SLOTS; i++) {
        struct scoreboard_slot *slot = scoreboard_slot(c->board, i);
        bool ours = slot == c->slot;
        int rc;

        if (!ours && !has_pending(slot) && atomic_load(&slot->state) == WORKER_GONE)
            continue;
        /* Only who holds a slot's byte may settle it; its worker, if alive, does. */
        if (!ours && lock_try(c->lock_fd, LOCK_BYTE_SLOT + i) != 0)
            continue;
        if (!ours)
            atomic_store(&slot->state, WORKER_GONE);
        rc = recover_slot(c, slot);
        if (!ours)
            lock_release(c->lock_fd, LOCK_BYTE_SLOT + i);
        if (rc)
            return rc;
    }
    return 0;
}

/* A file is stale if its slot has had a newer holder, or has none. A worker that takes the
 * slot while we look writes names of a newer incarnation, so none of its files can be meant. */
static bool is_stale(struct cache *c, const char *name)
{
    uint64_t incarnation;
    unsigned slot;

    if (sscanf(name, "%u.%" SCNu64 ".", &slot, &incarnation) != 2 || slot >= SCOREBOARD_SLOTS)
        return true;
    if (atomic_load(&scoreboard_slot(c->board, slot)->incarnation) != incarnation)
        return true;
    return slot != c->blobs.slot && !lock_is_held(c->lock_fd, LOCK_BYTE_SLOT + slot);
}

DIR *cache_open_directory(int directory)
{
    int fd = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);

    if (fd >= 0 && !dir)
        close(fd);
    return dir;
}

int cache_sweep_temporary(struct cache *c)
{
    DIR *dir = cache_open_directory(c->blobs.tmp_fd);
    struct dirent *entry;
    int removed = 0;

    if (!dir)
        return -errno;
    while ((entry = readdir(dir)) != NULL) {
        if (entry->d_name[0] == '.' || !is_stale(c, entry->d_name))
            continue;
        if (unlinkat(c->blobs.tmp_fd, entry->d_name, 0) == 0)
            removed++;
    }
    closedir(dir);
    if (removed)
        log_info("temporary-files", "removed=%d", removed);
    return removed;
}

/* With others at work, a file may have been put in place whose record is still to be committed:
 * then its lock byte is held, and waited for. Names that are none of ours are left alone. */
int cache_sweep_blobs(struct cache *c, unsigned char first)
{
    char name[3], hex[DIGEST_HEX_SIZE];
    struct dirent *entry;
    int fd, removed = 0;
    DIR *dir;

    snprintf(name, sizeof name, "%02x", first);
    fd = openat(c->blobs.blobs_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return errno == ENOENT || errno == ENOTDIR ? 0 : -errno;
    dir = fdopendir(fd);
    if (!dir) {
        close(fd);
        return -errno;
    }
    while ((entry = readdir(dir)) != NULL) {
        struct digest blob;
        int n = snprintf(hex, sizeof hex, "%s%s", name, entry->d_name);

        if (n == (int)sizeof hex - 1 && digest_from_hex(hex, (size_t)n, &blob) &&
            index_uses_blob(c->index, &blob) == 0 && remove_unused_blob(c, &blob) == 0 &&
            !blob_exists(&c->blobs, &blob))
            removed++;
    }
    closedir(dir);
    return removed;
}

int drop_unknown_blobs(struct cache *c)
{
    int removed = 0;

    for (unsigned i = 0; i < 256; i++) {
        int n = cache_sweep_blobs(c, (unsigned char)i);

        if (n < 0)
            return n;
        removed += n;
    }
    if (removed)
        log_info("unknown-blobs", "removed=%d", removed);
    return 0;
}
