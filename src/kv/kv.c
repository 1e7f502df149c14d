/* SPDX-License-Identifier: MIT
 *
 * The environment: opening it, its transactions, its size, and whether it is whole.
 */
#include "kv/kv.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "kv/handle.h"

#define OPEN_TRIES 20        /* two first openers may collide; see worth_retrying() */
#define OPEN_RETRY_MS 5
#define MAP_MAX (UINT64_C(1) << 40)

int kv_errno(int rc)
{
    switch (rc) {
    case MDB_SUCCESS:
        return 0;
    case MDB_NOTFOUND:
        return -ENOENT;
    case MDB_MAP_FULL:
        return -EFBIG;
    case EFBIG: /* a limit on file sizes; a larger map would not help */
        return -ENOSPC;
    case MDB_READERS_FULL:
        return -EMFILE;
    case MDB_BAD_VALSIZE:
        return -EINVAL;
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_INVALID:
    case MDB_VERSION_MISMATCH:
    case MDB_PANIC:
        return -EUCLEAN;
    default:
        return rc > 0 ? -rc : -EIO;
    }
}

/* Only between transactions. LMDB unmaps first: if the new map cannot be had (a limit on address
 * space), it is left without any and would crash at the next look. */
static int set_map_size(struct kv *kv, size_t bytes)
{
    int rc = mdb_env_set_mapsize(kv->env, bytes);

    if (rc) {
        log_error("index-map-lost", "bytes=%zu error=\"%s\" action=\"uncached until the worker "
                  "is started again; raise its limit on address space\"", bytes, mdb_strerror(rc));
        kv->lost = true;
    }
    return rc;
}

/* Another process enlarged the map: take over its size. */
static int adopt_map_size(struct kv *kv)
{
    return set_map_size(kv, 0);
}

static int begin(struct kv *kv, unsigned flags, MDB_txn **txn)
{
    int rc = mdb_txn_begin(kv->env, NULL, flags, txn);

    if (rc == MDB_MAP_RESIZED) {
        rc = adopt_map_size(kv);
        if (!rc)
            rc = mdb_txn_begin(kv->env, NULL, flags, txn);
    }
    return rc;
}

static int open_tables(struct kv *kv, const struct kv_options *o)
{
    MDB_txn *txn;
    int rc = begin(kv, o->only_look ? MDB_RDONLY : 0, &txn);

    if (rc)
        return rc;
    for (size_t i = 0; i < o->table_count && !rc; i++)
        rc = mdb_dbi_open(txn, o->tables[i], o->only_look ? 0 : MDB_CREATE, &kv->tables[i]);
    if (rc) {
        mdb_txn_abort(txn);
        return rc == MDB_NOTFOUND ? MDB_INVALID : rc;
    }
    return mdb_txn_commit(txn);
}

static int open_once(const struct kv_options *o, unsigned flags, struct kv *kv)
{
    int rc = mdb_env_create(&kv->env);

    if (rc)
        return rc;
    if ((rc = mdb_env_set_maxdbs(kv->env, (MDB_dbi)o->table_count)) == 0 &&
        (rc = mdb_env_set_maxreaders(kv->env, o->max_readers)) == 0 &&
        (rc = mdb_env_set_mapsize(kv->env, o->map_size)) == 0)
        /* NOTLS ties the reader slot to the transaction object, which is kept;
         * NORDAHEAD because lookups are random. */
        rc = mdb_env_open(kv->env, o->path, MDB_NOSUBDIR | MDB_NOTLS | MDB_NORDAHEAD | flags,
                          o->mode);
    if (!rc && (o->only_look || !(flags & MDB_RDONLY)))
        rc = open_tables(kv, o);
    if (rc) {
        mdb_env_close(kv->env);
        kv->env = NULL;
    }
    return rc;
}

/* LMDB maps its lock file and leaves holes in it: on a disk that has become full since, a reader
 * on a new page would be a SIGBUS. Sizes as in LMDB: a header of 192 bytes, 64 for each reader.
 * Must not run while this process has the environment open, whose locks close() would drop. */
