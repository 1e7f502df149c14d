/* SPDX-License-Identifier: MIT
 *
 * Publishing as the pipeline sees it: the root, and what is moved out of it.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/picture.h"
#include "cache/publish_root.h"
#include "cache/state.h"

#define LINKS_MAX 60000 /* of one blob: ext4 allows 65000 */
#define PAUSE_MS 60000  /* after trouble: every picture would have it */
#define MOVED "unpublished." /* and slot, incarnation, number: a tree in tmp/ */

/* ---- the root ---- */

static int claim_root(struct cache *c)
{
    const char *root = c->config->publish_root;
    char why[PUBLISH_ROOT_WHY_MAX];
    int rc = publish_root_check(root, c->directory, true, why);

    if (rc)
        log_error("publish", "root=%s error=\"%s; nothing is published\"", root, why);
    return rc;
}

/* ---- moving away ---- */

static int move_one(struct cache *c, int root, const char *name)
{
    char moved[64];

    snprintf(moved, sizeof moved, MOVED "%u.%" PRIu64 ".%" PRIu64, c->blobs.slot,
             c->blobs.incarnation, c->blobs.counter++);
    if (renameat(root, name, c->blobs.tmp_fd, moved) != 0)
        return errno == ENOENT ? 0 : -errno;
    c->wants_keeper = true; /* its files take up room still */
    return 0;
}

static int move_away(const char *path, void *context)
{
    struct cache *c = context;
    int root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc = 0;
    DIR *dir = root < 0 ? NULL : cache_open_directory(root);
    struct dirent *entry;

    if (!dir) {
        rc = errno == ENOENT ? 0 : -errno; /* removed, and all that was in it */
        if (root >= 0)
            close(root);
        return rc;
    }
    while (!rc && (entry = readdir(dir)) != NULL)
        if (entry->d_name[0] != '.')
            rc = move_one(c, root, entry->d_name);
    closedir(dir);
    close(root);
    return rc;
}

/* For a start: pictures come before tidiness. */
static int move_away_if_possible(const char *path, void *context)
{
    int rc = move_away(path, context);

    if (rc)
        log_error("publish", "root=%s error=\"%s\" consequence=\"what is published there is served "
                             "until it is removed by hand\"", path, strerror(-rc));
    return 0;
}

int cache_move_published_away(const char *path, void *cache)
{
    int rc = move_away(path, cache);

    if (rc)
        log_error("publish", "root=%s error=\"%s\"", path, strerror(-rc));
    return rc;
}

/* What URLs mean is said by the configuration and by how this version of Visage draws. Where lines
 * break in the former does not matter. */
static int digest_of_meaning(const struct config *config, struct digest *out)
{
    static const char drawing[] = PICTURE_RENDERING_VERSION;
    struct digest_stream *stream = digest_stream_new();
    const char *text = config->text ? config->text : "";
    int rc = stream ? digest_stream_add(stream, drawing, sizeof drawing) : -ENOMEM;

    while (!rc && *text) {
        size_t blank = strspn(text, " \t\r\n"), word = strcspn(text + blank, " \t\r\n");

        rc = digest_stream_add(stream, text + blank, word);
        if (!rc && word > 0)
            rc = digest_stream_add(stream, " ", 1);
        text += blank + word;
    }
    if (!rc)
        rc = digest_stream_finish(stream, out);
    digest_stream_free(&stream);
    return rc;
}

int publish_open(struct cache *c, bool anew)
{
    const char *root = c->config->publish_root;
    struct digest meaning;
    int rc = digest_of_meaning(c->config, &meaning);

    if (rc)
        return rc;
    if (root && claim_root(c) != 0)
        root = NULL;
    rc = index_set_publisher(c->index, root, &meaning, anew, move_away_if_possible, c);
    if (!rc)
        c->publish_root = root;
    return rc;
}

int publish_reset(struct cache *c)
{
    return index_set_publisher(c->index, NULL, NULL, true, move_away_if_possible, c);
}

