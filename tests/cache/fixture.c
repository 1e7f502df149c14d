/* SPDX-License-Identifier: MIT */
#include "cache/fixture.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void fixture_open(struct fixture *f, uint64_t cache_size)
{
    const char *base = getenv("TMPDIR");

    snprintf(f->directory, sizeof f->directory, "%s/visage-cache-XXXXXX", base ? base : "/tmp");
    cr_assert_not_null(mkdtemp(f->directory));
    f->config = (struct config){.state_dir = f->directory,
                                .cache_size = cache_size,
                                .hot_size = 1 << 20};
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

void fixture_close(struct fixture *f)
{
    nftw(f->directory, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

struct cache *fixture_worker(struct fixture *f)
{
    char error[CONFIG_ERROR_MAX];
    struct cache *cache;

    cr_assert_eq(cache_open(&f->config, CACHE_WORKER, &cache, error), 0, "%s", error);
    return cache;
}

int fixture_insert_like(struct cache *cache, const struct entry *like, const char *text,
                        unsigned seed, size_t length)
{
    struct entry e = *like;
    struct blob_writer writer;
    struct digest key;
    char *bytes = malloc(length);

    for (size_t i = 0; i < length; i++) {
        seed = seed * 1103515245u + 12345u;
        bytes[i] = (char)(seed >> 16);
    }
    e.length = length;
    snprintf(e.text, sizeof e.text, "%s", text);
    cr_assert_eq(cache_key(text, &key), 0);
    cr_assert_eq(blob_writer_begin(&writer, cache_blobs(cache)), 0);
    cr_assert_eq(blob_writer_add(&writer, bytes, length), 0);
    cr_assert_eq(blob_writer_finish(&writer, &e.blob), 0);
    free(bytes);
    return cache_insert(cache, &key, &e, &writer);
}

int fixture_insert(struct cache *cache, const char *text, unsigned seed, size_t length)
{
    const struct entry like = {.kind = ENTRY_VARIANT,
                               .type = PICTURE_JPEG,
                               .width = 1,
                               .height = 1,
                               .generation = cache_generation(cache),
                               .expires_ms = INT64_MAX};

    return fixture_insert_like(cache, &like, text, seed, length);
}

int fixture_insert_bare(struct cache *cache, const struct entry *like, const char *text)
{
    struct entry e = *like;
    struct digest key;

    snprintf(e.text, sizeof e.text, "%s", text);
    cr_assert_eq(cache_key(text, &key), 0);
    return cache_insert(cache, &key, &e, NULL);
}

int fixture_lookup(struct cache *cache, const char *text, struct entry *out)
{
    struct digest key;

    cr_assert_eq(cache_key(text, &key), 0);
    return cache_lookup(cache, &key, text, out);
}

bool fixture_has(struct cache *cache, const char *text)
{
    struct entry e;
    int rc = fixture_lookup(cache, text, &e);

    cr_assert(rc == 0 || rc == -ENOENT, "%s: %d", text, rc);
    return rc == 0;
}

struct index_stats fixture_stats(struct cache *cache)
{
    struct index_stats stats;

    cr_assert_eq(cache_stats(cache, &stats), 0);
    return stats;
}

static unsigned found_files;
static uint64_t found_bytes;
static uint64_t found_disk_bytes;

static int count_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)path;
    (void)ftw;
    if (type == FTW_F) {
        found_files++;
        found_bytes += (uint64_t)st->st_size;
        found_disk_bytes += blob_disk_bytes((uint64_t)st->st_size);
    }
    return 0;
}

unsigned fixture_count_files(const struct fixture *f, const char *name, uint64_t *bytes)
{
    char path[PATH_MAX];

    snprintf(path, sizeof path, "%s/%s", f->directory, name);
    found_files = 0;
    found_bytes = 0;
    found_disk_bytes = 0;
    nftw(path, count_one, 16, FTW_PHYS);
    if (bytes)
        *bytes = found_bytes;
    return found_files;
}

uint64_t fixture_disk_bytes(const struct fixture *f)
{
    fixture_count_files(f, "blobs", NULL);
    return found_disk_bytes;
}

struct check {
    struct cache *cache;
    uint64_t bytes;
};

static int check_blob(const struct digest *blob, uint64_t length, uint32_t uses, void *context)
{
    struct check *c = context;
    int fd = blob_open(cache_blobs(c->cache), blob);
    struct stat st;

    cr_assert_geq(fd, 0, "a blob on record has its file");
    cr_assert_eq(fstat(fd, &st), 0);
    cr_assert_eq((uint64_t)st.st_size, length);
    cr_assert_gt(uses, 0);
    close(fd);
    c->bytes += blob_disk_bytes(length);
    return 0;
}

void fixture_assert_consistent(const struct fixture *f, struct cache *cache)
{
    struct index_stats stats = fixture_stats(cache);
    struct check c = {.cache = cache};

    cr_assert_eq(cache_walk_blobs(cache, check_blob, &c), 0);
    cr_assert_eq(stats.bytes, c.bytes + (stats.entries - stats.negatives) * INDEX_ENTRY_COST +
                                  stats.published * INDEX_PATH_COST);
    cr_assert_eq(stats.blobs, fixture_count_files(f, "blobs", NULL));
    cr_assert_eq(fixture_count_files(f, "tmp", NULL), 0);
}
