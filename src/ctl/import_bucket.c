/* SPDX-License-Identifier: MIT
 *
 * The objects of a bucket, a page of its list after the other.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ctl/import.h"
#include "ctl/picture_name.h"
#include "serve/bucket_list.h"

struct visit {
    struct import *import;
    const struct config_source *from;
    struct object_list *list;
    char last[PICTURE_ID_MAX + 1];     /* what stands for the id in the key before */
    bool is_taken[PICTURE_ID_MAX + 1]; /* whether the first so many bytes of it were an id */
    enum cause cause;                  /* why the bucket gives nothing more */
    bool at_object;                    /* it said so of the object at hand */
};

/* ---- ids ---- */

/* Keys come in the order of their bytes, so those with one id and several extensions come after each
 * other, but for others that begin with the id, too. */
static bool is_repeated(struct visit *v, const char *name, size_t id_length)
{
    size_t same = 0;
    bool repeated;

    while (name[same] && name[same] == v->last[same])
        same++;
    memset(v->is_taken + same + 1, 0, sizeof v->is_taken - (same + 1) * sizeof *v->is_taken);
    repeated = v->is_taken[id_length];
    v->is_taken[id_length] = true;
    strcpy(v->last, name);
    return repeated;
}

/* Uploads have no extensions; what looks like one is the id's. */
static size_t id_length(const struct visit *v, const char *name)
{
    return v->from->type == SOURCE_S3 && object_id_is_last(v->from) ? picture_name_length(name)
                                                                    : strlen(name);
}

/* ---- bytes ---- */

static int begin(void *context)
{
    import_drop(context);
    return 0;
}

static int add(void *context, const void *bytes, size_t length)
{
    import_add(context, bytes, length);
    return import_wants(context) ? 0 : -ECANCELED;
}

static void fetch(struct visit *v, const char *name)
{
    struct import *i = v->import;
    const struct bucket_sink sink = {.begin = begin, .add = add, .context = i};
    enum cause cause = bucket_get(&i->uploads->server, v->from, name, &sink);

    if (cause == CAUSE_NONE || !import_wants(i))
        return;
    switch (cause) {
    case CAUSE_ORIGIN_NOT_FOUND:
        import_refuse(i, "it has gone meanwhile");
        break;
    case CAUSE_BAD_REQUEST:
        import_refuse(i, "a key that cannot be asked for");
        break;
    case CAUSE_ORIGIN_DENIED:
    case CAUSE_ORIGIN_TOO_LARGE:
    case CAUSE_ORIGIN_ENCODED:
        import_refuse(i, cause_info(cause)->text);
        break;
    default: /* the next one would fare no better */
        v->cause = cause;
        v->at_object = true;
    }
}

/* ---- objects ---- */

static void take(struct visit *v, const struct object *o, const char *name)
{
    struct import *i = v->import;
    const struct config_source *to = i->uploads->source;
    size_t length = id_length(v, name);
    char id[PICTURE_ID_MAX + 1];

    memcpy(id, name, length);
    id[length] = '\0';
    import_begin(i, id);
    i->changed_ms = o->modified_ms;
    if (is_repeated(v, name, length))
        import_refuse(i, "another object has the same id");
    if (o->length < to->store.min_bytes)
        import_refuse(i, cause_info(CAUSE_UPLOAD_TOO_SMALL)->text);
    if (o->length > to->store.max_bytes)
        import_refuse(i, cause_info(CAUSE_UPLOAD_TOO_LARGE)->text);
    import_compare(i, o->length, o->md5);
    if (import_wants(i))
        fetch(v, name);
    if (v->cause == CAUSE_NONE)
        import_end(i);
    else
        import_drop(i);
}

/* What consoles make where people make a directory. */
static bool is_directory(const struct object *o)
{
    size_t length = strlen(o->key);

    return length > 0 && o->key[length - 1] == '/' && o->length == 0;
}

static void see(struct visit *v, const struct object *o)
{
    char name[PICTURE_ID_MAX + 1];
    size_t length = 0;
    const char *place = object_id(v->from, o->key, &length);
    struct import *i = v->import;

    i->place = (struct import_place){.name = o->key};
    if (!place || length > PICTURE_ID_MAX) {
        import_begin(i, "");
        i->reason = place ? "no id is so long" : "no key of the source is like that";
        import_end(i);
        return;
    }
    memcpy(name, place, length);
    name[length] = '\0';
    take(v, o, name);
}

/* ---- pages ---- */

static bool next_page(struct visit *v, const char *token)
{
    const struct object_query query = {.token = token, .most = OBJECT_LIST_MAX};

    v->cause = bucket_list(&v->import->uploads->server, v->from, &query, v->list);
    return v->cause == CAUSE_NONE;
}

static uint64_t count_objects(struct visit *v)
{
    const char *token = NULL;
    uint64_t count = 0;

    do {
        if (!next_page(v, token))
            return 0;
        for (size_t n = 0; n < object_list_count(v->list); n++) {
            struct object o = object_list_get(v->list, n);

            count += !is_directory(&o);
        }
        token = object_list_token(v->list);
    } while (token && !import_must_stop(v->import));
    return count;
}

static void see_all(struct visit *v)
{
    const char *token = NULL;

    do {
        if (!next_page(v, token))
            return;
        for (size_t n = 0; n < object_list_count(v->list); n++) {
            struct object o = object_list_get(v->list, n);

            if (import_must_stop(v->import) || v->cause != CAUSE_NONE)
                return;
            if (!is_directory(&o))
                see(v, &o);
        }
        token = object_list_token(v->list);
    } while (token);
}

/* Returns CTL_OK, or CTL_FAILED after a message. */
static int end(struct visit *v)
{
    struct import *i = v->import;
    char at[IMPORT_PLACE_MAX] = "";

    progress_clear(&i->progress);
    if (v->cause == CAUSE_NONE)
        return CTL_OK;
    if (v->at_object)
        import_place(i, at);
    ctl_fail(i->uploads->command, "%s%sbucket of source %s: %s", at, at[0] ? ": " : "", v->from->name,
             uploads_trouble(v->cause));
    return ctl_fail(i->uploads->command, "run it again, and it goes on from there");
}

int import_bucket(struct import *i, const struct config_source *from)
{
    static struct visit v; /* kilobytes */
    int status;

    v = (struct visit){.import = i, .from = from, .list = object_list_new()};
    if (!v.list)
        return ctl_fail(i->uploads->command, "%s", strerror(ENOMEM));
    if (i->progress.kind == PROGRESS_BAR)
        i->progress.all = count_objects(&v);
    if (v.cause == CAUSE_NONE)
        see_all(&v);
    status = end(&v);
    object_list_free(&v.list);
    return status;
}
