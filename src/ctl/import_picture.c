/* SPDX-License-Identifier: MIT
 *
 * One picture that comes from elsewhere: into the store, by the same checks as an upload.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/md5.h"
#include "ctl/import.h"
#include "ctl/interrupt.h"
#include "ctl/words.h"
#include "serve/accept.h"
#include "serve/bucket_list.h"
#include "serve/change.h"
#include "serve/wake.h"

#define ID_SHOWN 100u /* characters of an id in a message: a row can have one of any length */

static bool is_remote(const struct import *i)
{
    return uploads_are_remote(i->uploads);
}

/* ---- what is told ---- */

static const char *show_id(const char *id, char *out, size_t size)
{
    size_t used;

    words_name(id, out, size);
    if (strlen(out) <= ID_SHOWN)
        return out;
    used = strlen(words_name(id, out, ID_SHOWN + 1));
    snprintf(out + used, size - used, "...");
    return out;
}

const char *import_place(const struct import *i, char out[IMPORT_PLACE_MAX])
{
    const struct import_place *p = &i->place;
    char shown[3 * PICTURE_ID_MAX + 1];
    size_t used = strlen(words_name(p->name, out, IMPORT_PLACE_MAX - 2 * ID_SHOWN));

    if (p->row > 0)
        used += (size_t)snprintf(out + used, IMPORT_PLACE_MAX - used, ", row %" PRIu64, p->row);
    if (p->id)
        snprintf(out + used, IMPORT_PLACE_MAX - used, " (%s)", show_id(p->id, shown, sizeof shown));
    return out;
}

/* Only the first time: what follows comes of it. */
static void fail_at(struct import *i, const char *place, const char *what, const char *reason)
{
    if (!i->failed) {
        progress_clear(&i->progress);
        ctl_fail(i->uploads->command, "%s: %s of source %s: %s", place, what,
                 i->uploads->source->name, reason);
    }
    i->failed = true;
}

static void fail_with(struct import *i, const char *what, const char *reason)
{
    char place[IMPORT_PLACE_MAX];

    fail_at(i, import_place(i, place), what, reason);
}

void import_fail(struct import *i, const char *place, int rc)
{
    fail_at(i, place, "store", strerror(-rc));
}

static void fail(struct import *i, int rc)
{
    fail_with(i, "store", strerror(-rc));
}

static void fail_cause(struct import *i, enum cause cause)
{
    fail_with(i, "bucket", uploads_trouble(cause));
}

/* ---- what there is ---- */

/* In the bucket. */
static bool find_object(struct import *i, struct object *out)
{
    enum cause cause = bucket_find(&i->uploads->server, i->uploads->source, i->picture.id, i->list,
                                   out);

    if (cause != CAUSE_NONE && !cause_is_absence(cause))
        fail_cause(i, cause);
    return cause == CAUSE_NONE;
}

static bool find_stored(const struct import *i, struct store_picture *out)
{
    return store_find(i->uploads->store, i->subject, out) == 0;
}

static bool is_any_there(struct import *i)
{
    struct store_picture current;
    struct object object;

    if (import_seen_any(i->seen, i->subject))
        return true;
    return is_remote(i) ? find_object(i, &object) : find_stored(i, &current);
}

static bool is_object_there(struct import *i, uint64_t length, const char *md5)
{
    struct object object;

    return find_object(i, &object) && object.length == length && strcmp(object.md5, md5) == 0;
}

static bool is_stored(const struct import *i, uint64_t length, const char *md5)
{
    struct store_picture current;
    char found[MD5_HEX_SIZE] = "";
    int fd;

    if (!find_stored(i, &current) || current.length != length)
        return false;
    fd = store_open_blob(i->uploads->store, &current.digest);
    if (fd < 0)
        return false;
    if (md5_of_file(fd, found) != 0)
        found[0] = '\0';
    close(fd);
    return strcmp(found, md5) == 0;
}

/* What has come so far, all of it, with this digest. */
static bool is_there(struct import *i, const struct digest *digest)
{
    struct store_picture current;
    char md5[MD5_HEX_SIZE] = "";
    int fd;

    if (import_seen_any(i->seen, i->subject))
        return import_seen_same(i->seen, i->subject, digest);
    if (!is_remote(i))
        return find_stored(i, &current) && digest_equal(&current.digest, digest);
    fd = store_upload_open_readonly(&i->in);
    if (fd >= 0 && md5_of_file(fd, md5) != 0)
        md5[0] = '\0';
    if (fd >= 0)
        close(fd);
    return md5[0] && is_object_there(i, i->in.length, md5);
}

void import_compare(struct import *i, uint64_t length, const char *md5)
{
    if (!import_wants(i) || !md5[0] || !i->replace) /* there is none */
        return;
    i->skipped = is_remote(i) ? is_object_there(i, length, md5) : is_stored(i, length, md5);
}

