/* SPDX-License-Identifier: MIT */
#include "store/store_versions.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"

/* How far a date may be ahead by what was uploaded and deleted in one go: a second each. One that is
 * further ahead was a clock's mistake. */
#define AHEAD_MS (INT64_C(60) * 1000)

int versions_start(struct kv_txn *txn, struct change *c)
{
    c->removed = (struct store_removed){0};
    return store_read_totals(txn, &c->totals);
}

/* With the change itself it is on disk that what was drawn before it has to go. */
int versions_finish(struct kv_txn *txn, struct change *c)
{
    int rc = store_write_owed(txn, &c->key, c->subject, c->totals.sequence);

    return rc ? rc : store_write_totals(txn, &c->totals);
}

int versions_check_condition(const struct change *c, bool there,
                             const struct store_picture *current)
{
    bool holds = true;

    if (c->condition) {
        switch (c->condition->kind) {
        case STORE_ALWAYS:
            break;
        case STORE_IF_THERE:
            holds = there;
            break;
        case STORE_IF_ABSENT:
            holds = !there;
            break;
        case STORE_IF_VERSION:
            holds = there && digest_equal(&current->digest, &c->condition->version);
            break;
        }
    }
    return holds ? 0 : -ECANCELED;
}

/* The subject's current picture. Returns 0, -ENOENT, -EEXIST (another subject has the same hash, which
 * nobody has ever seen), or another negative errno. */
int versions_read_current(struct kv_txn *txn, const struct change *c, struct store_picture *out)
{
    char subject[STORE_SUBJECT_MAX];
    int rc = store_read_picture(txn, &c->key, out, subject);

    return !rc && strcmp(subject, c->subject) != 0 ? -EEXIST : rc;
}

static int use_blob(struct kv_txn *txn, struct change *c, const struct store_picture *p)
{
    struct store_blob blob;
    int rc = store_read_blob(txn, &p->digest, &blob);

    if (rc == -ENOENT) {
        blob = (struct store_blob){.length = p->length};
        c->totals.bytes += p->length;
    } else if (rc) {
        return rc;
    }
    blob.uses++;
    return store_write_blob(txn, &p->digest, &blob);
}

static int drop_blob(struct kv_txn *txn, struct change *c, const struct digest *digest)
{
    struct store_blob blob;
    int rc = store_read_blob(txn, digest, &blob);

    if (rc)
        return rc == -ENOENT ? 0 : rc;
    if (blob.uses > 1) {
        blob.uses--;
        return store_write_blob(txn, digest, &blob);
    }
    rc = kv_delete(txn, BLOBS, store_digest_slice(digest));
    if (!rc)
        rc = kv_put(txn, DOOMED, store_digest_slice(digest), store_digest_slice(&c->key));
    if (rc)
        return rc;
    c->totals.bytes -= blob.length;
    c->removed.blobs++;
    c->removed.bytes += blob.length;
    return 0;
}

/* The oldest earlier version: its name in `key`. Returns 0, -ENOENT or another negative errno. */
static int oldest(struct kv_txn *txn, const struct change *c, unsigned char key[HISTORY_KEY_SIZE],
                  struct store_picture *out)
{
    struct kv_slice name, value;
    int rc = kv_seek(txn, HISTORY, store_digest_slice(&c->key), &name, &value);

    if (rc)
        return rc;
    if (name.length != HISTORY_KEY_SIZE || memcmp(name.data, c->key.bytes, DIGEST_SIZE) != 0)
        return -ENOENT;
    memcpy(key, name.data, HISTORY_KEY_SIZE);
    return store_parse_picture(value, out, NULL);
}

int versions_drop_oldest(struct kv_txn *txn, struct change *c)
{
    unsigned char key[HISTORY_KEY_SIZE];
    struct store_picture old;
    int rc = oldest(txn, c, key, &old);

    if (!rc)
        rc = kv_delete(txn, HISTORY, (struct kv_slice){key, sizeof key});
    if (!rc)
        rc = drop_blob(txn, c, &old.digest);
    if (rc)
        return rc;
    c->totals.versions--;
    c->removed.versions++;
    return 0;
}

static int count_one(struct kv_slice key, struct kv_slice value, void *context)
{
    struct {
        const struct digest *key;
        uint64_t count;
    } *counting = context;

    (void)value;
    if (key.length != HISTORY_KEY_SIZE || memcmp(key.data, counting->key->bytes, DIGEST_SIZE) != 0)
        return 1;
    counting->count++;
    return 0;
}

/* With the current one no more than c->keep versions stay. They are counted anew: keep_versions is
 * at most a hundred, which takes microseconds where the commit has a disk to wait for. */
int versions_trim(struct kv_txn *txn, struct change *c)
{
    struct {
        const struct digest *key;
        uint64_t count;
    } counting = {&c->key, 1};
    int rc;

    if (c->keep == 0) /* not even the current one */
        return -EINVAL;
    rc = kv_walk_from(txn, HISTORY, store_digest_slice(&c->key), count_one, &counting);

    if (rc < 0)
        return rc;
    for (rc = 0; !rc && counting.count > c->keep; counting.count--)
        rc = versions_drop_oldest(txn, c);
    return rc;
}

/* ---- versions ---- */

static bool begins_with(const struct digest *digest, const char *digits)
{
    char hex[DIGEST_HEX_SIZE];

    digest_to_hex(digest, hex);
    return digits[0] && strncmp(hex, digits, strlen(digits)) == 0;
}

