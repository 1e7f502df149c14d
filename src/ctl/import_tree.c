/* SPDX-License-Identifier: MIT
 *
 * A directory tree: a file's path without its extension is the id. Links are not followed, and what
 * is no regular file is not opened.
 */
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/import.h"
#include "ctl/picture_name.h"

#define BLOCK 65536

struct walk {
    struct import *import;
    FTS *fts;
    size_t root;                  /* length of the path that is none of an id's */
    char last[PICTURE_ID_MAX + 1]; /* id of the file before */
};

/* Files before directories, and those with the same id next to each other. */
static int compare(const FTSENT **a, const FTSENT **b)
{
    int a_is_directory = (*a)->fts_info == FTS_D, b_is_directory = (*b)->fts_info == FTS_D;
    size_t a_length = picture_name_length((*a)->fts_name);
    size_t b_length = picture_name_length((*b)->fts_name);
    int order;

    if (a_is_directory != b_is_directory)
        return a_is_directory - b_is_directory;
    order = memcmp((*a)->fts_name, (*b)->fts_name, a_length < b_length ? a_length : b_length);
    if (order == 0 && a_length != b_length)
        order = a_length < b_length ? -1 : 1;
    return order ? order : strcmp((*a)->fts_name, (*b)->fts_name);
}

static void read_bytes(struct import *i, int fd)
{
    char block[BLOCK];
    ssize_t n = 1;

    while (n > 0 && import_wants(i)) {
        n = read(fd, block, sizeof block);
        if (n > 0)
            import_add(i, block, (size_t)n);
        else if (n < 0)
            import_refuse(i, ctl_reason(errno));
    }
}

/* It may be something else by now than it was when the directory was read. */
static void read_file(struct import *i, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    struct stat st;

    if (fd < 0) {
        import_refuse(i, ctl_reason(errno));
        return;
    }
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
        i->changed_ms = (int64_t)st.st_mtim.tv_sec * 1000 + st.st_mtim.tv_nsec / 1000000;
        read_bytes(i, fd);
    } else {
        import_refuse(i, "no regular file");
    }
    close(fd);
}

static bool id_of(const char *path, char id[PICTURE_ID_MAX + 1])
{
    size_t length = picture_name_length(path);

    if (length > PICTURE_ID_MAX)
        return false;
    memcpy(id, path, length);
    id[length] = '\0';
    return true;
}

static void take_file(struct walk *w, const FTSENT *e)
{
    struct import *i = w->import;
    char id[PICTURE_ID_MAX + 1] = "";

    if (!id_of(i->place.name, id)) {
        import_begin(i, "");
    } else {
        import_begin(i, id);
        if (strcmp(id, w->last) == 0)
            import_refuse(i, "another file has the same id");
        strcpy(w->last, id);
    }
    if (import_wants(i))
        read_file(i, e->fts_accpath);
}

static const char *why_refused(const FTSENT *e)
{
    switch (e->fts_info) {
    case FTS_D:
        return "too deep";
    case FTS_SL:
    case FTS_SLNONE:
        return "a symbolic link, which is not followed";
    case FTS_DNR:
    case FTS_ERR:
    case FTS_NS:
        return ctl_reason(e->fts_errno);
    default:
        return "no regular file";
    }
}

static void see(struct walk *w, const FTSENT *e)
{
    struct import *i = w->import;

    i->place = (struct import_place){.name = e->fts_level > 0 ? e->fts_path + w->root
                                                              : e->fts_path};
    if (e->fts_info == FTS_F) {
        take_file(w, e);
    } else {
        import_begin(i, "");
        i->reason = why_refused(e);
    }
    import_end(i);
}

/* ---- directories ---- */

static bool open_tree(struct walk *w, const char *directory)
{
    /* fts_open() changes nothing in it. */
    char *const roots[] = {(char *)(uintptr_t)directory, NULL};

    w->fts = fts_open(roots, FTS_PHYSICAL | FTS_COMFOLLOW, compare);
    return w->fts != NULL;
}

/* The root's own path stands before that of all others, and a '/' unless it ends with one. */
static void see_root(struct walk *w, const FTSENT *e)
{
    size_t length = strlen(e->fts_path);

    if (e->fts_level == 0)
        w->root = length > 0 && e->fts_path[length - 1] == '/' ? length : length + 1;
}

/* Whether it counts as one: told of, or taken. What a killed export has left does not. */
static bool counts(struct walk *w, FTSENT *e)
{
    if (e->fts_info == FTS_DP)
        return false;
    if (e->fts_info != FTS_D)
        return e->fts_info != FTS_F || strcmp(e->fts_name, PICTURE_NAME_TEMPORARY) != 0;
    see_root(w, e);
    if (e->fts_level <= PICTURE_ID_MAX / 2)
        return false;
    fts_set(w->fts, e, FTS_SKIP); /* no id has so many segments */
    return true;
}

/* The next one that counts; NULL with errno at the end. */
static const FTSENT *next(struct walk *w)
{
    FTSENT *e;

    do {
        errno = 0;
        e = fts_read(w->fts);
    } while (e && !counts(w, e));
    return e;
}

static uint64_t count_all(const struct walk *w, const char *directory)
{
    struct walk counting = {.import = w->import};
    uint64_t count = 0;

    if (!open_tree(&counting, directory))
        return 0;
    while (!import_must_stop(w->import) && next(&counting))
        count++;
    fts_close(counting.fts);
    return count;
}

static int take_all(struct walk *w, const char *directory)
{
    const FTSENT *e;
    int error = 0;

    if (!open_tree(w, directory))
        return errno;
    while (!import_must_stop(w->import) && (e = next(w)) != NULL)
        see(w, e);
    error = import_must_stop(w->import) ? 0 : errno;
    fts_close(w->fts);
    return error;
}

int import_tree(struct import *i, const char *directory)
{
    struct walk w = {.import = i};
    struct stat st;
    int rc;

    if (stat(directory, &st) != 0)
        return ctl_fail(i->uploads->command, "%s: %s", directory, ctl_reason(errno));
    if (!S_ISDIR(st.st_mode))
        return ctl_fail(i->uploads->command, "%s is no directory; for a file there is --csv",
                        directory);
    if (i->progress.kind == PROGRESS_BAR)
        i->progress.all = count_all(&w, directory);
    rc = take_all(&w, directory);
    progress_clear(&i->progress);
    return rc ? ctl_fail(i->uploads->command, "%s: %s", directory, ctl_reason(rc)) : CTL_OK;
}
