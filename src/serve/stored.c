/* SPDX-License-Identifier: MIT */
#include "serve/stored.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/store.h"

#define OPEN_TRIES 3 /* it may be replaced between its record and its bytes */

static int find_and_open(struct store *store, const char *subject, struct store_picture *picture,
                         int *fd)
{
    int rc = -ENOENT;

    for (int i = 0; rc == -ENOENT && i < OPEN_TRIES; i++) {
        rc = store_find(store, subject, picture);
        if (rc)
            return rc;
        *fd = store_open_blob(store, &picture->digest);
        rc = *fd < 0 ? *fd : 0;
    }
    return rc == -ENOENT ? -EIO : rc;
}

static void describe(const struct job *job, const char *subject, const struct store_picture *p,
                     uint64_t generation, struct entry *e)
{
    int64_t now_ms = clock_wall_ms(), until_ms = now_ms + job->picture->source->ttl_ms;

    *e = (struct entry){.kind = ENTRY_ORIGINAL,
                        .type = p->type,
                        .labelled = true,
                        .dated = true,
                        .width = p->width,
                        .height = p->height,
                        .length = p->length,
                        .generation = generation,
                        .fetched_ms = now_ms,
                        .expires_ms = until_ms,
                        .refresh_until_ms = until_ms,
                        .stale_until_ms = until_ms,
                        .last_modified_s = p->uploaded_ms / 1000,
                        .blob = p->digest};
    snprintf(e->text, sizeof e->text, "%s", subject);
}

enum cause stored_original(struct job *job, const char *subject, struct original *out)
{
    /* Before the store is asked: what is purged from now on must not come back. */
    uint64_t generation = cache_generation(job->server->cache);
    struct store *store = server_store(job->server);
    struct store_picture picture;
    int rc;

    if (!store)
        return CAUSE_STORE;
    rc = find_and_open(store, subject, &picture, &out->fd);
    if (rc == -ENOENT)
        return CAUSE_ORIGIN_NOT_FOUND;
    if (rc) {
        log_error("store", "source=%s error=\"%s\"", job->picture->source->name, strerror(-rc));
        return CAUSE_INTERNAL;
    }
    describe(job, subject, &picture, generation, &out->entry);
    return CAUSE_NONE;
}

static int measure(struct job *job, const struct original *original, struct store_picture *out)
{
    struct render_summary summary;

    if (renderer_summarize(job->server->renderer, original->fd, out->length, &summary) !=
        CAUSE_NONE)
        return -EIO;
    out->width = summary.width;
    out->height = summary.height;
    return 0;
}

enum cause stored_check(const struct job *job, const struct original *original)
{
    const struct entry *e = &original->entry;
    char hex[DIGEST_HEX_SIZE];
    int rc;

    if (!job->picture->source || !config_source_is_local(job->picture->source))
        return CAUSE_NONE;
    rc = store_check_bytes(original->fd, &e->blob, e->length);
    if (!rc)
        return CAUSE_NONE;
    digest_to_hex(&e->blob, hex);
    log_error("store-damaged", "source=%s sha256=%s error=\"%s\"", job->picture->source->name, hex,
              rc == -EBADMSG ? "damaged" : strerror(-rc));
    return CAUSE_INTERNAL;
}

enum look {
    LOOK_KEPT,    /* what is kept and fresh is good enough */
    LOOK_MEASURE, /* the same, and its size in pixels is wanted */
    LOOK_NOW      /* the store is asked: another machine may have changed it since */
};

/* The object itself is fetched, unless what is kept is good enough, or is found to be. */
static int find_in_bucket(struct job *job, enum look look, struct store_picture *out,
                          char etag[FETCH_ETAG_MAX])
{
    struct original original;
    struct job own = *job;
    int64_t retry_ms;
    enum cause cause;
    const struct entry *e = &original.entry;
    int rc = 0;

    own.anew = look == LOOK_NOW;
    cause = original_get(&own, NULL, &original, &retry_ms);
    if (cause == CAUSE_NONE && look == LOOK_NOW && original.stale)
        cause = CAUSE_STORE; /* what was there is not what is there */
    if (cause == CAUSE_NONE)
        *out = (struct store_picture){.digest = e->blob,
                                      .type = e->type,
                                      .width = e->width,
                                      .height = e->height,
                                      .length = e->length,
                                      .uploaded_ms = e->last_modified_s * 1000};
    snprintf(etag, FETCH_ETAG_MAX, "%s", cause == CAUSE_NONE ? e->etag : "");
    if (cause == CAUSE_NONE && look == LOOK_MEASURE)
        rc = measure(job, &original, out);
    original_free(&original);
    return cause == CAUSE_NONE ? rc : cause_is_absence(cause) ? -ENOENT : -EIO;
}

static int find(struct job *job, const char *subject, enum look look, struct store_picture *out,
                char etag[FETCH_ETAG_MAX])
{
    struct store *store;

    etag[0] = '\0';
    if (!config_source_is_local(job->picture->source))
        return find_in_bucket(job, look, out, etag);
    store = server_store(job->server);
    return store ? store_find(store, subject, out) : -EIO;
}

int stored_look(struct job *job, const char *subject, struct store_picture *out,
                char etag[FETCH_ETAG_MAX])
{
    return find(job, subject, LOOK_NOW, out, etag);
}

int stored_find(struct job *job, const char *subject, struct store_picture *out)
{
    char etag[FETCH_ETAG_MAX];

    return find(job, subject, LOOK_KEPT, out, etag);
}

int stored_measure(struct job *job, const char *subject, struct store_picture *out)
{
    char etag[FETCH_ETAG_MAX];

    return find(job, subject, LOOK_MEASURE, out, etag);
}

bool stored_is_current(const struct job *job, const struct entry *variant)
{
    char subject[PICTURE_CANONICAL_MAX];
    struct store_picture picture;
    struct store *store;

    if (!job->picture->source || !config_source_is_local(job->picture->source))
        return true;
    store = server_store(job->server);
    if (!store)
        return true;
    picture_subject_text(job->picture, subject);
    return store_find(store, subject, &picture) == 0 &&
           digest_equal(&picture.digest, &variant->original);
}
