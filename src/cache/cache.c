/* SPDX-License-Identifier: MIT */
#include "cache/cache.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "cache/hot.h"
#include "cache/lock_file.h"
#include "cache/state.h"

#define INSERT_TRIES 4
#define LARGEST_SHARE 4 /* one blob may take at most this part of the cache */

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

/* ---- changes ---- */

/* The blobs of one transaction, on the scoreboard while file and record may differ. */
struct pending {
    struct cache *cache;
    struct index_victims victims;
    int places[INDEX_VICTIMS_MAX];
    size_t count;
};

static void settle(struct pending *p)
{
    for (size_t i = 0; i < p->count; i++)
        scoreboard_settle(p->cache->slot, p->places[i]);
    p->count = 0;
}

/* Inside the transaction; may run again if the transaction does. */
static void put_on_record(const struct index_victims *victims, void *context)
{
    struct pending *p = context;

    settle(p);
    for (size_t i = 0; i < victims->count; i++)
        p->places[p->count++] = scoreboard_pend(p->cache->slot, &victims->blobs[i]);
}

static void unlink_victims(struct pending *p)
{
    for (size_t i = 0; i < p->victims.count; i++) {
        int rc = remove_unused_blob(p->cache, &p->victims.blobs[i]);

        if (rc)
            log_warn("blob-unlink", "error=\"%s\"", strerror(-rc));
    }
    settle(p);
    cache_count(p->cache, COUNT_EVICTIONS, p->victims.evicted);
}

static int make_room(struct cache *c, uint64_t bytes)
{
    bool more = true;

    while (more) {
        struct pending p = {.cache = c};
        int rc = index_make_room(c->index, bytes, &more, &p.victims, put_on_record, &p);

        if (rc) {
            settle(&p);
            return rc;
        }
        unlink_victims(&p);
    }
    return 0;
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
        rc = index_insert(c->index, key, e, true, &p.victims, put_on_record, &p);
        if (rc != -EAGAIN || i == INSERT_TRIES)
            break;
        /* Others filled the room that was made before: make some again. Their files'
         * lock bytes may be ours, so not while we hold one. */
        settle(&p);
        lock_release(c->lock_fd, byte);
        rc = make_room(c, blob_disk_bytes(e->length));
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
        settle(&p);
        remove_unused_blob(c, &e->blob);
    } else {
        unlink_victims(&p);
    }
    scoreboard_settle(c->slot, place);
    return rc;
}

static int insert_record(struct cache *c, const struct digest *key, struct entry *e)
{
    struct pending p = {.cache = c};
    int rc = 0;

    for (int i = 1; !rc; i++) {
        rc = index_insert(c->index, key, e, false, &p.victims, put_on_record, &p);
        if (rc != -EAGAIN || i == INSERT_TRIES)
            break;
        /* The cache is far over its limit: the configuration has lowered it. */
        settle(&p);
        rc = make_room(c, 0);
    }
    if (rc)
        settle(&p);
    else
        unlink_victims(&p);
    return rc;
}

int cache_insert(struct cache *cache, const struct digest *key, struct entry *e,
                 struct blob_writer *writer)
{
    int rc;

    if (!writer)
        return insert_record(cache, key, e);
    if (writer->in_memory)
        rc = -ENOSPC;
    else if (blob_disk_bytes(e->length) > cache->limit / LARGEST_SHARE)
        rc = -EFBIG;
    else
        rc = make_room(cache, blob_disk_bytes(e->length));
    if (!rc)
        rc = insert_blob(cache, key, e, writer);
    blob_writer_abort(writer);
    return rc;
}

int cache_remove(struct cache *cache, const struct digest *key, const struct entry *e)
{
    struct pending p = {.cache = cache};
    int rc = index_remove(cache->index, key, e->sequence, &p.victims, put_on_record, &p);

    if (rc)
        settle(&p);
    else
        unlink_victims(&p);
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

void cache_state(struct cache *cache, enum worker_state state)
{
    if (cache->slot)
        atomic_store_explicit(&cache->slot->state, state, memory_order_relaxed);
}

int cache_stats(struct cache *cache, struct index_stats *out)
{
    return index_stats(cache->index, out);
}

int cache_walk_blobs(struct cache *cache, index_each_blob *each, void *context)
{
    return index_walk_blobs(cache->index, each, context);
}
