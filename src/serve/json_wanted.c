/* SPDX-License-Identifier: MIT */
#include "serve/json_wanted.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "base/json_string.h"
#include "route/request.h"

/* Half of them stay free. */
#define PLACES 2048u
_Static_assert(PLACES >= 2 * WANTED_IDS_MAX, "a free place is found soon");

struct reader {
    const char *at, *end;
    struct wanted *out;
    size_t read;           /* ids, with those that have been before */
    size_t places[PLACES]; /* where in out->ids an id is, plus 1; 0: free */
};

static void skip_blanks(struct reader *r)
{
    while (r->at < r->end && memchr(" \t\r\n", *r->at, 4))
        r->at++;
}

static bool take(struct reader *r, char c)
{
    skip_blanks(r);
    if (r->at == r->end || *r->at != c)
        return false;
    r->at++;
    return true;
}

/* Appends what the string means, and a NUL. */
static int take_string(struct reader *r, struct buffer *out)
{
    size_t begin = out->length;
    const char *raw;
    bool escaped;
    int rc;

    if (!take(r, '"'))
        return -EINVAL;
    raw = r->at;
    if (!json_string_end(&r->at, r->end, &escaped))
        return -EINVAL;
    rc = json_unescape(raw, (size_t)(r->at - raw), out);
    if (rc)
        return rc == -ENOMEM ? rc : -EINVAL;
    r->at++;
    if (memchr(out->data + begin, '\0', out->length - begin))
        return -EINVAL;
    return buffer_append(out, "", 1);
}

/* Notes the id that begins there in out->ids. False if it has been before. */
static bool is_new(struct reader *r, size_t begin)
{
    const char *ids = r->out->ids.data;
    uint32_t place = 0;

    for (const char *p = ids + begin; *p; p++)
        place = place * 31 + (unsigned char)*p;
    for (place %= PLACES; r->places[place]; place = (place + 1) % PLACES)
        if (strcmp(ids + r->places[place] - 1, ids + begin) == 0)
            return false;
    r->places[place] = begin + 1;
    return true;
}

/* Returns 1 for one that has been before, which is not kept. */
static int take_id(struct reader *r)
{
    struct wanted *out = r->out;
    size_t begin = out->ids.length;
    int rc = r->read++ == WANTED_IDS_MAX ? -E2BIG : take_string(r, &out->ids);

    if (rc)
        return rc;
    if (out->ids.length - begin > PICTURE_ID_MAX + 1)
        return -E2BIG;
    if (!is_new(r, begin)) {
        buffer_truncate(&out->ids, begin);
        return 1;
    }
    out->count++;
    return 0;
}

static bool take_null(struct reader *r)
{
    skip_blanks(r);
    if (r->end - r->at < 4 || memcmp(r->at, "null", 4) != 0)
        return false;
    r->at += 4;
    return true;
}

/* A version as it has been answered, or null. */
static int take_known(struct reader *r)
{
    struct buffer *known = &r->out->known;
    size_t begin = known->length;
    int rc;

    if (take_null(r))
        return buffer_append(known, "", 1);
    rc = take_string(r, known);
    if (rc)
        return rc;
    return known->length - begin == PICTURE_VERSION_DIGITS + 1 &&
                   strspn(known->data + begin, "0123456789abcdef") == PICTURE_VERSION_DIGITS
               ? 0
               : -EINVAL;
}

static int take_list(struct reader *r)
{
    int rc = 0;

    if (take(r, ']'))
        return 0;
    do
        rc = take_id(r);
    while (rc >= 0 && take(r, ','));
    return rc < 0 ? rc : take(r, ']') ? 0 : -EINVAL;
}

/* Which of two would be meant? */
static int take_pair(struct reader *r)
{
    int rc = take_id(r);

    if (!rc && !take(r, ':'))
        rc = -EINVAL;
    if (!rc)
        rc = take_known(r);
    return rc == 1 ? -EINVAL : rc;
}

static int take_object(struct reader *r)
{
    int rc = 0;

    r->out->has_known = true;
    if (take(r, '}'))
        return 0;
    do
        rc = take_pair(r);
    while (!rc && take(r, ','));
    return rc ? rc : take(r, '}') ? 0 : -EINVAL;
}

static int take_ids(struct reader *r)
{
    if (take(r, '['))
        return take_list(r);
    return take(r, '{') ? take_object(r) : -EINVAL;
}

static int take_member(struct reader *r, bool *has_source, bool *has_ids)
{
    struct buffer name = {0};
    int rc = take_string(r, &name);
    bool *has = NULL;

    if (!rc && strcmp(name.data, "source") == 0)
        has = has_source;
    else if (!rc && strcmp(name.data, "ids") == 0)
        has = has_ids;
    buffer_free(&name);
    if (rc)
        return rc;
    if (!has || *has || !take(r, ':'))
        return -EINVAL;
    *has = true;
    return has == has_source ? take_string(r, &r->out->source) : take_ids(r);
}

int wanted_read(const char *json, size_t length, struct wanted *out)
{
    struct reader r = {.at = json, .end = json + length, .out = out};
    bool has_source = false, has_ids = false;
    int rc = take(&r, '{') ? 0 : -EINVAL;

    for (int i = 0; i < 2 && !rc; i++) {
        if (i > 0 && !take(&r, ','))
            return -EINVAL;
        rc = take_member(&r, &has_source, &has_ids);
    }
    if (rc)
        return rc;
    if (!take(&r, '}'))
        return -EINVAL;
    skip_blanks(&r);
    return r.at == r.end ? 0 : -EINVAL;
}

void wanted_free(struct wanted *wanted)
{
    buffer_free(&wanted->source);
    buffer_free(&wanted->ids);
    buffer_free(&wanted->known);
    wanted->count = 0;
    wanted->has_known = false;
}
