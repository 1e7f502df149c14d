/* SPDX-License-Identifier: MIT */
#include "store/store_record.h"

#include <endian.h>
#include <errno.h>
#include <string.h>

#include "kv/wire.h"

#define FORMAT 1u
#define TOTALS_SIZE 32
#define PICTURE_FORMAT 1
#define PICTURE_SIZE (12 + 8 + 8 + 8 + DIGEST_SIZE)
#define BLOB_SIZE 12
#define OWED_FAILED (UINT64_C(1) << 63)

const char *const store_tables[STORE_TABLES] = {"pictures", "history", "blobs",
                                               "doomed",   "meta",    "owed"};

static const struct kv_slice totals_key = {"format", 6};
static const struct kv_slice deleted_key = {"deleted", 7};

struct kv_slice store_digest_slice(const struct digest *d)
{
    return (struct kv_slice){d->bytes, DIGEST_SIZE};
}

int store_read_totals(struct kv_txn *txn, struct store_totals *out)
{
    struct kv_slice v;
    int rc = kv_get(txn, META, totals_key, &v);

    *out = (struct store_totals){0};
    if (rc)
        return rc == -ENOENT ? 0 : rc;
    if (v.length != TOTALS_SIZE || wire_get32(v.data) != FORMAT)
        return -EUCLEAN;
    out->sequence = wire_get64((const unsigned char *)v.data + 8);
    out->versions = wire_get64((const unsigned char *)v.data + 16);
    out->bytes = wire_get64((const unsigned char *)v.data + 24);
    return 0;
}

int store_write_totals(struct kv_txn *txn, const struct store_totals *totals)
{
    unsigned char out[TOTALS_SIZE] = {0};

    wire_put32(out, FORMAT);
    wire_put64(out + 8, totals->sequence);
    wire_put64(out + 16, totals->versions);
    wire_put64(out + 24, totals->bytes);
    return kv_put(txn, META, totals_key, (struct kv_slice){out, sizeof out});
}

int store_read_deleted(struct kv_txn *txn, int64_t *uploaded_ms)
{
    struct kv_slice value;
    int rc = kv_get(txn, META, deleted_key, &value);

    *uploaded_ms = !rc && value.length == 8 ? (int64_t)wire_get64(value.data) : INT64_MIN;
    return rc == -ENOENT ? 0 : rc;
}

int store_write_deleted(struct kv_txn *txn, int64_t uploaded_ms)
{
    unsigned char value[8];

    wire_put64(value, (uint64_t)uploaded_ms);
    return kv_put(txn, META, deleted_key, (struct kv_slice){value, sizeof value});
}

/* ---- pictures ---- */

static void encode(const struct store_picture *p, unsigned char out[PICTURE_SIZE])
{
    unsigned char *at = out;

    *at++ = PICTURE_FORMAT;
    *at++ = (unsigned char)p->type;
    at = wire_put16(at, 0);
    at = wire_put32(at, p->width);
    at = wire_put32(at, p->height);
    at = wire_put64(at, p->length);
    at = wire_put64(at, (uint64_t)p->uploaded_ms);
    at = wire_put64(at, p->sequence);
    memcpy(at, p->digest.bytes, DIGEST_SIZE);
}

int store_parse_picture(struct kv_slice value, struct store_picture *out, char *subject)
{
    const unsigned char *v = value.data;

    if (value.length < PICTURE_SIZE || v[0] != PICTURE_FORMAT ||
        value.length - PICTURE_SIZE >= STORE_SUBJECT_MAX)
        return -EUCLEAN;
    out->type = (enum picture_type)v[1];
    out->width = wire_get32(v + 4);
    out->height = wire_get32(v + 8);
    out->length = wire_get64(v + 12);
    out->uploaded_ms = (int64_t)wire_get64(v + 20);
    out->sequence = wire_get64(v + 28);
    memcpy(out->digest.bytes, v + 36, DIGEST_SIZE);
    if (subject) {
        memcpy(subject, v + PICTURE_SIZE, value.length - PICTURE_SIZE);
        subject[value.length - PICTURE_SIZE] = '\0';
    }
    return 0;
}

int store_read_picture(struct kv_txn *txn, const struct digest *key, struct store_picture *out,
                       char *subject)
{
    struct kv_slice v;
    int rc = kv_get(txn, PICTURES, store_digest_slice(key), &v);

    return rc ? rc : store_parse_picture(v, out, subject);
}

