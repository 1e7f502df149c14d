/* SPDX-License-Identifier: MIT
 *
 * Workers may go on meanwhile: what a list says is looked at again, under the
 * blob's lock, before it is called wrong. Blobs are gone through by their first
 * byte, as many directories at a time as fit a bounded list.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/verify.h"
#include "ctl/words.h"

#define DIRECTORIES 256u
#define LIST_MAX 1000000u /* blobs in a list */
#define AT_ONCE 500       /* entries in one read transaction */

enum verdict { GOOD, GONE, MISSING, DAMAGED, UNREADABLE };

struct known {
    struct digest blob;
    uint64_t length;
    bool wrong;
};

/* The blobs on record of the directories from `first` up to `end`. */
struct list {
    struct verify *v;
    unsigned first, end;
    struct known *blobs; /* in the order of their digests */
    size_t count, room;
    bool any_wrong;
};

struct directory {
    struct digest *files; /* sorted */
    size_t count, room;
};

/* ---- one blob ---- */

/* Returns 0 with *found filled, or a negative errno. */
static int digest_file(int fd, struct digest *found, uint64_t *length)
{
    struct digest_stream *stream = digest_stream_new();
    char block[65536];
    ssize_t n;
    int rc = stream ? 0 : -ENOMEM;

    *length = 0;
    while (!rc && (n = read(fd, block, sizeof block)) != 0) {
        if (n < 0) {
            rc = errno == EINTR ? 0 : -errno;
            continue;
        }
        *length += (uint64_t)n;
        rc = digest_stream_add(stream, block, (size_t)n);
    }
    if (!rc)
        rc = digest_stream_finish(stream, found);
    digest_stream_free(&stream);
    return rc;
}

static int judge_file(struct verify *v, const struct known *k, int fd)
{
    struct digest found;
    uint64_t length;
    int rc = digest_file(fd, &found, &length);

    if (rc)
        return rc == -ENOMEM ? rc : UNREADABLE;
    v->bytes += length;
    if (length == k->length && digest_equal(&found, &k->blob))
        return GOOD;
    rc = cache_blob_state(v->cache, &k->blob);
    return rc < 0 ? rc : rc == BLOB_KEPT ? DAMAGED : GONE;
}

/* Returns an enum verdict or a negative errno. */
static int judge(struct verify *v, const struct known *k)
{
    int fd = blob_open(cache_blobs(v->cache), &k->blob), rc;

    if (fd == -ENOENT) {
        rc = cache_blob_state(v->cache, &k->blob);
        return rc < 0 ? rc : rc == BLOB_MISSING ? MISSING : GONE;
    }
    if (fd < 0)
        return UNREADABLE;
    rc = judge_file(v, k, fd);
    close(fd);
    return rc;
}

static int check_blob(struct list *l, struct known *k)
{
    static const char *const words[] = {
        [MISSING] = "missing", [DAMAGED] = "damaged", [UNREADABLE] = "unreadable"};
    struct verify *v = l->v;
    char path[BLOB_PATH_SIZE], size[WORDS_MAX];
    int verdict = judge(v, k);

    if (verdict < 0)
        return verdict;
    v->blobs++;
    v->missing += verdict == MISSING;
    v->damaged += verdict == DAMAGED;
    v->unreadable += verdict == UNREADABLE;
    if (verdict == GOOD || verdict == GONE)
        return 0;
    k->wrong = l->any_wrong = true;
    blob_path(&k->blob, path);
    verify_say(v, "%-10s blobs/%s, %s", words[verdict], path, words_bytes(k->length, size));
    return 0;
}

/* ---- one directory ---- */

static int compare(const void *a, const void *b)
{
    return memcmp(a, b, DIGEST_SIZE);
}

static int add_file(struct directory *d, const struct digest *file)
{
    if (d->count == d->room) {
        size_t room = d->room ? 2 * d->room : 64;
        struct digest *more = reallocarray(d->files, room, sizeof *more);

        if (!more)
            return -ENOMEM;
        d->files = more;
        d->room = room;
    }
    d->files[d->count++] = *file;
    return 0;
}

