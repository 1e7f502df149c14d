/* SPDX-License-Identifier: MIT */
#include "serve/change.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "serve/bucket.h"
#include "serve/busy.h"
#include "serve/original_put.h"
#include "serve/wake.h"

#define UNLINK_WAIT_MS 2000 /* a backup is completed sooner, or takes longer than clients wait */

static bool is_local(const struct job *job)
{
    return config_source_is_local(job->picture->source);
}

static enum cause cause_of(const struct job *job, const char *what, int rc)
{
    switch (rc) {
    case 0:
        return CAUSE_NONE;
    case -ENOENT:
        return CAUSE_ORIGIN_NOT_FOUND;
    case -ECANCELED:
        return CAUSE_PRECONDITION;
    default:
        log_error(what, "source=%s error=\"%s\"", job->picture->source->name, strerror(-rc));
        return CAUSE_STORE;
    }
}

/* A bucket that hangs must not take the workers that serve what is cached. */
static bool may_wait(struct job *job)
{
    return !job->http || busy_admits_change(job);
}

/* What a bucket is asked to compare, where it can. */
static struct bucket_condition bucket_condition(const struct change_condition *c)
{
    return (struct bucket_condition){.absent = c->store.kind == STORE_IF_ABSENT,
                                     .there = c->store.kind == STORE_IF_THERE,
                                     .etag = c->store.kind == STORE_IF_VERSION ? c->etag : ""};
}

static enum cause put_into_bucket(struct job *job, const char *subject, struct store_upload *in,
                                  const struct store_picture *p,
                                  const struct change_condition *condition)
{
    const struct bucket_condition asked = bucket_condition(condition);
    uint64_t since = cache_generation(job->server->cache);
    char hex[DIGEST_HEX_SIZE], etag[FETCH_ETAG_MAX];
    struct fetch_body body = {.fd = store_upload_open_readonly(in),
                              .length = p->length,
                              .sha256 = hex,
                              .type = picture_media_type(p->type)};
    enum cause cause = CAUSE_STORE;

    digest_to_hex(&p->digest, hex);
    if (body.fd >= 0)
        cause = may_wait(job) ? bucket_put(job, &body, &asked, etag) : CAUSE_BUSY;
    if (cause == CAUSE_NONE)
        original_put(job, subject, body.fd, p, etag, since);
    if (body.fd >= 0)
        close(body.fd);
    store_upload_abort(in);
    return cause;
}

enum cause change_put(struct job *job, const char *subject, struct store_upload *in,
                      struct store_picture *p, const struct change_condition *condition)
{
    enum cause cause;

    if (!is_local(job))
        return put_into_bucket(job, subject, in, p, condition);
    cause = cause_of(job, "upload",
                     store_commit(in, subject, p, job->picture->source->store.keep_versions,
                                  &condition->store, NULL));
    /* If that fails, which is logged, the new picture is there all the same, and what has to go stays
     * on record. */
    if (cause == CAUSE_NONE)
        change_purge(job->server, subject);
    return cause;
}

enum cause change_delete(struct job *job, const char *subject,
                         const struct change_condition *condition, struct change_removed *removed)
{
    const struct bucket_condition asked = bucket_condition(condition);
    struct store *store;

    *removed = (struct change_removed){.kept = false};
    if (!is_local(job))
        return may_wait(job) ? bucket_delete(job, &asked, &removed->kept) : CAUSE_BUSY;
    store = server_store(job->server);
    if (!store)
        return CAUSE_STORE;
    return cause_of(job, "delete", store_delete(store, subject, &condition->store, &removed->here));
}

int change_purge(struct server *server, const char *subject)
{
    int rc = cache_purge(server->cache, PURGE_SUBJECT, subject);

    if (rc)
        log_error("purge", "error=\"%s\"", strerror(-rc));
    if (!server->store)
        return rc;
    if (!rc)
        store_purged(server->store, subject);
    else if (store_purge_failed(server->store, subject) != 0) /* the next who starts comes to it */
        log_error("purge", "error=\"it cannot be left to the keeper\"");
    return rc;
}

/* By itself; but until then it is not deleted for good. */
static enum cause is_to_go(const struct job *job, int rc)
{
    log_warn("delete", "source=%s error=\"files are left: %s\"", job->picture->source->name,
             rc == -EAGAIN ? "a backup is being completed" : strerror(-rc));
    return CAUSE_STORE;
}

enum cause change_finish_deletion(struct job *job, const char *subject, enum cause cause)
{
    struct server *server = job->server;
    struct store *store = is_local(job) ? server->store : NULL;
    /* First, so that nobody sees any more what may have to wait on the disk. If it fails that is left to
     * the keeper, and the rest goes all the same. */
    bool purged = change_purge(server, subject) == 0;
    int rc;

    /* Who comes again for what has gone is told at once how it is. */
    rc = store ? store_settle_subject(store, subject, cause == CAUSE_NONE ? UNLINK_WAIT_MS : 0) : 0;
    /* What was drawn is on the disk still, whether anybody comes to ask for a picture or not. */
    if (keeper_wake(server->config, server->cache) != 0)
        log_error("delete", "error=\"what is left cannot be left to the keeper\"");
    if (rc)
        return is_to_go(job, rc);
    return purged ? cause : CAUSE_STORE;
}