static void allocate_lock_file(const struct kv_options *o)
{
    char path[PATH_MAX];
    int n = snprintf(path, sizeof path, "%s-lock", o->path), fd, rc;

    if (n < 0 || (size_t)n >= sizeof path)
        return;
    fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, o->mode);
    if (fd < 0)
        return;
    rc = posix_fallocate(fd, 0, 192 + (off_t)o->max_readers * 64);
    if (rc)
        log_warn("index-lock-file", "file=%s error=\"%s\"", path, strerror(rc));
    close(fd);
}

static bool worth_retrying(int rc)
{
    /* Simultaneous first open and last close may trip over the lock file. */
    return rc == ENOENT || rc == EAGAIN || rc == EINVAL || rc == EBUSY;
}

/* A killed reader keeps its slot, and with it old pages, until somebody looks. */
void kv_clear_dead_readers(struct kv *kv)
{
    int dead = 0;

    if (!kv->lost && mdb_reader_check(kv->env, &dead) == 0 && dead > 0)
        log_info("dead-readers", "cleared=%d", dead);
}

/* Without a lock file nobody has it open, and none is made: it might be another user's than the
 * others. */
static unsigned flags_to_look(const struct kv_options *o)
{
    char path[PATH_MAX];
    int n = snprintf(path, sizeof path, "%s-lock", o->path);
    bool alone = n > 0 && (size_t)n < sizeof path && access(path, F_OK) != 0 && errno == ENOENT;

    return alone ? MDB_RDONLY | MDB_NOLOCK : MDB_RDONLY;
}

static unsigned flags_of(const struct kv_options *o)
{
    if (o->only_look)
        return flags_to_look(o);
    return o->durable ? 0 : MDB_NOSYNC;
}

static int open_patiently(struct kv *kv)
{
    bool there = !kv->options.only_look || access(kv->options.path, F_OK) == 0;
    int rc = there ? 0 : errno;

    if (!kv->options.only_look)
        allocate_lock_file(&kv->options);
    for (int i = 0; i < OPEN_TRIES && there; i++) {
        rc = open_once(&kv->options, flags_of(&kv->options), kv);
        if (!worth_retrying(rc))
            break;
        clock_sleep_ms(OPEN_RETRY_MS);
    }
    return rc;
}

/* What the next pages will be written to. LMDB's own descriptor: to close another would drop its locks.
 * Where it cannot be had, nothing is lost but that. */
static void renew_reserve(struct kv *kv)
{
    mdb_filehandle_t fd;
    struct stat st;

    if (kv->options.reserve == 0 || mdb_env_get_fd(kv->env, &fd) != 0 || fstat(fd, &st) != 0 ||
        (uint64_t)st.st_blocks * 512 >= (uint64_t)st.st_size + kv->options.reserve / 2)
        return;
    if (fallocate(fd, FALLOC_FL_KEEP_SIZE, st.st_size, (off_t)kv->options.reserve) != 0)
        log_debug("reserve", "file=%s error=\"%s\"", kv->options.path, strerror(errno));
}

static void free_handle(struct kv *kv)
{
    free((char *)(uintptr_t)kv->options.path);
    free(kv);
}

int kv_open(const struct kv_options *options, struct kv **out)
{
    struct kv *kv;
    int rc;

    *out = NULL;
    if (options->table_count > KV_TABLES_MAX)
        return -EINVAL;
    kv = calloc(1, sizeof *kv);
    if (!kv)
        return -ENOMEM;
    kv->table_count = options->table_count;
    kv->options = *options;
    kv->options.path = strdup(options->path);
    rc = kv->options.path ? open_patiently(kv) : ENOMEM;
    if (rc) {
        free_handle(kv);
        return kv_errno(rc);
    }
    kv_clear_dead_readers(kv);
    if (!kv->options.only_look)
        renew_reserve(kv);
    *out = kv;
    return 0;
}

