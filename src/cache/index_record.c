/* SPDX-License-Identifier: MIT */
#include "cache/index_record.h"

#include <errno.h>

#include "cache/wire.h"

#define FORMAT 1u
#define TOTALS_SIZE 32
#define BLOB_RECORD_SIZE 12

const char *const index_tables[INDEX_TABLES] = {"entries", "order", "negatives", "blobs", "meta"};

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
    t->negatives = wire_get64((const unsigned char *)v.data + 24);
    return 0;
}

int write_totals(struct kv_txn *txn, const struct totals *t)
{
    unsigned char out[TOTALS_SIZE] = {0};

    wire_put32(out, FORMAT);
    wire_put64(out + 8, t->bytes);
    wire_put64(out + 16, t->sequence);
    wire_put64(out + 24, t->negatives);
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
