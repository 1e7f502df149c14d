/* SPDX-License-Identifier: MIT */
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/log.h"
#include "store/store_private.h"

#define MAP_SIZE ((size_t)64 << 20) /* grows when it is full */
#define READERS_MAX 1024
#define RESERVE ((size_t)1 << 20) /* for deletions on a full disk */

/* ---- open ---- */

static int fail(const struct store *s, const char *what, int rc, char error[CONFIG_ERROR_MAX])
{
    snprintf(error, CONFIG_ERROR_MAX, "store %s: %s: %s", s->directory, what, strerror(-rc));
    return rc;
}

static int totals_body(struct kv_txn *txn, void *context)
{
    return store_read_totals(txn, context);
}

static int path_in(const struct store *s, const char *name, char out[PATH_MAX])
{
    int n = snprintf(out, PATH_MAX, "%s/%s", s->directory, name);

    return n < 0 || n >= PATH_MAX ? -ENAMETOOLONG : 0;
}

/* Made under another name, so that store.mdb is whole whenever it is there: of one that is
 * damaged nobody could tell that nothing was lost with it. Linked, so that it never takes
 * another's place. */
static int make_records(struct kv_options options, const char *new)
{
    const char *path = options.path;
    struct kv *kv;
    int rc;

    options.path = new;
    rc = kv_open(&options, &kv);
    if (rc)
        return rc;
    kv_close(&kv);
    return link(new, path) == 0 ? 0 : -errno;
}

static int is_there(const char *path)
{
    if (access(path, F_OK) == 0)
        return 1;
    return errno == ENOENT ? 0 : -errno;
}

static int make_records_locked(const struct kv_options *options, const char *new)
{
    int there = is_there(options->path), rc = there < 0 ? there : kv_remove(new);

    if (!rc && !there)
        rc = make_records(*options, new);
    return rc ? rc : kv_remove(new);
}

