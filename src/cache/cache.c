/* SPDX-License-Identifier: MIT */
#include "cache/cache.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "cache/hot.h"
#include "cache/limiter.h"
#include "cache/lock_file.h"
#include "cache/state.h"

#define INSERT_TRIES 4
#define SMALL_SHARE 2048  /* 32 workers may have such a one in place too much at one time */
#define ROOM_ROUNDS 64
#define FLOOR_ROUNDS 4    /* where others fill the disk: the rest is the keeper's */
#define ROOM_BUDGET_US 5000

int cache_key(const char *text, struct digest *key)
{
    return digest_of(text, strlen(text), key);
}

int cache_lookup(struct cache *cache, const struct digest *key, const char *text,
                 struct entry *out)
{
    return index_lookup(cache->index, key, text, out);
}

void cache_touch(struct cache *cache, const struct digest *key)
{
    scoreboard_touch(cache->board, key);
}

uint64_t cache_generation(struct cache *cache)
{
    uint64_t generation;

    return index_generation(cache->index, &generation) == 0 ? generation : 0;
}

static int note_purge(struct cache *cache, int rc)
{
    if (rc)
        return rc;
    cache_count(cache, COUNT_PURGES, 1);
    cache->wants_keeper = true; /* what was purged is on the disk still */
    return 0;
}

int cache_purge(struct cache *cache, enum purge_scope scope, const char *name)
{
    return note_purge(cache, index_purge(cache->index, scope, name, clock_wall_ms(),
                                         cache_move_published_away, cache));
}

int cache_replace(struct cache *cache, const char *subject, uint64_t since, uint64_t *generation)
{
    return note_purge(cache,
                      index_replace(cache->index, subject, since, clock_wall_ms(), generation));
}

/* ---- changes ---- */

void pending_settle(struct pending *p)
{
    for (size_t i = 0; i < p->count; i++)
        scoreboard_settle(p->cache->slot, p->places[i]);
    p->count = 0;
}

/* Inside the transaction; may run again if the transaction does. */
void pending_note(const struct index_victims *victims, void *context)
{
    struct pending *p = context;

    pending_settle(p);
    for (size_t i = 0; i < victims->count; i++)
        p->places[p->count++] = scoreboard_pend(p->cache->slot, &victims->blobs[i]);
}

void pending_unlink(struct pending *p)
{
    for (size_t i = 0; i < p->victims.count; i++) {
        int rc = remove_unused_blob(p->cache, &p->victims.blobs[i]);

        if (rc)
            log_warn("blob-unlink", "error=\"%s\"", strerror(-rc));
    }
    pending_settle(p);
    if (p->victims.evicted == 0 && p->victims.bytes == 0)
        return;
    cache_count(p->cache, COUNT_EVICTIONS, p->victims.evicted);
    cache_count(p->cache, COUNT_EVICTED_BYTES, p->victims.bytes);
}

uint64_t disk_deficit(const struct cache *cache, uint64_t bytes)
{
    struct statvfs fs;
    uint64_t available, wanted = cache->config->min_free + bytes;

    if (cache->config->min_free == 0 || fstatvfs(cache->blobs.blobs_fd, &fs) != 0)
        return 0;
    available = (uint64_t)fs.f_bavail * fs.f_frsize;
    return available < wanted ? wanted - available : 0;
}

/* Evicts until the entry will fit, below the bound and above the disk's floor. Not for ever: what
 * a single request cannot do is left to the keeper. */
static int make_room(struct cache *c, uint64_t bytes)
{
    uint64_t bound = index_bound(c->index), target = bytes < bound ? bound - bytes : 0;
    uint64_t deficit = disk_deficit(c, bytes), usage;
    bool more = true;
    int rc;

    if (deficit > 0) {
        c->wants_keeper = true;
        rc = index_usage(c->index, &usage);
        if (rc)
            return rc;
        usage = usage > deficit ? usage - deficit : 0;
        target = usage < target ? usage : target;
    }
    for (int i = 0; more && i < (deficit > 0 ? FLOOR_ROUNDS : ROOM_ROUNDS); i++) {
        struct pending p = {.cache = c};

        rc = index_shrink(c->index, target, ROOM_BUDGET_US, &more, &p.victims, pending_note, &p);
        if (rc) {
            pending_settle(&p);
            return rc;
        }
        c->wants_keeper |= p.victims.at_bound;
        pending_unlink(&p);
    }
    return deficit > 0 && disk_deficit(c, bytes) > 0 ? -ENOSPC : 0;
}

/* Renames the file and commits the record under the blob's lock byte, so that nobody
 * unlinks the one between the two. */
static int insert_blob(struct cache *c, const struct digest *key, struct entry *e,
                       struct blob_writer *writer)
{
    struct pending p = {.cache = c};
    int64_t byte = LOCK_BYTE_BLOB + e->blob.bytes[0];
    int place, rc;

