/* SPDX-License-Identifier: MIT
 *
 * Sums are kept by a hash of the name, in a table of a fixed size. Where there
 * may be more subjects than fit, the index is gone through several times, each
 * time for another part of all hashes; the first ones of each part compete. Names
 * are looked up at the end, for the rows that are left.
 */
#include "ctl/top_subjects.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cache/blob.h"
#include "route/request.h"

#define AT_ONCE 500               /* entries in one read transaction */
#define TABLE_MIN 1024u           /* powers of two */
#define TABLE_MAX (1u << 20)
#define PART_MAX (TABLE_MAX / 2)  /* subjects that a pass is meant for */
#define FILTER_BITS (1u << 16)

struct search {
    struct cache *cache;
    struct top_list *lists;
    struct top_subject *table; /* open addressing; entries == 0: free */
    size_t size, used;
    uint64_t part, parts;
    struct digest last;        /* the walk goes on after it */
    unsigned char named[FILTER_BITS / 8]; /* by hash: whether a row may want this name */
};

/* FNV-1a, mixed once more: the table wants low bits that differ. Names are not hostile to a
 * report. */
static uint64_t hash_of(const char *name, size_t length)
{
    uint64_t hash = UINT64_C(14695981039346656037);

    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)name[i]) * UINT64_C(1099511628211);
    hash ^= hash >> 32;
    hash *= UINT64_C(0x9E3779B97F4A7C15);
    return hash ^ hash >> 29;
}

static bool subject_of(const struct entry *e, bool purged, const char **name, size_t *length)
{
    size_t source_length;

    return !purged && e->kind != ENTRY_NEGATIVE &&
           entry_subject(e->text, name, length, &source_length);
}

/* The subject's place; NULL if the table is full, which takes more insertions during the pass than
 * there was room for. */
static struct top_subject *place_of(struct search *s, uint64_t hash)
{
    for (size_t i = hash & (s->size - 1);; i = (i + 1) & (s->size - 1)) {
        struct top_subject *row = &s->table[i];

        if (row->entries > 0 && row->hash == hash)
            return row;
        if (row->entries > 0)
            continue;
        if (s->used + 1 >= s->size)
            return NULL;
        s->used++;
        row->hash = hash;
        return row;
    }
}

static int add_entry(const struct digest *key, const struct entry *e, bool purged, void *context)
{
    struct search *s = context;
    struct top_subject *row;
    const char *name;
    size_t length;
    uint64_t hash;

    s->last = *key;
    if (!subject_of(e, purged, &name, &length))
        return 0;
    hash = hash_of(name, length);
    if ((hash >> 40) % s->parts != s->part)
        return 0;
    row = place_of(s, hash);
    if (!row)
        return 0;
    row->entries++;
    row->bytes += e->bodiless ? 0 : blob_disk_bytes(e->length);
    if (e->kind == ENTRY_VARIANT)
        row->uses += scoreboard_uses(cache_scoreboard(s->cache), key);
    return 0;
}

/* Goes through the index in many short transactions. */
static int walk(struct search *s, index_each_entry *each)
{
    const struct digest *from = NULL;
    struct digest place;
    bool done = false;

    while (!done) {
        int rc = cache_walk_entries(s->cache, from, AT_ONCE, each, s, &done);

        if (rc)
            return rc < 0 ? rc : 0;
        place = s->last;
        from = &place;
    }
    return 0;
}

/* ---- the first ones ---- */

static uint64_t weight(const struct top_subject *row, int order)
{
    return order == TOP_BY_USES ? row->uses : row->bytes;
}

/* Names are not known yet, so equal ones go by hash: the order is the same each time. */
static bool before(const struct top_subject *a, const struct top_subject *b, int order)
{
    uint64_t x = weight(a, order), y = weight(b, order);

    return x != y ? x > y : a->hash < b->hash;
}

