/* SPDX-License-Identifier: MIT
 *
 * Generations: purging in one small write, and who is purged.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cache/index_change.h"
#include "cache/published.h"

/* The usual case, nothing purged since, needs no look. */
int change_is_purged(struct kv_txn *txn, const struct totals *totals, const struct entry *e)
{
    char name[GENERATION_NAME_MAX];
    const char *subject;
    size_t subject_length, source_length;
    struct digest digest;
    uint64_t purged;
    int rc;

    if (e->generation >= totals->generation)
        return 0;
    rc = read_generation(txn, generation_of_all(), &purged);
    if (rc || e->generation < purged)
        return rc ? rc : 1;
    if (!entry_subject(e->text, &subject, &subject_length, &source_length))
        return 0;
    rc = read_generation(txn, generation_of_source(subject, source_length, name), &purged);
    if (rc || e->generation < purged)
        return rc ? rc : 1;
    rc = digest_of(subject, subject_length, &digest);
    if (!rc)
        rc = read_generation(txn, generation_of_subject(&digest, name), &purged);
    return rc ? rc : e->generation < purged;
}

struct purge {
    struct kv_slice name;
    const struct digest *subject; /* NULL: more than one */
    const char *replaced;         /* its text, where something else is known to take its place */
    uint64_t since;               /* and since when */
    uint64_t generation;          /* for that; 0: somebody else has purged it since, too */
    int64_t now_ms;
    index_move_away *move_away;
    void *context;
};

/* Of more than one subject all that is published goes, in one move: what was not meant is published
 * again when it is asked for. */
static int unpublish(struct kv_txn *txn, struct totals *totals, const struct purge *p)
{
    struct publisher publisher;
    int rc;

    if (totals->published == 0)
        return 0;
    if (p->subject)
        return published_drop_subject(txn, totals, p->subject);
    rc = read_publisher(txn, &publisher);
    if (!rc && publisher.root[0])
        rc = p->move_away(publisher.root, p->context);
    return rc ? rc : published_clear(txn, totals);
}

/* Whoever else has purged it may know of something later. */
static int look_for_others(struct kv_txn *txn, const struct totals *totals, struct purge *p)
{
    struct entry e = {.kind = ENTRY_ORIGINAL, .generation = p->since};
    int rc;

    p->generation = 0;
    if (!p->replaced)
        return 0;
    snprintf(e.text, sizeof e.text, "%s", p->replaced);
    rc = change_is_purged(txn, totals, &e);
    if (!rc)
        p->generation = totals->generation + 1;
    return rc < 0 ? rc : 0;
}

static int purge_body(struct kv_txn *txn, void *context)
{
    struct purge *p = context;
    struct totals totals;
    int rc = read_totals(txn, &totals);

    if (!rc)
        rc = look_for_others(txn, &totals, p);
    if (rc)
        return rc;
    totals.generation++;
    rc = write_generation(txn, p->name, totals.generation, p->now_ms);
    if (!rc)
        rc = unpublish(txn, &totals, p);
    return rc ? rc : write_totals(txn, &totals);
}

int index_purge(struct index *index, enum purge_scope scope, const char *name, int64_t now_ms,
                index_move_away *move_away, void *context)
{
    char text[GENERATION_NAME_MAX];
    struct purge p = {.now_ms = now_ms, .move_away = move_away, .context = context};
    struct digest subject;
    int rc;

    switch (scope) {
    case PURGE_SUBJECT:
        rc = digest_of(name, strlen(name), &subject);
        if (rc)
            return rc;
        p.name = generation_of_subject(&subject, text);
        p.subject = &subject;
        break;
    case PURGE_SOURCE:
        p.name = generation_of_source(name, strlen(name), text);
        break;
    case PURGE_ALL:
        p.name = generation_of_all();
        break;
    }
    return kv_update(index->kv, purge_body, &p);
}

int index_replace(struct index *index, const char *subject, uint64_t since, int64_t now_ms,
                  uint64_t *generation)
{
    char text[GENERATION_NAME_MAX];
    struct digest digest;
    struct purge p = {.subject = &digest, .replaced = subject, .since = since, .now_ms = now_ms};
    int rc = digest_of(subject, strlen(subject), &digest);

    if (!rc) {
        p.name = generation_of_subject(&digest, text);
        rc = kv_update(index->kv, purge_body, &p);
    }
    *generation = rc ? 0 : p.generation;
    return rc;
}

static int totals_body(struct kv_txn *txn, void *context)
{
    return read_totals(txn, context);
}

int index_generation(struct index *index, uint64_t *out)
{
    struct totals totals;
    int rc = kv_view(index->kv, totals_body, &totals);

    *out = rc ? 0 : totals.generation;
    return rc;
}

#define FORGOTTEN_AT_ONCE 64

struct forget {
    uint64_t generation;
    int64_t before_ms;
    struct {
        char text[GENERATION_NAME_MAX];
        size_t length;
    } names[FORGOTTEN_AT_ONCE];
    size_t count;
};

static int find_forgettable(struct kv_slice name, struct kv_slice value, void *context)
{
    struct forget *f = context;
    uint64_t generation;
    int64_t when_ms;

    if (name.length > GENERATION_NAME_MAX)
        return 0;
    parse_generation(value, &generation, &when_ms);
    if (generation > f->generation || when_ms >= f->before_ms)
        return 0;
    memcpy(f->names[f->count].text, name.data, name.length);
    f->names[f->count].length = name.length;
    return ++f->count == FORGOTTEN_AT_ONCE;
}

static int forget_body(struct kv_txn *txn, void *context)
{
    struct forget *f = context;
    int rc;

    f->count = 0;
    rc = kv_walk(txn, GENERATIONS, find_forgettable, f);
    for (size_t i = 0; i < f->count && rc >= 0; i++)
        rc = kv_delete(txn, GENERATIONS,
                       (struct kv_slice){f->names[i].text, f->names[i].length});
    return rc < 0 ? rc : 0;
}

int index_forget_purges(struct index *index, uint64_t generation, int64_t before_ms)
{
    struct forget f = {.generation = generation, .before_ms = before_ms};
    int rc;

    do
        rc = kv_update(index->kv, forget_body, &f);
    while (!rc && f.count == FORGOTTEN_AT_ONCE);
    return rc;
}
