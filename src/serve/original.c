/* SPDX-License-Identifier: MIT */
#include "serve/original.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "cache/lease.h"
#include "image/sniff.h"
#include "serve/failure.h"
#include "serve/turn.h"

/* What a lease allows beyond the fetch's own deadline: storing, a slow disk. */
#define LEASE_MARGIN_MS 5000

struct search {
    const struct job *job;
    struct original *out;
    struct digest key;
    char text[PICTURE_CANONICAL_MAX];
    enum cause failure;
    int64_t retry_ms;
};

/* Opens what the index has. True if there is an original, fresh or not. */
static bool open_kept(struct search *s)
{
    struct cache *cache = s->job->server->cache;

    original_free(s->out);
    if (cache_lookup(cache, &s->key, s->text, &s->out->entry) != 0 ||
        s->out->entry.kind != ENTRY_ORIGINAL)
        return false;
    s->out->fd = cache_open_blob(cache, &s->out->entry);
    if (s->out->fd == -ENOENT)
        cache_remove(cache, &s->key, &s->out->entry);
    s->out->stored = s->out->fd >= 0;
    return s->out->stored;
}

/* Fresh original, or a remembered failure: nothing to do for anybody. */
static bool is_settled(void *context)
{
    struct search *s = context;
    int64_t now_ms = clock_wall_ms();

    if (open_kept(s) && now_ms < s->out->entry.expires_ms)
        return true;
    s->failure = failure_recall(s->job->server->cache, s->text, now_ms, &s->retry_ms);
    return s->failure != CAUSE_NONE;
}

static int write_blob(void *context, const void *bytes, size_t length)
{
    return blob_writer_add(context, bytes, length);
}

static enum picture_type sniff_file(int fd)
{
    char head[SNIFF_BYTES];
    ssize_t n = pread(fd, head, sizeof head, 0);

    return n > 0 ? sniff_picture(head, (size_t)n) : PICTURE_UNKNOWN;
}

static void describe(struct search *s, const struct fetch_result *fetched, enum picture_type type,
                     uint64_t length)
{
    const struct config_source *source = s->job->picture->source;
    struct entry *e = &s->out->entry;
    int64_t now_ms = clock_wall_ms();

    *e = (struct entry){.kind = ENTRY_ORIGINAL,
                        .type = type,
                        .length = length,
                        .fetched_ms = now_ms,
                        .expires_ms = now_ms + source->ttl_ms,
                        .stale_until_ms = now_ms + source->ttl_ms + source->stale_ms,
                        .last_modified_s = fetched->last_modified_s ? fetched->last_modified_s
                                                                    : now_ms / 1000};
    snprintf(e->text, sizeof e->text, "%s", s->text);
    snprintf(e->etag, sizeof e->etag, "%s", fetched->etag);
}

/* The writer holds the whole body. Ends it. */
static enum cause take_in(struct search *s, struct blob_writer *writer,
                          const struct fetch_result *fetched)
{
    struct cache *cache = s->job->server->cache;
    enum picture_type type = sniff_file(writer->fd);
    int rc;

    if (type == PICTURE_UNKNOWN) {
        blob_writer_abort(writer);
        return CAUSE_PICTURE_TYPE;
    }
    original_free(s->out);
    describe(s, fetched, type, writer->length);
    rc = blob_writer_finish(writer, &s->out->entry.blob);
    if (!rc && (s->out->fd = blob_writer_open_readonly(writer)) < 0)
        rc = s->out->fd;
    if (rc) {
        log_error("original", "error=\"%s\"", strerror(-rc));
        blob_writer_abort(writer);
        return CAUSE_INTERNAL;
    }
    rc = cache_insert(cache, &s->key, &s->out->entry, writer);
    s->out->stored = rc == 0;
    if (rc) {
        /* Cache trouble never fails a request: go on with the open file. */
        log_warn("original-not-stored", "bytes=%" PRIu64 " error=\"%s\"", s->out->entry.length,
                 strerror(-rc));
        cache_count(cache, COUNT_UNCACHED, 1);
    }
    return CAUSE_NONE;
}

static enum cause fetch(struct search *s)
{
    const struct job *job = s->job;
    struct server *server = job->server;
    const struct source *source = source_find(&server->sources, job->picture->source);
    struct fetch_result fetched = {0};
    struct blob_writer writer;
    enum cause cause;
    int rc;

    rc = blob_writer_begin(&writer, cache_blobs(server->cache));
    if (rc || !source) {
        log_error("original", "error=\"%s\"", rc ? strerror(-rc) : "source without secrets");
        if (!rc)
            blob_writer_abort(&writer);
        return CAUSE_INTERNAL;
    }
    cache_state(server->cache, WORKER_FETCHING);
    cache_count(server->cache, COUNT_FETCHES, 1);
    cause = fetcher_fetch(server->fetcher, source, job->picture->id, write_blob, &writer,
                          &fetched);
    cache_count(server->cache, COUNT_FETCHED_BYTES, fetched.bytes);
    if (cause == CAUSE_NONE)
        cause = take_in(s, &writer, &fetched);
    else
        blob_writer_abort(&writer);
    if (cause != CAUSE_NONE) {
        char hex[DIGEST_HEX_SIZE];

        digest_to_hex(&s->key, hex);
        cache_count(server->cache, COUNT_FETCH_FAILURES, 1);
        log_warn("fetch-failed", "source=%s key=%.12s cause=%s status=%ld ms=%" PRId64,
                 job->picture->source->name, hex, cause_info(cause)->name, fetched.status,
                 fetched.elapsed_ms);
        failure_remember(server->cache, s->text, cause, clock_wall_ms(), fetched.retry_after_ms);
        s->retry_ms = fetched.retry_after_ms;
    }
    return cause;
}

/* An expired original may stand in for an origin that fails (RFC 5861 section 4). */
static enum cause fall_back(struct search *s, enum cause cause)
{
    if (!cause_info(cause)->stale_allowed || !open_kept(s) ||
        clock_wall_ms() >= s->out->entry.stale_until_ms)
        return cause;
    s->out->stale = true;
    return CAUSE_NONE;
}

enum cause original_get(const struct job *job, struct original *out, int64_t *retry_ms)
{
    struct search s = {.job = job, .out = out};
    const struct config *config = job->server->config;
    enum cause cause = CAUSE_NONE;
    enum turn turn;

    *out = (struct original){.fd = -1};
    *retry_ms = 0;
    picture_subject_text(job->picture, s.text);
    if (cache_key(s.text, &s.key) != 0)
        return CAUSE_INTERNAL;
    if (is_settled(&s))
        turn = TURN_DONE;
    else
        turn = turn_take(job->server->cache, &s.key, config->fetch.timeout_ms + LEASE_MARGIN_MS,
                         job->deadline_ms, is_settled, &s);
    switch (turn) {
    case TURN_DONE:
        cause = s.failure;
        break;
    case TURN_LATE:
        cause = CAUSE_BUSY;
        break;
    case TURN_OURS:
    case TURN_ALONE:
        cause = fetch(&s);
        if (turn == TURN_OURS)
            lease_release(job->server->cache, &s.key);
        break;
    }
    *retry_ms = s.retry_ms;
    return cause == CAUSE_NONE ? cause : fall_back(&s, cause);
}

void original_free(struct original *original)
{
    if (original->fd >= 0)
        close(original->fd);
    original->fd = -1;
    original->stored = false;
}
