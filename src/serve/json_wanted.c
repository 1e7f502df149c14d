/* SPDX-License-Identifier: MIT */
#include "serve/json_wanted.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/json_string.h"
#include "route/request.h"

struct reader {
    const char *at, *end;
    struct wanted *out;
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

static int take_ids(struct reader *r)
{
    struct wanted *out = r->out;

    if (!take(r, '['))
        return -EINVAL;
    if (take(r, ']'))
        return 0;
    do {
        size_t begin = out->ids.length;
        int rc = out->count == WANTED_IDS_MAX ? -E2BIG : take_string(r, &out->ids);

        if (rc)
            return rc;
        if (out->ids.length - begin > PICTURE_ID_MAX + 1)
            return -E2BIG;
        out->count++;
    } while (take(r, ','));
    return take(r, ']') ? 0 : -EINVAL;
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
    struct reader r = {json, json + length, out};
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
    wanted->count = 0;
}
