/* SPDX-License-Identifier: MIT */
#include "rig/agreement.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "base/clock.h"
#include "base/config.h"
#include "cache/cache.h"
#include "rig/files.h"
#include "rig/workers.h"

#define TRIES 100

struct walk {
    struct agreement *out;
    const struct config *config;
    unsigned found; /* files for what is on record */
};

static int look_at_blob(const struct digest *blob, uint64_t length, uint32_t uses, void *context)
{
    struct walk *w = context;
    char relative[BLOB_PATH_SIZE], path[FILES_PATH_MAX];
    struct buffer bytes = {0};
    struct digest digest;

    blob_path(blob, relative);
    files_path(path, "%s/blobs/%s", w->config->state_dir, relative);
    w->out->blobs++;
    w->out->recorded_bytes += blob_disk_bytes(length);
    if (!files_read(path, &bytes)) {
        fprintf(stderr, "on record but not there: %s\n", relative);
        w->out->missing++;
    } else {
        w->found++;
        if (bytes.length != length || uses == 0 ||
            digest_of(bytes.data ? bytes.data : "", bytes.length, &digest) != 0 ||
            !digest_equal(&digest, blob)) {
            fprintf(stderr, "damaged: %s, %zu of %" PRIu64 " bytes, %u uses\n", relative,
                    bytes.length, length, (unsigned)uses);
            w->out->damaged++;
        }
    }
    buffer_free(&bytes);
    return 0;
}

static bool is_same(const struct index_stats *a, const struct index_stats *b)
{
    return a->entries == b->entries && a->negatives == b->negatives && a->blobs == b->blobs &&
           a->bytes == b->bytes;
}

static void count_files(struct walk *w)
{
    char path[FILES_PATH_MAX];

    files_path(path, "%s/blobs", w->config->state_dir);
    w->out->strangers = files_count(path) - w->found;
    files_path(path, "%s/tmp", w->config->state_dir);
    w->out->temporary = files_count(path);
}

/* A keeper takes files off the record before it deletes them, and makes temporary ones. Without
 * one, what is there is there to stay. */
static bool is_at_work(const struct walk *w)
{
    struct workers keepers;

    workers_find_keepers(w->config->state_dir, &keepers);
    return keepers.count > 0 && (w->out->strangers > 0 || w->out->temporary > 0);
}

/* A keeper may still be at it: what is compared must be of one moment. */
static void walk_in_peace(struct cache *cache, struct walk *w, struct index_stats *stats)
{
    struct index_stats before;

    for (int i = 0; i < TRIES; i++) {
        w->found = 0;
        memset(w->out, 0, sizeof *w->out);
        cr_assert_eq(cache_stats(cache, &before), 0);
        cr_assert_eq(cache_walk_blobs(cache, look_at_blob, w), 0);
        count_files(w);
        cr_assert_eq(cache_stats(cache, stats), 0);
        if (is_same(&before, stats) && (i == TRIES - 1 || !is_at_work(w)))
            return;
        clock_sleep_ms(50);
    }
    cr_assert(false, "the cache is changing all the time");
}

void agreement_look(const char *conf, struct agreement *out)
{
    struct walk w = {.out = out};
    char error[CONFIG_ERROR_MAX];
    struct config *config;
    struct cache *cache;
    struct index_stats stats;

    cr_assert_eq(config_load(conf, &config, error), 0, "%s", error);
    cr_assert_eq(cache_open(config, CACHE_VISITOR, &cache, error), 0, "%s", error);
    w.config = config;
    walk_in_peace(cache, &w, &stats);
    out->entries = stats.entries - stats.negatives;
    out->recorded_bytes += out->entries * INDEX_ENTRY_COST;
    out->counted_bytes = stats.bytes;
    out->limit = stats.limit;
    cr_assert_eq(stats.blobs, out->blobs);
    cache_close(&cache);
    config_free(&config);
}

void agreement_assert(const char *conf)
{
    struct agreement a;

    agreement_look(conf, &a);
    cr_expect_eq(a.missing, 0u, "%u blobs on record have no file", a.missing);
    cr_expect_eq(a.damaged, 0u, "%u blobs are damaged", a.damaged);
    cr_expect_eq(a.strangers, 0u, "%u files are not on record", a.strangers);
    cr_expect_eq(a.temporary, 0u, "%u temporary files", a.temporary);
    cr_expect_eq(a.recorded_bytes, a.counted_bytes, "%" PRIu64 " bytes, counted as %" PRIu64,
                 a.recorded_bytes, a.counted_bytes);
    cr_expect_leq(a.counted_bytes, a.limit);
}
