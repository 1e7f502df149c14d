/* SPDX-License-Identifier: MIT */
#include "http/conditional.h"

#include <stddef.h>
#include <string.h>

#include "http/date.h"

static const char *skip_blanks(const char *p)
{
    while (*p == ' ' || *p == '\t')
        p++;
    return p;
}

/* The end of the opaque-tag that begins at `p`, its quotes included, or NULL if
 * there is none. What may stand between the quotes, commas among it, is RFC 9110
 * section 8.8.3's etagc; there is no escape. */
static const char *opaque_tag_end(const char *p)
{
    if (*p != '"')
        return NULL;
    for (p++; *p != '"'; p++) {
        unsigned char c = (unsigned char)*p;

        if (c <= 0x20 || c == 0x7f)
            return NULL;
    }
    return p + 1;
}

static const char *without_weak_mark(const char *tag)
{
    return tag[0] == 'W' && tag[1] == '/' ? tag + 2 : tag;
}

/* With `strong`, a weak tag equals nothing (section 8.8.3.2). */
static bool list_has(const char *field, const char *etag, bool strong)
{
    const char *own = without_weak_mark(etag);
    size_t own_length = strlen(own);
    const char *p = skip_blanks(field);

    if (*p == '*')
        return *skip_blanks(p + 1) == '\0';
    for (;;) {
        const char *tag, *end;
        bool weak;

        /* Empty elements are passed over (section 5.6.1.2). */
        while (*p == ',' || *p == ' ' || *p == '\t')
            p++;
        tag = without_weak_mark(p);
        weak = tag != p;
        end = opaque_tag_end(tag);
        if (!end)
            return false;
        if (!(strong && weak) && (size_t)(end - tag) == own_length &&
            memcmp(tag, own, own_length) == 0)
            return true;
        p = skip_blanks(end);
        if (*p != ',')
            return false;
    }
}

bool http_etag_list_matches(const char *field, const char *etag)
{
    return list_has(field, etag, false);
}

bool http_etag_list_has(const char *field, const char *etag)
{
    return list_has(field, etag, true);
}

bool http_not_modified(const struct http_request *request, const char *etag,
                       int64_t last_modified_s, int64_t now_s)
{
    int64_t since_s;

    if (request->method != HTTP_GET && request->method != HTTP_HEAD)
        return false;
    /* Section 13.1.3: If-Modified-Since counts only where there is no If-None-Match,
     * and a date that cannot be read does not count. */
    if (request->if_none_match)
        return http_etag_list_matches(request->if_none_match, etag);
    if (!request->if_modified_since)
        return false;
    if (http_date_parse(request->if_modified_since, now_s, &since_s))
        return false;
    return last_modified_s <= since_s;
}

bool http_if_range_holds(const struct http_request *request, const char *etag,
                         int64_t last_modified_s, int64_t now_s)
{
    const char *p, *end;
    int64_t date_s;

    if (!request->if_range)
        return true;
    p = skip_blanks(request->if_range);
    if (*p == 'W' && p[1] == '/')
        return false; /* strong comparison: a weak tag equals nothing */
    if (*p == '"') {
        size_t length = strlen(etag);

        end = opaque_tag_end(p);
        return end && *skip_blanks(end) == '\0' && (size_t)(end - p) == length &&
               memcmp(p, etag, length) == 0;
    }
    return http_date_parse(p, now_s, &date_s) == 0 && date_s == last_modified_s;
}
