/* SPDX-License-Identifier: MIT */
#include "cache/fixture.h"

#include <criterion/criterion.h>
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

int fixture_insert(struct cache *cache, const char *text, unsigned seed, size_t length)
{
    struct entry e = {.kind = ENTRY_VARIANT,
                      .type = PICTURE_JPEG,
                      .width = 1,
                      .height = 1,
                      .length = length,
                      .expires_ms = INT64_MAX};
    struct blob_writer writer;
    struct digest key;
    char *bytes = malloc(length);

    for (size_t i = 0; i < length; i++) {
        seed = seed * 1103515245u + 12345u;
        bytes[i] = (char)(seed >> 16);
    }
    snprintf(e.text, sizeof e.text, "%s", text);
    cr_assert_eq(cache_key(text, &key), 0);
    cr_assert_eq(blob_writer_begin(&writer, cache_blobs(cache)), 0);
    cr_assert_eq(blob_writer_add(&writer, bytes, length), 0);
    cr_assert_eq(blob_writer_finish(&writer, &e.blob), 0);
    free(bytes);
    return cache_insert(cache, &key, &e, &writer);
}

int fixture_lookup(struct cache *cache, const char *text, struct entry *out)
{
    struct digest key;

    cr_assert_eq(cache_key(text, &key), 0);
    return cache_lookup(cache, &key, text, out);
}

static unsigned found_files;
static uint64_t found_bytes;

static int count_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)path;
    (void)ftw;
    if (type == FTW_F) {
        found_files++;
        found_bytes += (uint64_t)st->st_size;
    }
    return 0;
}

unsigned fixture_count_files(const struct fixture *f, const char *name, uint64_t *bytes)
{
    char path[PATH_MAX];

    snprintf(path, sizeof path, "%s/%s", f->directory, name);
    found_files = 0;
    found_bytes = 0;
    nftw(path, count_one, 16, FTW_PHYS);
    if (bytes)
        *bytes = found_bytes;
    return found_files;
}