void kv_close(struct kv **kv)
{
    if (!*kv)
        return;
    if (!(*kv)->lost) { /* closing would unmap what is no longer ours */
        if ((*kv)->reader)
            mdb_txn_abort((*kv)->reader);
        mdb_env_close((*kv)->env);
    }
    free_handle(*kv);
    *kv = NULL;
}

/* Where the last page of a commit could not be written LMDB refuses all that comes after it, until
 * it is opened again. Only between transactions. */
static int open_again(struct kv *kv)
{
    int rc;

    if (kv->reader)
        mdb_txn_abort(kv->reader);
    kv->reader = NULL;
    mdb_env_close(kv->env);
    kv->env = NULL;
    rc = open_patiently(kv);
    kv->lost = rc != 0;
    log_warn("index-opened-again", "file=%s error=\"%s\"", kv->options.path,
             rc ? mdb_strerror(rc) : "a commit could not be written");
    return rc;
}

static int begin_anew(struct kv *kv, unsigned flags, MDB_txn **txn)
{
    int rc = begin(kv, flags, txn);

    if (rc == MDB_PANIC) {
        rc = open_again(kv);
        if (!rc)
            rc = begin(kv, flags, txn);
    }
    return rc;
}

static int renew_reader(struct kv *kv)
{
    int rc;

    if (!kv->reader)
        return begin_anew(kv, MDB_RDONLY, &kv->reader);
    rc = mdb_txn_renew(kv->reader);
    if (rc == MDB_PANIC) {
        rc = open_again(kv);
        return rc ? rc : begin(kv, MDB_RDONLY, &kv->reader);
    }
    if (rc == MDB_MAP_RESIZED) {
        rc = adopt_map_size(kv);
        if (!rc)
            rc = mdb_txn_renew(kv->reader);
    }
    return rc;
}

int kv_view(struct kv *kv, kv_body *body, void *context)
{
    struct kv_txn txn;
    int rc;

    if (kv->lost)
        return -ENOMEM;
    rc = renew_reader(kv);
    if (rc)
        return kv_errno(rc);
    txn = (struct kv_txn){.kv = kv, .txn = kv->reader};
    rc = body(&txn, context);
    mdb_txn_reset(kv->reader);
    return rc;
}

static int enlarge(struct kv *kv)
{
    MDB_envinfo info;
    int rc = mdb_env_info(kv->env, &info);

    if (rc)
        return kv_errno(rc);
    if (info.me_mapsize > MAP_MAX / 2)
        return -EFBIG;
    rc = set_map_size(kv, info.me_mapsize * 2);
    if (rc)
        return kv_errno(rc);
    log_info("index-map-enlarged", "bytes=%zu", info.me_mapsize * 2);
    return 0;
}

static int update_once(struct kv *kv, kv_body *body, void *context)
{
    struct kv_txn txn = {.kv = kv};
    int rc = begin_anew(kv, 0, &txn.txn);

    if (rc)
        return kv_errno(rc);
    rc = body(&txn, context);
    if (rc) {
        mdb_txn_abort(txn.txn);
        return rc;
    }
    /* Frees the transaction whether it succeeds or not. */
    return kv_errno(mdb_txn_commit(txn.txn));
}

int kv_update(struct kv *kv, kv_body *body, void *context)
{
    int rc;

    if (kv->lost)
        return -ENOMEM;
    while ((rc = update_once(kv, body, context)) == -EFBIG) {
        int grown = enlarge(kv);

        if (grown)
            return grown;
    }
    if (!rc)
        renew_reserve(kv);
    return rc;
}

int kv_copy(struct kv *kv, int fd)
{
    return kv->lost ? -ENOMEM : kv_errno(mdb_env_copyfd2(kv->env, fd, MDB_CP_COMPACT));
}

int kv_sync(struct kv_txn *txn)
{
    return kv_errno(mdb_env_sync(txn->kv->env, 1));
}

struct stats_context {
    struct kv *kv;
    struct kv_stats *out;
};

