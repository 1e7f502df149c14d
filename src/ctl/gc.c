/* SPDX-License-Identifier: MIT
 *
 * visage gc: what the keeper does to the cache and the store of uploads, at once; for cron where there is
 * too little traffic to start one.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "cache/lock_file.h"
#include "cache/maintain.h"
#include "ctl/ctl.h"
#include "ctl/interrupt.h"
#include "ctl/progress.h"
#include "ctl/words.h"
#include "serve/refresh.h"
#include "serve/bucket_care.h"
#include "serve/store_care.h"

struct gc {
    const struct config *config;
    bool quiet, refresh;
    struct server server;  /* all of it with `refresh` only */
    struct cache *cache;
    struct store *store;   /* NULL: no source has uploads, or there are none */
    struct progress progress;
    uint64_t refreshed, failed;
};

static const char *plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

/* ---- order ---- */

static void tell(const char *what, unsigned done, unsigned all, void *context)
{
    struct gc *g = context;

    g->progress.all = all;
    progress_note(&g->progress, "%s", what);
    progress_show(&g->progress, done);
}

static uint64_t counted(const struct gc *g, enum counter counter)
{
    return atomic_load(&cache_slot(g->cache)->counters[counter]);
}

static int maintain(struct gc *g)
{
    uint64_t entries = counted(g, COUNT_EVICTIONS), bytes = counted(g, COUNT_EVICTED_BYTES);
    struct maintenance m = {.next_directory = 0};
    char freed[WORDS_MAX];
    int rc;

    progress_begin(&g->progress, progress_choose(false, g->quiet), 0);
    rc = maintain_all(g->cache, &m, tell, g);
    progress_clear(&g->progress);
    if (rc)
        return ctl_fail(&gc_command, "state directory %s: %s", g->config->state_dir,
                        strerror(-rc));
    entries = counted(g, COUNT_EVICTIONS) - entries;
    bytes = counted(g, COUNT_EVICTED_BYTES) - bytes;
    if (!g->quiet)
        printf("evicted %" PRIu64 " entr%s (%s); removed %" PRIu64 " purged entr%s, %" PRIu64
               " unknown file%s, %" PRIu64 " temporary file%s\n",
               entries, entries == 1 ? "y" : "ies", words_bytes(bytes, freed), m.purged,
               m.purged == 1 ? "y" : "ies", m.orphans, plural(m.orphans), m.temporary,
               plural(m.temporary));
    return CTL_OK;
}

/* ---- uploads ---- */

/* Each step is a transaction, so that a keeper may do the same at the same time. */
static int care(struct gc *g)
{
    struct store_care c = {.in_round = false};
    int rc = g->store ? store_care_all(g->config, g->cache, g->store, &c) : 0;

    if (rc)
        return ctl_fail(&gc_command, "store of uploads: %s", strerror(-rc));
    if (g->store && !g->quiet)
        printf("uploads: removed %" PRIu64 " file%s that nothing refers to, %" PRIu64
               " version%s above keep_versions; settled %" PRIu64 " purge%s that had been owed\n",
               c.files, plural(c.files), c.versions, plural(c.versions), c.purges,
               plural(c.purges));
    if (c.outdated > 0 && !g->quiet)
        printf("uploads: removed %" PRIu64 " entr%s of what is there no more from the cache\n",
               c.outdated, c.outdated == 1 ? "y" : "ies");
    return CTL_OK;
}

static int care_for_buckets(struct gc *g)
{
    struct bucket_care c = {.removed = 0};
    int rc = bucket_care_all(g->config, g->cache, &c);

    if (rc)
        return ctl_fail(&gc_command, "pictures of buckets: %s", strerror(-rc));
    if (c.removed > 0 && !g->quiet)
        printf("buckets: removed %" PRIu64 " entr%s that nobody has asked for any more\n",
               c.removed, c.removed == 1 ? "y" : "ies");
    return CTL_OK;
}

static int open_store(struct gc *g)
{
    char directory[PATH_MAX], error[CONFIG_ERROR_MAX];

    if (g->refresh) {
        g->store = g->server.store;
        return CTL_OK;
    }
    /* It makes none. */
    if (server_store_directory(g->config, directory) != 0 || access(directory, F_OK) != 0)
        return CTL_OK;
    return server_open_store(g->config, &g->store, error) == 0
               ? CTL_OK
               : ctl_fail(&gc_command, "%s", error);
}

static void close_all(struct gc *g)
{
    if (g->refresh) {
        server_close(&g->server);
    } else {
        store_close(&g->store);
        cache_close(&g->cache);
    }
}

/* ---- the queue ---- */

