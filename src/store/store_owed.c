/* SPDX-License-Identifier: MIT
 *
 * Purges that changes owe: noted in the same transaction, and taken off the record with the
 * next change, or at the end. Where there is no memory for that they stay on record, and are made
 * once more.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kv/wire.h"
#include "store/store_private.h"

#define AT_ONCE 64

static void add(struct owed_list *list, const struct owed *owed)
{
    if (list->count == list->room) {
        size_t room = list->room ? 2 * list->room : 1;
        struct owed *grown = reallocarray(list->items, room, sizeof *grown);

        if (!grown)
            return;
        list->items = grown;
        list->room = room;
    }
    list->items[list->count++] = *owed;
}

void store_owes_anew(struct store *store)
{
    store->settled.count = 0;
    store->owes.count = 0;
}

void store_owes(struct store *store, const struct digest *key, uint64_t sequence)
{
    const struct owed owed = {*key, sequence};

    add(&store->owes, &owed);
}

void store_purged(struct store *store, const char *subject)
{
    struct owed_list *owes = &store->owes;
    struct digest key;

    if (digest_of(subject, strlen(subject), &key) != 0)
        return;
    for (size_t i = owes->count; i-- > 0;)
        if (digest_equal(&key, &owes->items[i].key)) {
            add(&store->settled, &owes->items[i]);
            owes->items[i] = owes->items[--owes->count];
        }
}

static int failed_body(struct kv_txn *txn, void *context)
{
    return store_write_owed_failed(txn, context);
}

int store_purge_failed(struct store *store, const char *subject)
{
    struct digest key;
    int rc = digest_of(subject, strlen(subject), &key);

    if (!rc)
        rc = kv_update(store->kv, failed_body, &key);
    return rc == -ENOENT ? 0 : rc;
}

static int drop_body(struct kv_txn *txn, void *context)
{
    const struct owed *o = context;

    return store_drop_owed(txn, &o->key, o->sequence);
}

int store_drop_settled(struct kv_txn *txn, const struct store *store)
{
    const struct owed_list *settled = &store->settled;
    int rc = 0;

    for (size_t i = 0; i < settled->count && !rc; i++)
        rc = store_drop_owed(txn, &settled->items[i].key, settled->items[i].sequence);
    return rc;
}

static int drop_settled_body(struct kv_txn *txn, void *context)
{
    return store_drop_settled(txn, context);
}

int store_flush_settled(struct store *store)
{
    int rc = 0;

    if (store->settled.count > 0)
        rc = kv_update(store->kv, drop_settled_body, store);
    store->settled.count = 0;
    return rc;
}

/* ---- whose process is gone ---- */

struct found {
    struct owed owed;
    char subject[STORE_SUBJECT_MAX];
};

struct list {
    struct found *items;
    size_t count;
    struct digest after; /* zero: from the start */
    uint64_t until;      /* later ones only if they failed */
};

static int note(const struct digest *key, uint64_t sequence, bool failed, const char *subject,
                void *context)
{
    struct list *l = context;

    if (!failed && sequence > l->until)
        return 0;
    if (l->count == AT_ONCE)
        return 1;
    if (memcmp(key->bytes, l->after.bytes, DIGEST_SIZE) <= 0)
        return 0;
    l->items[l->count].owed = (struct owed){*key, sequence};
    strcpy(l->items[l->count++].subject, subject);
    return 0;
}

static int list_body(struct kv_txn *txn, void *context)
{
    int rc = store_walk_owed(txn, note, context);

    return rc < 0 ? rc : 0;
}

static int purge_listed(struct store *store, const struct list *l, store_purge *purge, void *context)
{
    int rc = 0;

    for (size_t i = 0; i < l->count && !rc; i++) {
        struct owed owed = l->items[i].owed;

        if (purge(l->items[i].subject, context) == 0)
            rc = kv_update(store->kv, drop_body, &owed);
    }
    return rc;
}

int store_purge_owed(struct store *store, uint64_t until, store_purge *purge, void *context)
{
    struct list l = {.items = calloc(AT_ONCE, sizeof *l.items), .until = until};
    int rc;

    if (!l.items)
        return -ENOMEM;
    do {
        l.count = 0;
        rc = kv_view(store->kv, list_body, &l);
        if (!rc)
            rc = purge_listed(store, &l, purge, context);
        if (l.count > 0)
            l.after = l.items[l.count - 1].owed.key;
    } while (!rc && l.count == AT_ONCE);
    free(l.items);
    return rc;
}

/* ---- since when ---- */

#define SEEN_SIZE 16
static const struct kv_slice seen_key = {"owed", 4};

struct seen {
    uint64_t sequence; /* the last one at that time */
    int64_t when_ms;
    uint64_t latest;   /* the last one now */
    bool any, owed;
};

static int read_seen_body(struct kv_txn *txn, void *context)
{
    struct seen *s = context;
    struct store_totals totals;
    struct kv_slice value;
    uint64_t owed = 0;
    int rc = kv_get(txn, META, seen_key, &value);

    if (rc && rc != -ENOENT)
        return rc;
    s->any = !rc && value.length == SEEN_SIZE;
    if (s->any) {
        s->sequence = wire_get64(value.data);
        s->when_ms = (int64_t)wire_get64((const unsigned char *)value.data + 8);
    }
    rc = store_read_totals(txn, &totals);
    s->latest = totals.sequence;
    if (!rc)
        rc = kv_count(txn, OWED, &owed);
    s->owed = owed > 0;
    return rc;
}

static int write_seen_body(struct kv_txn *txn, void *context)
{
    const struct seen *s = context;
    unsigned char value[SEEN_SIZE];

    wire_put64(value, s->latest);
    wire_put64(value + 8, (uint64_t)s->when_ms);
    return kv_put(txn, META, seen_key, (struct kv_slice){value, sizeof value});
}

int store_long_owed(struct store *store, int64_t now_ms, int64_t age_ms, uint64_t *until)
{
    struct seen s = {.any = false};
    int rc = kv_view(store->kv, read_seen_body, &s);
    bool is_old = s.any && now_ms - s.when_ms >= age_ms;

    *until = !rc && is_old ? s.sequence : 0;
    if (rc || !s.owed || (s.any && s.sequence == s.latest && s.when_ms <= now_ms))
        return rc;
    if (s.any && !is_old && s.when_ms <= now_ms) /* else it would never grow old */
        return 0;
    s.when_ms = now_ms;
    return kv_update(store->kv, write_seen_body, &s);
}
