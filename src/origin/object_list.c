/* SPDX-License-Identifier: MIT */
#include "origin/object_list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <expat.h>

#include "base/buffer.h"
#include "http/percent.h"
#include "origin/object.h"

#define TEXT_MAX (3 * OBJECT_KEY_MAX + 16) /* a key with each byte percent-encoded */

/* Elements that mean something, with the depth at which they do. */
enum field { FIELD_NONE, KEY, SIZE, MODIFIED, ETAG, TRUNCATED, TOKEN, ENCODING };

static const struct {
    const char *name;
    enum field field;
    unsigned depth;
} fields[] = {
    {"Key", KEY, 3},
    {"Size", SIZE, 3},
    {"LastModified", MODIFIED, 3},
    {"ETag", ETAG, 3},
    {"IsTruncated", TRUNCATED, 2},
    {"NextContinuationToken", TOKEN, 2},
    {"EncodingType", ENCODING, 2},
};

struct item {
    size_t key; /* where it begins in `keys`, as it was sent */
    struct object object;
};

struct object_list {
    XML_Parser parser;
    int rc;
    unsigned depth;      /* of elements that are open */
    bool inside;         /* a Contents is open */
    enum field field;    /* whose text is coming */
    struct buffer text;  /* of it */
    struct buffer keys;  /* each with its NUL */
    struct item *items;
    size_t count;
    bool truncated, coded;
    struct buffer token;
};

static void fail(struct object_list *l, int rc)
{
    if (!l->rc)
        l->rc = rc;
    XML_StopParser(l->parser, XML_FALSE);
}

/* ---- values ---- */

static uint64_t read_size(const char *text)
{
    return text[0] && text[strspn(text, "0123456789")] == '\0' ? strtoull(text, NULL, 10) : 0;
}

/* "2026-01-02T03:04:05.000Z" (ISO 8601, always in UTC). */
static int64_t read_time(const char *text)
{
    struct tm tm = {0};

    return strptime(text, "%Y-%m-%dT%H:%M:%S", &tm) ? (int64_t)timegm(&tm) * 1000 : 0;
}

/* Of an object that was put in one piece, the entity tag is its MD5; others have a '-' in it. */
static void read_md5(const char *text, char out[OBJECT_MD5_DIGITS + 1])
{
    size_t open = text[0] == '"';

    out[0] = '\0';
    text += open;
    if (strspn(text, "0123456789abcdefABCDEF") != OBJECT_MD5_DIGITS ||
        strcmp(text + OBJECT_MD5_DIGITS, open ? "\"" : "") != 0)
        return;
    for (size_t i = 0; i < OBJECT_MD5_DIGITS; i++)
        out[i] = text[i] >= 'A' && text[i] <= 'F' ? (char)(text[i] - 'A' + 'a') : text[i];
    out[OBJECT_MD5_DIGITS] = '\0';
}

static void take_key(struct object_list *l, struct item *item)
{
    item->key = l->keys.length;
    if (buffer_append(&l->keys, l->text.data, l->text.length + 1) != 0)
        fail(l, -ENOMEM);
}

static void take_token(struct object_list *l)
{
    buffer_clear(&l->token);
    if (buffer_append(&l->token, l->text.data, l->text.length) != 0)
        fail(l, -ENOMEM);
}

static void take(struct object_list *l)
{
    struct item *item = l->inside ? &l->items[l->count] : NULL;
    const char *text = l->text.data;

    if (l->field == KEY)
        take_key(l, item);
    else if (l->field == SIZE)
        item->object.length = read_size(text);
    else if (l->field == MODIFIED)
        item->object.modified_ms = read_time(text);
    else if (l->field == ETAG)
        read_md5(text, item->object.md5);
    else if (l->field == TRUNCATED)
        l->truncated = strcmp(text, "true") == 0;
    else if (l->field == ENCODING)
        l->coded = strcmp(text, "url") == 0;
    else
        take_token(l);
}

/* ---- elements ---- */

static enum field find_field(const struct object_list *l, const char *name)
{
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (fields[i].depth == l->depth && strcmp(fields[i].name, name) == 0)
            return fields[i].depth == 2 || l->inside ? fields[i].field : FIELD_NONE;
    return FIELD_NONE;
}

static void begin_object(struct object_list *l)
{
    if (l->count == OBJECT_LIST_MAX) {
        fail(l, -E2BIG);
        return;
    }
    l->items[l->count] = (struct item){.key = SIZE_MAX};
    l->inside = true;
}

static void on_start(void *context, const char *name, const char **attributes)
{
    struct object_list *l = context;

    (void)attributes;
    if (l->rc)
        return;
    l->depth++;
    if (l->depth == 1 && strcmp(name, "ListBucketResult") != 0)
        fail(l, -EBADMSG);
    else if (l->field != FIELD_NONE) /* they have text alone */
        fail(l, -EBADMSG);
    else if (l->depth == 2 && strcmp(name, "Contents") == 0)
        begin_object(l);
    else
        l->field = find_field(l, name);
    buffer_clear(&l->text);
}