static void compete(struct top_list *list, const struct top_subject *row, int order)
{
    size_t at = list->count;

    if (weight(row, order) == 0 ||
        (list->count == list->most && !before(row, &list->rows[at - 1], order)))
        return;
    if (list->count == list->most)
        at--;
    else
        list->count++;
    for (; at > 0 && before(row, &list->rows[at - 1], order); at--)
        list->rows[at] = list->rows[at - 1];
    list->rows[at] = *row;
}

static int run_part(struct search *s)
{
    int rc;

    memset(s->table, 0, s->size * sizeof *s->table);
    s->used = 0;
    rc = walk(s, add_entry);
    for (size_t i = 0; !rc && i < s->size; i++)
        for (int order = 0; s->table[i].entries > 0 && order < TOP_ORDERS; order++)
            compete(&s->lists[order], &s->table[i], order);
    return rc;
}

/* ---- names ---- */

/* As purge takes it. */
static char *plain_name(const char *name, size_t length)
{
    char plain[PICTURE_CANONICAL_MAX];

    return picture_subject_plain(name, length, plain) < 0 ? strndup(name, length) : strdup(plain);
}

static int name_entry(const struct digest *key, const struct entry *e, bool purged, void *context)
{
    struct search *s = context;
    const char *name;
    size_t length;
    uint64_t hash;

    s->last = *key;
    if (!subject_of(e, purged, &name, &length))
        return 0;
    hash = hash_of(name, length);
    if (!(s->named[hash % FILTER_BITS / 8] & 1u << hash % 8))
        return 0;
    for (int order = 0; order < TOP_ORDERS; order++)
        for (size_t i = 0; i < s->lists[order].count; i++) {
            struct top_subject *row = &s->lists[order].rows[i];

            if (row->hash != hash || row->name)
                continue;
            row->name = plain_name(name, length);
            if (!row->name)
                return -ENOMEM;
        }
    return 0;
}

static int find_names(struct search *s)
{
    for (int order = 0; order < TOP_ORDERS; order++)
        for (size_t i = 0; i < s->lists[order].count; i++) {
            uint64_t hash = s->lists[order].rows[i].hash;

            s->named[hash % FILTER_BITS / 8] |= (unsigned char)(1u << hash % 8);
        }
    return walk(s, name_entry);
}

/* ---- all of it ---- */

static int prepare(struct search *s, size_t most)
{
    struct index_stats stats;
    int rc = cache_stats(s->cache, &stats);

    if (rc)
        return rc;
    /* No more subjects than entries. */
    s->parts = stats.entries / PART_MAX + 1;
    s->size = TABLE_MIN;
    while (s->size < TABLE_MAX && s->size / 2 <= stats.entries)
        s->size *= 2;
    s->table = calloc(s->size, sizeof *s->table);
    for (int order = 0; order < TOP_ORDERS; order++) {
        s->lists[order].most = most;
        s->lists[order].rows = calloc(most, sizeof *s->lists[order].rows);
        if (!s->lists[order].rows)
            return -ENOMEM;
    }
    return s->table ? 0 : -ENOMEM;
}

int top_subjects_find(struct cache *cache, size_t most, struct top_list lists[TOP_ORDERS])
{
    struct search s = {.cache = cache, .lists = lists};
    int rc;

    memset(lists, 0, TOP_ORDERS * sizeof *lists);
    rc = prepare(&s, most);
    for (s.part = 0; !rc && s.part < s.parts; s.part++)
        rc = run_part(&s);
    if (!rc)
        rc = find_names(&s);
    free(s.table);
    return rc;
}

void top_subjects_free(struct top_list lists[TOP_ORDERS])
{
    for (int order = 0; order < TOP_ORDERS; order++) {
        for (size_t i = 0; i < lists[order].count; i++)
            free(lists[order].rows[i].name);
        free(lists[order].rows);
        lists[order] = (struct top_list){.rows = NULL};
    }
}
