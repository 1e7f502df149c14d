/* SPDX-License-Identifier: MIT */
#include "serve/variant.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "base/log.h"
#include "serve/info.h"
#include "serve/pass.h"
#include "serve/publish.h"
#include "serve/stored.h"
#include "serve/version.h"

static bool is_configured(const struct config *config, enum picture_type type)
{
    for (size_t i = 0; i < config->format_count; i++)
        if (config->formats[i] == type)
            return true;
    return false;
}

enum picture_type variant_output_type(const struct job *job)
{
    const struct config *config = job->server->config;

    if (job->picture->format != PICTURE_AUTO)
        return job->picture->format;
    if (!is_configured(config, PICTURE_PNG))
        return PICTURE_JPEG;
    return is_configured(config, PICTURE_JPEG) ? PICTURE_AUTO : PICTURE_PNG;
}

enum picture_type variant_lease_type(const struct job *job)
{
    enum picture_type type = variant_output_type(job);

    return type == PICTURE_AUTO ? PICTURE_JPEG : type;
}

/* What tells of versions, or leads to the current one, must not do so by what was made of an original
 * that another has taken the place of, fresh or not. */
static bool has_to_be_current(const struct job *job, const struct entry *e)
{
    return job->picture->info || !version_matches(job, e);
}

static bool is_of_another_original(const struct job *job, const struct entry *e)
{
    char text[PICTURE_CANONICAL_MAX];
    struct entry original;
    struct digest key;

    picture_subject_text(job->picture, text);
    return cache_key(text, &key) == 0 &&
           cache_lookup(job->server->cache, &key, text, &original) == 0 &&
           original.kind == ENTRY_ORIGINAL && !digest_equal(&original.blob, &e->original);
}

static enum variant_state look_up_type(const struct job *job, enum picture_type type,
                                       struct variant *out)
{
    char text[PICTURE_CANONICAL_MAX];

    picture_variant_text(job->picture, type, text);
    if (cache_key(text, &out->key) != 0 ||
        cache_lookup(job->server->cache, &out->key, text, &out->entry) != 0 ||
        out->entry.kind != ENTRY_VARIANT)
        return VARIANT_NONE;
    if (job->picture->verbatim && !pass_allows(job->server->config, &out->entry))
        return VARIANT_NONE;
    if (has_to_be_current(job, &out->entry) && is_of_another_original(job, &out->entry))
        return VARIANT_NONE;
    if (!stored_is_current(job, &out->entry))
        return VARIANT_NONE;
    return job->now_ms < out->entry.expires_ms && out->entry.fetched_ms > job->since_ms
               ? VARIANT_FRESH
               : VARIANT_STALE;
}

static enum variant_state look_up_auto(const struct job *job, struct variant *out)
{
    struct variant png;
    enum variant_state jpeg_state = look_up_type(job, PICTURE_JPEG, out), png_state;

    if (jpeg_state != VARIANT_NONE && out->entry.alpha)
        jpeg_state = VARIANT_NONE; /* flattened: only for who asked for JPEG */
    if (jpeg_state == VARIANT_FRESH)
        return jpeg_state;
    png_state = look_up_type(job, PICTURE_PNG, &png);
    if (png_state != VARIANT_NONE && !png.entry.alpha)
        png_state = VARIANT_NONE;
    if (png_state > jpeg_state) {
        *out = png;
        return png_state;
    }
    return jpeg_state;
}

enum variant_state variant_look_up(const struct job *job, struct variant *out)
{
    enum picture_type type = variant_output_type(job);

    return type == PICTURE_AUTO ? look_up_auto(job, out) : look_up_type(job, type, out);
}

int variant_store(struct server *server, struct entry *e)
{
    struct blob_writer writer;
    struct digest key;
    int rc = blob_writer_begin(&writer, cache_blobs(server->cache));

    if (rc) {
        digest_of(server->rendered.data, server->rendered.length, &e->blob);
        return rc;
    }
    rc = blob_writer_add(&writer, server->rendered.data, server->rendered.length);
    if (!rc)
        rc = blob_writer_finish(&writer, &e->blob);
    else
        digest_of(server->rendered.data, server->rendered.length, &e->blob);
    if (!rc)
        rc = cache_key(e->text, &key);
    if (!rc)
        rc = cache_insert(server->cache, &key, e, &writer);
    blob_writer_abort(&writer);
    return rc;
}

/* Web servers compare what they are asked with the time of the file, which is not the picture's, so
 * who goes by dates gets the picture from here. */
static bool server_sends(const struct job *job)
{
    const struct http_request *http = job->http;

    return job->server->config->sendfile != SENDFILE_NONE && !http->if_unmodified_since &&
           (!http->if_modified_since || http->if_none_match);
}

int variant_reply(const struct job *job, const struct variant *variant, enum reply_way way)
{
    struct cache *cache = job->server->cache;
    const void *bytes = NULL;
    bool sendfile = server_sends(job);
    int fd = -1, error = 0;

    if (job->picture->info)
        return info_reply(job, variant, way);
    if (!version_matches(job, &variant->entry))
        return version_redirect(job, &variant->entry);
    if (!sendfile)
        bytes = cache_blob_bytes(cache, &variant->entry, &error);
    if (!bytes && !error) {
        fd = cache_open_blob(cache, &variant->entry);
        error = fd < 0 ? fd : 0;
    }
    if (error) {
        /* Deleted behind our back, or damaged: a miss. Other errors too, for this request. */
        if (error == -ENOENT)
            cache_remove(cache, &variant->key, &variant->entry);
        return -ENOENT;
    }
    if (sendfile) {
        close(fd); /* it was opened to know that the file is there and whole */
        fd = -1;
    }
    cache_touch(cache, &variant->key);
    publish(job, &variant->key, &variant->entry);
    return reply_picture(job->reply, job->server, job->http, &variant->entry, way,
                         job->picture->negotiated, bytes, fd, job->now_ms);
}

void variant_note_key(const struct job *job)
{
    char text[PICTURE_CANONICAL_MAX], hex[DIGEST_HEX_SIZE];
    struct digest key;

    if (!log_enabled(LOG_LEVEL_DEBUG))
        return;
    picture_variant_text(job->picture, variant_lease_type(job), text);
    if (cache_key(text, &key) != 0)
        return;
    digest_to_hex(&key, hex);
    snprintf(job->reply->key, sizeof job->reply->key, "%.12s", hex);
}
