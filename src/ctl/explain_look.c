/* SPDX-License-Identifier: MIT
 *
 * What a worker would find, found in the same way, without changing anything: no
 * recency is noted, nothing damaged is removed, no origin is asked.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "cache/lease.h"
#include "ctl/explain.h"
#include "route/generated.h"
#include "serve/failure.h"
#include "serve/locate.h"
#include "serve/fallback.h"
#include "serve/server.h"
#include "serve/variant.h"

struct look {
    struct explanation *x;
    struct server server;
    struct http_request request;
    struct job job;
};

/* ---- what is there ---- */

static enum explained_state state_of(const struct entry *e, bool purged, int64_t now_ms)
{
    if (purged)
        return STATE_PURGED;
    if (now_ms < e->expires_ms)
        return STATE_FRESH;
    if (now_ms < e->refresh_until_ms)
        return STATE_REFRESHABLE;
    return now_ms < e->stale_until_ms ? STATE_STANDBY : STATE_EXPIRED;
}

static int look_at(struct look *l, struct explained *out)
{
    struct cache *cache = l->server.cache;
    int64_t now_ms = l->x->now_ms;
    bool purged;
    int rc = cache_key(out->text, &out->key);

    if (rc || !cache)
        return rc;
    out->leased = lease_look(cache, &out->key, &out->leased_ms) == LEASE_HELD;
    out->failure = failure_recall(cache, out->text, now_ms, &out->failure_left_ms);
    rc = cache_peek(cache, &out->key, &out->entry, &purged);
    if (rc)
        return rc == -ENOENT ? 0 : rc;
    if (strcmp(out->entry.text, out->text) != 0)
        return 0;
    out->state = state_of(&out->entry, purged, now_ms);
    blob_path(&out->entry.blob, out->path);
    out->has_file = blob_exists(cache_blobs(cache), &out->entry.blob);
    return 0;
}

static int look_at_variants(struct look *l)
{
    static const enum picture_type either[] = {PICTURE_JPEG, PICTURE_PNG};
    struct explanation *x = l->x;
    enum picture_type type = variant_output_type(&l->job);
    int rc = 0;

    x->variant_count = type == PICTURE_AUTO ? 2 : 1;
    for (unsigned i = 0; i < x->variant_count && !rc; i++) {
        picture_variant_text(&x->picture, type == PICTURE_AUTO ? either[i] : type,
                             x->variants[i].text);
        rc = look_at(l, &x->variants[i]);
    }
    return rc;
}

static int note_origin(const struct gate_record *record, void *context)
{
    struct explanation *x = context;

    if (strcmp(record->origin, x->origin) != 0)
        return 0;
    x->record = *record;
    x->has_origin = true;
    return 1;
}

static int look_at_origin(struct look *l)
{
    struct explanation *x = l->x;
    int rc;

    if (locate_known(l->server.cache, &x->picture, x->origin) != 0)
        x->origin[0] = '\0';
    if (!l->server.cache)
        return 0;
    rc = gate_walk(l->server.cache, note_origin, x);
    return rc < 0 ? rc : 0;
}

/* ---- what would come of it ---- */

static bool is_resting(const struct explanation *x)
{
    return x->has_origin && x->record.breaker.state != BREAKER_CLOSED &&
           clock_boot_ms() < x->record.breaker.until_ms;
}

static bool may_stand_in(const struct explained *original)
{
    return (original->state == STATE_REFRESHABLE || original->state == STATE_STANDBY) &&
           original->has_file;
}

static enum outcome foretell_fetch(struct explanation *x)
{
    const struct explained *o = &x->original;
    bool kept = o->state > STATE_PURGED && (o->has_file || o->entry.bodiless);

    if (kept && o->state == STATE_FRESH && o->has_file) {
        x->cause = x->quarantine;
        return x->cause != CAUSE_NONE ? OUTCOME_FAILURE : OUTCOME_RENDER;
    }
    if (is_resting(x)) {
        x->cause = may_stand_in(o) ? x->quarantine : CAUSE_ORIGIN_RESTING;
        if (!may_stand_in(o))
            return OUTCOME_RESTING;
        return x->cause != CAUSE_NONE ? OUTCOME_FAILURE : OUTCOME_STAND_IN;
    }
    return kept && (o->entry.etag[0] || o->entry.dated) ? OUTCOME_REVALIDATE : OUTCOME_FETCH;
}

