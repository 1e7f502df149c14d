/* SPDX-License-Identifier: MIT */
#include "bench/stock.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "route/request.h"

#define FRESH_MS (INT64_C(24) * 60 * 60 * 1000)
#define LENGTH_MAX (1 << 20)

uint64_t stock_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(2685821657736338717);
}

int stock_open(const char *conf, struct config **config, struct cache **cache)
{
    char error[CONFIG_ERROR_MAX];

    *cache = NULL;
    if (config_load(conf, config, error) != 0 ||
        cache_open(*config, CACHE_TOOL, cache, error) != 0) {
        fprintf(stderr, "%s\n", error);
        config_free(config);
        return -1;
    }
    log_set_level((*config)->log_level);
    return 0;
}

void stock_close(struct config **config, struct cache **cache)
{
    cache_close(cache);
    config_free(config);
}

static int text_of(const struct config *config, uint32_t number, char out[ENTRY_TEXT_MAX])
{
    struct picture_request request = {
        .source = config_find_source(config, STOCK_SOURCE, strlen(STOCK_SOURCE)),
        .rendering = {.width = STOCK_SIDE,
                      .height = STOCK_SIDE,
                      .fit = FIT_COVER,
                      .quality = config->quality},
        .background = config->background,
        .format = PICTURE_JPEG};

    _Static_assert(ENTRY_TEXT_MAX >= PICTURE_CANONICAL_MAX, "any canonical text fits an entry");
    if (!request.source)
        return -ENOENT;
    snprintf(request.id, sizeof request.id, "%08u", number);
    picture_variant_text(&request, PICTURE_JPEG, out);
    return 0;
}

int stock_entry(const struct config *config, uint32_t number, struct entry *out,
                struct digest *key)
{
    int64_t now_ms = clock_wall_ms();
    int rc;

    *out = (struct entry){.kind = ENTRY_VARIANT,
                          .type = PICTURE_JPEG,
                          .width = STOCK_SIDE,
                          .height = STOCK_SIDE,
                          .fetched_ms = now_ms,
                          .expires_ms = now_ms + FRESH_MS,
                          .refresh_until_ms = now_ms + 2 * FRESH_MS,
                          .stale_until_ms = now_ms + 2 * FRESH_MS,
                          .last_modified_s = now_ms / 1000};
    rc = text_of(config, number, out->text);
    return rc ? rc : cache_key(out->text, key);
}

static void make_bytes(unsigned char *out, uint32_t number, const void *bytes, size_t given,
                       size_t length)
{
    uint64_t state = (uint64_t)number + 1;

    memcpy(out, bytes, given);
    for (size_t i = given; i < length; i += sizeof state) {
        uint64_t value = stock_random(&state);

        memcpy(out + i, &value, length - i < sizeof value ? length - i : sizeof value);
    }
}

int stock_insert(struct cache *cache, const struct config *config, uint32_t number,
                 const void *bytes, size_t given, size_t length)
{
    static unsigned char content[LENGTH_MAX];
    struct blob_writer writer;
    struct digest key;
    struct entry e;
    int rc = stock_entry(config, number, &e, &key);

    if (!rc && (given > length || length > sizeof content))
        rc = -EINVAL;
    if (!rc)
        rc = blob_writer_begin(&writer, cache_blobs(cache));
    if (rc)
        return rc;
    make_bytes(content, number, bytes, given, length);
    e.length = length;
    e.generation = cache_generation(cache);
    rc = blob_writer_add(&writer, content, length);
    if (!rc)
        rc = blob_writer_finish(&writer, &e.blob);
    if (!rc)
        return cache_insert(cache, &key, &e, &writer);
    blob_writer_abort(&writer);
    return rc;
}

int stock_touch(struct cache *cache, const struct config *config, uint32_t number)
{
    char text[ENTRY_TEXT_MAX];
    struct digest key;
    int rc = text_of(config, number, text);

    if (!rc)
        rc = cache_key(text, &key);
    if (!rc)
        cache_touch(cache, &key);
    return rc;
}