    rc = lock_take(c->lock_fd, byte);
    if (rc)
        return rc;
    place = scoreboard_pend(c->slot, &e->blob);
    rc = blob_writer_commit(writer, &e->blob);
    for (int i = 1; !rc; i++) {
        rc = index_insert(c->index, key, e, true, &p.victims, pending_note, &p);
        if (rc != -EAGAIN || i == INSERT_TRIES)
            break;
        /* Others filled the room that was made before: make some again. Their files'
         * lock bytes may be ours, so not while we hold one. */
        pending_settle(&p);
        lock_release(c->lock_fd, byte);
        rc = make_room(c, blob_disk_bytes(e->length) + INDEX_ENTRY_COST);
        if (!rc)
            rc = lock_take(c->lock_fd, byte);
        if (rc)
            goto out;
        /* Meanwhile somebody may have found the file unused. */
        if (!blob_exists(&c->blobs, &e->blob))
            rc = -ENOENT;
    }
    lock_release(c->lock_fd, byte);
out:
    if (rc) {
        p.victims.count = 0;
        pending_settle(&p);
        remove_unused_blob(c, &e->blob);
    } else {
        c->wants_keeper |= p.victims.at_bound;
        pending_unlink(&p);
    }
    scoreboard_settle(c->slot, place);
    return rc;
}

static int insert_record(struct cache *c, const struct digest *key, struct entry *e)
{
    struct pending p = {.cache = c};
    int rc = 0;

    for (int i = 1; !rc; i++) {
        rc = index_insert(c->index, key, e, false, &p.victims, pending_note, &p);
        if (rc != -EAGAIN || i == INSERT_TRIES)
            break;
        /* The cache is far over its limit: the configuration has lowered it. */
        pending_settle(&p);
        rc = make_room(c, 0);
    }
    if (rc)
        pending_settle(&p);
    else
        pending_unlink(&p);
    return rc;
}

/* Small blobs are put in place before what they displace is gone: the bound leaves room for them.
 * Large ones have it made first. */
static bool needs_room_first(const struct cache *c, uint64_t bytes)
{
    return bytes > c->config->cache_size / SMALL_SHARE || disk_deficit(c, bytes) > 0;
}

/* One of them at a time: else each would take the room that another has made. */
static int insert_large(struct cache *c, const struct digest *key, struct entry *e,
                        struct blob_writer *writer)
{
    int rc = lock_take(c->lock_fd, LOCK_BYTE_ROOM);

    if (rc)
        return rc;
    rc = make_room(c, blob_disk_bytes(e->length) + INDEX_ENTRY_COST);
    if (!rc)
        rc = insert_blob(c, key, e, writer);
    lock_release(c->lock_fd, LOCK_BYTE_ROOM);
    return rc;
}

int cache_insert(struct cache *cache, const struct digest *key, struct entry *e,
                 struct blob_writer *writer)
{
    uint64_t bytes = blob_disk_bytes(e->length);
    int rc;

    if (!writer)
        return insert_record(cache, key, e);
    if (bytes > cache->config->cache_size / LARGEST_SHARE)
        rc = -EFBIG;
    else if (writer->in_memory)
        rc = -ENOSPC;
    else if (needs_room_first(cache, bytes))
        rc = insert_large(cache, key, e, writer);
    else
        rc = insert_blob(cache, key, e, writer);
    blob_writer_abort(writer);
    if (!rc)
        cache_count(cache, COUNT_INSERTS, 1);
    return rc;
}

int cache_strip(struct cache *cache, const struct digest *key, const struct entry *e)
{
    struct pending p = {.cache = cache};
    int rc = index_strip(cache->index, key, e->sequence, &p.victims, pending_note, &p);

    if (rc)
        pending_settle(&p);
    else
        pending_unlink(&p);
    return rc;
}

int cache_remove(struct cache *cache, const struct digest *key, const struct entry *e)
{
    struct pending p = {.cache = cache};
    int rc = index_remove(cache->index, key, e, &p.victims, pending_note, &p);

    if (rc)
        pending_settle(&p);
    else
        pending_unlink(&p);
    return rc;
}

/* ---- bytes ---- */

static int read_whole(int fd, char *out, uint64_t length)
{
    uint64_t done = 0;

    while (done < length) {
        ssize_t n = pread(fd, out + done, length - done, (off_t)done);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? -errno : -ENOENT;
        done += (uint64_t)n;
    }
    return 0;
}

/* A file from before the last restart of the machine was not synced: its digest is
 * checked once, and its time renewed to say so. */