static void end_object(struct object_list *l)
{
    l->inside = false;
    if (l->items[l->count].key == SIZE_MAX)
        fail(l, -EBADMSG);
    else
        l->count++;
}

static void on_end(void *context, const char *name)
{
    struct object_list *l = context;

    (void)name;
    if (l->rc)
        return;
    if (l->field != FIELD_NONE && buffer_append(&l->text, "", 0) == 0)
        take(l);
    else if (l->field != FIELD_NONE)
        fail(l, -ENOMEM);
    else if (l->inside && l->depth == 2)
        end_object(l);
    l->field = FIELD_NONE;
    l->depth--;
}

static void on_text(void *context, const char *text, int length)
{
    struct object_list *l = context;

    if (l->field == FIELD_NONE || l->rc)
        return;
    if (l->text.length + (size_t)length > TEXT_MAX)
        fail(l, -E2BIG);
    else if (buffer_append(&l->text, text, (size_t)length) != 0)
        fail(l, -ENOMEM);
}

/* Who has a document type may have entities, which are what makes small documents large. */
static void on_document_type(void *context, const char *name, const char *system_id,
                             const char *public_id, int has_internal_subset)
{
    (void)name;
    (void)system_id;
    (void)public_id;
    (void)has_internal_subset;
    fail(context, -EBADMSG);
}

/* ---- */

struct object_list *object_list_new(void)
{
    struct object_list *l = calloc(1, sizeof *l);

    if (!l)
        return NULL;
    l->parser = XML_ParserCreate("UTF-8");
    l->items = calloc(OBJECT_LIST_MAX, sizeof *l->items);
    if (!l->parser || !l->items || object_list_begin(l) != 0)
        object_list_free(&l);
    return l;
}

void object_list_free(struct object_list **list)
{
    struct object_list *l = *list;

    if (!l)
        return;
    if (l->parser)
        XML_ParserFree(l->parser);
    buffer_free(&l->text);
    buffer_free(&l->keys);
    buffer_free(&l->token);
    free(l->items);
    free(l);
    *list = NULL;
}

int object_list_begin(struct object_list *l)
{
    if (!XML_ParserReset(l->parser, "UTF-8"))
        return -ENOMEM;
    XML_SetUserData(l->parser, l);
    XML_SetElementHandler(l->parser, on_start, on_end);
    XML_SetCharacterDataHandler(l->parser, on_text);
    XML_SetStartDoctypeDeclHandler(l->parser, on_document_type);
    l->rc = 0;
    l->depth = 0;
    l->inside = false;
    l->field = FIELD_NONE;
    l->count = 0;
    l->truncated = l->coded = false;
    buffer_clear(&l->text);
    buffer_clear(&l->keys);
    buffer_clear(&l->token);
    return 0;
}

static int parse(struct object_list *l, const char *bytes, size_t length, bool last)
{
    if (l->rc)
        return l->rc;
    if (XML_Parse(l->parser, bytes, (int)length, last) == XML_STATUS_OK || l->rc)
        return l->rc;
    l->rc = XML_GetErrorCode(l->parser) == XML_ERROR_NO_MEMORY ? -ENOMEM : -EBADMSG;
    return l->rc;
}

int object_list_feed(struct object_list *l, const char *bytes, size_t length)
{
    while (length > 0 && !l->rc) {
        size_t some = length < 1u << 20 ? length : 1u << 20;

        parse(l, bytes, some, false);
        bytes += some;
        length -= some;
    }
    return l->rc;
}

/* In "url" a blank may be a '+', as in a form; a '+' itself never is one. */
static void decode(char *key)
{
    size_t length = strlen(key);

    for (char *p = key; (p = strchr(p, '+')) != NULL;)
        *p = ' ';
    /* It only gets shorter. */
    if (http_percent_decode(key, length, key, length + 1) < 0)
        key[0] = '\0';
}

int object_list_finish(struct object_list *l)
{
    int rc = parse(l, "", 0, true);

    if (rc)
        return rc;
    /* Its end could not be told from a list that was cut short. */
    if (l->truncated && l->token.length == 0)
        l->rc = -EBADMSG;
    for (size_t i = 0; i < l->count; i++) {
        char *key = l->keys.data + l->items[i].key;

        if (l->coded)
            decode(key);
        l->items[i].object.key = strlen(key) > OBJECT_KEY_MAX ? "" : key;
    }
    return l->rc;
}

size_t object_list_count(const struct object_list *l)
{
    return l->count;
}

struct object object_list_get(const struct object_list *l, size_t place)
{
    return l->items[place].object;
}

const char *object_list_token(const struct object_list *l)
{
    return l->truncated ? l->token.data : NULL;
}
