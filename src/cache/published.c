/* SPDX-License-Identifier: MIT */
#include "cache/published.h"

#include <errno.h>
#include <string.h>

#include "cache/publish_file.h"
#include "kv/wire.h"

#define TAG_SIZE 16
#define KEY_SIZE (DIGEST_SIZE + TAG_SIZE)
#define OF_SIZE (DIGEST_SIZE + KEY_SIZE)
#define HEAD_SIZE (DIGEST_SIZE + 2)

static const struct kv_slice publisher_key = {"publisher", 9};

struct record {
    unsigned char key[KEY_SIZE];
    struct digest subject;
    size_t root;
    char path[PATH_MAX];
};

static struct kv_slice key_slice(const struct record *r)
{
    return (struct kv_slice){r->key, KEY_SIZE};
}

static struct kv_slice of_slice(const struct record *r, unsigned char out[OF_SIZE])
{
    memcpy(out, r->subject.bytes, DIGEST_SIZE);
    memcpy(out + DIGEST_SIZE, r->key, KEY_SIZE);
    return (struct kv_slice){out, OF_SIZE};
}

static int make_key(const struct digest *key, const char *path, struct record *r)
{
    struct digest tag;
    int rc = digest_of(path, strlen(path), &tag);

    memcpy(r->key, key->bytes, DIGEST_SIZE);
    memcpy(r->key + DIGEST_SIZE, tag.bytes, TAG_SIZE);
    return rc;
}

static int parse(struct kv_slice key, struct kv_slice value, struct record *r)
{
    size_t length = value.length - HEAD_SIZE;

    if (key.length != KEY_SIZE || value.length <= HEAD_SIZE || length >= sizeof r->path)
        return -EUCLEAN;
    memcpy(r->key, key.data, KEY_SIZE);
    memcpy(r->subject.bytes, value.data, DIGEST_SIZE);
    r->root = wire_get16((const unsigned char *)value.data + DIGEST_SIZE);
    memcpy(r->path, (const char *)value.data + HEAD_SIZE, length);
    r->path[length] = '\0';
    return r->root < length ? 0 : -EUCLEAN;
}

/* The first record of the entry. Returns 0, -ENOENT or another negative errno. */
static int first_of(struct kv_txn *txn, const struct digest *entry, struct record *r)
{
    struct kv_slice key, value;
    int rc = kv_seek(txn, PUBLISHED, digest_slice(entry), &key, &value);

    if (!rc && (key.length < DIGEST_SIZE || memcmp(key.data, entry->bytes, DIGEST_SIZE) != 0))
        rc = -ENOENT;
    return rc ? rc : parse(key, value, r);
}

/* Unlinking twice does no harm: the transaction may be run again. */
static int drop(struct kv_txn *txn, struct totals *totals, const struct record *r)
{
    unsigned char of[OF_SIZE];
    int rc = publish_file_unlink(r->path, r->root);

    if (!rc)
        rc = kv_delete(txn, PUBLISHED, key_slice(r));
    if (rc)
        return rc;
    totals->published -= totals->published > 0;
    rc = kv_delete(txn, PUBLISHED_OF, of_slice(r, of));
    return rc == -ENOENT ? 0 : rc;
}

static int put(struct kv_txn *txn, const struct record *r)
{
    unsigned char of[OF_SIZE], value[HEAD_SIZE + PATH_MAX];
    size_t length = strlen(r->path);
    int rc;

    memcpy(value, r->subject.bytes, DIGEST_SIZE);
    wire_put16(value + DIGEST_SIZE, (uint16_t)r->root);
    memcpy(value + HEAD_SIZE, r->path, length);
    rc = kv_put(txn, PUBLISHED, key_slice(r), (struct kv_slice){value, HEAD_SIZE + length});
    return rc ? rc : kv_put(txn, PUBLISHED_OF, of_slice(r, of), (struct kv_slice){"", 0});
}

int published_note(struct kv_txn *txn, struct totals *totals, const struct digest *key,
                   const char *text, const char *path, size_t root)
{
    const char *subject;
    size_t subject_length, source_length;
    struct kv_slice old;
    struct record r;
    int rc;

    if (strlen(path) >= sizeof r.path ||
        !entry_subject(text, &subject, &subject_length, &source_length))
        return -EINVAL;
    rc = make_key(key, path, &r);
    if (!rc)
        rc = digest_of(subject, subject_length, &r.subject);
    if (!rc)
        rc = kv_get(txn, PUBLISHED, key_slice(&r), &old);
    if (rc != -ENOENT)
        return rc; /* it is there: the file has been removed by somebody else */
    strcpy(r.path, path);
    r.root = root;
    totals->published++;
    return put(txn, &r);
}

int published_find(struct kv_txn *txn, const struct digest *key, const char *path)
{
    struct kv_slice ignored;
    struct record r;
    int rc = make_key(key, path, &r);

    return rc ? rc : kv_get(txn, PUBLISHED, key_slice(&r), &ignored);
}

