/* SPDX-License-Identifier: MIT */
#include "serve/original.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "image/sniff.h"
#include "serve/busy.h"
#include "serve/download.h"
#include "serve/failure.h"
#include "serve/stored.h"
#include "serve/times.h"
#include "serve/turn.h"

/* What a lease allows beyond the fetch's own deadline: storing, a slow disk. */
#define LEASE_MARGIN_MS 5000

/* For asking a bucket whether what is kept is still good. */
#define LOOK_MS 3000

struct search {
    struct job *job;
    struct original *out;
    const struct digest *have;
    char text[PICTURE_CANONICAL_MAX];
    uint64_t generation; /* before the origin is asked */
    bool known;          /* the index has an entry, and its bytes if they are needed */
    enum cause failure;
    int64_t retry_ms;
};

/* Opens what the index has. True if it can be used, fresh or not. */
static bool look_up(struct search *s)
{
    struct cache *cache = s->job->server->cache;
    struct original *o = s->out;

    original_free(o);
    s->known = false;
    if (cache_lookup(cache, &o->key, s->text, &o->entry) != 0 || o->entry.kind != ENTRY_ORIGINAL)
        return false;
    if (!o->entry.bodiless) {
        o->fd = cache_open_blob(cache, &o->entry);
        if (o->fd == -ENOENT)
            cache_remove(cache, &o->key, &o->entry);
    }
    o->stored = o->fd >= 0;
    s->known = o->stored || (o->entry.bodiless && s->have &&
                             digest_equal(s->have, &o->entry.blob));
    return s->known;
}

/* Another machine may put another picture there, which is to be seen here within the ttl. */
static bool is_shared(const struct search *s)
{
    return config_source_is_shared(s->job->picture->source);
}

/* Fresh original, or a remembered failure: nothing to do for anybody. */
static bool is_settled(void *context)
{
    struct search *s = context;
    int64_t now_ms = clock_wall_ms();

    if (look_up(s) && now_ms < s->out->entry.expires_ms &&
        s->out->entry.fetched_ms > s->job->since_ms)
        return true;
    s->failure = failure_recall(s->job->server->cache, s->text, now_ms, &s->retry_ms);
    return s->failure != CAUSE_NONE;
}

/* What is not decoded is good for passing it on, where somebody may ask for that. */
static enum picture_type sniff_file(const struct search *s, int fd)
{
    const struct job *job = s->job;
    char head[SNIFF_ANY_BYTES];
    ssize_t n = pread(fd, head, sizeof head, 0);

    if (n <= 0)
        return PICTURE_UNKNOWN;
    return job->picture->source == job->server->config->camo.source
               ? sniff_any_picture(head, (size_t)n)
               : sniff_picture(head, (size_t)n);
}

/* SVG is a document, too: it is not taken for one by mistake, nor for a picture. */
static bool is_labelled(enum picture_type type, enum picture_type declared)
{
    return declared != PICTURE_UNKNOWN && (declared == PICTURE_SVG) == (type == PICTURE_SVG);
}

/* ---- times ---- */

/* What the origin and the operator say together of how long it is good. */
static struct freshness_times judge(const struct search *s, const struct fetch_result *fetched)
{
    return times_of(s->job->picture->source, &fetched->freshness, fetched->answered_ms);
}

static void set_times(struct entry *e, const struct freshness_times *times, int64_t now_ms)
{
    e->fetched_ms = now_ms;
    e->expires_ms = times->expires_ms;
    e->refresh_until_ms = times->refresh_until_ms;
    e->stale_until_ms = times->stale_until_ms;
}

/* A 304 without a word on caching leaves in force what was said before (RFC 9111 sections 3.2 and
 * 4.3.4): the same lifetime and windows, from now on, as far as the operator still grants them.
 * Where nothing was ever said, it is all the operator's. */
static bool says_nothing(const struct freshness *f)
{
    return !f->is_explicit && !f->no_store && !f->is_private && !f->no_cache &&
           !f->must_revalidate && f->while_revalidate_ms < 0 && f->if_error_ms < 0;
}