/* ---- coming in ---- */

void import_begin(struct import *i, const char *id)
{
    i->reason = NULL;
    i->skipped = false;
    i->none = false;
    i->waits = false;
    i->changed_ms = 0;
    if (!uploads_picture(i->uploads, id, &i->picture)) {
        i->reason = "no id of the source is like that";
        return;
    }
    picture_subject_text(&i->picture, i->subject);
    if (import_is_waiting(i, i->subject) /* to be found */ || import_wait_ms(i) == 0)
        import_commit(i);
    i->skipped = !i->replace && is_any_there(i);
}

bool import_wants(const struct import *i)
{
    return !i->reason && !i->skipped && !i->none && !i->failed;
}

void import_refuse(struct import *i, const char *reason)
{
    if (!i->reason)
        i->reason = reason;
}

/* As uploads over HTTP are asked. */
static bool has_room(struct import *i, size_t length)
{
    const struct uploads *u = i->uploads;
    uint64_t available;

    if (is_remote(i) || store_has_room(u->store, length, u->config->min_free, &available))
        return true;
    fail_with(i, "store", "less than min_free would stay free");
    keeper_wake(u->config, u->cache); /* the cache may give way, for the next run */
    return false;
}

void import_add(struct import *i, const void *bytes, size_t length)
{
    int rc = 0;

    if (!import_wants(i) || !has_room(i, length))
        return;
    if (!i->begun) {
        rc = store_upload_begin(i->uploads->store, &i->in);
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

static void put_into_bucket(struct import *i, struct store_picture *p)
{
    const struct change_condition condition = {
        .store = {.kind = i->replace ? STORE_ALWAYS : STORE_IF_ABSENT}};
    struct job job = {.server = &i->uploads->server, .picture = &i->picture,
                      .now_ms = clock_wall_ms()};
    enum cause cause = change_put(&job, i->subject, &i->in, p, &condition);

    i->skipped = cause == CAUSE_PRECONDITION;
    if (cause != CAUSE_NONE && !i->skipped)
        fail_cause(i, cause);
}

/* For those who go by dates what takes another one's place is new. */
static int64_t uploaded_ms(struct import *i)
{
    int64_t now_ms = clock_wall_ms();
    bool is_dated = i->changed_ms > 0 && i->changed_ms < now_ms;

    return is_dated && !is_remote(i) && !is_any_there(i) ? i->changed_ms : now_ms;
}

/* A run that was broken off has left what it took: that is not decoded again. */
static void judge(struct import *i)
{
    struct store_picture p = {.uploaded_ms = uploaded_ms(i)};
    enum cause cause;
    int rc = store_upload_finish(&i->in, &p.digest);

    if (rc) {
        fail(i, rc);
        return;
    }
    i->skipped = i->replace && is_there(i, &p.digest);
    if (!import_wants(i))
        return;
    cause = accept_picture(&i->uploads->server, i->uploads->source, &i->in,
                           i->uploads->source->store.max_bytes, &p);
    if (cause == CAUSE_STORE)
        fail_with(i, "store", cause_info(cause)->text);
    else if (cause != CAUSE_NONE)
        import_refuse(i, cause_info(cause)->text);
    else
        i->skipped = i->replace && is_there(i, &p.digest); /* what was drawn of it */
    if (!import_wants(i))
        return;
    if (i->seen) {
        import_seen_note(i->seen, i->subject, &p.digest);
        return;
    }
    i->waits = !is_remote(i);
    if (i->waits)
        import_wait(i, &p);
    else
        put_into_bucket(i, &p);
}

static void finish(struct import *i)
{
    if (!import_wants(i))
        return;
    if (!i->begun || i->in.length < i->uploads->source->store.min_bytes)
        import_refuse(i, cause_info(CAUSE_UPLOAD_TOO_SMALL)->text);
    else
        judge(i);
}

static void tell_refused(struct import *i)
{
    char place[IMPORT_PLACE_MAX];

    i->refused++;
    progress_clear(&i->progress);
    fprintf(stderr, "visage import: %s: %s\n", import_place(i, place), i->reason);
}

void import_progress(struct import *i, uint64_t more)
{
    progress_note(&i->progress, "already there %" PRIu64 ", refused %" PRIu64, i->there, i->refused);
    progress_show(&i->progress, i->progress.done + more);
}

void import_end(struct import *i)
{
    finish(i);
    import_drop(i);
    if (i->failed || i->waits)
        return;
    if (i->none)
        i->without++;
    else if (i->reason)
        tell_refused(i);
    else if (i->skipped)
        i->there++;
    else
        i->taken++;
    import_progress(i, 1);
}

bool import_must_stop(const struct import *i)
{
    interrupt_poll(NULL, 0, 0);
    return i->failed || interrupt_count() > 0;
}