/* One process at a time. */
static int make_records_once(const struct store *s, const struct kv_options *options)
{
    char new[PATH_MAX];
    int fd, rc = path_in(s, "store.mdb.new", new);

    if (rc)
        return rc;
    if (is_there(options->path) == 1 && is_there(new) == 0) /* else somebody was killed here */
        return 0;
    fd = open(s->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    while (flock(fd, LOCK_EX) != 0 && !rc)
        rc = errno == EINTR ? 0 : -errno;
    if (!rc)
        rc = make_records_locked(options, new);
    close(fd);
    return rc;
}

struct kv_options store_kv_options(const char *path, bool only_look)
{
    return (struct kv_options){.path = path,
                               .tables = store_tables,
                               .table_count = STORE_TABLES,
                               .map_size = MAP_SIZE,
                               .max_readers = READERS_MAX,
                               .mode = 0600,
                               .durable = true,
                               .reserve = RESERVE,
                               .only_look = only_look};
}

static int open_records(struct store *s, bool only_look)
{
    char path[PATH_MAX];
    const struct kv_options options = store_kv_options(path, only_look);
    struct store_totals totals;
    int rc = path_in(s, "store.mdb", path);

    if (!rc && !only_look)
        rc = make_records_once(s, &options);
    if (!rc && !only_look)
        rc = store_directory_sync(s->directory); /* whoever made what is there may not have */
    if (!rc)
        rc = kv_open(&options, &s->kv);
    return rc ? rc : kv_view(s->kv, totals_body, &totals);
}

static int fail_records(const struct store *s, int rc, char error[CONFIG_ERROR_MAX])
{
    return fail(s, rc == -EUCLEAN
                       ? "store.mdb is of another format, or damaged: restore it from a backup"
                       : "store.mdb", rc, error);
}

/* Whoever left a file in tmp/ may have linked it, too. Without the note its turn comes later. */
static void note_killed(struct store *s)
{
    int rc = store_note_round(s, 0);

    if (rc)
        log_warn("store-round", "error=\"%s\"", strerror(-rc));
}

static int open_all(struct store *s, char error[CONFIG_ERROR_MAX])
{
    const char *what;
    int rc = store_directories_open(s->directory, &s->files, &what);

    if (rc)
        return fail(s, what, rc, error);
    rc = open_records(s, false);
    if (rc)
        return fail_records(s, rc, error);
    rc = store_settle(s, 0);
    if (rc && rc != -EAGAIN) /* it stays on record, and what people have is not in it */
        log_warn("store-blob", "error=\"%s\"", strerror(-rc));
    rc = store_temp_sweep(&s->files);
    if (rc > 0)
        note_killed(s);
    return rc < 0 ? fail(s, "cannot remove what was left behind", rc, error) : 0;
}

static int open_to_look(struct store *s, char error[CONFIG_ERROR_MAX])
{
    int rc = store_directories_look(s->directory, &s->files);

    if (rc)
        return fail(s, "cannot be read", rc, error);
    rc = open_records(s, true);
    return rc ? fail_records(s, rc, error) : 0;
}

static int open_with(const char *directory, int (*way)(struct store *s, char error[CONFIG_ERROR_MAX]),
                     struct store **out, char error[CONFIG_ERROR_MAX])
{
    struct store *s = calloc(1, sizeof *s);
    int rc;

    *out = NULL;
    snprintf(error, CONFIG_ERROR_MAX, "out of memory");
    if (!s)
        return -ENOMEM;
    s->files = (struct store_directories){.blobs_fd = -1, .tmp_fd = -1};
    s->directory = strdup(directory);
    rc = s->directory ? way(s, error) : -ENOMEM;
    if (rc)
        store_close(&s);
    *out = s;
    return rc;
}

int store_open(const char *directory, struct store **out, char error[CONFIG_ERROR_MAX])
{
    return open_with(directory, open_all, out, error);
}

int store_open_to_look(const char *directory, struct store **out, char error[CONFIG_ERROR_MAX])
{
    return open_with(directory, open_to_look, out, error);
}

int store_open_visitor(const char *directory, struct store **out, char error[CONFIG_ERROR_MAX])
{
    int rc = store_open_to_look(directory, out, error);

    return rc == -ENOENT ? 0 : rc;
}

void store_close(struct store **store)
{
    struct store *s = *store;

    if (!s)
        return;
    if (s->kv)
        store_flush_settled(s); /* if it fails it is purged once more at the next start */
    kv_close(&s->kv);
    store_directories_close(&s->files);
    free(s->owes.items);
    free(s->settled.items);
    free(s->directory);
    free(s);
    *store = NULL;
}

/* ---- reading ---- */

struct find {
    struct digest key;
    const char *subject;
    struct store_picture *out;
};

/* The text is compared, so that a hash is never believed alone. */
static int find_body(struct kv_txn *txn, void *context)
{
    const struct find *f = context;
    char subject[STORE_SUBJECT_MAX];
    int rc = store_read_picture(txn, &f->key, f->out, subject);

    return !rc && strcmp(subject, f->subject) != 0 ? -ENOENT : rc;
}

int store_find(struct store *store, const char *subject, struct store_picture *out)
{
    struct find f = {.subject = subject, .out = out};
    int rc = digest_of(subject, strlen(subject), &f.key);

    return rc ? rc : kv_view(store->kv, find_body, &f);
}

int store_open_blob(struct store *store, const struct digest *digest)
{
    return store_blob_open(&store->files, digest);
}

struct walk {
    const struct digest *from;
    size_t count;
    store_each *each;
    void *context;
    struct digest *last;
    bool full;
};

static int walk_one(struct kv_slice key, struct kv_slice value, void *context)
{
    struct walk *w = context;
    char subject[STORE_SUBJECT_MAX];
    struct store_picture picture;
    int rc;

    if (key.length != DIGEST_SIZE)
        return -EUCLEAN;
    if (w->from && memcmp(key.data, w->from->bytes, DIGEST_SIZE) == 0)
        return 0;
    if (w->count == 0) {
        w->full = true;
        return 1;
    }
    w->count--;
    memcpy(w->last->bytes, key.data, DIGEST_SIZE);
    rc = store_parse_picture(value, &picture, subject);
    return rc ? rc : w->each(subject, &picture, w->context);
}

static int walk_body(struct kv_txn *txn, void *context)
{
    struct walk *w = context;
    struct kv_slice from = {w->from ? w->from->bytes : NULL, w->from ? DIGEST_SIZE : 0};

    return kv_walk_from(txn, PICTURES, from, walk_one, w);
}

int store_walk(struct store *store, const struct digest *from, size_t count, store_each *each,
               void *context, struct digest *last, bool *done)
{
    struct digest start, end = {{0}};
    struct walk w = {.count = count, .each = each, .context = context, .last = &end};
    int rc;

    if (from) {
        start = *from; /* it may be `last` */
        w.from = &start;
        end = start;
    }
    rc = kv_view(store->kv, walk_body, &w);
    *last = end;
    *done = rc == 0;
    return w.full ? 0 : rc;
}

struct history {
    struct find find;
    store_each *each;
    void *context;
    struct store_picture *versions; /* collected: the newest come last in the table */
    size_t count;
};

static int collect(struct kv_slice key, struct kv_slice value, void *context)
{
    struct history *h = context;
    struct store_picture *grown;

    if (key.length != HISTORY_KEY_SIZE ||
        memcmp(key.data, h->find.key.bytes, DIGEST_SIZE) != 0)
        return 1;
    grown = reallocarray(h->versions, h->count + 1, sizeof *grown);
    if (!grown)
        return -ENOMEM;
    h->versions = grown;
    return store_parse_picture(value, &h->versions[h->count++], NULL);
}

static int history_body(struct kv_txn *txn, void *context)
{
    struct history *h = context;
    struct store_picture current;
    int rc;

    h->find.out = &current;
    rc = find_body(txn, &h->find);
    if (!rc)
        rc = kv_walk_from(txn, HISTORY, store_digest_slice(&h->find.key), collect, h);
    if (rc < 0)
        return rc;
    rc = h->each(h->find.subject, &current, h->context);
    for (size_t i = h->count; i > 0 && !rc; i--)
        rc = h->each(h->find.subject, &h->versions[i - 1], h->context);
    return rc;
}

int store_history(struct store *store, const char *subject, store_each *each, void *context)
{
    struct history h = {.find = {.subject = subject}, .each = each, .context = context};
    int rc = digest_of(subject, strlen(subject), &h.find.key);

    if (!rc)
        rc = kv_view(store->kv, history_body, &h);
    free(h.versions);
    return rc;
}

static int stats_body(struct kv_txn *txn, void *context)
{
    struct store_stats *out = context;
    struct store_totals totals;
    int rc = store_read_totals(txn, &totals);

    if (!rc)
        rc = kv_count(txn, PICTURES, &out->subjects);
    if (!rc)
        rc = kv_count(txn, BLOBS, &out->blobs);
    out->versions = totals.versions;
    out->bytes = totals.bytes;
    return rc;
}

int store_stats(struct store *store, struct store_stats *out)
{
    *out = (struct store_stats){0};
    return kv_view(store->kv, stats_body, out);
}
