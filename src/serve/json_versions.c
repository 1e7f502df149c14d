/* SPDX-License-Identifier: MIT */
#include "serve/json_versions.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "serve/admit.h"
#include "serve/failure.h"
#include "serve/json_body.h"
#include "serve/json_wanted.h"
#include "serve/keeper_list.h"
#include "serve/picture_urls.h"
#include "serve/variant.h"
#include "serve/version.h"
#include "store/store.h"

/* 1,000 ids of 512 bytes, some of them escaped, and what is known of each. */
#define BODY_MAX (1u << 20)

struct answer {
    struct server *server;
    const struct http_request *request;
    const struct versions_visit *visit;
    const struct config_source *source;
    struct writer w;
    struct signer signer;
    struct keeper_list lacking;
    bool spent; /* the client cannot pay for more of what the keeper does */
};

/* ---- one picture ---- */

static int find_stored(const struct answer *a, const char *subject, struct digest *out)
{
    struct store_picture stored;
    struct store *store = server_store(a->server);
    int rc = store ? store_find(store, subject, &stored) : -EIO;

    if (!rc)
        *out = stored.digest;
    return rc;
}

/* The summary that the keeper makes tells of its original as well, which may have been evicted. */
static int find_summary(const struct job *job, struct digest *out, bool *fresh)
{
    struct variant variant;
    enum variant_state state = variant_look_up(job, &variant);

    if (state == VARIANT_NONE)
        return -ENOENT;
    *out = variant.entry.original;
    *fresh = state == VARIANT_FRESH;
    return 0;
}

static int find_cached(const struct job *job, const char *subject, struct digest *out, bool *fresh)
{
    struct cache *cache = job->server->cache;
    struct entry entry;
    struct digest key;
    int rc = cache_key(subject, &key);

    if (!rc)
        rc = cache_lookup(cache, &key, subject, &entry);
    if (rc == -ENOENT || (!rc && entry.kind != ENTRY_ORIGINAL))
        return find_summary(job, out, fresh);
    if (rc)
        return rc;
    *out = entry.blob;
    *fresh = job->now_ms < entry.expires_ms;
    return 0;
}

/* So that who asks again will know better. */
static int note(struct answer *a, const struct job *job)
{
    struct keeper_item item;

    if (a->spent || !keeper_list_lacks(&a->lacking, job, &item))
        return 0;
    if (!a->visit->trusted && !admit_work(a->server, a->request)) {
        a->spent = true;
        return 0;
    }
    return keeper_list_add(&a->lacking, &item);
}

/* Whether its origin has said last that there is none, however long ago. */
static bool is_absent(const struct answer *a, const char *subject)
{
    return cause_is_absence(failure_recall(a->server->cache, subject, 0, NULL));
}

/* The digest of what is the picture's original, as far as it is known here: 0, -ENOENT if there is
 * none, -EAGAIN if that is not known, or another negative errno. */
static int find_original(struct answer *a, struct picture_request *picture, struct digest *out)
{
    const struct job job = {
        .server = a->server, .picture = picture, .now_ms = a->visit->now_ms};
    char subject[PICTURE_CANONICAL_MAX];
    bool fresh = false;
    int rc, noted;

    picture_subject_text(picture, subject);
    if (config_source_is_local(a->source))
        return find_stored(a, subject, out);
    picture_make_info(picture);
    rc = find_cached(&job, subject, out, &fresh);
    if (fresh || (rc && rc != -ENOENT))
        return rc;
    noted = note(a, &job);
    if (noted)
        return noted;
    return rc && !is_absent(a, subject) ? -EAGAIN : rc;
}

/* An id that the source does not take is nobody's. */
static int find(struct answer *a, const char *id, struct digest *out)
{
    char subject[PICTURE_CANONICAL_MAX];
    struct picture_request picture;
    int n = snprintf(subject, sizeof subject, "%s/%s", a->source->name, id);

    if (n < 0 || (size_t)n >= sizeof subject ||
        route_subject(a->server->router, subject, &picture) != CAUSE_NONE)
        return -ENOENT;
    return find_original(a, &picture, out);
}

