/* SPDX-License-Identifier: MIT */
#include "cache/lease.h"

#include <errno.h>
#include <stdbool.h>

#include "base/clock.h"
#include "cache/lock_file.h"
#include "cache/state.h"
#include "kv/wire.h"
#include "kv/kv.h"

#define RECORD_SIZE 32

struct record {
    uint32_t slot;
    uint64_t incarnation;
    int64_t deadline_ms;
    int64_t taken_ms;
};

struct request {
    struct cache *cache;
    const struct digest *key;
    int64_t deadline_ms;
    int64_t taken_ms;
    uint32_t slot; /* look: the holder's */
};

static struct kv_slice key_of(const struct request *r)
{
    return (struct kv_slice){r->key->bytes, DIGEST_SIZE};
}

static int read_record(struct kv_txn *txn, const struct request *r, struct record *out)
{
    struct kv_slice v;
    int rc = kv_get(txn, RUN_LEASES, key_of(r), &v);

    if (rc)
        return rc;
    if (v.length != RECORD_SIZE)
        return -ENOENT; /* of no format we know: void */
    out->slot = wire_get32(v.data);
    out->incarnation = wire_get64((const unsigned char *)v.data + 8);
    out->deadline_ms = (int64_t)wire_get64((const unsigned char *)v.data + 16);
    out->taken_ms = (int64_t)wire_get64((const unsigned char *)v.data + 24);
    return 0;
}

static bool is_ours(const struct cache *c, const struct record *record)
{
    return record->slot == c->blobs.slot && record->incarnation == c->blobs.incarnation;
}

static bool holder_lives(struct cache *c, const struct record *record)
{
    if (record->slot >= SCOREBOARD_SLOTS || clock_boot_ms() >= record->deadline_ms)
        return false;
    if (atomic_load(&scoreboard_slot(c->board, record->slot)->incarnation) != record->incarnation)
        return false;
    return is_ours(c, record) || lock_is_held(c->lock_fd, LOCK_BYTE_SLOT + record->slot);
}

static int acquire_body(struct kv_txn *txn, void *context)
{
    struct request *r = context;
    unsigned char value[RECORD_SIZE] = {0};
    struct record record;
    int rc = read_record(txn, r, &record);

    if (rc && rc != -ENOENT)
        return rc;
    if (!rc && holder_lives(r->cache, &record))
        return LEASE_HELD;
    wire_put32(value, r->cache->blobs.slot);
    wire_put64(value + 8, r->cache->blobs.incarnation);
    wire_put64(value + 16, (uint64_t)r->deadline_ms);
    wire_put64(value + 24, (uint64_t)r->taken_ms);
    return kv_put(txn, RUN_LEASES, key_of(r), (struct kv_slice){value, sizeof value});
}

int lease_acquire(struct cache *cache, const struct digest *key, int64_t duration_ms)
{
    int64_t now_ms = clock_boot_ms();
    struct request r = {
        .cache = cache, .key = key, .deadline_ms = now_ms + duration_ms, .taken_ms = now_ms};

    return kv_update(cache->run, acquire_body, &r);
}

static int release_body(struct kv_txn *txn, void *context)
{
    struct request *r = context;
    struct record record;
    int rc = read_record(txn, r, &record);

    if (rc)
        return rc;
    /* Somebody took over after our deadline: it is theirs now. */
    return is_ours(r->cache, &record) ? kv_delete(txn, RUN_LEASES, key_of(r)) : -ENOENT;
}

int lease_release(struct cache *cache, const struct digest *key)
{
    struct request r = {.cache = cache, .key = key};
    int rc = kv_update(cache->run, release_body, &r);

    return rc == -ENOENT ? 0 : rc;
}

static int look_body(struct kv_txn *txn, void *context)
{
    struct request *r = context;
    struct record record;
    int rc = read_record(txn, r, &record);

    if (rc == -ENOENT)
        return LEASE_TAKEN;
    if (rc)
        return rc;
    r->taken_ms = record.taken_ms;
    r->slot = record.slot;
    return holder_lives(r->cache, &record) ? LEASE_HELD : LEASE_TAKEN;
}

int lease_look(struct cache *cache, const struct digest *key, int64_t *age_ms)
{
    struct request r = {.cache = cache, .key = key};
    int rc = kv_view(cache->run, look_body, &r);

    if (age_ms)
        *age_ms = rc == LEASE_HELD ? clock_boot_ms() - r.taken_ms : 0;
    return rc;
}

bool lease_holder_is_busy(struct cache *cache, const struct digest *key)
{
    struct request r = {.cache = cache, .key = key};

    return kv_view(cache->run, look_body, &r) == LEASE_HELD &&
           cache_is_busy_state(atomic_load(&scoreboard_slot(cache->board, r.slot)->state));
}
