/* SPDX-License-Identifier: MIT */
#include "serve/health.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "store/store.h"

#define TEXT "+health/index" /* nobody's canonical text */

static int check_index(struct server *server, int64_t now_ms)
{
    struct entry e = {.kind = ENTRY_NEGATIVE,
                      .cause = CAUSE_INTERNAL,
                      .generation = cache_generation(server->cache),
                      .fetched_ms = now_ms,
                      .expires_ms = now_ms},
                 back;
    struct digest key;
    int rc = cache_key(TEXT, &key);

    snprintf(e.text, sizeof e.text, "%s", TEXT);
    if (!rc)
        rc = cache_insert(server->cache, &key, &e, NULL);
    if (!rc)
        rc = cache_lookup(server->cache, &key, TEXT, &back);
    if (!rc && back.sequence < e.sequence) /* others may check at the same time */
        rc = -EIO;
    return rc;
}

static int check_blobs(struct server *server)
{
    static const char probe[] = "visage";
    struct blob_writer writer;
    struct digest digest;
    char back[sizeof probe];
    int rc = blob_store_check(cache_blobs(server->cache)), fd;

    if (!rc)
        rc = blob_writer_begin(&writer, cache_blobs(server->cache));
    if (rc)
        return rc;
    rc = blob_writer_add(&writer, probe, sizeof probe);
    if (!rc)
        rc = blob_writer_finish(&writer, &digest);
    if (!rc && writer.in_memory)
        rc = -ENOSPC;
    fd = rc ? -1 : blob_writer_open_readonly(&writer);
    if (!rc && fd < 0)
        rc = fd;
    if (!rc && (pread(fd, back, sizeof back, 0) != (ssize_t)sizeof back ||
                memcmp(back, probe, sizeof back) != 0))
        rc = -EIO;
    if (fd >= 0)
        close(fd);
    blob_writer_abort(&writer);
    return rc;
}

static int check_renderer(struct server *server)
{
    const struct rendering small = {.width = 16, .height = 16, .fit = FIT_COVER, .quality = 80};
    const struct digest seed = {{1}};
    struct render_result result;
    enum cause cause = renderer_generate(server->renderer, GENERATOR_IDENTICON, &seed, NULL,
                                         &small, PICTURE_JPEG, &server->rendered, &result);

    return cause == CAUSE_NONE ? 0 : cause == CAUSE_RENDERER_UNAVAILABLE ? -ENOENT : -EIO;
}

/* Its records are read; that nothing is found is well. */
static int check_store(struct server *server)
{
    struct store *store = server_store(server);
    struct store_stats stats;

    return store ? store_stats(store, &stats) : -EIO;
}

static int report(struct buffer *out, const char *before, const char *part, int rc, bool *healthy)
{
    if (rc) {
        *healthy = false;
        log_error("health", "part=%s error=\"%s\"", part, strerror(-rc));
    }
    return buffer_printf(out, "%s\"%s\":\"%s\"", before, part, rc ? "failed" : "ok");
}

int health_check(struct server *server, int64_t now_ms, struct buffer *out, bool *healthy)
{
    int index = check_index(server, now_ms), blobs = check_blobs(server);
    int renderer = check_renderer(server), rc;

    *healthy = true;
    rc = report(out, "{", "index", index, healthy);
    if (!rc)
        rc = report(out, ",", "blobs", blobs, healthy);
    if (!rc)
        rc = report(out, ",", "renderer", renderer, healthy);
    if (!rc && (server->store || server->store_away))
        rc = report(out, ",", "store", check_store(server), healthy);
    return rc ? rc
              : buffer_printf(out, ",\"status\":\"%s\"}\n", *healthy ? "ok" : "failed");
}
