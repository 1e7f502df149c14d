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
            import_refuse(i, strerror(errno));
    }
}

/* It may be something else by now than it was when the directory was read. */
static void read_file(struct import *i, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    struct stat st;

    if (fd < 0) {
        import_refuse(i, strerror(errno));
        return;
    }
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
        read_bytes(i, fd);
    else
        import_refuse(i, "no regular file");
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
    const char *path = e->fts_path + w->root;

    if (!id_of(path, id)) {
        import_begin(i, "");
    } else {
        import_begin(i, id);
        if (strcmp(id, w->last) == 0)
            import_refuse(i, "another file has the same id");
        strcpy(w->last, id);
    }
    if (import_wants(i))
        read_file(i, e->fts_accpath);
    import_end(i, path, NULL);
}

static void refuse(struct walk *w, const FTSENT *e, const char *reason)
{
    struct import *i = w->import;

    i->reason = reason;
    import_end(i, e->fts_level > 0 ? e->fts_path + w->root : e->fts_path, NULL);
}

static void see(struct walk *w, FTS *fts, FTSENT *e)
{
    switch (e->fts_info) {
    case FTS_F:
        take_file(w, e);
        break;
    case FTS_D:
        if (e->fts_level > PICTURE_ID_MAX / 2) { /* no id has so many segments */
            refuse(w, e, "too deep");
            fts_set(fts, e, FTS_SKIP);
        }
        break;
    case FTS_DP:
        break;
    case FTS_SL:
    case FTS_SLNONE:
        refuse(w, e, "a symbolic link, which is not followed");
        break;
    case FTS_DNR:
    case FTS_ERR:
    case FTS_NS:
        refuse(w, e, strerror(e->fts_errno));
        break;
    default:
        refuse(w, e, "no regular file");
    }
}

static FTS *open_tree(const char *directory)
{
    /* fts_open() changes nothing in it. */
    char *const roots[] = {(char *)(uintptr_t)directory, NULL};

    return fts_open(roots, FTS_PHYSICAL | FTS_COMFOLLOW, compare);
}

static uint64_t count_files(const char *directory)
{
    FTS *fts = open_tree(directory);
    uint64_t count = 0;
    FTSENT *e;

    while (fts && (e = fts_read(fts)) != NULL)
        count += e->fts_info == FTS_F;
    if (fts)
        fts_close(fts);
    return count;
}

static size_t root_length(const char *directory)
{
    size_t length = strlen(directory);

    while (length > 0 && directory[length - 1] == '/')
        length--;
    return length + 1;
}

int import_tree(struct import *i, const char *directory)
{
    struct walk w = {.import = i, .root = root_length(directory)};
    struct stat st;
    FTSENT *e;
    FTS *fts;
    int rc;

    if (stat(directory, &st) != 0)
        return ctl_fail(i->uploads->command, "%s: %s", directory, strerror(errno));
    if (!S_ISDIR(st.st_mode))
        return ctl_fail(i->uploads->command, "%s is no directory; for a file there is --csv",
                        directory);
    if (i->progress.kind == PROGRESS_BAR)
        i->progress.all = count_files(directory);
    fts = open_tree(directory);
    if (!fts)
        return ctl_fail(i->uploads->command, "%s: %s", directory, strerror(errno));
    errno = 0;
    while (!import_must_stop(i) && (errno = 0, e = fts_read(fts)) != NULL)
        see(&w, fts, e);
    rc = import_must_stop(i) ? 0 : errno;
    fts_close(fts);
    return rc ? ctl_fail(i->uploads->command, "%s: %s", directory, strerror(rc)) : CTL_OK;
}
