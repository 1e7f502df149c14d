/* SPDX-License-Identifier: MIT
 *
 * visage store delete: a picture with all its versions and all that was made of it, for ever, and what
 * that was.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "ctl/json.h"
#include "ctl/store.h"
#include "ctl/words.h"
#include "serve/bucket_list.h"
#include "serve/change.h"
#include "serve/erase.h"

struct deletion {
    struct uploads *uploads;
    const char *subject;
    const char *id;
    struct store_removed removed;
    bool kept; /* a bucket with versioning has it still */
    struct erased erased;
    int64_t at_ms;
};

static int print_receipt(const struct deletion *d)
{
    struct json j;

    json_begin(&j);
    json_object(&j, NULL);
    json_string(&j, "source", d->uploads->source->name);
    json_string(&j, "id", d->id);
    json_number(&j, "versions", (int64_t)d->removed.versions);
    json_number(&j, "blobs", (int64_t)d->removed.blobs);
    json_number(&j, "bytes", (int64_t)d->removed.bytes);
    json_number(&j, "variants", (int64_t)d->erased.variants);
    json_number(&j, "published", (int64_t)d->erased.published);
    if (d->kept)
        json_boolean(&j, "kept_by_versioning", true);
    json_number(&j, "deleted_ms", d->at_ms);
    json_end(&j, '}');
    return json_print(&j, stdout) ? CTL_FAILED : CTL_OK;
}

static int print(const struct deletion *d)
{
    char bytes[WORDS_MAX], shown[3 * PICTURE_ID_MAX + 1];

    printf("deleted %s/%s: %" PRIu64 " version%s, %" PRIu64 " file%s of %s; variants in the cache: "
           "%" PRIu64 ", published: %" PRIu64 "\n",
           d->uploads->source->name, words_name(d->id, shown, sizeof shown), d->removed.versions,
           d->removed.versions == 1 ? "" : "s", d->removed.blobs, d->removed.blobs == 1 ? "" : "s",
           words_bytes(d->removed.bytes, bytes), d->erased.variants, d->erased.published);
    return CTL_OK;
}

/* The bucket says what there was. */
static enum cause delete_object(struct deletion *d, const struct picture_request *picture)
{
    struct uploads *u = d->uploads;
    const struct change_condition always = {.store = {.kind = STORE_ALWAYS}};
    struct job job = {.server = &u->server, .picture = picture, .now_ms = d->at_ms};
    struct object_list *list = object_list_new();
    struct object object = {.length = 0};
    struct change_removed removed;
    enum cause cause = list ? bucket_find(&u->server, u->source, picture->id, list, &object)
                            : CAUSE_INTERNAL;

    object_list_free(&list);
    if (cause == CAUSE_NONE)
        cause = change_delete(&job, d->subject, &always, &removed);
    if (cause != CAUSE_NONE)
        return cause;
    d->kept = removed.kept;
    if (!d->kept)
        d->removed = (struct store_removed){.versions = 1, .blobs = 1, .bytes = object.length};
    return CAUSE_NONE;
}

/* Returns 0, -ENOENT, or another negative errno after a message. */
static int delete_picture(struct deletion *d)
{
    struct picture_request picture;
    enum cause cause = CAUSE_INTERNAL;
    int rc;

    if (!uploads_are_remote(d->uploads)) {
        rc = store_delete(d->uploads->store, d->subject, NULL, &d->removed);
        if (rc && rc != -ENOENT)
            uploads_fail(d->uploads, rc);
        return rc;
    }
    if (uploads_picture(d->uploads, d->id, &picture))
        cause = delete_object(d, &picture);
    if (cause == CAUSE_NONE || cause_is_absence(cause))
        return cause == CAUSE_NONE ? 0 : -ENOENT;
    uploads_fail_cause(d->uploads, d->uploads->source, cause);
    return -EREMOTEIO;
}

int store_delete_picture(struct uploads *u, const char *subject, bool receipt)
{
    struct deletion d = {.uploads = u,
                         .subject = subject,
                         .id = uploads_id(u, subject),
                         .at_ms = clock_wall_ms()};
    char shown[3 * PICTURE_ID_MAX + 1];
    int rc = delete_picture(&d), erased, status;

    if (rc && rc != -ENOENT)
        return CTL_FAILED;
    /* Also where there is none: who was killed in between is to come back. */
    erased = erase_subject(u->cache, subject, &d.erased);
    if (!erased)
        store_purged(u->store, subject);
    if (!rc)
        log_info("delete", "source=%s", u->source->name);
    if (erased)
        return ctl_fail(u->command, "what was made of it is still in the cache: %s; delete it again",
                        strerror(-erased));
    status = uploads_settle(u, subject);
    if (status != CTL_OK)
        return status;
    if (rc)
        return ctl_fail(u->command, "there is no picture of %s",
                        words_name(d.id, shown, sizeof shown));
    rc = receipt ? print_receipt(&d) : print(&d);
    return d.kept ? ctl_fail(u->command, "the bucket has versioning, and keeps it as an earlier version: "
                             "its own tools delete that, or its life-cycle rules")
                  : rc;
}
