/* SPDX-License-Identifier: MIT
 *
 * visage stats: what the cache holds and what the workers have done.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/config.h"
#include "cache/cache.h"
#include "ctl/ctl.h"

static void print_size(const char *name, uint64_t bytes)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    double value = (double)bytes;
    size_t unit = 0;

    while (value >= 1024 && unit + 1 < sizeof units / sizeof *units) {
        value /= 1024;
        unit++;
    }
    printf("%-18s %" PRIu64 " (%.1f %s)\n", name, bytes, value, units[unit]);
}

static void print_cache(const struct index_stats *s)
{
    print_size("cache-bytes", s->bytes);
    print_size("cache-limit", s->limit);
    printf("%-18s %.1f %%\n", "cache-filled",
           s->limit ? 100.0 * (double)s->bytes / (double)s->limit : 0.0);
    printf("%-18s %" PRIu64 "\n", "entries", s->entries - s->negatives);
    printf("%-18s %" PRIu64 "\n", "failures", s->negatives);
    printf("%-18s %" PRIu64 "\n", "blobs", s->blobs);
    print_size("index-bytes", s->file_bytes);
}

static void print_counters(struct scoreboard *board)
{
    uint64_t sum[COUNTERS] = {0};

    for (unsigned i = 0; i < SCOREBOARD_SLOTS; i++) {
        struct scoreboard_slot *slot = scoreboard_slot(board, i);

        for (int c = 0; c < COUNTERS; c++)
            sum[c] += atomic_load(&slot->counters[c]);
    }
    for (int c = 0; c < COUNTERS; c++)
        printf("%-18s %" PRIu64 "\n", scoreboard_counter_name((enum counter)c), sum[c]);
    if (sum[COUNT_HITS] + sum[COUNT_MISSES])
        printf("%-18s %.1f %%\n", "hit-ratio",
               100.0 * (double)sum[COUNT_HITS] / (double)(sum[COUNT_HITS] + sum[COUNT_MISSES]));
}

static void print_workers(struct cache *cache)
{
    struct scoreboard *board = cache_scoreboard(cache);
    int64_t now_ms = clock_wall_ms();
    unsigned alive = 0;

    for (unsigned i = 0; i < SCOREBOARD_SLOTS; i++) {
        struct scoreboard_slot *slot = scoreboard_slot(board, i);

        /* The lock byte says who lives; the rest is what they wrote last. */
        if (atomic_load(&slot->incarnation) == 0 || !cache_slot_alive(cache, i))
            continue;
        alive++;
        printf("worker             slot=%u pid=%" PRId64 " state=%s up=%" PRId64
               "s requests=%" PRIu64 "\n",
               i, atomic_load(&slot->pid), scoreboard_state_name(atomic_load(&slot->state)),
               (now_ms - atomic_load(&slot->started_ms)) / 1000,
               atomic_load(&slot->counters[COUNT_REQUESTS]));
    }
    printf("%-18s %u\n", "workers", alive);
}

int ctl_stats(int argc, char **argv)
{
    const char *path = NULL;
    char error[CONFIG_ERROR_MAX];
    struct index_stats stats;
    struct config *config;
    struct cache *cache;
    int rc;

    rc = ctl_options(argc, argv, &path);
    if (rc)
        return rc;
    rc = config_load(config_path(path), &config, error);
    if (rc) {
        fprintf(stderr, "visage: %s\n", error);
        return EXIT_FAILURE;
    }
    rc = cache_open(config, CACHE_VISITOR, &cache, error);
    if (!rc) {
        rc = cache_stats(cache, &stats);
        if (rc)
            snprintf(error, sizeof error, "index: %s", strerror(-rc));
        else {
            print_cache(&stats);
            print_counters(cache_scoreboard(cache));
            print_workers(cache);
        }
        cache_close(&cache);
    }
    if (rc)
        fprintf(stderr, "visage: %s\n", error);
    config_free(&config);
    return rc ? EXIT_FAILURE : EXIT_SUCCESS;
}