static int remove_some(char *const roots[], unsigned *budget)
{
    FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR | FTS_XDEV, NULL);
    FTSENT *file;
    int rc = 0;

    if (!tree)
        return -errno;
    while (*budget > 0 && !rc && (file = fts_read(tree)) != NULL) {
        if (file->fts_info == FTS_D)
            continue;
        rc = file->fts_info == FTS_DP ? rmdir(file->fts_accpath) : unlink(file->fts_accpath);
        rc = rc == 0 || errno == ENOENT ? 0 : -errno;
        --*budget;
    }
    fts_close(tree);
    return rc;
}

int cache_sweep_unpublished(struct cache *cache, unsigned budget, bool *more)
{
    DIR *dir = cache_open_directory(cache->blobs.tmp_fd);
    struct dirent *entry;
    int rc = 0;

    *more = false;
    if (!dir)
        return -errno;
    while (!rc && budget > 0 && (entry = readdir(dir)) != NULL) {
        char path[PATH_MAX];
        char *const roots[] = {path, NULL};

        if (strncmp(entry->d_name, MOVED, strlen(MOVED)) != 0)
            continue;
        snprintf(path, sizeof path, "%s/tmp/%s", cache->directory, entry->d_name);
        rc = remove_some(roots, &budget);
    }
    closedir(dir);
    *more = !rc && budget == 0;
    return rc;
}

/* ---- pictures ---- */

static bool has_room_for_a_link(const struct cache *c, const struct digest *blob)
{
    char name[BLOB_PATH_SIZE];
    struct stat st;

    blob_path(blob, name);
    return fstatat(c->blobs.blobs_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
           st.st_nlink < LINKS_MAX;
}

/* There already; or never to be, since another URL's file stands where this one would have a
 * directory, or the other way round. */
static bool is_taken(const struct cache *c, const char *url_path)
{
    char path[PATH_MAX];
    int n = snprintf(path, sizeof path, "%s%s", c->publish_root, url_path);

    return n < 0 || (size_t)n >= sizeof path || access(path, F_OK) == 0 || errno == ENOTDIR ||
           errno == ENAMETOOLONG;
}

/* Replaced, purged or evicted meanwhile, or its place was taken: then it is not to be published, and
 * the next one may be. */
static bool is_of_one_picture(int error)
{
    return error == -ENOENT || error == -ESTALE || error == -EMLINK || error == -ENOTDIR ||
           error == -EISDIR;
}

/* After trouble, whose cause may have been done away with. */
static bool may_publish(struct cache *c)
{
    if (!c->publish_root || clock_boot_ms() < c->publish_again_ms)
        return false;
    if (c->publish_again_ms > 0 && claim_root(c) != 0) {
        c->publish_again_ms = clock_boot_ms() + PAUSE_MS;
        return false;
    }
    c->publish_again_ms = 0;
    return true;
}

/* What a link leads to has to be on disk before the link is: after a loss of power the web server
 * sends what it finds. */
static int sync_blob(const struct cache *c, const struct digest *blob)
{
    int fd = blob_open(&c->blobs, blob), rc;

    if (fd < 0)
        return fd;
    rc = fdatasync(fd) == 0 ? 0 : -errno;
    close(fd);
    return rc;
}

void cache_publish(struct cache *cache, const struct digest *key, const struct entry *e,
                   const char *url_path)
{
    struct pending p = {.cache = cache};
    int rc;

    if (!may_publish(cache) || is_taken(cache, url_path) || !has_room_for_a_link(cache, &e->blob))
        return;
    rc = sync_blob(cache, &e->blob);
    if (rc == -ENOENT)
        return;
    if (!rc)
        rc = index_publish(cache->index, key, e, url_path, &cache->blobs, &p.victims, pending_note,
                           &p);
    if (rc)
        pending_settle(&p);
    else
        pending_unlink(&p);
    if (!rc || (is_of_one_picture(rc) && access(cache->publish_root, F_OK) == 0))
        return;
    cache->publish_again_ms = clock_boot_ms() + PAUSE_MS;
    log_error("publish", "root=%s error=\"%s\" pause=%ds", cache->publish_root, strerror(-rc),
              PAUSE_MS / 1000);
}