/* The order of serve.c and miss.c. `stale` is the expired variant, or NULL. */
static enum outcome foretell_miss(struct look *l, const struct variant *stale)
{
    struct explanation *x = l->x;
    char text[PICTURE_CANONICAL_MAX];
    bool stand_in;

    picture_variant_text(&x->picture, variant_lease_type(&l->job), text);
    x->cause = failure_recall_either(&l->job, text, NULL);
    stand_in = stale && (x->cause == CAUSE_NONE
                             ? x->now_ms < stale->entry.refresh_until_ms
                             : cause_info(x->cause)->stale_allowed &&
                                   x->now_ms < stale->entry.stale_until_ms);
    if (stand_in)
        return x->cause == CAUSE_NONE ? OUTCOME_REFRESHING : OUTCOME_STALE;
    if (x->cause == CAUSE_UNSTORABLE)
        return OUTCOME_UNSTORABLE;
    return x->cause != CAUSE_NONE ? OUTCOME_FAILURE : foretell_fetch(x);
}

/* The answer's header section, as far as it does not depend on what an origin says. */
static int foretell_reply(struct look *l, const struct variant *variant)
{
    struct explanation *x = l->x;
    bool negotiated = x->picture.negotiated;
    enum reply_way way = x->outcome == OUTCOME_HIT          ? WAY_HIT
                         : x->outcome == OUTCOME_REFRESHING ? WAY_REFRESHING
                                                            : WAY_STALE;
    bool sendfile = x->config->sendfile != SENDFILE_NONE;
    int64_t retry_ms = 0;

    /* A document's tag is that of its text, signatures included, and no key is read here. */
    if (x->picture.info && x->outcome != OUTCOME_FAILURE)
        return 0;
    if (x->outcome == OUTCOME_HIT || x->outcome == OUTCOME_REFRESHING ||
        x->outcome == OUTCOME_STALE)
        return reply_picture(&x->reply, &l->server, &l->request, &variant->entry, way, negotiated,
                             sendfile ? NULL : "", -1, x->now_ms);
    if (x->outcome != OUTCOME_FAILURE || x->fallback)
        return 0;
    retry_ms = x->variants[0].failure ? x->variants[0].failure_left_ms
                                      : x->original.failure_left_ms;
    return reply_error(&x->reply, &l->server, &l->request, x->cause, negotiated, retry_ms);
}

static int foretell(struct look *l)
{
    struct explanation *x = l->x;
    struct variant variant;
    enum variant_state state = variant_look_up(&l->job, &variant);

    if (state != VARIANT_NONE &&
        !blob_exists(cache_blobs(l->server.cache), &variant.entry.blob))
        state = VARIANT_NONE;
    x->outcome = state == VARIANT_FRESH
                     ? OUTCOME_HIT
                     : foretell_miss(l, state == VARIANT_STALE ? &variant : NULL);
    if (x->outcome == OUTCOME_FAILURE || x->outcome == OUTCOME_RESTING)
        x->fallback = fallback_choose(&x->picture, x->cause);
    return foretell_reply(l, &variant);
}

/* ---- */

static int look_inside(struct look *l)
{
    struct explanation *x = l->x;
    int rc = look_at_variants(l);

    if (!rc) {
        picture_subject_text(&x->picture, x->original.text);
        rc = look_at(l, &x->original);
    }
    if (!rc)
        rc = look_at_origin(l);
    if (rc || !l->server.cache) {
        x->outcome = OUTCOME_FETCH;
        return rc;
    }
    if (x->original.state > STATE_PURGED)
        x->quarantine = failure_quarantine(l->server.cache, &x->original.entry.blob, x->now_ms);
    return foretell(l);
}

static enum publication find_publication(struct look *l)
{
    struct explanation *x = l->x;
    char path[PATH_MAX];
    int n;

