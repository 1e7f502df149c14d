/* SPDX-License-Identifier: MIT
 *
 * Rounds through the store: files that nothing refers to, and versions above what is to be kept. A step
 * is a 256th of the files, or some hundred versions, so that a keeper's other work goes on in between.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kv/wire.h"
#include "store/store_private.h"

#define DIRECTORIES 256u
#define VERSIONS_AT_ONCE 500u
#define TRIMMED_AT_ONCE 32u

static const struct kv_slice round_key = {"round", 5};

/* ---- when ---- */

static int read_round_body(struct kv_txn *txn, void *context)
{
    struct kv_slice value;
    int64_t *when_ms = context;
    int rc = kv_get(txn, META, round_key, &value);

    *when_ms = !rc && value.length == 8 ? (int64_t)wire_get64(value.data) : 0;
    return rc == -ENOENT ? 0 : rc;
}

int store_last_round(struct store *store, int64_t *when_ms)
{
    return kv_view(store->kv, read_round_body, when_ms);
}

static int write_round_body(struct kv_txn *txn, void *context)
{
    unsigned char value[8];

    wire_put64(value, (uint64_t)*(const int64_t *)context);
    return kv_put(txn, META, round_key, (struct kv_slice){value, sizeof value});
}

int store_note_round(struct store *store, int64_t when_ms)
{
    return kv_update(store->kv, write_round_body, &when_ms);
}

/* ---- versions ---- */

struct surplus {
    char subject[STORE_SUBJECT_MAX];
    uint32_t keep;
};

struct search {
    struct kv_txn *txn;
    store_keep *keep;
    void *context;
    struct digest key;  /* whose versions are being counted */
    uint64_t count;     /* of them */
    unsigned seen;
    struct surplus *found;
    unsigned found_count;
};

/* All earlier versions of one have been counted. */
static int judge(struct search *s)
{
    struct surplus *f = &s->found[s->found_count];
    struct store_picture current;
    int rc = s->count == 0 ? -ENOENT : store_read_picture(s->txn, &s->key, &current, f->subject);

    if (rc)
        return rc == -ENOENT ? 0 : rc;
    f->keep = s->keep(f->subject, s->context);
    s->found_count += s->count + 1 > f->keep;
    return 0;
}

static int count_version(struct kv_slice key, struct kv_slice value, void *context)
{
    struct search *s = context;
    int rc;

    (void)value;
    if (key.length != HISTORY_KEY_SIZE)
        return -EUCLEAN;
    if (s->count == 0 || memcmp(key.data, s->key.bytes, DIGEST_SIZE) != 0) {
        rc = judge(s);
        if (rc)
            return rc;
        memcpy(s->key.bytes, key.data, DIGEST_SIZE);
        s->count = 0;
        if (s->found_count == TRIMMED_AT_ONCE || s->seen >= VERSIONS_AT_ONCE)
            return 1; /* with this one it goes on */
    }
    s->count++;
    s->seen++;
    return 0;
}

static int search_body(struct kv_txn *txn, void *context)
{
    struct search *s = context;
    int rc;

    s->txn = txn;
    rc = kv_walk_from(txn, HISTORY, store_digest_slice(&s->key), count_version, s);
    return rc ? rc : judge(s);
}

/* *done if that was the last of them. */
static int trim_some(struct store *store, struct store_round *r, store_keep *keep, void *context,
                     bool *done)
{
    struct search s = {.keep = keep, .context = context, .key = r->next_subject};
    int rc;

    s.found = calloc(TRIMMED_AT_ONCE + 1, sizeof *s.found);
    if (!s.found)
        return -ENOMEM;
    rc = kv_view(store->kv, search_body, &s);
    *done = rc <= 0;
    r->next_subject = s.key;
    for (unsigned i = 0; i < s.found_count && rc >= 0; i++) {
        struct store_removed removed;
        int trimmed = store_trim(store, s.found[i].subject, s.found[i].keep, &removed);

        if (trimmed && trimmed != -ENOENT) /* deleted just now */
            rc = trimmed;
        else if (!trimmed)
            r->versions += removed.versions;
    }
    free(s.found);
    return rc < 0 ? rc : 0;
}

int store_trim_all(struct store *store, store_keep *keep, void *context, uint64_t *versions)
{
    struct store_round round = {.directory = DIRECTORIES};
    bool done = false;
    int rc = 0;

    while (!rc && !done)
        rc = trim_some(store, &round, keep, context, &done);
    *versions = round.versions;
    return rc;
}

/* ---- a round ---- */

int store_round_step(struct store *store, struct store_round *r, store_keep *keep, void *context,
                     bool *done)
{
    int rc;

    *done = false;
    if (r->directory < DIRECTORIES) {
        rc = store_sweep_part(store, r->directory);
        if (rc >= 0)
            r->files += (uint64_t)rc;
        if (rc >= 0)
            r->directory++;
        return rc < 0 ? rc : 0;
    }
    return trim_some(store, r, keep, context, done);
}
