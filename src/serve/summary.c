/* SPDX-License-Identifier: MIT
 *
 * The blob, all numbers little-endian:
 *   u64 bytes of the original, u32 colour, the ThumbHash
 */
#include "serve/summary.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "kv/wire.h"

enum {
    AT_BYTES = 0,
    AT_COLOUR = 8,
    AT_THUMBHASH = 12,
    SUMMARY_MAX = AT_THUMBHASH + PICTURE_THUMBHASH_MAX,
};

enum cause summary_render(struct server *server, int fd, uint64_t length,
                          struct render_result *result)
{
    unsigned char head[AT_THUMBHASH];
    struct render_summary s;
    enum cause cause = renderer_summarize(server->renderer, fd, length, &s);
    int rc;

    if (cause != CAUSE_NONE)
        return cause;
    *result = (struct render_result){.type = s.type,
                                     .width = s.width,
                                     .height = s.height,
                                     .source_width = s.width,
                                     .source_height = s.height,
                                     .source_alpha = s.alpha};
    wire_put64(head + AT_BYTES, length);
    wire_put32(head + AT_COLOUR, s.colour);
    buffer_clear(&server->rendered);
    rc = buffer_append(&server->rendered, head, sizeof head);
    if (!rc)
        rc = buffer_append(&server->rendered, s.thumbhash, s.thumbhash_length);
    return rc ? CAUSE_INTERNAL : CAUSE_NONE;
}

bool summary_decode(const void *bytes, size_t length, struct summary *out)
{
    const unsigned char *in = bytes;

    if (length <= AT_THUMBHASH || length > SUMMARY_MAX)
        return false;
    out->bytes = wire_get64(in + AT_BYTES);
    out->colour = wire_get32(in + AT_COLOUR);
    out->thumbhash_length = length - AT_THUMBHASH;
    memcpy(out->thumbhash, in + AT_THUMBHASH, out->thumbhash_length);
    return out->colour <= 0xffffff;
}

/* A file that is larger than hot copies may be, or where there are none. */
static int read_file(struct cache *cache, const struct entry *e, struct summary *out)
{
    char bytes[SUMMARY_MAX + 1];
    int fd = cache_open_blob(cache, e);
    ssize_t n;

    if (fd < 0)
        return fd;
    n = pread(fd, bytes, sizeof bytes, 0);
    close(fd);
    if (n < 0)
        return -EIO;
    return summary_decode(bytes, (size_t)n, out) ? 0 : -ENOENT;
}

int summary_read(const struct job *job, const struct variant *variant, struct summary *out)
{
    struct cache *cache = job->server->cache;
    const struct entry *e = &variant->entry;
    int rc = 0;
    const void *bytes = cache_blob_bytes(cache, e, &rc);

    if (bytes)
        rc = summary_decode(bytes, (size_t)e->length, out) ? 0 : -ENOENT;
    else if (!rc)
        rc = read_file(cache, e, out);
    if (!rc)
        cache_touch(cache, &variant->key);
    else if (rc == -ENOENT)
        cache_remove(cache, &variant->key, e);
    return rc ? -ENOENT : 0;
}
