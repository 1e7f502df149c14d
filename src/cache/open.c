/* SPDX-License-Identifier: MIT
 *
 * Opening a state directory. Everything happens under the start lock, so that of
 * several workers started at once one prepares it and the others find it ready.
 */
#include "cache/state.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "cache/file_system.h"
#include "cache/hot.h"
#include "cache/limiter.h"
#include "cache/lock_file.h"
#include "kv/kv.h"

#define STATE_FORMAT "visage-state 1"
#define BOOT_ID_FILE "/proc/sys/kernel/random/boot_id"
#define BOOT_TEXT_MAX 128
#define RUN_MAP_SIZE ((size_t)64 << 20)
#define RUN_READERS_MAX 1024

struct opening {
    struct cache *cache;
    const struct config *config;
    enum cache_role role;
    char *error;
    unsigned file_mode; /* of what only workers read: index, locks, scoreboard */
};

static int fail(struct opening *o, int rc, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static int fail(struct opening *o, int rc, const char *format, ...)
{
    va_list ap;
    int n;

    n = snprintf(o->error, CONFIG_ERROR_MAX, "state directory %s: ", o->cache->directory);
    va_start(ap, format);
    if (n > 0 && n < CONFIG_ERROR_MAX)
        vsnprintf(o->error + n, (size_t)(CONFIG_ERROR_MAX - n), format, ap);
    va_end(ap);
    return rc;
}

static int path_in_state(const struct opening *o, const char *name, char out[PATH_MAX])
{
    int n = snprintf(out, PATH_MAX, "%s/%s", o->cache->directory, name);

    return n < 0 || n >= PATH_MAX ? -ENAMETOOLONG : 0;
}

/* ---- directories ---- */

static int make_directory(struct opening *o, const char *path, unsigned mode)
{
    if (mkdir(path, mode) == 0 || errno == EEXIST)
        return 0;
    return fail(o, -errno, "cannot create %s: %s (create it and give it to the user that the "
                "workers run as, or set state_dir)", path, strerror(errno));
}

static int open_directory(struct opening *o, const char *name, unsigned mode, int *fd)
{
    char path[PATH_MAX];
    int rc = path_in_state(o, name, path);

    if (!rc && o->role != CACHE_VISITOR)
        rc = make_directory(o, path, mode);
    if (rc)
        return rc;
    *fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (*fd < 0)
        return fail(o, -errno, "cannot open %s: %s", name, strerror(errno));
    return 0;
}

static int check_file_system(struct opening *o)
{
    char name[64] = "";

    if (file_system_judge(o->cache->directory, name, sizeof name) != FILE_SYSTEM_UNFIT)
        return 0;
    return fail(o, -ENOTSUP, "is on %s, which keeps no locks and no shared memory between "
                "processes; set state_dir to a local file system", name);
}

static int open_directories(struct opening *o)
{
    struct blob_store *b = &o->cache->blobs;
    int rc;

    b->largest = o->config->cache_size / LARGEST_SHARE;
    b->file_mode = o->config->group_readable ? 0640 : 0600;
    b->dir_mode = o->config->group_readable ? 0750 : 0700;
    if (o->role != CACHE_VISITOR) {
        rc = make_directory(o, o->cache->directory, b->dir_mode);
        if (rc)
            return rc;
    } else if (access(o->cache->directory, F_OK) != 0) {
        return fail(o, -errno, "%s (no worker has run yet?)", strerror(errno));
    }
    rc = check_file_system(o);
    if (!rc)
        rc = open_directory(o, "blobs", b->dir_mode, &b->blobs_fd);
    return rc ? rc : open_directory(o, "tmp", 0700, &b->tmp_fd);
}

/* ---- restarts of the machine ---- */

/* Which boot this is. Without /proc every start counts as a new boot: slower, never wrong. */
static void current_boot(char out[BOOT_TEXT_MAX])
{
    char id[64] = "unknown";
    int fd = open(BOOT_ID_FILE, O_RDONLY | O_CLOEXEC);

    if (fd >= 0) {
        ssize_t n = read(fd, id, sizeof id - 1);

        if (n > 0) {
            id[n] = '\0';
            id[strcspn(id, "\n")] = '\0';
        }
        close(fd);
    }
    snprintf(out, BOOT_TEXT_MAX, STATE_FORMAT " %s\n", id);
}

static bool same_boot(const char *path, const char *expected)
{
    char found[BOOT_TEXT_MAX] = "";
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n;

    if (fd < 0)
        return false;
    n = read(fd, found, sizeof found - 1);
    close(fd);
    return n > 0 && strstr(expected, " unknown") == NULL && strcmp(found, expected) == 0;
}

static int write_boot(struct opening *o, const char *path, const char *text)
{
    char temporary[PATH_MAX];
    int rc = path_in_state(o, "tmp/boot", temporary), fd;

    if (rc)
        return rc;
    fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return -errno;
    if (write(fd, text, strlen(text)) != (ssize_t)strlen(text))
        rc = errno ? -errno : -EIO;
    if (close(fd) != 0 && !rc)
        rc = -errno;
    if (!rc && rename(temporary, path) != 0)
        rc = -errno;
    if (rc)
        unlink(temporary);
    return rc;
}

/* Commits are not synced to disk, so after a restart of the machine the index may be
 * damaged. It is read page by page, in a child, before anyone believes it; what belonged to
 * the processes of the last boot is dropped. */
static int after_restart(struct opening *o, const char *index, const char *run, const char *board)
{
    int rc = index_check(index);

    if (rc == -EUCLEAN) {
        log_warn("index-damaged", "file=%s action=dropped", index);
        rc = kv_remove(index);
    }
    if (!rc)
        rc = kv_remove(run);
    if (!rc && unlink(board) != 0 && errno != ENOENT)
        rc = -errno;
    return rc ? fail(o, rc, "cannot take over the state of the last boot: %s", strerror(-rc)) : 0;
}

/* ---- files ---- */

static int open_board(struct opening *o, const char *path)
{
    int rc = scoreboard_open(path, o->file_mode, &o->cache->board);

    if (rc == -EUCLEAN && o->role != CACHE_VISITOR && unlink(path) == 0)
        rc = scoreboard_open(path, o->file_mode, &o->cache->board);
    return rc ? fail(o, rc, "scoreboard: %s", strerror(-rc)) : 0;
}

/* *fresh is set if it had to be dropped. */
static int open_index(struct opening *o, const char *path, bool *fresh)
{
    int rc = index_open(path, o->file_mode, o->config->cache_size, o->cache->board,
                        &o->cache->index);

    if (rc == -EUCLEAN && o->role != CACHE_VISITOR) {
        log_warn("index-unusable", "file=%s action=dropped", path);
        *fresh = true;
        rc = kv_remove(path);
        if (!rc)
            rc = index_open(path, o->file_mode, o->config->cache_size, o->cache->board,
                            &o->cache->index);
    }
    return rc ? fail(o, rc, "index.mdb: %s", strerror(-rc)) : 0;
}

static int open_run(struct opening *o, const char *path)
{
    static const char *const names[RUN_TABLES] = {"leases", "origins", "fetches", "queue",
                                                   "names"};
    const struct kv_options options = {.path = path,
                                       .tables = names,
                                       .table_count = RUN_TABLES,
                                       .map_size = RUN_MAP_SIZE,
                                       .max_readers = RUN_READERS_MAX,
                                       .mode = o->file_mode};
    int rc = kv_open(&options, &o->cache->run);

    if (rc == -EUCLEAN && o->role != CACHE_VISITOR && kv_remove(path) == 0)
        rc = kv_open(&options, &o->cache->run);
    return rc ? fail(o, rc, "run.mdb: %s", strerror(-rc)) : 0;
}

static int open_limiter(struct opening *o)
{
    char path[PATH_MAX];
    int rc = path_in_state(o, "clients", path);

    if (rc || o->config->limit.rate == 0 || o->role != CACHE_WORKER)
        return rc;
    rc = limiter_open(path, o->file_mode, &o->cache->limiter);
    if (rc == -EUCLEAN && unlink(path) == 0)
        rc = limiter_open(path, o->file_mode, &o->cache->limiter);
    return rc ? fail(o, rc, "clients: %s", strerror(-rc)) : 0;
}

static enum worker_kind kind_of(enum cache_role role)
{
    return role == CACHE_KEEPER ? KIND_KEEPER : role == CACHE_TOOL ? KIND_TOOL : KIND_WORKER;
}

static int take_slot(struct opening *o)
{
    struct cache *c = o->cache;

    for (unsigned i = 0; i < SCOREBOARD_SLOTS; i++) {
        int rc = lock_try(c->lock_fd, LOCK_BYTE_SLOT + i);

        if (rc == -EAGAIN)
            continue;
        if (rc)
            return fail(o, rc, "locks: %s", strerror(-rc));
        c->slot = scoreboard_slot(c->board, i);
        c->blobs.slot = i;
        /* A new scoreboard begins with the time, so that no name and no lease of before it can
         * be taken for one of ours. */
        c->blobs.incarnation = atomic_load(&c->slot->incarnation);
        c->blobs.incarnation = c->blobs.incarnation ? c->blobs.incarnation + 1
                                                    : (uint64_t)clock_wall_ms();
        atomic_store(&c->slot->incarnation, c->blobs.incarnation);
        atomic_store(&c->slot->pid, getpid());
        atomic_store(&c->slot->started_ms, clock_wall_ms());
        atomic_store(&c->slot->kind, kind_of(o->role));
        atomic_store(&c->slot->waits_for, 0);
        atomic_store(&c->slot->source, 0);
        atomic_store(&c->slot->since_ms, clock_boot_ms());
        atomic_store(&c->slot->state, WORKER_IDLE);
        return 0;
    }
    return fail(o, -EUSERS, "all %d worker slots are taken", SCOREBOARD_SLOTS);
}

/* A worker of another start is alive: the state cannot be of another boot, whatever the file
 * says (it could not be written, or the boot has no id). */
static bool anybody_lives(const struct cache *c)
{
    for (unsigned i = 0; i < SCOREBOARD_SLOTS; i++)
        if (lock_is_held(c->lock_fd, LOCK_BYTE_SLOT + i))
            return true;
    return false;
}

/* With the start lock held. */
static int prepare(struct opening *o)
{
    char index[PATH_MAX], run[PATH_MAX], board[PATH_MAX], boot[PATH_MAX], text[BOOT_TEXT_MAX];
    bool worker = o->role != CACHE_VISITOR, fresh, restarted;
    int rc;

    if ((rc = path_in_state(o, "index.mdb", index)) || (rc = path_in_state(o, "run.mdb", run)) ||
        (rc = path_in_state(o, "scoreboard", board)) || (rc = path_in_state(o, "boot", boot)))
        return fail(o, rc, "path too long");
    current_boot(text);
    restarted = worker && !same_boot(boot, text) && !anybody_lives(o->cache);
    if (restarted) {
        rc = after_restart(o, index, run, board);
        if (!rc && (rc = write_boot(o, boot, text)) != 0) {
            /* A full disk: the check is done again at the next start. */
            log_warn("state-boot", "error=\"%s\"", strerror(-rc));
            rc = 0;
        }
        if (rc)
            return rc;
    }
    fresh = access(index, F_OK) != 0;
    if (fresh && !worker)
        return fail(o, -ENOENT, "no index (no worker has run yet?)");
    if ((rc = open_board(o, board)) || (rc = open_index(o, index, &fresh)) ||
        (rc = open_run(o, run)) || (rc = open_limiter(o)))
        return rc;
    if (!worker)
        return 0;
    /* A new index knows none of the files that may be there; one that lost its last commits
     * with the machine may not know some. */
    if ((fresh || restarted) && (rc = drop_unknown_blobs(o->cache)) != 0)
        return fail(o, rc, "cannot sweep blobs/: %s", strerror(-rc));
    rc = take_slot(o);
    if (!rc && o->role == CACHE_WORKER)
        rc = publish_open(o->cache, restarted);
    else if (!rc && restarted)
        rc = publish_reset(o->cache);
    if (rc)
        return fail(o, rc, "cannot take over what is published: %s", strerror(-rc));
    if (!rc && (rc = recover_slots(o->cache)) != 0)
        return fail(o, rc, "cannot recover: %s", strerror(-rc));
    if (!rc && (rc = cache_sweep_temporary(o->cache)) < 0)
        return fail(o, rc, "cannot sweep tmp/: %s", strerror(-rc));
    return rc < 0 ? rc : 0;
}

static int open_state(struct opening *o)
{
    struct cache *c = o->cache;
    char path[PATH_MAX];
    int rc = open_directories(o);

    if (rc)
        return rc;
    rc = path_in_state(o, "locks", path);
    if (!rc)
        rc = c->lock_fd = lock_file_open(path, o->file_mode);
    if (rc < 0)
        return fail(o, rc, "locks: %s", strerror(-rc));
    rc = lock_take(c->lock_fd, LOCK_BYTE_START);
    if (rc)
        return fail(o, rc, "locks: %s", strerror(-rc));
    rc = prepare(o);
    lock_release(c->lock_fd, LOCK_BYTE_START);
    return rc;
}

static char *absolute(const char *path)
{
    char cwd[PATH_MAX], *out;

    if (path[0] == '/')
        return strdup(path);
    if (!getcwd(cwd, sizeof cwd) || asprintf(&out, "%s/%s", cwd, path) < 0)
        return NULL;
    return out;
}

int cache_open(const struct config *config, enum cache_role role, struct cache **out,
               char error[CONFIG_ERROR_MAX])
{
    struct opening o = {.config = config, .role = role, .error = error, .file_mode = 0600};
    struct cache *c = calloc(1, sizeof *c);
    int rc;

    *out = NULL;
    snprintf(error, CONFIG_ERROR_MAX, "out of memory");
    if (!c)
        return -ENOMEM;
    c->lock_fd = c->blobs.blobs_fd = c->blobs.tmp_fd = -1;
    c->config = config;
    c->keeper = -1;
    c->boot_wall_ms = clock_wall_ms() - clock_boot_ms();
    c->directory = absolute(config->state_dir);
    c->hot = hot_new(config->hot_size);
    o.cache = c;
    rc = c->directory && c->hot ? open_state(&o) : -ENOMEM;
    if (rc) {
        cache_close(&c);
        return rc;
    }
    *out = c;
    return 0;
}

void cache_close(struct cache **cache)
{
    struct cache *c = *cache;

    if (!c)
        return;
    if (c->slot)
        atomic_store(&c->slot->state, WORKER_GONE);
    index_close(&c->index);
    kv_close(&c->run);
    limiter_close(&c->limiter);
    scoreboard_close(&c->board);
    hot_free(&c->hot);
    if (c->blobs.blobs_fd >= 0)
        close(c->blobs.blobs_fd);
    if (c->blobs.tmp_fd >= 0)
        close(c->blobs.tmp_fd);
    if (c->lock_fd >= 0)
        close(c->lock_fd); /* and with it the slot */
    free(c->directory);
    free(c);
    *cache = NULL;
}
