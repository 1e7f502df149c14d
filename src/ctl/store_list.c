/* SPDX-License-Identifier: MIT
 *
 * What there is in the store, for people and for programs.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ctl/json.h"
#include "ctl/store.h"
#include "ctl/table.h"
#include "ctl/words.h"
#include "serve/bucket_list.h"
#include "serve/version.h"

#define AT_ONCE 500 /* pictures in one read transaction */
#define ID_COLUMNS 48 /* of a table: a row has to fit into a terminal, whatever ids there are */

struct listing {
    const struct uploads *uploads;
    bool json;
    struct table table;
};

static int put_json(const char *id, const struct store_picture *p)
{
    char version[PICTURE_VERSION_DIGITS + 1], digest[DIGEST_HEX_SIZE];
    struct json j;

    version_of(&p->digest, version);
    digest_to_hex(&p->digest, digest);
    json_begin(&j);
    json_object(&j, NULL);
    json_string(&j, "id", id);
    json_string(&j, "version", version);
    json_string(&j, "type", picture_media_type(p->type));
    json_number(&j, "bytes", (int64_t)p->length);
    json_number(&j, "width", p->width);
    json_number(&j, "height", p->height);
    json_number(&j, "uploaded_ms", p->uploaded_ms);
    json_string(&j, "sha256", digest);
    json_end(&j, '}');
    return json_print(&j, stdout);
}

/* A longer one ends with dots. */
static void put_id(struct table *table, const char *id)
{
    static const char dots[] = "...";
    char whole[3 * PICTURE_ID_MAX + 1], cut[ID_COLUMNS + 1];

    if (strlen(words_name(id, whole, sizeof whole)) <= ID_COLUMNS) {
        table_cell(table, whole);
        return;
    }
    words_name(id, cut, sizeof cut - strlen(dots));
    table_cell(table, strcat(cut, dots));
}

static int put_row(struct table *table, const char *id, const struct store_picture *p)
{
    char version[PICTURE_VERSION_DIGITS + 1], text[WORDS_MAX];

    version_of(&p->digest, version);
    put_id(table, id);
    table_cell(table, version);
    table_cell(table, picture_type_name(p->type));
    table_cell(table, words_bytes(p->length, text));
    snprintf(text, sizeof text, "%" PRIu32 "x%" PRIu32, p->width, p->height);
    table_cell(table, text);
    table_cell(table, words_date(p->uploaded_ms, text));
    return table->rc;
}

static int see(const char *subject, const struct store_picture *p, void *context)
{
    struct listing *l = context;
    const char *id = uploads_id(l->uploads, subject);

    if (!id)
        return 0;
    return l->json ? put_json(id, p) : put_row(&l->table, id, p);
}

static void begin(struct listing *l)
{
    static const char *const headings[] = {"id", "version", "type", "size", "pixels", "uploaded",
                                           NULL};

    if (!l->json)
        table_begin(&l->table, "lllrrl", headings);
}

static int end(struct listing *l, int rc)
{
    int printed = l->json ? 0 : table_end(&l->table, stdout);

    rc = rc ? rc : printed;
    return rc ? uploads_fail(l->uploads, rc) : CTL_OK;
}

static int list_store(struct uploads *u, bool json)
{
    struct listing l = {.uploads = u, .json = json};
    struct digest last;
    bool done = false, begun = false;
    int rc = 0;

    begin(&l);
    while (!done && !rc) {
        rc = store_walk(u->store, begun ? &last : NULL, AT_ONCE, see, &l, &last, &done);
        begun = true;
    }
    return end(&l, rc);
}

/* ---- in a bucket, which knows neither type nor size in pixels ---- */

static int put_object_json(const char *id, const struct object *o)
{
    struct json j;

    json_begin(&j);
    json_object(&j, NULL);
    json_string(&j, "id", id);
    json_number(&j, "bytes", (int64_t)o->length);
    json_number(&j, "uploaded_ms", o->modified_ms);
    json_end(&j, '}');
    return json_print(&j, stdout);
}

static int put_object_row(struct table *table, const char *id, const struct object *o)
{
    char text[WORDS_MAX];

    put_id(table, id);
    table_cell(table, words_bytes(o->length, text));
    table_cell(table, words_date(o->modified_ms, text));
    return table->rc;
}

static int see_object(struct listing *l, const struct object *o)
{
    char id[PICTURE_ID_MAX + 1];
    size_t length;
    const char *place = object_id(l->uploads->source, o->key, &length);

    if (!place || length > PICTURE_ID_MAX)
        return 0;
    memcpy(id, place, length);
    id[length] = '\0';
    return l->json ? put_object_json(id, o) : put_object_row(&l->table, id, o);
}

static enum cause see_objects(struct listing *l, struct server *server, struct object_list *list,
                              int *rc)
{
    struct object_query query = {.most = OBJECT_LIST_MAX};

    do {
        enum cause cause = bucket_list(server, l->uploads->source, &query, list);

        if (cause != CAUSE_NONE)
            return cause;
        for (size_t i = 0; i < object_list_count(list) && !*rc; i++) {
            struct object o = object_list_get(list, i);

            *rc = see_object(l, &o);
        }
        query.token = object_list_token(list);
    } while (query.token && !*rc);
    return CAUSE_NONE;
}

static int list_bucket(struct uploads *u, bool json)
{
    static const char *const headings[] = {"id", "size", "uploaded", NULL};
    struct listing l = {.uploads = u, .json = json};
    struct object_list *list = object_list_new();
    enum cause cause = CAUSE_NONE;
    int rc = list ? 0 : -ENOMEM;

    if (!json)
        table_begin(&l.table, "lrl", headings);
    if (!rc)
        cause = see_objects(&l, &u->server, list, &rc);
    object_list_free(&list);
    rc = end(&l, rc);
    return cause == CAUSE_NONE ? rc : uploads_fail_cause(u, u->source, cause);
}

/* ---- */

int store_list(struct uploads *u, bool json)
{
    return uploads_are_remote(u) ? list_bucket(u, json) : list_store(u, json);
}

int store_list_history(struct uploads *u, const char *subject, bool json)
{
    struct listing l = {.uploads = u, .json = json};
    struct store_picture current;
    int rc = store_find(u->store, subject, &current);

    if (rc == -ENOENT)
        return ctl_fail(u->command, "there is no picture of %s", uploads_id(u, subject));
    begin(&l);
    return end(&l, rc ? rc : store_history(u->store, subject, see, &l));
}
