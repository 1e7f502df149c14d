/* SPDX-License-Identifier: MIT */
#include "serve/original_put.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "serve/times.h"

#define BLOCK 32768

static void describe(const struct job *job, const char *subject, const struct store_picture *p,
                     const char *etag, struct entry *e)
{
    int64_t now_ms = clock_wall_ms();
    struct freshness_times times = times_unsaid(job->picture->source, now_ms);

    *e = (struct entry){.kind = ENTRY_ORIGINAL,
                        .type = p->type,
                        .labelled = true,
                        .width = p->width,
                        .height = p->height,
                        .length = p->length,
                        .fetched_ms = now_ms,
                        .expires_ms = times.expires_ms,
                        .refresh_until_ms = times.refresh_until_ms,
                        .stale_until_ms = times.stale_until_ms,
                        .last_modified_s = p->uploaded_ms / 1000,
                        .blob = p->digest};
    snprintf(e->text, sizeof e->text, "%s", subject);
    snprintf(e->etag, sizeof e->etag, "%s", etag);
}

/* What would be held in memory for want of room is not worth it. */
static int copy(int fd, struct blob_writer *out)
{
    char block[BLOCK];
    off_t at = 0;
    ssize_t n;
    int rc = 0;

    while (!rc && (n = pread(fd, block, sizeof block, at)) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        rc = n < 0 ? -errno : blob_writer_add(out, block, (size_t)n);
        if (!rc && out->in_memory)
            rc = -ENOSPC;
        at += n;
    }
    return rc;
}

/* Returns 0 or a negative errno; the writer is ended. */
static int insert(struct job *job, struct entry *e, struct blob_writer *writer)
{
    struct digest key, digest;
    int rc = cache_key(e->text, &key);

    if (!rc)
        rc = blob_writer_finish(writer, &digest);
    if (!rc && !digest_equal(&digest, &e->blob))
        rc = -EBADMSG;
    if (!rc)
        return cache_insert(job->server->cache, &key, e, writer);
    blob_writer_abort(writer);
    return rc;
}

/* It is kept for as long as it would be if it had been fetched. */
static int keep(struct job *job, struct entry *e, int fd)
{
    struct blob_writer writer;
    int rc = blob_writer_begin(&writer, cache_blobs(job->server->cache));

    if (rc)
        return rc;
    rc = copy(fd, &writer);
    if (!rc)
        return insert(job, e, &writer);
    blob_writer_abort(&writer);
    return rc;
}

/* What a tool brings in by the thousand would push out what people ask for. */
static bool is_worth_it(const struct job *job, const struct store_picture *p, const char *etag)
{
    return job->http && etag[0] && p->length <= job->server->config->keep_original_max;
}

void original_put(struct job *job, const char *subject, int fd, const struct store_picture *picture,
                  const char *etag, uint64_t since)
{
    struct entry e;
    int rc;

    describe(job, subject, picture, etag, &e);
    rc = cache_replace(job->server->cache, subject, since, &e.generation);
    if (rc) {
        log_error("purge", "error=\"%s\"", strerror(-rc));
        return;
    }
    if (e.generation == 0 || !is_worth_it(job, picture, etag))
        return;
    rc = keep(job, &e, fd);
    if (rc && rc != -ESTALE)
        log_info("upload-not-cached", "source=%s error=\"%s\"", job->picture->source->name,
                 strerror(-rc));
}
