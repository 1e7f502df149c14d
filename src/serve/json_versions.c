/* SPDX-License-Identifier: MIT */
#include "serve/json_versions.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "serve/json_body.h"
#include "serve/json_wanted.h"
#include "serve/picture_urls.h"
#include "serve/version.h"
#include "store/store.h"

/* 1,000 ids of 250 bytes. */
#define BODY_MAX (256u << 10)

struct answer {
    struct server *server;
    const struct config_source *source;
    struct writer w;
    struct signer signer;
};

/* The digest of what is the picture's original, as far as it is known here: 0, -ENOENT, or another
 * negative errno. */
static int find_original(const struct answer *a, const struct picture_request *picture,
                         struct digest *out)
{
    char subject[PICTURE_CANONICAL_MAX];
    struct store_picture stored;
    struct entry entry;
    struct digest key;
    int rc;

    picture_subject_text(picture, subject);
    if (config_source_is_local(a->source)) {
        rc = a->server->store ? store_find(a->server->store, subject, &stored) : -EIO;
        if (!rc)
            *out = stored.digest;
        return rc;
    }
    rc = cache_key(subject, &key);
    if (!rc)
        rc = cache_lookup(a->server->cache, &key, subject, &entry);
    if (!rc && entry.kind != ENTRY_ORIGINAL)
        rc = -ENOENT;
    if (!rc)
        *out = entry.blob;
    return rc;
}

/* An id that the source does not take is nobody's. */
static int find(const struct answer *a, const char *id, struct digest *out)
{
    char subject[PICTURE_CANONICAL_MAX];
    struct picture_request picture;
    int n = snprintf(subject, sizeof subject, "%s/%s", a->source->name, id);

    if (n < 0 || (size_t)n >= sizeof subject ||
        route_subject(a->server->router, subject, &picture) != CAUSE_NONE)
        return -ENOENT;
    return find_original(a, &picture, out);
}

static int put_picture(struct answer *a, const char *id)
{
    char version[PICTURE_VERSION_DIGITS + 1];
    const struct picture_urls urls = {.config = a->server->config,
                                      .source = a->source->name,
                                      .id = id,
                                      .version = version,
                                      .signer = a->signer};
    struct digest original;
    int rc = find(a, id, &original);

    writer_json(&a->w, id);
    writer_puts(&a->w, ":");
    if (rc == -ENOENT) {
        writer_puts(&a->w, "null");
        return a->w.rc;
    }
    if (rc)
        return rc;
    version_of(&original, version);
    writer_printf(&a->w, "{\"version\":\"%s\",\"urls\":", version);
    rc = picture_urls_write(&a->w, &urls);
    writer_puts(&a->w, "}");
    return rc ? rc : a->w.rc;
}

static const char *next_id(const char *id)
{
    return id + strlen(id) + 1;
}

/* Which ids have been: a name stands once in an object. Half of the places stay free. */
#define PLACES 2048u
_Static_assert(PLACES >= 2 * WANTED_IDS_MAX, "a free place is found soon");

struct seen {
    const char *ids[PLACES];
};

static bool was_seen(struct seen *seen, const char *id)
{
    uint32_t place = 0;

    for (const char *p = id; *p; p++)
        place = place * 31 + (unsigned char)*p;
    for (place %= PLACES; seen->ids[place]; place = (place + 1) % PLACES)
        if (strcmp(seen->ids[place], id) == 0)
            return true;
    seen->ids[place] = id;
    return false;
}

static int put_all(struct answer *a, const struct wanted *wanted)
{
    const char *id = wanted->ids.data, *comma = "";
    struct seen seen = {{NULL}};
    int rc = 0;

    writer_puts(&a->w, "{\"source\":");
    writer_json(&a->w, a->source->name);
    writer_puts(&a->w, ",\"versions\":{");
    for (size_t i = 0; i < wanted->count && !rc; i++, id = next_id(id)) {
        if (was_seen(&seen, id))
            continue;
        writer_puts(&a->w, comma);
        comma = ",";
        rc = put_picture(a, id);
    }
    writer_puts(&a->w, "}}\n");
    return rc ? rc : a->w.rc;
}

static int reply_with(struct server *server, const struct http_request *request,
                      struct reply *reply, const struct wanted *wanted)
{
    struct answer a = {.server = server, .w = {.out = &server->page}};
    int rc;

    a.source = config_find_source(server->config, wanted->source.data,
                                  strlen(wanted->source.data));
    /* Those of the web have no immutable URLs. */
    if (!a.source || a.source->type == SOURCE_WEB)
        return reply_refusal(reply, server, request, 404, "", "there is no such source");
    a.signer = (struct signer){source_signs_with(&server->sources, a.source), SIGN_NEVER};
    buffer_clear(&server->page);
    rc = put_all(&a, wanted);
    if (rc && rc != -ENOMEM) {
        log_error("versions", "source=%s error=\"%s\"", a.source->name, strerror(-rc));
        return reply_refusal(reply, server, request, 503, "", "it cannot be looked up just now");
    }
    return rc ? rc
              : reply_document(reply, request, 200, "application/json", "", &server->page);
}

int json_versions(struct server *server, const struct http_request *request, struct reply *reply)
{
    struct json_refusal refusal;
    struct wanted wanted = {0};
    struct buffer body = {0};
    int rc = json_body_read(request, BODY_MAX, &body, &refusal);

    if (!rc && refusal.status) {
        rc = reply_refusal(reply, server, request, refusal.status, "", refusal.detail);
        goto out;
    }
    if (!rc)
        rc = wanted_read(body.data, body.length, &wanted);
    if (!rc)
        rc = reply_with(server, request, reply, &wanted);
    else if (rc == -E2BIG)
        rc = reply_refusal(reply, server, request, 400, "",
                           "there are more than 1000 ids, or one of more than 2048 bytes");
    else if (rc == -EINVAL)
        rc = reply_refusal(reply, server, request, 400, "",
                           "an object with a source and its ids is wanted, all of them texts");
out:
    wanted_free(&wanted);
    buffer_free(&body);
    return rc;
}
