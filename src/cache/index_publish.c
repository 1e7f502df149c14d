/* SPDX-License-Identifier: MIT
 *
 * Publishing: first the record, then the file, each within a write transaction, so that
 * whoever evicts or purges meanwhile finds either neither or the record.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cache/index_change.h"
#include "cache/publish_file.h"
#include "cache/published.h"

#define DONE 1 /* ends a transaction that has changed nothing */

/* ---- who publishes ---- */

struct take_over {
    const struct publisher *publisher;
    bool anew;
    index_move_away *move_away;
    void *context;
};

static bool is_same(const struct publisher *a, const struct publisher *b)
{
    return strcmp(a->root, b->root) == 0 && digest_equal(&a->configuration, &b->configuration);
}

static int take_over_body(struct kv_txn *txn, void *context)
{
    const struct take_over *t = context;
    struct publisher old;
    struct totals totals;
    int rc = read_totals(txn, &totals);

    if (!rc)
        rc = read_publisher(txn, &old);
    if (rc)
        return rc;
    if (!t->anew && is_same(&old, t->publisher))
        return DONE;
    if (old.root[0])
        rc = t->move_away(old.root, t->context);
    /* Also what an index that was lost had on record. */
    if (!rc && t->publisher->root[0] && strcmp(t->publisher->root, old.root) != 0)
        rc = t->move_away(t->publisher->root, t->context);
    if (!rc)
        rc = published_clear(txn, &totals);
    if (!rc)
        rc = write_publisher(txn, t->publisher);
    return rc ? rc : write_totals(txn, &totals);
}

int index_set_publisher(struct index *index, const char *root, const struct digest *configuration,
                        bool anew, index_move_away *move_away, void *context)
{
    struct publisher *p = calloc(1, sizeof *p);
    struct take_over t = {.publisher = p, .anew = anew, .move_away = move_away, .context = context};
    int rc;

    if (!p)
        return -ENOMEM;
    if (root && strlen(root) >= sizeof p->root) {
        free(p);
        return -ENAMETOOLONG;
    }
    if (root) {
        p->configuration = *configuration;
        strcpy(p->root, root);
    }
    rc = kv_update(index->kv, take_over_body, &t);
    if (rc < 0 || !root) {
        free(p);
        return rc < 0 ? rc : 0;
    }
    free(index->publisher);
    index->publisher = p;
    return 0;
}

/* ---- what is published ---- */

struct path_walk {
    index_each_path *each;
    void *context;
};

static int walk_body(struct kv_txn *txn, void *context)
{
    const struct path_walk *w = context;

    return published_walk(txn, w->each, w->context);
}

int index_walk_published(struct index *index, index_each_path *each, void *context)
{
    struct path_walk w = {each, context};

    return kv_view(index->kv, walk_body, &w);
}

struct unpublishing {
    const struct digest *key;
    const char *path;
};

static int unpublish_body(struct kv_txn *txn, void *context)
{
    const struct unpublishing *u = context;
    struct totals totals;
    int rc = read_totals(txn, &totals);

    if (!rc)
        rc = published_drop(txn, &totals, u->key, u->path);
    return rc ? rc : write_totals(txn, &totals);
}

int index_unpublish(struct index *index, const struct digest *key, const char *path)
{
    struct unpublishing u = {key, path};

    return kv_update(index->kv, unpublish_body, &u);
}

/* ---- publishing ---- */

struct publishing {
    struct change change;
    const struct entry *e;
    const struct blob_store *store;
    char path[PATH_MAX];
    size_t root;
};

static int check(struct kv_txn *txn, const struct publishing *p)
{
    const struct change *c = &p->change;
    struct publisher publisher;
    struct entry now;
    int rc = read_publisher(txn, &publisher);

    if (rc)
        return rc;
    if (!is_same(&publisher, c->index->publisher))
        return -ESTALE;
    rc = read_entry(txn, c->key, &now);
    if (rc)
        return rc;
    if (now.sequence != p->e->sequence || now.kind != ENTRY_VARIANT ||
        !digest_equal(&now.blob, &p->e->blob))
        return -ENOENT;
    rc = change_is_purged(txn, &c->totals, &now);
    return rc > 0 ? -ESTALE : rc;
}

static int note_body(struct kv_txn *txn, void *context)
{
    struct publishing *p = context;
    bool more;
    int rc = change_start(txn, &p->change);

    if (!rc)
        rc = check(txn, p);
    if (!rc)
        rc = published_note(txn, &p->change.totals, p->change.key, p->e->text, p->path, p->root);
    if (!rc)
        rc = change_evict(txn, &p->change, p->change.index->bound, &more);
    return rc ? rc : change_finish(txn, &p->change);
}

static int link_body(struct kv_txn *txn, void *context)
{
    struct publishing *p = context;
    int rc = published_find(txn, p->change.key, p->path);

    if (!rc)
        rc = read_totals(txn, &p->change.totals);
    if (!rc)
        rc = check(txn, p);
    if (!rc)
        rc = publish_file_link(p->store, &p->e->blob, p->path, p->root);
    return rc ? rc : DONE;
}

int index_publish(struct index *index, const struct digest *key, const struct entry *e,
                  const char *url_path, const struct blob_store *store,
                  struct index_victims *victims, index_before_commit *before, void *context)
{
    struct publishing p = {.change = {.index = index,
                                      .victims = victims,
                                      .before = before,
                                      .context = context,
                                      .key = key,
                                      .sequence = e->sequence},
                           .e = e,
                           .store = store};
    int rc, n;

    victims->count = 0;
    victims->evicted = victims->bytes = 0;
    if (!index->publisher)
        return -ESTALE;
    p.root = strlen(index->publisher->root);
    n = snprintf(p.path, sizeof p.path, "%s%s", index->publisher->root, url_path);
    if (n < 0 || (size_t)n >= sizeof p.path)
        return -ENAMETOOLONG;
    rc = kv_update(index->kv, note_body, &p);
    if (rc)
        return rc;
    rc = kv_update(index->kv, link_body, &p);
    if (rc < 0)
        index_unpublish(index, key, p.path);
    return rc < 0 ? rc : 0;
}

struct counting {
    struct digest subject;
    uint64_t *out;
};

static int count_body(struct kv_txn *txn, void *context)
{
    const struct counting *c = context;

    return published_count_subject(txn, &c->subject, c->out);
}

int index_count_published(struct index *index, const char *subject, uint64_t *out)
{
    struct counting c = {.out = out};
    int rc = digest_of(subject, strlen(subject), &c.subject);

    return rc ? rc : kv_view(index->kv, count_body, &c);
}