static int stats_body(struct kv_txn *txn, void *context)
{
    struct stats_context *c = context;
    MDB_stat stat;
    MDB_envinfo info;
    int rc = mdb_env_info(c->kv->env, &info);

    if (rc)
        return kv_errno(rc);
    for (size_t i = 0; i < c->kv->table_count; i++) {
        rc = mdb_stat(txn->txn, c->kv->tables[i], &stat);
        if (rc)
            return kv_errno(rc);
        c->out->records[i] = stat.ms_entries;
    }
    rc = mdb_env_stat(c->kv->env, &stat);
    if (rc)
        return kv_errno(rc);
    c->out->map_bytes = info.me_mapsize;
    c->out->used_bytes = (uint64_t)(info.me_last_pgno + 1) * stat.ms_psize;
    c->out->readers = info.me_numreaders;
    return 0;
}

int kv_stats(struct kv *kv, struct kv_stats *out)
{
    struct stats_context context = {.kv = kv, .out = out};

    *out = (struct kv_stats){0};
    return kv_view(kv, stats_body, &context);
}

static int sum_bytes(struct kv_slice key, struct kv_slice value, void *context)
{
    /* volatile: the point is to touch the bytes, so that a bad page shows itself. */
    volatile unsigned char *sum = context;

    for (size_t i = 0; i < key.length; i++)
        *sum ^= ((const unsigned char *)key.data)[i];
    for (size_t i = 0; i < value.length; i++)
        *sum ^= ((const unsigned char *)value.data)[i];
    return 0;
}

/* Walks the trees of all tables and of the free pages, and compares their number with the
 * file's: LMDB's own compacting copy does that, to nowhere. */
static int walk_pages(MDB_env *env)
{
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC), rc;

    if (null < 0)
        return errno;
    rc = mdb_env_copyfd2(env, null, MDB_CP_COMPACT);
    close(null);
    return rc;
}

/* In the child. MDB_NOLOCK: nobody else has it open, and the lock file may be damaged. A
 * table that is missing was lost: all are made by the transaction that made the first. */
static int read_everything(const struct kv_options *o)
{
    struct kv kv = {.table_count = o->table_count};
    struct kv_txn txn = {.kv = &kv};
    unsigned char sum = 0;
    int rc = open_once(o, MDB_RDONLY | MDB_NOLOCK, &kv);

    if (!rc)
        rc = mdb_txn_begin(kv.env, NULL, MDB_RDONLY, &txn.txn);
    for (size_t i = 0; i < o->table_count && !rc; i++) {
        rc = mdb_dbi_open(txn.txn, o->tables[i], 0, &kv.tables[i]);
        if (!rc)
            rc = kv_walk(&txn, (unsigned)i, sum_bytes, &sum);
    }
    return rc ? rc : walk_pages(kv.env);
}

int kv_check(const struct kv_options *options)
{
    pid_t child;
    int status;

    if (access(options->path, F_OK) != 0)
        return errno == ENOENT ? 0 : -errno;
    child = fork();
    if (child < 0)
        return -errno;
    if (child == 0) {
        const struct rlimit no_core = {0, 0};

        setrlimit(RLIMIT_CORE, &no_core); /* that it crashes over a bad page is expected */
        /* _exit: nothing of the parent's may be flushed or run twice. */
        _exit(read_everything(options) ? 1 : 0);
    }
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return -errno;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -EUCLEAN;
}

int kv_remove(const char *path)
{
    char lock[PATH_MAX];
    int n = snprintf(lock, sizeof lock, "%s-lock", path);

    if (n < 0 || (size_t)n >= sizeof lock)
        return -ENAMETOOLONG;
    if (unlink(path) != 0 && errno != ENOENT)
        return -errno;
    if (unlink(lock) != 0 && errno != ENOENT)
        return -errno;
    return 0;
}

const char *kv_version(int *major, int *minor, int *patch)
{
    return mdb_version(major, minor, patch);
}
