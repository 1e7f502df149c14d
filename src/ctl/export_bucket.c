/* SPDX-License-Identifier: MIT
 *
 * Uploads that are in a bucket: each passes through a file in the store's tmp/, so that a broken
 * transfer writes nothing.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "ctl/export.h"
#include "ctl/interrupt.h"
#include "image/sniff.h"
#include "serve/bucket_list.h"

struct visit {
    struct export *export;
    struct object_list *list;
    int (*see)(struct visit *v, const char *id, const struct object *object);
    bool begun;
    struct store_upload in;
};

/* ---- bytes ---- */

static void drop(struct visit *v)
{
    if (v->begun)
        store_upload_abort(&v->in);
    v->begun = false;
}

static int begin(void *context)
{
    struct visit *v = context;
    int rc;

    drop(v);
    rc = store_upload_begin(v->export->uploads.store, &v->in);
    v->begun = rc == 0;
    return rc;
}

static int add(void *context, const void *bytes, size_t length)
{
    struct visit *v = context;

    return store_upload_add(&v->in, bytes, length);
}

static int read_type(int fd, enum picture_type *out)
{
    char head[SNIFF_BYTES];
    ssize_t n = pread(fd, head, sizeof head, 0);

    *out = n > 0 ? sniff_picture(head, (size_t)n) : PICTURE_UNKNOWN;
    return *out == PICTURE_UNKNOWN ? -EMEDIUMTYPE : 0;
}

/* What has come. */
static int write_object(struct visit *v, const char *id, const struct object *object)
{
    struct store_picture p = {.length = v->in.length, .uploaded_ms = object->modified_ms};
    int fd = store_upload_open_readonly(&v->in);
    int rc = fd < 0 ? fd : read_type(fd, &p.type);

    rc = export_picture(v->export, id, &p, fd, rc);
    if (fd >= 0)
        close(fd);
    return rc;
}

static int write_one(struct visit *v, const char *id, const struct object *object)
{
    struct export *e = v->export;
    const struct bucket_sink sink = {.begin = begin, .add = add, .context = v};
    enum cause cause = object->length > 0
                           ? bucket_get(&e->uploads.server, e->uploads.source, id, &sink)
                           : CAUSE_PICTURE_TYPE;
    int rc = 0;

    if (cause == CAUSE_NONE)
        rc = write_object(v, id, object);
    else if (cause == CAUSE_PICTURE_TYPE)
        rc = export_picture(e, id, NULL, -1, -EMEDIUMTYPE);
    else if (!cause_is_absence(cause)) /* deleted meanwhile */
        e->cause = cause;
    drop(v);
    return e->cause == CAUSE_NONE ? rc : -EREMOTEIO;
}

/* ---- all of it ---- */

static int count_one(struct visit *v, const char *id, const struct object *object)
{
    (void)id;
    (void)object;
    v->export->progress.all++;
    return 0;
}

static int see_page(struct visit *v)
{
    const struct config_source *source = v->export->uploads.source;
    int rc = 0;

    for (size_t i = 0; i < object_list_count(v->list) && !rc && interrupt_count() == 0; i++) {
        struct object o = object_list_get(v->list, i);
        char id[PICTURE_ID_MAX + 1];
        size_t length;
        const char *place = object_id(source, o.key, &length);

        interrupt_poll(NULL, 0, 0);
        if (!place || length > PICTURE_ID_MAX)
            continue;
        memcpy(id, place, length);
        id[length] = '\0';
        rc = v->see(v, id, &o);
    }
    return rc;
}

static int see_all(struct export *e,
                   int (*see)(struct visit *v, const char *id, const struct object *object))
{
    struct visit v = {.export = e, .list = object_list_new(), .see = see};
    struct object_query query = {.most = OBJECT_LIST_MAX};
    int rc = v.list ? 0 : -ENOMEM;

    while (!rc) {
        e->cause = bucket_list(&e->uploads.server, e->uploads.source, &query, v.list);
        rc = e->cause == CAUSE_NONE ? see_page(&v) : -EREMOTEIO;
        query.token = object_list_token(v.list);
        if (!query.token || interrupt_count() > 0)
            break;
    }
    object_list_free(&v.list);
    return rc;
}

int export_bucket_count(struct export *e)
{
    return e->progress.kind == PROGRESS_NONE ? 0 : see_all(e, count_one);
}

int export_bucket(struct export *e)
{
    return see_all(e, write_one);
}
