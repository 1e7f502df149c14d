/* SPDX-License-Identifier: MIT
 *
 * Uploads, deletions, and what they leave to be unlinked. A blob's file is linked before the
 * transaction that names it, outside of it because that takes a disk's time; whoever unlinks does so
 * inside one, having seen that nobody uses it. So a file may be taken from under a commit that is about
 * to name it: the commit looks, and links it again.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "store/store_private.h"

#define LINK_TRIES 100
#define NOTHING_TO_DO 1 /* ends a transaction without a commit */

/* ---- one change ---- */

struct change {
    struct store *store;
    struct digest key;
    const char *subject;
    const struct store_condition *condition;
    struct store_removed removed;
    struct store_totals totals;

    struct store_picture *picture; /* commit */
    int fd;                        /* of its bytes */
    uint32_t keep;
    const char *digits;            /* of an earlier version: restore */
    int64_t now_ms;
};

static int start(struct kv_txn *txn, struct change *c)
{
    c->removed = (struct store_removed){0};
    return store_read_totals(txn, &c->totals);
}

/* With the change itself it is on disk that what was drawn before it has to go. */
static int finish(struct kv_txn *txn, struct change *c)
{
    const struct owed *settled = &c->store->settled;
    int rc = settled->any ? store_drop_owed(txn, &settled->key, settled->sequence) : 0;

    if (!rc)
        rc = store_write_owed(txn, &c->key, c->subject, c->totals.sequence);
    return rc ? rc : store_write_totals(txn, &c->totals);
}

static int run(struct change *c, kv_body *body)
{
    int rc = kv_update(c->store->kv, body, c);

    if (rc)
        return rc;
    c->store->settled.any = false;
    c->store->owes = (struct owed){true, c->key, c->totals.sequence};
    return 0;
}

static int check_condition(const struct change *c, bool there, const struct store_picture *current)
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
static int read_current(struct kv_txn *txn, const struct change *c, struct store_picture *out)
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
        rc = kv_put(txn, DOOMED, store_digest_slice(digest), (struct kv_slice){"", 0});
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

static int drop_oldest(struct kv_txn *txn, struct change *c)
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