static int check_digest(struct cache *c, int fd, const struct entry *e)
{
    struct digest_stream *stream;
    struct digest found;
    char block[65536];
    uint64_t done = 0;
    int rc = 0;

    stream = digest_stream_new();
    if (!stream)
        return -ENOMEM;
    while (done < e->length && !rc) {
        uint64_t left = e->length - done;
        ssize_t n = pread(fd, block, left < sizeof block ? (size_t)left : sizeof block,
                          (off_t)done);

        if (n <= 0)
            rc = n < 0 ? -errno : -ENOENT;
        else
            rc = digest_stream_add(stream, block, (size_t)n);
        done += n > 0 ? (uint64_t)n : 0;
    }
    if (!rc)
        rc = digest_stream_finish(stream, &found);
    if (!rc && !digest_equal(&found, &e->blob)) {
        char hex[DIGEST_HEX_SIZE];

        digest_to_hex(&e->blob, hex);
        log_warn("blob-damaged", "blob=%.12s state=%s", hex, c->directory);
        rc = -ENOENT;
    }
    if (!rc)
        futimens(fd, NULL); /* may be refused: then it is checked again */
    digest_stream_free(&stream);
    return rc;
}

int cache_open_blob(struct cache *cache, const struct entry *e)
{
    struct stat st;
    int fd = blob_open(&cache->blobs, &e->blob), rc = 0;

    if (fd < 0)
        return fd;
    if (fstat(fd, &st) != 0)
        rc = -errno;
    else if (!S_ISREG(st.st_mode) || (uint64_t)st.st_size != e->length)
        rc = -ENOENT;
    else if ((int64_t)st.st_mtim.tv_sec * 1000 < cache->boot_wall_ms)
        rc = check_digest(cache, fd, e);
    if (rc) {
        close(fd);
        return rc;
    }
    return fd;
}

const void *cache_blob_bytes(struct cache *cache, const struct entry *e, int *error)
{
    size_t length;
    const void *kept = hot_get(cache->hot, &e->blob, &length);
    char *bytes;
    int fd;

    *error = 0;
    if (kept)
        return kept;
    if (!hot_fits(cache->hot, e->length))
        return NULL;
    fd = cache_open_blob(cache, e);
    if (fd < 0) {
        *error = fd;
        return NULL;
    }
    bytes = malloc(e->length);
    if (bytes)
        *error = read_whole(fd, bytes, e->length);
    close(fd);
    if (!bytes || *error) {
        free(bytes);
        return NULL;
    }
    return hot_put(cache->hot, &e->blob, bytes, e->length);
}

int cache_blob_path(const struct cache *cache, const struct digest *blob, char *out, size_t size)
{
    char path[BLOB_PATH_SIZE];
    int n;

    blob_path(blob, path);
    n = snprintf(out, size, "%s/blobs/%s", cache->directory, path);
    return n < 0 || (size_t)n >= size ? -ENAMETOOLONG : 0;
}

/* ---- who and how much ---- */

struct blob_store *cache_blobs(struct cache *cache)
{
    return &cache->blobs;
}

struct scoreboard *cache_scoreboard(struct cache *cache)
{
    return cache->board;
}

struct scoreboard_slot *cache_slot(struct cache *cache)
{
    return cache->slot;
}

bool cache_slot_alive(struct cache *cache, unsigned slot)
{
    if (cache->slot && slot == cache->blobs.slot)
        return true;
    return lock_is_held(cache->lock_fd, LOCK_BYTE_SLOT + slot);
}

void cache_count(struct cache *cache, enum counter counter, uint64_t amount)
{
    if (cache->slot)
        scoreboard_count(cache->slot, counter, amount);
}

void cache_source(struct cache *cache, int source)
{
    if (cache->slot)
        atomic_store_explicit(&cache->slot->source, (uint32_t)(source + 1), memory_order_relaxed);
}

int64_t cache_limit(struct cache *cache, const unsigned char address[16], uint32_t tokens)
{
    const struct config *c = cache->config;
    const struct limiter_rules rules = {.rate = c->limit.rate,
                                        .burst = c->limit.burst,
                                        .ipv4_prefix = c->limit.ipv4_prefix,
                                        .ipv6_prefix = c->limit.ipv6_prefix};

    if (!cache->limiter || tokens == 0)
        return 0;
    return limiter_take(cache->limiter, &rules, address, tokens, clock_boot_us());
}

int cache_stats(struct cache *cache, struct index_stats *out)
{
    return index_stats(cache->index, out);
}

int cache_count_published(struct cache *cache, const char *subject, uint64_t *out)
{
    return index_count_published(cache->index, subject, out);
}

int cache_walk_blobs(struct cache *cache, index_each_blob *each, void *context)
{
    return index_walk_blobs(cache->index, each, context);
}

int cache_walk_entries(struct cache *cache, const struct digest *from, size_t count,
                       index_each_entry *each, void *context, bool *done)
{
    return index_walk_entries(cache->index, from, count, each, context, done);
}
