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

/* How a tag, with its quotes, is compared. */
typedef bool tag_is(const char *tag, size_t length, const char *own);

static bool is_same(const char *tag, size_t length, const char *own)
{
    return length == strlen(own) && memcmp(tag, own, length) == 0;
}

static bool is_of_version(const char *tag, size_t length, const char *version)
{
    size_t digits = strlen(version);

    return length >= digits + 2 && memcmp(tag + 1, version, digits) == 0 &&
           (length == digits + 2 || tag[1 + digits] == '-');
}

/* With `strong`, a weak tag equals nothing (section 8.8.3.2). */
static bool list_has(const char *field, const char *own, bool strong, tag_is *is)
{
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
        if (!(strong && weak) && is(tag, (size_t)(end - tag), own))
            return true;
        p = skip_blanks(end);
        if (*p != ',')
            return false;
    }
}

bool http_etag_list_matches(const char *field, const char *etag)
{
    return list_has(field, without_weak_mark(etag), false, is_same);
}

static bool names_version(const char *field, const char *version, bool strong)
{
    return version && list_has(field, version, strong, is_of_version);
}

static bool was_modified(const struct http_request *request, int64_t last_modified_s, int64_t now_s)
{
    int64_t since_s;

    return request->if_unmodified_since &&
           http_date_parse(request->if_unmodified_since, now_s, &since_s) == 0 &&
           last_modified_s > since_s;
}

bool http_is_conditional_change(const struct http_request *request)
{
    return request->if_match || request->if_none_match || request->if_unmodified_since;
}

bool http_may_change(const struct http_request *request, const char *version,
                     int64_t last_modified_s, int64_t now_s)
{
    /* Section 13.1.4: If-Unmodified-Since counts only where there is no If-Match. */
    if (request->if_match ? !names_version(request->if_match, version, true)
                          : version && was_modified(request, last_modified_s, now_s))
        return false;
    return !request->if_none_match || !names_version(request->if_none_match, version, false);
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