static struct freshness_times repeat_times(const struct search *s, const struct entry *e,
                                           int64_t now_ms)
{
    struct freshness said = {.is_explicit = true,
                             .lifetime_ms = e->expires_ms - e->fetched_ms,
                             .while_revalidate_ms = e->refresh_until_ms - e->expires_ms,
                             .if_error_ms = e->stale_until_ms - e->expires_ms};

    return times_of(s->job->picture->source, &said, now_ms);
}

static void describe(struct search *s, const struct fetch_result *fetched,
                     const struct freshness_times *times, enum picture_type type, uint64_t length)
{
    struct entry *e = &s->out->entry;
    int64_t now_ms = fetched->answered_ms;

    *e = (struct entry){.kind = ENTRY_ORIGINAL,
                        .type = type,
                        .length = length,
                        .generation = s->generation,
                        .said = !says_nothing(&fetched->freshness),
                        .dated = fetched->last_modified_s != 0,
                        .labelled = is_labelled(type, fetched->declared),
                        .last_modified_s = fetched->last_modified_s ? fetched->last_modified_s
                                                                    : now_ms / 1000};
    set_times(e, times, now_ms);
    snprintf(e->text, sizeof e->text, "%s", s->text);
    snprintf(e->etag, sizeof e->etag, "%s", fetched->etag);
}

/* ---- what an origin may answer ---- */

static void note_not_stored(struct search *s, int error)
{
    struct cache *cache = s->job->server->cache;

    if (error == -ESTALE) { /* purged meanwhile: it must not come back */
        log_info("original-purged", "source=%s", s->job->picture->source->name);
        return;
    }
    /* Cache trouble never fails a request: go on with the open file. */
    log_warn("original-not-stored", "bytes=%" PRIu64 " error=\"%s\"", s->out->entry.length,
             strerror(-error));
    cache_count(cache, COUNT_UNCACHED, 1);
}

/* Whether the cache has anything of it: the original's entry, or a variant that outlived it. */
static bool has_left_something(const struct search *s)
{
    struct entry old;

    return s->known || s->have ||
           cache_lookup(s->job->server->cache, &s->out->key, s->text, &old) == 0;
}

/* The origin forbids to keep it. For a while nobody waits for anybody else's fetch of it. */
static void forget(struct search *s)
{
    struct cache *cache = s->job->server->cache;

    s->out->unstorable = true;
    if (has_left_something(s))
        cache_purge(cache, PURGE_SUBJECT, s->text);
    failure_remember(cache, s->text, CAUSE_UNSTORABLE, clock_wall_ms(), 0,
                     cache_generation(cache), 0);
}

/* The digest of what has come, which has to be the one that was known before, if any. */
static enum cause verify(const struct download *d, struct blob_writer *writer, enum picture_type type,
                         const struct config_source *source, struct digest *out)
{
    int rc = blob_writer_finish(writer, out);

    if (rc) {
        log_error("original", "error=\"%s\"", strerror(-rc));
        return CAUSE_INTERNAL;
    }
    if (d->located.known && !digest_equal(&d->located.digest, out))
        return CAUSE_BLOB_MISMATCH;
    return locate_takes(source, type) ? CAUSE_NONE : CAUSE_PICTURE_TYPE;
}

/* The writer holds the whole body. Ends it. */
static enum cause take_in(struct search *s, struct download *d)
{
    struct cache *cache = s->job->server->cache;
    const struct fetch_result *fetched = &d->fetched;
    struct blob_writer *writer = &d->writer;
    struct freshness_times times = judge(s, fetched);
    enum picture_type type = sniff_file(s, writer->fd);
    struct digest blob;
    enum cause cause = verify(d, writer, type, s->job->picture->source, &blob);
    int rc = 0;