struct finding {
    const struct change *c;
    struct store_picture found; /* the youngest that fits */
    bool any, several;          /* of different bytes */
};

static int find_version(struct kv_slice key, struct kv_slice value, void *context)
{
    struct finding *f = context;
    struct store_picture p;
    int rc;

    if (key.length != HISTORY_KEY_SIZE || memcmp(key.data, f->c->key.bytes, DIGEST_SIZE) != 0)
        return 1;
    rc = store_parse_picture(value, &p, NULL);
    if (!rc && begins_with(&p.digest, f->c->digits)) {
        f->several |= f->any && !digest_equal(&p.digest, &f->found.digest);
        f->found = p;
        f->any = true;
    }
    return rc;
}

/* The one earlier version that fits c->digits. Returns 0, -ENOENT, -ENOTUNIQ or another negative
 * errno. */
int versions_find_earlier(struct kv_txn *txn, const struct change *c, struct store_picture *out)
{
    struct finding f = {.c = c};
    int rc = kv_walk_from(txn, HISTORY, store_digest_slice(&c->key), find_version, &f);

    if (rc < 0)
        return rc;
    if (!f.any || f.several)
        return f.any ? -ENOTUNIQ : -ENOENT;
    *out = f.found;
    return 0;
}

/* After which date the subject's next picture has to be. Nothing is kept of a deleted one, so for
 * who has none it is the latest date of all that were deleted. But one that is far ahead of
 * `now_ms` does not count: the picture may be brought in with an old date of its own. */
static int last_date(struct kv_txn *txn, const struct store_picture *current, int64_t now_ms,
                     int64_t *out)
{
    int rc;

    *out = INT64_MIN;
    if (current) {
        *out = current->uploaded_ms;
        return 0;
    }
    rc = store_read_deleted(txn, out);
    if (!rc && *out > now_ms && *out - now_ms > AHEAD_MS)
        *out = INT64_MIN;
    return rc;
}

/* Who goes by dates knows seconds only, and the clock may have been set back. */
static int make_later(struct kv_txn *txn, struct store_picture *p,
                      const struct store_picture *current)
{
    int64_t last_ms;
    int rc = last_date(txn, current, p->uploaded_ms, &last_ms);

    if (!rc && p->uploaded_ms / 1000 <= last_ms / 1000)
        p->uploaded_ms = (last_ms / 1000 + 1) * 1000;
    return rc;
}

static int write_current(struct kv_txn *txn, struct change *c, const struct store_picture *current)
{
    int rc = make_later(txn, c->picture, current);

    c->picture->sequence = ++c->totals.sequence;
    return rc ? rc : store_write_picture(txn, &c->key, c->subject, c->picture);
}

/* c->picture becomes the current one in the place of an earlier version of the same bytes. */
int versions_move_up(struct kv_txn *txn, struct change *c, const struct store_picture *current,
                     const struct store_picture *earlier)
{
    unsigned char name[HISTORY_KEY_SIZE];
    int rc;

    store_history_key(&c->key, earlier->sequence, name);
    rc = kv_delete(txn, HISTORY, (struct kv_slice){name, sizeof name});
    if (!rc)
        rc = store_write_history(txn, &c->key, current);
    return rc ? rc : write_current(txn, c, current);
}

static int add_current(struct kv_txn *txn, struct change *c, const struct store_picture *current)
{
    int rc = use_blob(txn, c, c->picture);

    if (!rc && current)
        rc = store_write_history(txn, &c->key, current);
    if (rc)
        return rc;
    c->totals.versions++;
    return write_current(txn, c, current);
}

/* c->picture becomes the current one, what was there an earlier one. Bytes that are kept already are no
 * further version: who tries again what has succeeded must not push others out. */
int versions_put_current(struct kv_txn *txn, struct change *c, const struct store_picture *current)
{
    char hex[DIGEST_HEX_SIZE];
    struct store_picture earlier;
    int rc;

    if (!current)
        return add_current(txn, c, NULL);
    if (digest_equal(&current->digest, &c->picture->digest))
        return write_current(txn, c, current);
    digest_to_hex(&c->picture->digest, hex);
    c->digits = hex;
    rc = versions_find_earlier(txn, c, &earlier);
    c->digits = NULL;
    if (rc == -ENOENT)
        return add_current(txn, c, current);
    return rc ? rc : versions_move_up(txn, c, current, &earlier);
}

/* The latest, but for those that are far ahead: none would count until their time has come. */
static int note_deleted(struct kv_txn *txn, const struct store_picture *current)
{
    int64_t last_ms, latest_ms = clock_wall_ms() + AHEAD_MS;
    int rc = store_read_deleted(txn, &last_ms);

    if (rc || current->uploaded_ms > latest_ms)
        return rc;
    return last_ms >= current->uploaded_ms && last_ms <= latest_ms
               ? 0 : store_write_deleted(txn, current->uploaded_ms);
}

int versions_drop_current(struct kv_txn *txn, struct change *c, const struct store_picture *current)
{
    int rc = kv_delete(txn, PICTURES, store_digest_slice(&c->key));

    if (!rc)
        rc = note_deleted(txn, current);
    if (!rc)
        rc = drop_blob(txn, c, &current->digest);
    if (rc)
        return rc;
    c->totals.versions--;
    c->removed.versions++;
    return 0;
}