static int read_directory(struct verify *v, unsigned first, struct directory *d)
{
    char name[3], hex[2 * DIGEST_HEX_SIZE];
    struct dirent *file;
    int fd, rc = 0;
    DIR *dir;

    snprintf(name, sizeof name, "%02x", first & 0xff);
    fd = openat(cache_blobs(v->cache)->blobs_fd, name,
                O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return errno == ENOENT ? 0 : -errno;
    dir = fdopendir(fd);
    if (!dir) {
        close(fd);
        return -errno;
    }
    while (!rc && (file = readdir(dir)) != NULL) {
        struct digest blob;
        int n = snprintf(hex, sizeof hex, "%s%s", name, file->d_name);

        if (strcmp(file->d_name, ".") == 0 || strcmp(file->d_name, "..") == 0)
            continue;
        if (n == DIGEST_HEX_SIZE - 1 && digest_from_hex(hex, (size_t)n, &blob)) {
            rc = add_file(d, &blob);
            continue;
        }
        v->strangers++;
        words_name(file->d_name, hex, sizeof hex);
        verify_say(v, "%-10s blobs/%s/%s: not Visage's, and left alone", "stranger", name, hex);
    }
    closedir(dir);
    if (d->count > 0)
        qsort(d->files, d->count, sizeof *d->files, compare);
    return rc;
}

static const struct known *find(const struct list *l, const struct digest *blob)
{
    return l->count ? bsearch(blob, l->blobs, l->count, sizeof *l->blobs, compare) : NULL;
}

/* *orphans counts those of this directory. */
static int check_files(const struct list *l, const struct directory *d, uint64_t *orphans)
{
    for (size_t i = 0; i < d->count; i++) {
        char path[BLOB_PATH_SIZE];
        int state;

        if (find(l, &d->files[i]))
            continue;
        state = cache_blob_state(l->v->cache, &d->files[i]);
        if (state < 0)
            return state;
        if (state != BLOB_ORPHAN)
            continue;
        ++*orphans;
        blob_path(&d->files[i], path);
        verify_say(l->v, "%-10s blobs/%s: on no record", "orphan", path);
    }
    return 0;
}

static int check_directory(struct list *l, unsigned first)
{
    struct directory d = {.files = NULL};
    uint64_t orphans = 0;
    int rc = read_directory(l->v, first, &d);

    if (!rc)
        rc = check_files(l, &d, &orphans);
    free(d.files);
    l->v->orphans += orphans;
    if (rc || orphans == 0)
        return rc;
    if (l->v->repair) {
        int removed = cache_sweep_blobs(l->v->cache, (unsigned char)first);

        if (removed < 0)
            return removed;
        l->v->removed_files += (uint64_t)removed;
        orphans -= (uint64_t)removed < orphans ? (uint64_t)removed : orphans;
    }
    l->v->left += orphans;
    return 0;
}

/* ---- repairing ---- */

struct bad_entries {
    const struct list *list;
    struct digest keys[AT_ONCE];
    struct entry entries[AT_ONCE];
    size_t count;
    struct digest last;
};

static int note_bad(const struct digest *key, const struct entry *e, bool purged, void *context)
{
    struct bad_entries *b = context;
    const struct known *k = NULL;

    (void)purged;
    b->last = *key;
    if (e->kind != ENTRY_NEGATIVE && !e->bodiless)
        k = find(b->list, &e->blob);
    if (k && k->wrong) {
        b->keys[b->count] = *key;
        b->entries[b->count++] = *e;
    }
    return 0;
}

/* The entries of blobs that are wrong: without them they are misses, and are made anew. */
static int remove_entries(const struct list *l)
{
    static struct bad_entries b; /* a megabyte, which has no place on the stack */
    const struct digest *from = NULL;
    struct digest place;
    bool done = false;
    int rc = 0;

    b.list = l;
    while (!done && !rc) {
        b.count = 0;
        rc = cache_walk_entries(l->v->cache, from, AT_ONCE, note_bad, &b, &done);
        for (size_t i = 0; i < b.count && !rc; i++) {
            rc = cache_remove(l->v->cache, &b.keys[i], &b.entries[i]);
            l->v->removed_entries += rc == 0;
            rc = rc == -ENOENT ? 0 : rc; /* somebody was quicker */
        }
        place = b.last;
        from = &place;
    }
    return rc;
}

static int repair(struct list *l)
{
    int rc = l->v->repair ? remove_entries(l) : 0;

    for (size_t i = 0; i < l->count && !rc; i++) {
        int verdict = MISSING;

        if (!l->blobs[i].wrong)
            continue;
        if (l->v->repair)
            verdict = judge(l->v, &l->blobs[i]);
        if (verdict < 0)
            return verdict;
        l->v->left += verdict != GOOD && verdict != GONE;
    }
    return rc;
}

/* ---- all ---- */

static int note_blob(const struct digest *blob, uint64_t length, uint32_t uses, void *context)
{
    struct list *l = context;

    (void)uses;
    if (blob->bytes[0] < l->first)
        return 0;
    if (blob->bytes[0] >= l->end)
        return 1;
    if (l->count == l->room) {
        size_t room = l->room ? 2 * l->room : 1024;
        struct known *more = reallocarray(l->blobs, room, sizeof *more);

        if (!more)
            return -ENOMEM;
        l->blobs = more;
        l->room = room;
    }
    l->blobs[l->count++] = (struct known){.blob = *blob, .length = length};
    return 0;
}

static int check_list(struct list *l)
{
    struct verify *v = l->v;
    char read_bytes[WORDS_MAX];
    int rc;

    l->count = 0;
    l->any_wrong = false;
    rc = cache_walk_blobs(v->cache, note_blob, l);
    for (size_t i = 0; i < l->count && rc >= 0; i++) {
        rc = check_blob(l, &l->blobs[i]);
        progress_note(&v->progress, "%s read", words_bytes(v->bytes, read_bytes));
        progress_show(&v->progress, v->blobs);
    }
    for (unsigned first = l->first; first < l->end && rc >= 0; first++)
        rc = check_directory(l, first);
    if (rc >= 0 && l->any_wrong)
        rc = repair(l);
    return rc < 0 ? rc : 0;
}

int verify_blobs(struct verify *v)
{
    struct list l = {.v = v};
    struct index_stats stats;
    int rc = cache_stats(v->cache, &stats);
    uint64_t parts;

    if (rc)
        return rc;
    parts = stats.blobs / LIST_MAX + 1;
    parts = parts < DIRECTORIES ? parts : DIRECTORIES;
    v->progress.all = stats.blobs;
    for (uint64_t part = 0; part < parts && !rc; part++) {
        l.first = (unsigned)(part * DIRECTORIES / parts);
        l.end = (unsigned)((part + 1) * DIRECTORIES / parts);
        rc = check_list(&l);
    }
    free(l.blobs);
    return rc;
}
