/* SPDX-License-Identifier: MIT
 *
 * What is published against what is on record. A record is made before its file and goes
 * with it, so a file that has none by the time it is seen is nobody's, and no purge
 * would reach it.
 */
#include <errno.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl/verify.h"

struct path {
    struct digest key;
    char *text;
};

struct paths {
    struct path *items; /* sorted by their text, once all are there */
    size_t count, room;
};

static int add(const struct digest *key, const char *path, void *context)
{
    struct paths *p = context;

    if (p->count == p->room) {
        size_t room = p->room ? 2 * p->room : 256;
        struct path *more = reallocarray(p->items, room, sizeof *more);

        if (!more)
            return -ENOMEM;
        p->items = more;
        p->room = room;
    }
    p->items[p->count] = (struct path){.key = *key, .text = strdup(path)};
    return p->items[p->count++].text ? 0 : -ENOMEM;
}

static int compare(const void *a, const void *b)
{
    return strcmp(((const struct path *)a)->text, ((const struct path *)b)->text);
}

static int is_path(const struct digest *key, const char *path, void *context)
{
    (void)key;
    return strcmp(path, context) == 0;
}

/* By the list, or by now. 1, 0 or a negative errno. */
static int is_on_record(struct verify *v, const struct paths *known, char *path)
{
    const struct path wanted = {.text = path};

    if (known->count > 0 &&
        bsearch(&wanted, known->items, known->count, sizeof *known->items, compare))
        return 1;
    return cache_walk_published(v->cache, is_path, path);
}

static int check_record(struct verify *v, const struct path *p)
{
    int rc = 0;

    if (access(p->text, F_OK) == 0 || errno != ENOENT)
        return 0;
    v->lost_paths++;
    verify_say(v, "%-10s %s", "missing", p->text);
    if (v->repair)
        rc = cache_unpublish(v->cache, &p->key, p->text);
    if (!v->repair)
        v->left++;
    return rc;
}

static int check_file(struct verify *v, const struct paths *known, char *path)
{
    int rc = is_on_record(v, known, path);

    if (rc)
        return rc < 0 ? rc : 0;
    v->unknown_paths++;
    verify_say(v, "%-10s %s, which no purge would reach", "unknown", path);
    if (!v->repair || unlink(path) != 0)
        v->left++;
    else
        v->removed_files++;
    return 0;
}

static int check_tree(struct verify *v, const struct paths *known, const char *root)
{
    char *const roots[] = {(char *)(uintptr_t)root, NULL};
    FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR | FTS_XDEV, NULL);
    FTSENT *file;
    int rc = 0;

    if (!tree)
        return -errno;
    while (!rc && (file = fts_read(tree)) != NULL) {
        bool dot = file->fts_level == 1 && file->fts_name[0] == '.';

        if (!dot && file->fts_info != FTS_D && file->fts_info != FTS_DP &&
            file->fts_info != FTS_NS && file->fts_info != FTS_DNR)
            rc = check_file(v, known, file->fts_path);
    }
    fts_close(tree);
    return rc;
}

int verify_published(struct verify *v, const char *root)
{
    struct paths known = {.count = 0};
    int rc = cache_walk_published(v->cache, add, &known);

    if (!rc && known.count > 0)
        qsort(known.items, known.count, sizeof *known.items, compare);
    v->published = known.count;
    for (size_t i = 0; i < known.count && !rc; i++)
        rc = check_record(v, &known.items[i]);
    if (!rc && root && access(root, F_OK) == 0)
        rc = check_tree(v, &known, root);
    for (size_t i = 0; i < known.count; i++)
        free(known.items[i].text);
    free(known.items);
    return rc;
}
