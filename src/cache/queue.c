/* SPDX-License-Identifier: MIT */
#include "cache/queue.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "cache/state.h"
#include "kv/wire.h"
#include "kv/kv.h"

#define KEY_SIZE (1 + DIGEST_SIZE)
#define HEAD_SIZE 8

struct addition {
    unsigned char key[KEY_SIZE];
    unsigned char value[HEAD_SIZE + ENTRY_TEXT_MAX];
    size_t value_length;
};

static struct kv_slice key_of(const struct addition *a)
{
    return (struct kv_slice){a->key, sizeof a->key};
}

static int look_body(struct kv_txn *txn, void *context)
{
    struct kv_slice value;

    return kv_get(txn, RUN_QUEUE, key_of(context), &value);
}

static int add_body(struct kv_txn *txn, void *context)
{
    const struct addition *a = context;
    uint64_t count;
    int rc = kv_count(txn, RUN_QUEUE, &count);

    if (!rc && count >= QUEUE_MAX)
        rc = -ENOSPC;
    if (rc)
        return rc;
    return kv_put(txn, RUN_QUEUE, key_of(a), (struct kv_slice){a->value, a->value_length});
}

int queue_add(struct cache *cache, enum queue_kind kind, const struct digest *key,
              const char *text)
{
    size_t length = strnlen(text, ENTRY_TEXT_MAX - 1);
    struct addition a = {.value_length = HEAD_SIZE + length};

    a.key[0] = (unsigned char)kind;
    memcpy(a.key + 1, key->bytes, DIGEST_SIZE);
    if (kv_view(cache->run, look_body, &a) == 0)
        return 0;
    wire_put64(a.value, (uint64_t)clock_boot_ms());
    memcpy(a.value + HEAD_SIZE, text, length);
    return kv_update(cache->run, add_body, &a);
}

static bool decode(struct kv_slice key, struct kv_slice value, struct queue_item *out)
{
    const unsigned char *k = key.data;
    size_t length = value.length - HEAD_SIZE;

    if (key.length != KEY_SIZE || value.length < HEAD_SIZE || length >= ENTRY_TEXT_MAX)
        return false;
    out->kind = k[0];
    memcpy(out->key.bytes, k + 1, DIGEST_SIZE);
    out->added_ms = (int64_t)wire_get64(value.data);
    memcpy(out->text, (const char *)value.data + HEAD_SIZE, length);
    out->text[length] = '\0';
    return true;
}

struct taking {
    struct queue_item *item;
    unsigned char from[KEY_SIZE];
    bool found;
};

/* From somewhere on, and round: what stands last would wait for ever under a steady load. */
static int next_item(struct kv_txn *txn, const struct taking *t, struct kv_slice *key,
                     struct kv_slice *value)
{
    int rc = kv_seek(txn, RUN_QUEUE, (struct kv_slice){t->from, sizeof t->from}, key, value);

    return rc == -ENOENT ? kv_first(txn, RUN_QUEUE, key, value) : rc;
}

/* What is no item (another version has left it) goes, too: it would be the first for ever. */
static int take_body(struct kv_txn *txn, void *context)
{
    unsigned char copy[KV_KEY_MAX];
    struct taking *t = context;

    for (t->found = false; !t->found;) {
        struct kv_slice key, value;
        int rc = next_item(txn, t, &key, &value);

        if (rc)
            return rc == -ENOENT ? 0 : rc;
        t->found = decode(key, value, t->item);
        memcpy(copy, key.data, key.length);
        rc = kv_delete(txn, RUN_QUEUE, (struct kv_slice){copy, key.length});
        if (rc)
            return rc;
    }
    return 0;
}

int queue_take(struct cache *cache, struct queue_item *out)
{
    struct taking t = {.item = out};
    uint64_t count;
    int rc;

    if (cache_queue_length(cache, &count) == 0 && count == 0)
        return -ENOENT; /* without a write transaction */
    if (getrandom(t.from, sizeof t.from, GRND_NONBLOCK) < 0)
        memset(t.from, 0, sizeof t.from);
    t.from[0] = QUEUE_REFRESH;
    rc = kv_update(cache->run, take_body, &t);
    return rc == 0 && !t.found ? -ENOENT : rc;
}
