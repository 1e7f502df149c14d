/* SPDX-License-Identifier: MIT */
#include "serve/locate.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cid.h"
#include "base/clock.h"
#include "base/did.h"
#include "cache/names.h"
#include "origin/get_blob.h"
#include "serve/federation.h"
#include "serve/resolve.h"

/* Cuts "DID/CID" in two; ids are like that, or they would not have come here. */
static const char *cut_id(const char *id, char did[DID_MAX + 1])
{
    size_t length = strcspn(id, "/");

    if (!id[length] || length > DID_MAX)
        return NULL;
    memcpy(did, id, length);
    did[length] = '\0';
    return id + length + 1;
}

static enum cause locate_blob(struct job *job, const struct source *source, int64_t deadline_ms,
                              struct located *out)
{
    char did[DID_MAX + 1], pds[DID_PDS_MAX];
    const char *cid = cut_id(job->picture->id, did);
    enum cause cause;

    if (!cid)
        return CAUSE_BAD_REQUEST;
    cause = resolve_did(job, source, did, deadline_ms, pds);
    if (cause != CAUSE_NONE)
        return cause;
    out->foreign = true;
    out->known = source->config->verify_cid != CID_LEXICAL &&
                 cid_parse(cid, strlen(cid), &out->digest);
    out->url = get_blob_url(pds, did, cid);
    if (!out->url)
        return CAUSE_INTERNAL;
    return source_url_origin(out->url, out->origin, sizeof out->origin) == 0
               ? CAUSE_NONE
               : CAUSE_DID_WITHOUT_PDS;
}

/* The largest that every server has; 404 is what tells that there is none. */
static enum cause locate_avatar(struct job *job, const struct source *source, int64_t deadline_ms,
                                struct located *out)
{
    char server[FEDERATION_SERVER_MAX];
    enum cause cause = federation_server(job, source->config, deadline_ms, server);

    if (cause != CAUSE_NONE)
        return cause;
    if (asprintf(&out->url, "%s/avatar/%s?s=512&d=404", server, job->picture->id) < 0) {
        out->url = NULL;
        return CAUSE_INTERNAL;
    }
    return source_url_origin(out->url, out->origin, sizeof out->origin) == 0 ? CAUSE_NONE
                                                                            : CAUSE_INTERNAL;
}

enum cause locate(struct job *job, const struct source *source, int64_t deadline_ms,
                  struct located *out)
{
    *out = (struct located){.url = NULL};
    if (source->config->type == SOURCE_ATPROTO)
        return locate_blob(job, source, deadline_ms, out);
    if (source->config->type == SOURCE_LIBRAVATAR)
        return locate_avatar(job, source, deadline_ms, out);
    return source_origin(source->config, job->picture->id, out->origin, sizeof out->origin) == 0
               ? CAUSE_NONE
               : CAUSE_INTERNAL;
}

int locate_known(struct cache *cache, const struct picture_request *picture,
                 char out[GATE_ORIGIN_MAX])
{
    char did[DID_MAX + 1];
    struct name_meaning known;

    if (picture->source->type == SOURCE_LIBRAVATAR)
        return federation_known(cache, picture->source, out);
    if (config_source_is_local(picture->source))
        return -ENOENT; /* no other host's */
    if (picture->source->type != SOURCE_ATPROTO)
        return source_origin(picture->source, picture->id, out, GATE_ORIGIN_MAX);
    if (!cache || !cut_id(picture->id, did) ||
        names_find(cache, NAME_DID, did, clock_wall_ms(), &known) != 0 ||
        known.cause != CAUSE_NONE)
        return -ENOENT;
    return source_url_origin(known.text, out, GATE_ORIGIN_MAX);
}

void locate_free(struct located *located)
{
    free(located->url);
    located->url = NULL;
}

static bool is_empty_blob(const struct located *located)
{
    struct digest empty;

    return !located->known ||
           (digest_of("", 0, &empty) == 0 && digest_equal(&empty, &located->digest));
}

enum cause locate_judge(const struct job *job, const struct located *located, enum cause cause,
                        const struct fetch_result *fetched)
{
    if (job->picture->source->type != SOURCE_ATPROTO)
        return cause;
    if (fetched->status == 400 && get_blob_is_missing(fetched->said))
        return CAUSE_BLOB_NOT_FOUND;
    if (fetched->empty)
        return is_empty_blob(located) ? CAUSE_PICTURE_TYPE : CAUSE_BLOB_MISMATCH;
    return cause;
}

void locate_doubt(struct job *job, enum cause cause)
{
    char did[DID_MAX + 1];

    if (job->picture->source->type == SOURCE_LIBRAVATAR &&
        (cause == CAUSE_ORIGIN_UNREACHABLE || cause == CAUSE_ORIGIN_TIMEOUT))
        federation_doubt(job, job->picture->source);
    if (job->picture->source->type != SOURCE_ATPROTO)
        return;
    switch (cause) {
    case CAUSE_ORIGIN_NOT_FOUND:
    case CAUSE_ORIGIN_DENIED:
    case CAUSE_ORIGIN_BAD_STATUS:
    case CAUSE_BLOB_NOT_FOUND:
        if (cut_id(job->picture->id, did))
            resolve_doubt(job, did);
        break;
    default:
        break;
    }
}

bool locate_is_immutable(const struct config_source *source)
{
    return source->type == SOURCE_ATPROTO;
}

bool locate_takes(const struct config_source *source, enum picture_type type)
{
    if (type == PICTURE_UNKNOWN)
        return false;
    return source->type != SOURCE_ATPROTO || type == PICTURE_JPEG || type == PICTURE_PNG ||
           type == PICTURE_WEBP;
}