int published_drop(struct kv_txn *txn, struct totals *totals, const struct digest *key,
                   const char *path)
{
    struct kv_slice value;
    struct record r;
    int rc = make_key(key, path, &r);

    if (!rc)
        rc = kv_get(txn, PUBLISHED, key_slice(&r), &value);
    if (!rc)
        rc = parse(key_slice(&r), value, &r);
    if (!rc)
        rc = drop(txn, totals, &r);
    return rc == -ENOENT ? 0 : rc;
}

int published_drop_entry(struct kv_txn *txn, struct totals *totals, const struct digest *key)
{
    struct record r;
    int rc;

    if (totals->published == 0)
        return 0;
    while ((rc = first_of(txn, key, &r)) == 0)
        if ((rc = drop(txn, totals, &r)) != 0)
            return rc;
    return rc == -ENOENT ? 0 : rc;
}

/* Returns 0 with the first record of the subject, -ENOENT or another negative errno. */
static int first_of_subject(struct kv_txn *txn, const struct digest *subject, struct record *r)
{
    struct kv_slice of, value, key;
    int rc = kv_seek(txn, PUBLISHED_OF, digest_slice(subject), &of, &value);

    if (rc)
        return rc;
    if (of.length != OF_SIZE || memcmp(of.data, subject->bytes, DIGEST_SIZE) != 0)
        return -ENOENT;
    key = (struct kv_slice){(const char *)of.data + DIGEST_SIZE, KEY_SIZE};
    rc = kv_get(txn, PUBLISHED, key, &value);
    if (rc)
        return rc == -ENOENT ? -EUCLEAN : rc;
    return parse(key, value, r);
}

int published_drop_subject(struct kv_txn *txn, struct totals *totals, const struct digest *subject)
{
    struct record r;
    int rc;

    if (totals->published == 0)
        return 0;
    while ((rc = first_of_subject(txn, subject, &r)) == 0)
        if ((rc = drop(txn, totals, &r)) != 0)
            return rc;
    return rc == -ENOENT ? 0 : rc;
}

struct counting {
    const struct digest *subject;
    uint64_t count;
};

static int count_one(struct kv_slice of, struct kv_slice value, void *context)
{
    struct counting *c = context;

    (void)value;
    if (of.length != OF_SIZE || memcmp(of.data, c->subject->bytes, DIGEST_SIZE) != 0)
        return 1;
    c->count++;
    return 0;
}

int published_count_subject(struct kv_txn *txn, const struct digest *subject, uint64_t *out)
{
    struct counting c = {.subject = subject};
    int rc = kv_walk_from(txn, PUBLISHED_OF, digest_slice(subject), count_one, &c);

    *out = c.count;
    return rc < 0 ? rc : 0;
}

/* One will do: all paths of an entry lead to the same file. */
bool published_take_used(struct kv_txn *txn, const struct digest *key)
{
    struct record r;

    return first_of(txn, key, &r) == 0 && publish_file_take_used(r.path);
}

int published_clear(struct kv_txn *txn, struct totals *totals)
{
    int rc = kv_clear(txn, PUBLISHED);

    if (!rc)
        rc = kv_clear(txn, PUBLISHED_OF);
    if (!rc)
        totals->published = 0;
    return rc;
}

struct path_walk {
    index_each_path *each;
    void *context;
};

static int walk_path(struct kv_slice key, struct kv_slice value, void *context)
{
    const struct path_walk *w = context;
    struct digest entry;
    struct record r;
    int rc = parse(key, value, &r);

    if (rc)
        return rc;
    memcpy(entry.bytes, r.key, DIGEST_SIZE);
    return w->each(&entry, r.path, w->context);
}

int published_walk(struct kv_txn *txn, index_each_path *each, void *context)
{
    struct path_walk w = {each, context};

    return kv_walk(txn, PUBLISHED, walk_path, &w);
}

int read_publisher(struct kv_txn *txn, struct publisher *out)
{
    struct kv_slice v;
    int rc = kv_get(txn, META, publisher_key, &v);
    size_t length;

    memset(out, 0, sizeof *out);
    if (rc)
        return rc == -ENOENT ? 0 : rc;
    if (v.length < DIGEST_SIZE || (length = v.length - DIGEST_SIZE) >= sizeof out->root)
        return -EUCLEAN;
    memcpy(out->configuration.bytes, v.data, DIGEST_SIZE);
    memcpy(out->root, (const char *)v.data + DIGEST_SIZE, length);
    return 0;
}

int write_publisher(struct kv_txn *txn, const struct publisher *p)
{
    unsigned char value[DIGEST_SIZE + PATH_MAX];
    size_t length = strlen(p->root);

    memcpy(value, p->configuration.bytes, DIGEST_SIZE);
    memcpy(value + DIGEST_SIZE, p->root, length);
    return kv_put(txn, META, publisher_key, (struct kv_slice){value, DIGEST_SIZE + length});
}