int store_write_picture(struct kv_txn *txn, const struct digest *key, const char *subject,
                        const struct store_picture *p)
{
    unsigned char out[PICTURE_SIZE + STORE_SUBJECT_MAX];
    size_t length = strlen(subject);

    if (length >= STORE_SUBJECT_MAX)
        return -ENAMETOOLONG;
    encode(p, out);
    memcpy(out + PICTURE_SIZE, subject, length);
    return kv_put(txn, PICTURES, store_digest_slice(key),
                  (struct kv_slice){out, PICTURE_SIZE + length});
}

/* ---- history ---- */

/* Big-endian, so that LMDB's order is that of the uploads. */
void store_history_key(const struct digest *key, uint64_t sequence,
                       unsigned char out[HISTORY_KEY_SIZE])
{
    uint64_t order = htobe64(sequence);

    memcpy(out, key->bytes, DIGEST_SIZE);
    memcpy(out + DIGEST_SIZE, &order, sizeof order);
}

int store_write_history(struct kv_txn *txn, const struct digest *key, const struct store_picture *p)
{
    unsigned char name[HISTORY_KEY_SIZE], out[PICTURE_SIZE];

    store_history_key(key, p->sequence, name);
    encode(p, out);
    return kv_put(txn, HISTORY, (struct kv_slice){name, sizeof name},
                  (struct kv_slice){out, sizeof out});
}

/* ---- purges that are owed ---- */

int store_write_owed(struct kv_txn *txn, const struct digest *key, const char *subject,
                     uint64_t sequence)
{
    unsigned char out[8 + STORE_SUBJECT_MAX];
    size_t length = strlen(subject);

    if (length >= STORE_SUBJECT_MAX)
        return -ENAMETOOLONG;
    wire_put64(out, sequence);
    memcpy(out + 8, subject, length);
    return kv_put(txn, OWED, store_digest_slice(key), (struct kv_slice){out, 8 + length});
}

int store_drop_owed(struct kv_txn *txn, const struct digest *key, uint64_t sequence)
{
    struct kv_slice v;
    int rc = kv_get(txn, OWED, store_digest_slice(key), &v);

    if (rc)
        return rc == -ENOENT ? 0 : rc;
    if (v.length >= 8 && (wire_get64(v.data) & ~OWED_FAILED) != sequence)
        return 0;
    return kv_delete(txn, OWED, store_digest_slice(key));
}

int store_write_owed_failed(struct kv_txn *txn, const struct digest *key)
{
    unsigned char out[8 + STORE_SUBJECT_MAX];
    struct kv_slice v;
    int rc = kv_get(txn, OWED, store_digest_slice(key), &v);

    if (rc)
        return rc;
    if (v.length < 8 || v.length > sizeof out)
        return -EUCLEAN;
    memcpy(out, v.data, v.length);
    wire_put64(out, wire_get64(v.data) | OWED_FAILED);
    return kv_put(txn, OWED, store_digest_slice(key), (struct kv_slice){out, v.length});
}

struct owed_walk {
    store_each_owed *each;
    void *context;
};

static int walk_owed(struct kv_slice key, struct kv_slice value, void *context)
{
    const struct owed_walk *w = context;
    char subject[STORE_SUBJECT_MAX];
    struct digest digest;
    uint64_t sequence;

    if (key.length != DIGEST_SIZE || value.length < 8 || value.length - 8 >= sizeof subject)
        return -EUCLEAN;
    memcpy(digest.bytes, key.data, DIGEST_SIZE);
    memcpy(subject, (const char *)value.data + 8, value.length - 8);
    subject[value.length - 8] = '\0';
    sequence = wire_get64(value.data);
    return w->each(&digest, sequence & ~OWED_FAILED, sequence & OWED_FAILED, subject, w->context);
}

int store_walk_owed(struct kv_txn *txn, store_each_owed *each, void *context)
{
    struct owed_walk w = {each, context};

    return kv_walk(txn, OWED, walk_owed, &w);
}

/* ---- blobs ---- */

int store_read_blob(struct kv_txn *txn, const struct digest *digest, struct store_blob *out)
{
    struct kv_slice v;
    int rc = kv_get(txn, BLOBS, store_digest_slice(digest), &v);

    if (rc)
        return rc;
    if (v.length != BLOB_SIZE)
        return -EUCLEAN;
    out->length = wire_get64(v.data);
    out->uses = wire_get32((const unsigned char *)v.data + 8);
    return 0;
}

int store_write_blob(struct kv_txn *txn, const struct digest *digest, const struct store_blob *b)
{
    unsigned char out[BLOB_SIZE];

    wire_put64(out, b->length);
    wire_put32(out + 8, b->uses);
    return kv_put(txn, BLOBS, store_digest_slice(digest), (struct kv_slice){out, sizeof out});
}
