/* SPDX-License-Identifier: MIT */
#include "cache/names.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/digest.h"
#include "base/log.h"
#include "cache/state.h"
#include "kv/wire.h"
#include "kv/kv.h"

#define FORMAT 1u

/* Offsets in a record; the text follows. */
enum { AT_FORMAT = 0, AT_CAUSE = 4, AT_LEARNED = 8, AT_EXPIRES = 16, AT_TEXT = 24 };

struct record {
    struct digest key;
    int64_t now_ms;
    struct name_meaning *found;
    const struct name_meaning *noted;
};

static int key_of(enum name_kind kind, const char *name, struct digest *out)
{
    struct digest_stream *s = digest_stream_new();
    unsigned char number = (unsigned char)kind;
    int rc = s ? digest_stream_add(s, &number, 1) : -ENOMEM;

    if (!rc)
        rc = digest_stream_add(s, name, strlen(name));
    if (!rc)
        rc = digest_stream_finish(s, out);
    digest_stream_free(&s);
    return rc;
}

static struct kv_slice slice_of(const struct digest *key)
{
    return (struct kv_slice){key->bytes, DIGEST_SIZE};
}

static int find_body(struct kv_txn *txn, void *context)
{
    struct record *r = context;
    struct kv_slice value;
    const unsigned char *in;
    size_t length;
    int rc = kv_get(txn, RUN_NAMES, slice_of(&r->key), &value);

    if (rc)
        return rc;
    in = value.data;
    if (value.length < AT_TEXT || wire_get32(in + AT_FORMAT) != FORMAT)
        return -ENOENT;
    length = value.length - AT_TEXT;
    if (length >= NAMES_TEXT_MAX)
        return -ENOENT;
    r->found->cause = wire_get32(in + AT_CAUSE);
    r->found->learned_ms = (int64_t)wire_get64(in + AT_LEARNED);
    r->found->expires_ms = (int64_t)wire_get64(in + AT_EXPIRES);
    memcpy(r->found->text, in + AT_TEXT, length);
    r->found->text[length] = '\0';
    return r->now_ms < r->found->expires_ms ? 0 : -ENOENT;
}

int names_find(struct cache *cache, enum name_kind kind, const char *name, int64_t now_ms,
               struct name_meaning *out)
{
    struct record r = {.now_ms = now_ms, .found = out};
    int rc = key_of(kind, name, &r.key);

    return rc ? rc : kv_view(cache->run, find_body, &r);
}

/* Keys are digests, so whatever follows a random one is as random. */
static int drop_any(struct kv_txn *txn)
{
    unsigned char from[DIGEST_SIZE] = {0};
    struct kv_slice key, value;
    struct digest victim;
    int rc;

    if (getrandom(from, sizeof from, GRND_NONBLOCK) != (ssize_t)sizeof from)
        from[0] = 0;
    rc = kv_seek(txn, RUN_NAMES, (struct kv_slice){from, sizeof from}, &key, &value);
    if (rc == -ENOENT)
        rc = kv_first(txn, RUN_NAMES, &key, &value);
    if (rc)
        return rc;
    if (key.length != DIGEST_SIZE)
        return -EINVAL;
    memcpy(victim.bytes, key.data, DIGEST_SIZE);
    return kv_delete(txn, RUN_NAMES, slice_of(&victim));
}

static int make_room(struct kv_txn *txn, const struct record *r)
{
    struct kv_slice value;
    uint64_t count;
    int rc = kv_get(txn, RUN_NAMES, slice_of(&r->key), &value);

    if (rc != -ENOENT)
        return rc; /* its own place */
    rc = kv_count(txn, RUN_NAMES, &count);
    return rc || count < NAMES_MAX ? rc : drop_any(txn);
}

static int note_body(struct kv_txn *txn, void *context)
{
    const struct record *r = context;
    unsigned char out[AT_TEXT + NAMES_TEXT_MAX];
    size_t length = strnlen(r->noted->text, NAMES_TEXT_MAX - 1);
    int rc = make_room(txn, r);

    if (rc)
        return rc;
    wire_put32(out + AT_FORMAT, FORMAT);
    wire_put32(out + AT_CAUSE, (uint32_t)r->noted->cause);
    wire_put64(out + AT_LEARNED, (uint64_t)r->noted->learned_ms);
    wire_put64(out + AT_EXPIRES, (uint64_t)r->noted->expires_ms);
    memcpy(out + AT_TEXT, r->noted->text, length);
    return kv_put(txn, RUN_NAMES, slice_of(&r->key), (struct kv_slice){out, AT_TEXT + length});
}

void names_note(struct cache *cache, enum name_kind kind, const char *name,
                const struct name_meaning *meaning)
{
    struct record r = {.noted = meaning};
    int rc = key_of(kind, name, &r.key);

    if (!rc)
        rc = kv_update(cache->run, note_body, &r);
    if (rc)
        log_warn("name-not-noted", "error=\"%s\"", strerror(-rc));
}

static int forget_body(struct kv_txn *txn, void *context)
{
    const struct record *r = context;
    int rc = kv_delete(txn, RUN_NAMES, slice_of(&r->key));

    return rc == -ENOENT ? 0 : rc;
}

void names_forget(struct cache *cache, enum name_kind kind, const char *name)
{
    struct record r = {.now_ms = 0};
    int rc = key_of(kind, name, &r.key);

    if (!rc)
        rc = kv_update(cache->run, forget_body, &r);
    if (rc)
        log_warn("name-not-forgotten", "error=\"%s\"", strerror(-rc));
}
