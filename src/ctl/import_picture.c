/* SPDX-License-Identifier: MIT
 *
 * One picture that comes from elsewhere: into the store, by the same checks as an upload.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "ctl/import.h"
#include "ctl/interrupt.h"
#include "ctl/words.h"
#include "serve/accept.h"

static void fail(struct import *i, int rc)
{
    if (!i->rc)
        i->rc = rc;
}

void import_begin(struct import *i, const char *id)
{
    struct store_picture current;

    i->reason = NULL;
    i->skipped = false;
    if (!uploads_subject(i->uploads, id, i->subject)) {
        i->reason = "no id of the source is like that";
        return;
    }
    i->skipped = i->keep && store_find(i->server.store, i->subject, &current) == 0;
}

bool import_wants(const struct import *i)
{
    return !i->reason && !i->skipped && !i->rc;
}

void import_refuse(struct import *i, const char *reason)
{
    if (!i->reason)
        i->reason = reason;
}

void import_add(struct import *i, const void *bytes, size_t length)
{
    int rc = 0;

    if (!import_wants(i))
        return;
    if (!i->begun) {
        rc = store_upload_begin(i->server.store, &i->in);
        i->begun = rc == 0;
    }
    if (!rc && i->in.length + length > i->uploads->source->store.max_bytes)
        import_refuse(i, cause_info(CAUSE_UPLOAD_TOO_LARGE)->text);
    else if (!rc)
        rc = store_upload_add(&i->in, bytes, length);
    if (rc)
        fail(i, rc);
}

void import_drop(struct import *i)
{
    if (i->begun)
        store_upload_abort(&i->in);
    i->begun = false;
}

/* ---- the end of it ---- */

static bool is_there(const struct import *i, const struct digest *digest)
{
    struct store_picture current;

    return store_find(i->server.store, i->subject, &current) == 0 &&
           digest_equal(&current.digest, digest);
}

static int commit(struct import *i, struct store_picture *p)
{
    const struct store_condition condition = {.kind = i->keep ? STORE_IF_ABSENT : STORE_ALWAYS};
    int rc = store_commit(&i->in, i->subject, p, i->uploads->source->store.keep_versions,
                          &condition, NULL);

    if (rc == -ECANCELED) {
        i->skipped = true;
        return 0;
    }
    /* What was drawn from another one goes, and that there was none is forgotten. */
    if (!rc)
        rc = cache_purge(i->server.cache, PURGE_SUBJECT, i->subject);
    if (!rc)
        store_purged(i->server.store, i->subject);
    return rc;
}

/* A run that was broken off has left what it took: that is not decoded again. */
static int judge(struct import *i)
{
    struct store_picture p = {.uploaded_ms = clock_wall_ms()};
    enum cause cause;
    int rc = store_upload_finish(&i->in, &p.digest);

    if (rc)
        return rc;
    i->skipped = is_there(i, &p.digest);
    if (i->skipped)
        return 0;
    cause = accept_picture(&i->server, i->uploads->source, &i->in, &p);
    if (cause == CAUSE_STORE)
        return -EIO;
    if (cause != CAUSE_NONE) {
        import_refuse(i, cause_info(cause)->text);
        return 0;
    }
    i->skipped = is_there(i, &p.digest); /* what was drawn of it */
    return i->skipped || i->dry ? 0 : commit(i, &p);
}

static void finish(struct import *i)
{
    int rc;

    if (!import_wants(i))
        return;
    if (!i->begun || i->in.length < i->uploads->source->store.min_bytes) {
        import_refuse(i, cause_info(CAUSE_UPLOAD_TOO_SMALL)->text);
        return;
    }
    rc = judge(i);
    if (rc)
        fail(i, rc);
}

static void tell_refused(struct import *i, const char *where, const char *id)
{
    char shown[3 * PICTURE_ID_MAX + 1], place[IMPORT_WHERE_MAX];

    i->refused++;
    progress_clear(&i->progress);
    fprintf(stderr, "visage import: %s", words_name(where, place, sizeof place));
    if (id)
        fprintf(stderr, " (%s)", words_name(id, shown, sizeof shown));
    fprintf(stderr, ": %s\n", i->reason);
}

void import_end(struct import *i, const char *where, const char *id)
{
    finish(i);
    import_drop(i);
    if (i->rc)
        return;
    if (i->reason)
        tell_refused(i, where, id);
    else if (i->skipped)
        i->there++;
    else
        i->taken++;
    progress_note(&i->progress, "already there %llu, refused %llu", (unsigned long long)i->there,
                  (unsigned long long)i->refused);
    progress_show(&i->progress, i->progress.done + 1);
}

bool import_must_stop(const struct import *i)
{
    interrupt_poll(NULL, 0, 0);
    return i->rc || interrupt_count() > 0;
}