static int put_picture(struct answer *a, const char *comma, const char *id, const char *version)
{
    const struct picture_urls urls = {.config = a->server->config,
                                      .source = a->source->name,
                                      .id = id,
                                      .version = version,
                                      .signer = a->signer};
    int rc;

    writer_puts(&a->w, comma);
    writer_json(&a->w, id);
    if (!*version) {
        writer_puts(&a->w, ":null");
        return a->w.rc;
    }
    writer_printf(&a->w, ":{\"version\":\"%s\",\"urls\":", version);
    rc = picture_urls_write(&a->w, &urls);
    writer_puts(&a->w, "}");
    return rc ? rc : a->w.rc;
}

/* ---- all of them ---- */

static const char *next_text(const char *text)
{
    return text + strlen(text) + 1;
}

/* `known` is what the caller has, "" for nothing, or NULL: then it is told in any case. */
static int put_news(struct answer *a, const char **comma, const char *id, const char *known)
{
    char version[PICTURE_VERSION_DIGITS + 1] = "";
    struct digest original;
    int rc = find(a, id, &original);

    if (rc && rc != -ENOENT && rc != -EAGAIN)
        return rc;
    if (!rc)
        version_of(&original, version);
    /* What was evicted or purged is not gone: it is left out until more is known. */
    if (known && (rc == -EAGAIN || strcmp(version, known) == 0))
        return 0;
    rc = put_picture(a, *comma, id, version);
    *comma = ",";
    return rc;
}

static int put_all(struct answer *a, const struct wanted *wanted)
{
    const char *known = wanted->has_known ? wanted->known.data : NULL;
    const char *id = wanted->ids.data, *comma = "";
    int rc = 0;

    writer_puts(&a->w, "{\"source\":");
    writer_json(&a->w, a->source->name);
    writer_puts(&a->w, ",\"versions\":{");
    for (size_t i = 0; i < wanted->count && !rc; i++, id = next_text(id)) {
        rc = put_news(a, &comma, id, known);
        known = known ? next_text(known) : NULL;
    }
    writer_puts(&a->w, "}}\n");
    return rc ? rc : a->w.rc;
}

static int refuse(const struct answer *a, struct reply *reply, int status, const char *detail)
{
    return reply_refusal(reply, a->server, a->request, status, a->visit->fields, detail);
}

static int reply_with(struct answer *a, struct reply *reply, const struct wanted *wanted)
{
    struct server *server = a->server;
    int rc;

    a->source = config_find_source(server->config, wanted->source.data,
                                   strlen(wanted->source.data));
    /* Those of the web have no immutable URLs. */
    if (!a->source || a->source->type == SOURCE_WEB)
        return refuse(a, reply, 404, "there is no such source");
    if (!a->visit->trusted && a->source->sign == SIGN_REQUIRED)
        return -EACCES;
    a->signer = (struct signer){
        a->visit->trusted ? source_signs_with(&server->sources, a->source) : NULL, SIGN_NEVER};
    buffer_clear(&server->page);
    rc = put_all(a, wanted);
    if (rc && rc != -ENOMEM) {
        log_error("versions", "source=%s error=\"%s\"", a->source->name, strerror(-rc));
        return refuse(a, reply, 503, "it cannot be looked up just now");
    }
    if (rc)
        return rc;
    keeper_list_tell(&a->lacking, server, "versions");
    return reply_document(reply, a->request, 200, "application/json", a->visit->fields,
                          &server->page);
}

int json_versions(struct server *server, const struct http_request *request, struct reply *reply,
                  const struct versions_visit *visit)
{
    struct answer a = {
        .server = server, .request = request, .visit = visit, .w = {.out = &server->page}};
    struct json_refusal refusal;
    struct wanted wanted = {.count = 0};
    struct buffer body = {0};
    int rc = json_body_read(request, BODY_MAX, &body, &refusal);

    if (!rc && refusal.status) {
        rc = json_body_refuse(&refusal, server, request, reply, visit->fields);
        goto out;
    }
    if (!rc)
        rc = wanted_read(body.data, body.length, &wanted);
    if (!rc)
        rc = reply_with(&a, reply, &wanted);
    else if (rc == -E2BIG)
        rc = refuse(&a, reply, 400, "there are more than 1000 ids, or one of more than 2048 bytes");
    else if (rc == -EINVAL)
        rc = refuse(&a, reply, 400,
                    "an object with a source and its ids is wanted: a list of texts, or an object "
                    "that has the version or null for each");
out:
    keeper_list_free(&a.lacking);
    wanted_free(&wanted);
    buffer_free(&body);
    return rc;
}