    if (cause != CAUSE_NONE) {
        blob_writer_abort(writer);
        return cause;
    }
    original_free(s->out);
    describe(s, fetched, &times, type, writer->length);
    s->out->entry.blob = blob;
    if ((s->out->fd = blob_writer_open_readonly(writer)) < 0)
        rc = s->out->fd;
    if (rc) {
        log_error("original", "error=\"%s\"", strerror(-rc));
        blob_writer_abort(writer);
        return CAUSE_INTERNAL;
    }
    if (!times.store) {
        blob_writer_abort(writer);
        forget(s);
        return CAUSE_NONE;
    }
    rc = cache_insert(cache, &s->out->key, &s->out->entry, writer);
    s->out->stored = rc == 0;
    if (rc)
        note_not_stored(s, rc);
    return CAUSE_NONE;
}

/* 304: what is kept is good for another while (RFC 9111 section 4.3.4). */
static enum cause renew(struct search *s, const struct fetch_result *fetched)
{
    struct cache *cache = s->job->server->cache;
    struct entry *e = &s->out->entry;
    int64_t now_ms = fetched->answered_ms;
    struct freshness_times times =
        e->said && says_nothing(&fetched->freshness) ? repeat_times(s, e, now_ms)
                                                     : judge(s, fetched);
    int rc;

    cache_count(cache, COUNT_REVALIDATED, 1);
    set_times(e, &times, now_ms);
    e->generation = s->generation;
    e->said |= !says_nothing(&fetched->freshness);
    if (fetched->etag[0])
        snprintf(e->etag, sizeof e->etag, "%s", fetched->etag);
    if (fetched->last_modified_s) {
        e->last_modified_s = fetched->last_modified_s;
        e->dated = true;
    }
    s->out->revalidated = true;
    if (!times.store) {
        forget(s);
        return CAUSE_NONE;
    }
    rc = cache_insert(cache, &s->out->key, e, NULL);
    s->out->stored = rc == 0;
    if (rc)
        note_not_stored(s, rc);
    return CAUSE_NONE;
}

/* With others' purges in between, what was asked before them is not remembered after them. */
static void end_of_it(struct search *s)
{
    struct cache *cache = s->job->server->cache;
    bool alone = cache_generation(cache) == s->generation;

    if (cache_purge(cache, PURGE_SUBJECT, s->text) == 0 && alone)
        s->generation = cache_generation(cache);
}

/* What is too large to be passed on may be small enough to be drawn: it is remembered for those
 * only who want the same. */
static void name_failure(const struct search *s, enum cause cause, char out[PICTURE_CANONICAL_MAX])
{
    const struct config *config = s->job->server->config;

    if (cause == CAUSE_ORIGIN_TOO_LARGE && s->job->picture->verbatim &&
        config->camo.max_bytes < config->fetch.max_bytes)
        picture_variant_text(s->job->picture, PICTURE_JPEG, out);
    else
        picture_subject_text(s->job->picture, out);
}

static void note_failure(struct search *s, enum cause cause, const struct download *d)
{
    char text[PICTURE_CANONICAL_MAX];
    struct cache *cache = s->job->server->cache;
    const char *source = s->job->picture->source->name;
    char hex[DIGEST_HEX_SIZE];

    s->retry_ms = d->retry_ms;
    if (cause == CAUSE_CLIENT_GONE) {
        log_debug("fetch-given-up", "source=%s", source);
        return;
    }
    digest_to_hex(&s->out->key, hex);
    if (cause_is_absence(cause)) {
        cache_count(cache, COUNT_NOT_FOUND, 1);
        log_info("fetch-not-found", "source=%s key=%.12s status=%ld ms=%" PRId64, source, hex,
                 d->fetched.status, d->fetched.elapsed_ms);
    } else {
        cache_count(cache, COUNT_FETCH_FAILURES, 1);
        log_warn("fetch-failed", "source=%s key=%.12s cause=%s status=%ld ms=%" PRId64, source,
                 hex, cause_info(cause)->name, d->fetched.status, d->fetched.elapsed_ms);
    }
    /* Gone for good, with all that was drawn from it (RFC 5861 section 4 is about errors). */
    if (cause_is_absence(cause) && has_left_something(s))
        end_of_it(s);
    name_failure(s, cause, text);
    if (is_shared(s) && cause_is_absence(cause)) {
        failure_remember_for(cache, text, cause, clock_wall_ms(),
                             s->job->picture->source->ttl_ms, s->generation, d->fetched.status);
        return;
    }
    failure_remember(cache, text, cause, clock_wall_ms(), d->retry_ms, s->generation,
                     d->fetched.status);
}