static int work_queue(struct gc *g)
{
    struct refreshed refreshed;
    uint64_t waiting = 0;
    int rc = interrupt_install();

    if (rc)
        return ctl_fail(&gc_command, "%s", strerror(-rc));
    cache_queue_length(g->cache, &waiting);
    progress_begin(&g->progress, progress_choose(false, g->quiet), waiting);
    while (interrupt_count() == 0 && (rc = refresh_queued(&g->server, &refreshed)) != -ENOENT) {
        if (rc) {
            progress_clear(&g->progress);
            return ctl_fail(&gc_command, "queue: %s", strerror(-rc));
        }
        g->refreshed += refreshed.outcome == REFRESH_MADE;
        g->failed += refreshed.outcome == REFRESH_FAILED;
        progress_note(&g->progress, "refreshed %" PRIu64 ", failed %" PRIu64, g->refreshed,
                      g->failed);
        progress_show(&g->progress, g->progress.done + 1);
        interrupt_poll(NULL, 0, 0);
    }
    progress_clear(&g->progress);
    if (!g->quiet)
        printf("refreshed %" PRIu64 " picture%s, %" PRIu64 " failed\n", g->refreshed,
               plural(g->refreshed), g->failed);
    return CTL_OK;
}

static void tell_queue(const struct gc *g)
{
    uint64_t waiting;

    if (g->quiet || cache_queue_length(g->cache, &waiting) != 0 || waiting == 0)
        return;
    printf("%" PRIu64 " picture%s wait%s to be refreshed: the keeper that workers start does it, "
           "or --refresh\n",
           waiting, plural(waiting), waiting == 1 ? "s" : "");
}

/* ---- who else is at it ---- */

static void tell_keepers(const struct gc *g)
{
    struct scoreboard *board = cache_scoreboard(g->cache);
    bool any = false;

    if (g->quiet)
        return;
    for (unsigned i = 0; i < SCOREBOARD_SLOTS; i++) {
        struct scoreboard_slot *slot = scoreboard_slot(board, i);

        if (atomic_load(&slot->kind) != KIND_KEEPER || !cache_slot_alive(g->cache, i))
            continue;
        printf("keeper %" PRId64 " is at work and keeps the cache in order\n",
               (int64_t)atomic_load(&slot->pid));
        any = true;
    }
    if (!any)
        puts("another visage gc is at work");
}

static int collect(struct gc *g)
{
    int place = cache_become_keeper(g->cache), status = CTL_OK;

    if (place < 0 && place != -EAGAIN)
        return ctl_fail(&gc_command, "locks of %s: %s", g->config->state_dir, strerror(-place));
    if (place == 0)
        status = maintain(g);
    else
        tell_keepers(g);
    /* Further keepers only refresh; so may we, in the place of one. */
    if (status == CTL_OK && g->refresh && place >= 0)
        status = work_queue(g);
    if (!g->refresh)
        tell_queue(g);
    return status;
}

static int open_and_collect(struct gc *g)
{
    char error[CONFIG_ERROR_MAX];
    int status = ctl_become_owner(&gc_command, g->config), rc;

    if (status)
        return status;
    rc = g->refresh ? server_open(g->config, CACHE_TOOL, &g->server, error)
                    : cache_open(g->config, CACHE_TOOL, &g->cache, error);
    if (rc)
        return ctl_fail(&gc_command, "%s", error);
    if (g->refresh)
        g->cache = g->server.cache;
    status = open_store(g);
    if (status == CTL_OK)
        status = care(g);
    if (status == CTL_OK)
        status = care_for_buckets(g);
    /* Whatever came of that. */
    rc = collect(g);
    close_all(g);
    return status == CTL_OK ? rc : status;
}

static int run(int argc, char **argv)
{
    static const struct option options[] = {
        CTL_OPTIONS,
        {"quiet", no_argument, NULL, 'q'},
        {"refresh", no_argument, NULL, 'r'},
        {NULL, 0, NULL, 0},
    };
    struct gc gc = {.quiet = false};
    const char *path = NULL;
    struct config *config;
    int c, status;

    while ((c = getopt_long(argc, argv, CTL_LETTERS "q", options, NULL)) != -1)
        switch (c) {
        case 'q':
            gc.quiet = true;
            break;
        case 'r':
            gc.refresh = true;
            break;
        default:
            if ((status = ctl_option(&gc_command, c, &path)) >= 0)
                return status;
        }
    if ((status = ctl_no_more(&gc_command, argc, argv)) >= 0)
        return status;
    config = ctl_config(&gc_command, path);
    if (!config)
        return CTL_FAILED;
    gc.config = config;
    status = open_and_collect(&gc);
    config_free(&config);
    return status;
}

const struct command gc_command = {
    .name = "gc",
    .run = run,
    .arguments = "[-q] [--refresh]",
    .doc = "evict, sweep and collect now what the keeper would in its time",
    .help = "  -q, --quiet  say nothing unless it fails, for cron\n"
            "  --refresh    refresh, too, what was served stale and waits for the keeper\n"
            "\n"
            "Where a keeper is at work, the order of the cache is left to it; uploads are looked\n"
            "through all the same.\n",
};
