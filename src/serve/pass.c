/* SPDX-License-Identifier: MIT */
#include "serve/pass.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "serve/failure.h"

static bool allows_type(const struct config *config, enum picture_type type)
{
    return type > PICTURE_UNKNOWN && type < PICTURE_AUTO && config->camo.types >> type & 1;
}

bool pass_allows(const struct config *config, const struct entry *entry)
{
    return allows_type(config, entry->type) && entry->length <= config->camo.max_bytes;
}

enum cause pass_judge(const struct job *job, const char *text, const struct original *original)
{
    const struct config *config = job->server->config;
    const struct entry *e = &original->entry;
    enum cause cause = CAUSE_PICTURE_TYPE;

    if (e->labelled && pass_allows(config, e))
        return CAUSE_NONE;
    if (e->labelled && allows_type(config, e->type))
        cause = CAUSE_ORIGIN_TOO_LARGE;
    log_info("not-passed-on", "source=%s type=%s labelled=%d bytes=%" PRIu64,
             job->picture->source->name, picture_type_name(e->type), e->labelled, e->length);
    failure_remember(job->server->cache, text, cause, clock_wall_ms(), 0, e->generation, 0);
    return cause;
}

/* Both entries count on the one blob. */
static int store(const struct job *job, struct entry *e)
{
    struct digest key;
    int rc = cache_key(e->text, &key);

    return rc ? rc : cache_insert(job->server->cache, &key, e, NULL);
}

void pass_on(struct job *job, bool refreshed, const char *text, struct original *original,
             struct made *out)
{
    struct entry *e = &out->entry;
    int rc;

    *e = (struct entry){.kind = ENTRY_VARIANT,
                        .type = original->entry.type,
                        .length = original->entry.length,
                        .blob = original->entry.blob,
                        .original = original->entry.blob};
    make_copy_times(e, &original->entry);
    snprintf(e->text, sizeof e->text, "%s", text);
    out->kind = MADE_FILE;
    out->way = original->stale ? WAY_STALE : refreshed ? WAY_REFRESHED : WAY_MISS;
    out->fd = original->fd;
    original->fd = -1;
    if (original->unstorable) {
        out->way = WAY_UNSTORABLE;
        return;
    }
    rc = store(job, e);
    /* Without the original's own blob there is none for this. */
    if (rc && rc != -ESTALE && original->stored) {
        log_warn("variant-not-stored", "bytes=%" PRIu64 " error=\"%s\"", e->length, strerror(-rc));
        cache_count(job->server->cache, COUNT_UNCACHED, 1);
    }
    if (rc)
        out->way = WAY_UNCACHED;
    original_used(job, original);
}
