/* SPDX-License-Identifier: MIT */
#include "cache/index_record.h"

#include <errno.h>
#include <string.h>

#include "kv/wire.h"

#define FORMAT 3u
#define TOTALS_SIZE 64
#define GENERATION_SIZE 16
#define BLOB_RECORD_SIZE 12

const char *const index_tables[INDEX_TABLES] = {"entries", "order",       "negatives", "blobs",
                                               "meta",    "generations", "published", "published_of"};

static const struct kv_slice totals_key = {"totals", 6};

int read_totals(struct kv_txn *txn, struct totals *t)
{
    struct kv_slice v;
    int rc = kv_get(txn, META, totals_key, &v);

    *t = (struct totals){0};
    if (rc == -ENOENT)
        return 0;
    if (rc)
        return rc;
    if (v.length != TOTALS_SIZE || wire_get32(v.data) != FORMAT)
        return -EUCLEAN;
    t->bytes = wire_get64((const unsigned char *)v.data + 8);
    t->sequence = wire_get64((const unsigned char *)v.data + 16);
    t->positives = wire_get64((const unsigned char *)v.data + 24);
    t->negatives = wire_get64((const unsigned char *)v.data + 32);
    t->hand = wire_get64((const unsigned char *)v.data + 40);
    t->generation = wire_get64((const unsigned char *)v.data + 48);
    t->published = wire_get64((const unsigned char *)v.data + 56);
    return 0;
}

int write_totals(struct kv_txn *txn, const struct totals *t)
{
    unsigned char out[TOTALS_SIZE] = {0};

    wire_put32(out, FORMAT);
    wire_put64(out + 8, t->bytes);
    wire_put64(out + 16, t->sequence);
    wire_put64(out + 24, t->positives);
    wire_put64(out + 32, t->negatives);
    wire_put64(out + 40, t->hand);
    wire_put64(out + 48, t->generation);
    wire_put64(out + 56, t->published);
    return kv_put(txn, META, totals_key, (struct kv_slice){out, sizeof out});
}

struct kv_slice digest_slice(const struct digest *d)
{
    return (struct kv_slice){d->bytes, DIGEST_SIZE};
}

int parse_blob(struct kv_slice value, struct blob_record *out)
{
    if (value.length != BLOB_RECORD_SIZE)
        return -EUCLEAN;
    out->length = wire_get64(value.data);
    out->uses = wire_get32((const unsigned char *)value.data + 8);
    return 0;
}

int read_blob(struct kv_txn *txn, const struct digest *blob, struct blob_record *out)
{
    struct kv_slice v;
    int rc = kv_get(txn, BLOBS, digest_slice(blob), &v);

    if (rc)
        return rc;
    return parse_blob(v, out);
}

int write_blob(struct kv_txn *txn, const struct digest *blob, const struct blob_record *r)
{
    unsigned char out[BLOB_RECORD_SIZE];

    wire_put64(out, r->length);
    wire_put32(out + 8, r->uses);
    return kv_put(txn, BLOBS, digest_slice(blob), (struct kv_slice){out, sizeof out});
}

int read_entry(struct kv_txn *txn, const struct digest *key, struct entry *out)
{
    struct kv_slice v;
    int rc = kv_get(txn, ENTRIES, digest_slice(key), &v);

    if (rc)
        return rc;
    return entry_decode(v.data, v.length, out) ? 0 : -EUCLEAN;
}

/* ---- generations ---- */

void parse_generation(struct kv_slice value, uint64_t *generation, int64_t *when_ms)
{
    *generation = 0;
    *when_ms = 0;
    if (value.length != GENERATION_SIZE)
        return;
    *generation = wire_get64(value.data);
    *when_ms = (int64_t)wire_get64((const unsigned char *)value.data + 8);
}

int read_generation(struct kv_txn *txn, struct kv_slice name, uint64_t *out)
{
    struct kv_slice v;
    int64_t when_ms;
    int rc = kv_get(txn, GENERATIONS, name, &v);

    *out = 0;
    if (!rc)
        parse_generation(v, out, &when_ms);
    return rc == -ENOENT ? 0 : rc;
}

int write_generation(struct kv_txn *txn, struct kv_slice name, uint64_t generation, int64_t now_ms)
{
    unsigned char out[GENERATION_SIZE];

    wire_put64(out, generation);
    wire_put64(out + 8, (uint64_t)now_ms);
    return kv_put(txn, GENERATIONS, name, (struct kv_slice){out, sizeof out});
}

struct kv_slice generation_of_all(void)
{
    return (struct kv_slice){"a", 1};
}

struct kv_slice generation_of_source(const char *name, size_t length,
                                     char out[GENERATION_NAME_MAX])
{
    if (length > CONFIG_NAME_MAX)
        length = CONFIG_NAME_MAX;
    out[0] = 's';
    memcpy(out + 1, name, length);
    return (struct kv_slice){out, 1 + length};
}

struct kv_slice generation_of_subject(const struct digest *subject, char out[GENERATION_NAME_MAX])
{
    out[0] = 'p';
    memcpy(out + 1, subject->bytes, DIGEST_SIZE);
    return (struct kv_slice){out, 1 + DIGEST_SIZE};
}