static bool may_stand_in(const struct search *s)
{
    return s->known && clock_wall_ms() < s->out->entry.stale_until_ms;
}

static enum cause fetch(struct search *s)
{
    struct download d = {.job = s->job};
    enum cause cause;

    /* Whoever was fetching it has given up: it is not for the last workers to try. */
    if (!busy_may_fetch(s->job))
        return CAUSE_BUSY;
    s->generation = cache_generation(s->job->server->cache);
    if (s->known) {
        d.etag = s->out->entry.etag;
        d.last_modified_s = s->out->entry.dated ? s->out->entry.last_modified_s : 0;
    }
    /* A store that hangs is away: nobody waits long for what can be had at once. */
    if (is_shared(s) && may_stand_in(s))
        d.timeout_ms = LOOK_MS;
    cause = download_run(&d);
    if (cause == CAUSE_NONE)
        cause = d.fetched.not_modified ? renew(s, &d.fetched) : take_in(s, &d);
    if (cause != CAUSE_NONE)
        note_failure(s, cause, &d);
    return cause;
}

/* An expired original may stand in for an origin that fails (RFC 5861 section 4). */
static enum cause fall_back(struct search *s, enum cause cause)
{
    if (!cause_info(cause)->stale_allowed || !look_up(s) || !may_stand_in(s))
        return cause;
    s->out->stale = true;
    s->out->failing = cause;
    return CAUSE_NONE;
}

static enum cause take_turn(struct search *s)
{
    const struct config *config = s->job->server->config;
    enum turn turn = TURN_DONE;
    enum cause cause;

    /* What another worker is being told was perhaps true a while ago. */
    if (s->job->anew) {
        look_up(s);
        return fetch(s);
    }
    if (!is_settled(s))
        turn = turn_take(s->job, &s->out->key, config->fetch.timeout_ms + LEASE_MARGIN_MS,
                         is_settled, s);
    switch (turn) {
    case TURN_DONE:
        /* What may not be kept cannot be waited for: everybody asks for himself. */
        return s->failure == CAUSE_UNSTORABLE ? fetch(s) : s->failure;
    case TURN_LATE:
        return CAUSE_BUSY;
    case TURN_GONE:
        return CAUSE_CLIENT_GONE;
    case TURN_OURS:
        cause = fetch(s);
        turn_end(s->job);
        return cause;
    case TURN_ALONE:
    default:
        return fetch(s);
    }
}

enum cause original_get(struct job *job, const struct digest *have, struct original *out,
                        int64_t *retry_ms)
{
    struct search s = {.job = job, .out = out, .have = have};
    enum cause cause;

    *out = (struct original){.fd = -1};
    *retry_ms = 0;
    picture_subject_text(job->picture, s.text);
    if (cache_key(s.text, &out->key) != 0)
        return CAUSE_INTERNAL;
    if (config_source_is_local(job->picture->source))
        return stored_original(job, s.text, out);
    cause = take_turn(&s);
    *retry_ms = s.retry_ms;
    return cause == CAUSE_NONE ? cause : fall_back(&s, cause);
}

void original_used(struct job *job, struct original *original)
{
    if (original->stored && !original->entry.bodiless &&
        original->entry.length > job->server->config->keep_original_max)
        cache_strip(job->server->cache, &original->key, &original->entry);
}

void original_free(struct original *original)
{
    if (original->fd >= 0)
        close(original->fd);
    original->fd = -1;
    original->stored = false;
}
