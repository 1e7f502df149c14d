/* SPDX-License-Identifier: MIT */
#include "serve/purge.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "route/generated.h"

enum cause purge_of_subject(const struct router *router, const char *subject, struct purge *out)
{
    struct picture_request picture;
    enum cause cause = route_subject(router, subject, &picture);

    *out = (struct purge){.scope = PURGE_SUBJECT};
    if (cause == CAUSE_NONE)
        picture_subject_text(&picture, out->name);
    return cause;
}

enum cause purge_of_source(const struct config *config, const char *name, struct purge *out)
{
    *out = (struct purge){.scope = PURGE_SOURCE};
    if (!config_find_source(config, name, strlen(name)))
        return CAUSE_NOT_FOUND;
    snprintf(out->name, sizeof out->name, "%s", name);
    return CAUSE_NONE;
}

enum cause purge_of_url(const struct router *router, const char *url, struct purge *out)
{
    struct http_request request;
    struct picture_request picture;
    enum cause cause;

    *out = (struct purge){.scope = PURGE_SUBJECT};
    if (!http_request_from_url(url, &request))
        return CAUSE_BAD_REQUEST;
    cause = route(router, &request, &picture);
    if (cause != CAUSE_NONE)
        return cause;
    if (picture.dialect == DIALECT_GRAVATAR && picture.chain_length == 0 &&
        generated_set_subject(&picture) != 0)
        return CAUSE_INTERNAL;
    picture_subject_text(&picture, out->name);
    for (unsigned i = 1; i < picture.chain_length; i++)
        snprintf(out->others[out->other_count++], PURGE_OTHER_MAX, "%s/%.*s",
                 picture.chain[i]->name, 2 * DIGEST_SIZE, picture.id);
    return CAUSE_NONE;
}

int purge_run(struct cache *cache, const struct purge *purge)
{
    static const char *const scopes[] = {
        [PURGE_SUBJECT] = "subject", [PURGE_SOURCE] = "source", [PURGE_ALL] = "all"};
    int rc = cache_purge(cache, purge->scope, purge->name);

    for (unsigned i = 0; i < purge->other_count && !rc; i++)
        rc = cache_purge(cache, purge->scope, purge->others[i]);
    if (rc)
        log_error("purge", "scope=%s error=\"%s\"", scopes[purge->scope], strerror(-rc));
    else
        log_info("purge", "scope=%s", scopes[purge->scope]);
    return rc;
}