    if (!x->config->publish_root)
        return PUBLICATION_OFF;
    x->publishable = publishable_path(&l->request, &x->picture, x->published_path);
    if (x->publishable != PUBLISHABLE_YES)
        return PUBLICATION_NEVER;
    n = snprintf(path, sizeof path, "%s%s", x->config->publish_root, x->published_path);
    return n > 0 && (size_t)n < sizeof path && access(path, F_OK) == 0 ? PUBLICATION_DONE
                                                                       : PUBLICATION_LATER;
}

/* The next of the sources is looked at as the first was. */
static void start_over(struct explanation *x)
{
    x->passed[x->passed_count++] = x->cause;
    memset(x->variants, 0, sizeof x->variants);
    memset(&x->original, 0, sizeof x->original);
    x->quarantine = x->cause = CAUSE_NONE;
    x->has_origin = false;
    x->fallback = NULL;
    reply_reset(&x->reply);
}

static int look_at_default(struct look *l)
{
    struct explanation *x = l->x;
    const struct picture_default *standard = &x->picture.standard;
    struct variant variant;
    int rc;

    x->is_default = true;
    if (standard->location[0]) {
        x->outcome = OUTCOME_REDIRECT;
        return 0;
    }
    if (standard->generator == GENERATOR_NONE) {
        x->outcome = OUTCOME_FAILURE;
        x->cause = CAUSE_ORIGIN_NOT_FOUND;
        return 0;
    }
    rc = generated_set_subject(&x->picture);
    if (!rc)
        rc = look_at_variants(l);
    x->outcome = !rc && l->server.cache && variant_look_up(&l->job, &variant) == VARIANT_FRESH
                     ? OUTCOME_HIT
                     : OUTCOME_DRAWN;
    return rc;
}

/* The order of chain.c. */
static int look_along_chain(struct look *l)
{
    struct explanation *x = l->x;
    int rc;

    for (unsigned i = 0; i < x->picture.chain_length; i++) {
        x->picture.source = x->picture.chain[i];
        rc = look_inside(l);
        if (rc || (x->outcome != OUTCOME_FAILURE && x->outcome != OUTCOME_RESTING))
            return rc;
        start_over(x);
    }
    return look_at_default(l);
}

static enum cause route_url(struct look *l)
{
    char ignored[CONFIG_ERROR_MAX];
    struct dialect_keys keys;
    struct router *router;
    enum cause cause;

    if (!http_request_from_url(l->x->url, &l->request))
        return CAUSE_BAD_REQUEST;
    l->request.method = HTTP_HEAD;
    l->request.accept = l->x->accept;
    if (router_new(l->x->config, &router) != 0)
        return CAUSE_INTERNAL;
    /* Keys that may not be read here would be an obstacle to explaining, not to answering. */
    if (dialect_keys_load(l->x->config, &keys, ignored) != 0)
        keys.unchecked = true;
    router_set_keys(router, &keys);
    cause = route(router, &l->request, &l->x->picture);
    router_free(&router);
    dialect_keys_wipe(&keys);
    l->x->reply.picture = &l->x->picture;
    if (cause == CAUSE_NONE && picture_expired(&l->x->picture, l->x->now_ms / 1000))
        cause = CAUSE_EXPIRED;
    return cause;
}

int explain_look(struct explanation *x)
{
    struct look l = {.x = x};
    int rc;

    x->now_ms = clock_wall_ms();
    x->reply.fd = -1;
    if (explain_admin(x))
        return 0;
    x->refusal = route_url(&l);
    if (x->refusal != CAUSE_NONE) {
        explain_refusal(x);
        return 0;
    }
    rc = server_open(x->config, CACHE_VISITOR, &l.server, x->no_state);
    x->has_state = rc == 0;
    x->published = find_publication(&l);
    l.server.config = x->config;
    l.job = (struct job){.server = &l.server,
                         .http = &l.request,
                         .picture = &x->picture,
                         .reply = &x->reply,
                         .now_ms = x->now_ms};
    rc = x->picture.dialect == DIALECT_GRAVATAR ? look_along_chain(&l) : look_inside(&l);
    server_close(&l.server);
    return rc;
}

void explanation_free(struct explanation *x)
{
    reply_free(&x->reply);
}