/* With the current one no more than c->keep versions stay. */
static int trim(struct kv_txn *txn, struct change *c)
{
    struct {
        const struct digest *key;
        uint64_t count;
    } counting = {&c->key, 1};
    int rc = kv_walk_from(txn, HISTORY, store_digest_slice(&c->key), count_one, &counting);

    if (rc < 0)
        return rc;
    for (rc = 0; !rc && counting.count > (c->keep ? c->keep : 1); counting.count--)
        rc = drop_oldest(txn, c);
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
static int find_earlier(struct kv_txn *txn, const struct change *c, struct store_picture *out)
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

static int write_current(struct kv_txn *txn, struct change *c)
{
    c->picture->sequence = ++c->totals.sequence;
    return store_write_picture(txn, &c->key, c->subject, c->picture);
}

/* c->picture becomes the current one in the place of an earlier version of the same bytes. */
static int move_up(struct kv_txn *txn, struct change *c, const struct store_picture *current,
                   const struct store_picture *earlier)
{
    unsigned char name[HISTORY_KEY_SIZE];
    int rc;

    store_history_key(&c->key, earlier->sequence, name);
    rc = kv_delete(txn, HISTORY, (struct kv_slice){name, sizeof name});
    if (!rc)
        rc = store_write_history(txn, &c->key, current);
    return rc ? rc : write_current(txn, c);
}

static int add_current(struct kv_txn *txn, struct change *c, const struct store_picture *current)
{
    int rc = use_blob(txn, c, c->picture);

    if (!rc && current)
        rc = store_write_history(txn, &c->key, current);
    if (rc)
        return rc;
    c->totals.versions++;
    return write_current(txn, c);
}

/* c->picture becomes the current one, what was there an earlier one. Bytes that are kept already are no
 * further version: who tries again what has succeeded must not push others out. */
static int put_current(struct kv_txn *txn, struct change *c, const struct store_picture *current)
{
    char hex[DIGEST_HEX_SIZE];
    struct store_picture earlier;
    int rc;

    if (!current)
        return add_current(txn, c, NULL);
    if (digest_equal(&current->digest, &c->picture->digest))
        return write_current(txn, c);
    digest_to_hex(&c->picture->digest, hex);
    c->digits = hex;
    rc = find_earlier(txn, c, &earlier);
    c->digits = NULL;
    if (rc == -ENOENT)
        return add_current(txn, c, current);
    return rc ? rc : move_up(txn, c, current, &earlier);
}

/* ---- commit ---- */

/* The name of the blob must be on disk. That of one's own file is, and so is that of a whole one
 * that was found on record; any other was linked by somebody who may not have come to syncing it.
 * */
static int check_blob(struct kv_txn *txn, const struct change *c)
{
    struct store_directories *files = &c->store->files;
    struct store_blob blob;
    int own = store_blob_is(files, &c->picture->digest, c->fd), rc;

    if (own)
        return own == 1 ? 0 : own == -ENOENT ? -EAGAIN : own;
    rc = store_read_blob(txn, &c->picture->digest, &blob);
    return rc == -ENOENT ? store_blob_sync(files, &c->picture->digest) : rc;
}

static int commit_body(struct kv_txn *txn, void *context)
{
    struct change *c = context;
    struct store_picture current;
    int rc = start(txn, c), there;

    if (!rc)
        rc = check_blob(txn, c);
    if (rc)
        return rc;
    there = read_current(txn, c, &current);
    if (there && there != -ENOENT)
        return there;
    rc = check_condition(c, there == 0, &current);
    if (!rc)
        rc = put_current(txn, c, there == 0 ? &current : NULL);
    if (!rc)
        rc = trim(txn, c);
    return rc ? rc : finish(txn, c);
}

static int sync_file(int fd)
{
    return fsync(fd) == 0 ? 0 : -errno;
}

static int link_and_commit(struct store_upload *u, struct change *c)
{
    int rc = -EAGAIN;

    for (int i = 0; rc == -EAGAIN && i < LINK_TRIES; i++) {
        rc = store_blob_link(&c->store->files, u->temp, &c->picture->digest, u->length);
        if (!rc)
            rc = run(c, commit_body);
    }
    return rc;
}

static void take_back(struct store *store, const struct digest *digest)
{
    int rc = store_unlink_unused(store, digest);

    if (rc && rc != -EAGAIN) /* else a sweep finds it */
        log_warn("store-blob", "error=\"%s\"", strerror(-rc));
}

/* What is done is done: what stays behind is removed at the next change or start. */
static void settle(struct store *store, bool wait)
{
    int rc = store_settle(store, wait);

    if (rc)
        log_warn("store-blob", "error=\"%s\"", strerror(-rc));
}

int store_commit(struct store_upload *u, const char *subject, struct store_picture *p, uint32_t keep,
                 const struct store_condition *condition, struct store_removed *removed)
{
    struct change c = {.store = u->store,
                       .subject = subject,
                       .condition = condition,
                       .picture = p,
                       .fd = u->fd,
                       .keep = keep};
    int rc = digest_of(subject, strlen(subject), &c.key);

    if (!rc)
        rc = sync_file(u->fd);
    if (!rc)
        rc = link_and_commit(u, &c);
    store_upload_abort(u);
    if (rc) {
        take_back(c.store, &p->digest);
        return rc;
    }
    if (c.removed.blobs > 0)
        settle(c.store, false);
    if (removed)
        *removed = c.removed;
    return 0;
}

/* ---- delete ---- */

static int drop_current(struct kv_txn *txn, struct change *c, const struct store_picture *current)
{
    int rc = kv_delete(txn, PICTURES, store_digest_slice(&c->key));

    if (!rc)
        rc = drop_blob(txn, c, &current->digest);
    if (rc)
        return rc;
    c->totals.versions--;
    c->removed.versions++;
    return 0;
}

static int delete_body(struct kv_txn *txn, void *context)
{
    struct change *c = context;
    struct store_picture current;
    int rc = start(txn, c);

    if (!rc)
        rc = read_current(txn, c, &current);
    if (!rc)
        rc = check_condition(c, true, &current);
    if (rc)
        return rc;
    do
        rc = drop_oldest(txn, c);
    while (!rc);
    if (rc == -ENOENT)
        rc = drop_current(txn, c, &current);
    c->totals.sequence++;
    return rc ? rc : finish(txn, c);
}

int store_delete(struct store *store, const char *subject, const struct store_condition *condition,
                 struct store_removed *removed)
{
    struct change c = {.store = store, .subject = subject, .condition = condition};
    int rc = digest_of(subject, strlen(subject), &c.key);

    if (!rc)
        rc = run(&c, delete_body);
    if (rc)
        return rc;
    settle(store, true);
    if (removed)
        *removed = c.removed;
    return 0;
}

/* ---- trim ---- */

static int trim_body(struct kv_txn *txn, void *context)
{
    struct change *c = context;
    struct store_picture current;
    int rc = start(txn, c);

    if (!rc)
        rc = read_current(txn, c, &current);
    if (!rc)
        rc = trim(txn, c);
    if (rc)
        return rc;
    /* What is current stays what it is: no purge is owed. */
    return c->removed.versions > 0 ? store_write_totals(txn, &c->totals) : NOTHING_TO_DO;
}

int store_trim(struct store *store, const char *subject, uint32_t keep, struct store_removed *removed)
{
    struct change c = {.store = store, .subject = subject, .keep = keep};
    int rc = digest_of(subject, strlen(subject), &c.key);

    if (!rc)
        rc = kv_update(store->kv, trim_body, &c);
    if (rc < 0)
        return rc;
    if (c.removed.blobs > 0)
        settle(store, false);
    *removed = c.removed;
    return 0;
}

/* ---- restore ---- */

static int restore_body(struct kv_txn *txn, void *context)
{
    struct change *c = context;
    struct store_picture current, earlier;
    int rc = start(txn, c);

    if (!rc)
        rc = read_current(txn, c, &current);
    if (!rc)
        rc = find_earlier(txn, c, &earlier);
    if (rc)
        return rc;
    *c->picture = earlier;
    c->picture->uploaded_ms = c->now_ms; /* for those who go by dates it is a new one */
    rc = move_up(txn, c, &current, &earlier);
    return rc ? rc : finish(txn, c);
}

static int find_body(struct kv_txn *txn, void *context)
{
    struct change *c = context;

    return find_earlier(txn, c, c->picture);
}

/* Returns 0, -EBADMSG if they are damaged or missing, or another negative errno. */
static int check_its_bytes(const struct store *store, const struct store_picture *p)
{
    int fd = store_blob_open(&store->files, &p->digest), rc;

    if (fd < 0)
        return fd == -ENOENT || fd == -ELOOP ? -EBADMSG : fd;
    rc = store_check_bytes(fd, &p->digest, p->length);
    close(fd);
    return rc == -EIO ? -EBADMSG : rc;
}

/* Reading takes a disk's time, and others may write meanwhile; then it is that version or none. */
static int find_sound(struct change *c, char hex[DIGEST_HEX_SIZE])
{
    int rc = kv_view(c->store->kv, find_body, c);

    if (!rc)
        rc = check_its_bytes(c->store, c->picture);
    digest_to_hex(&c->picture->digest, hex);
    c->digits = hex;
    return rc;
}

int store_restore(struct store *store, const char *subject, const char *digits, int64_t now_ms,
                  struct store_picture *out)
{
    struct change c = {.store = store,
                       .subject = subject,
                       .picture = out,
                       .digits = digits,
                       .now_ms = now_ms};
    char hex[DIGEST_HEX_SIZE];
    int rc = digest_of(subject, strlen(subject), &c.key);

    *out = (struct store_picture){.sequence = 0};
    if (!rc)
        rc = find_sound(&c, hex);
    return rc ? rc : run(&c, restore_body);
}
