/* SPDX-License-Identifier: MIT */
#include "unit/well_formed.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

/* ---- JSON ---- */

struct json {
    const char *p, *end;
    unsigned depth;
};

static bool json_value(struct json *j);

static void json_space(struct json *j)
{
    while (j->p < j->end && *j->p && strchr(" \t\r\n", *j->p))
        j->p++;
}

static bool json_take(struct json *j, const char *word)
{
    size_t n = strlen(word);

    if ((size_t)(j->end - j->p) < n || memcmp(j->p, word, n) != 0)
        return false;
    j->p += n;
    return true;
}

static bool json_digits(struct json *j)
{
    const char *begin = j->p;

    while (j->p < j->end && isdigit((unsigned char)*j->p))
        j->p++;
    return j->p > begin;
}

static bool json_number(struct json *j)
{
    json_take(j, "-");
    if (!json_take(j, "0") && !json_digits(j))
        return false;
    if (json_take(j, ".") && !json_digits(j))
        return false;
    if (json_take(j, "e") || json_take(j, "E")) {
        if (!json_take(j, "+"))
            json_take(j, "-");
        return json_digits(j);
    }
    return true;
}

/* One UTF-8 character of more than one byte, decoded and compared with what its length is for. */
static bool json_utf8(struct json *j)
{
    static const unsigned long least[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char c = (unsigned char)*j->p;
    unsigned length = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
    unsigned long value = c & (0x7Fu >> length);

    if (c < 0xC0 || c > 0xF7 || (size_t)(j->end - j->p) < length)
        return false;
    for (unsigned i = 1; i < length; i++) {
        if (((unsigned char)j->p[i] & 0xC0) != 0x80)
            return false;
        value = value << 6 | ((unsigned char)j->p[i] & 0x3F);
    }
    if (value < least[length] || value > 0x10FFFF || (value >= 0xD800 && value < 0xE000))
        return false;
    j->p += length;
    return true;
}

static bool json_string(struct json *j)
{
    if (!json_take(j, "\""))
        return false;
    while (j->p < j->end && *j->p != '"') {
        unsigned char c = (unsigned char)*j->p;

        if (c < 0x20)
            return false;
        if (c >= 0x80) {
            if (!json_utf8(j))
                return false;
        } else if (c != '\\') {
            j->p++;
        } else if (json_take(j, "\\u")) {
            for (int i = 0; i < 4; i++, j->p++)
                if (j->p >= j->end || !isxdigit((unsigned char)*j->p))
                    return false;
        } else {
            if (j->p + 1 >= j->end || !j->p[1] || !strchr("\"\\/bfnrt", j->p[1]))
                return false;
            j->p += 2;
        }
    }
    return json_take(j, "\"");
}

static bool json_members(struct json *j, const char *close, bool named)
{
    json_space(j);
    if (json_take(j, close))
        return true;
    do {
        json_space(j);
        if (named) {
            if (!json_string(j))
                return false;
            json_space(j);
            if (!json_take(j, ":"))
                return false;
        }
        if (!json_value(j))
            return false;
    } while (json_take(j, ","));
    return json_take(j, close);
}

static bool json_value(struct json *j)
{
    bool good;

    json_space(j);
    if (j->p >= j->end || ++j->depth > 64)
        return false;
    if (json_take(j, "{"))
        good = json_members(j, "}", true);
    else if (json_take(j, "["))
        good = json_members(j, "]", false);
    else if (*j->p == '"')
        good = json_string(j);
    else
        good = json_take(j, "true") || json_take(j, "false") || json_take(j, "null") ||
               json_number(j);
    j->depth--;
    json_space(j);
    return good;
}

const char *well_formed_json(const char *text, size_t length)
{
    struct json j = {.p = text, .end = text + length};

    return json_value(&j) && j.p == j.end ? NULL : j.p;
}

/* ---- HTML ---- */

#define DEPTH_MAX 32
#define ATTRIBUTES_MAX 16

struct name {
    const char *begin;
    size_t length;
};

struct html {
    const char *p;
    struct name open[DEPTH_MAX];
    size_t depth;
};

static struct name take_name(struct html *h)
{
    struct name name = {.begin = h->p};

    while (isalnum((unsigned char)*h->p) || *h->p == '-')
        h->p++;
    name.length = (size_t)(h->p - name.begin);
    return name;
}

static bool same(struct name a, struct name b)
{
    return a.length == b.length && memcmp(a.begin, b.begin, a.length) == 0;
}

static bool name_is(struct name a, const char *text)
{
    return same(a, (struct name){text, strlen(text)});
}

/* "&" and what makes it a reference. */
static bool reference(struct html *h)
{
    h->p++;
    if (*h->p == '#')
        h->p++;
    return take_name(h).length > 0 && *h->p++ == ';';
}

static bool attribute(struct html *h, struct name *name)
{
    *name = take_name(h);
    if (name->length == 0 || *h->p++ != '=' || *h->p++ != '"')
        return false;
    while (*h->p && *h->p != '"') {
        if (*h->p == '<')
            return false;
        if (*h->p == '&') {
            if (!reference(h))
                return false;
        } else {
            h->p++;
        }
    }
    return *h->p++ == '"';
}

static bool attributes(struct html *h)
{
    struct name names[ATTRIBUTES_MAX];
    size_t count = 0;

    while (*h->p == ' ') {
        h->p++;
        if (count == ATTRIBUTES_MAX || !attribute(h, &names[count]))
            return false;
        for (size_t i = 0; i < count; i++)
            if (same(names[i], names[count]))
                return false;
        count++;
    }
    return true;
}

static bool in_svg(const struct html *h)
{
    for (size_t i = 0; i < h->depth; i++)
        if (name_is(h->open[i], "svg"))
            return true;
    return false;
}

static bool is_void(struct name name)
{
    return name_is(name, "meta") || name_is(name, "br") || name_is(name, "link");
}

static bool start_tag(struct html *h)
{
    struct name name = take_name(h);

    if (name.length == 0 || !attributes(h))
        return false;
    if (h->p[0] == '/' && h->p[1] == '>') {
        h->p += 2;
        return in_svg(h);
    }
    if (*h->p++ != '>')
        return false;
    if (is_void(name))
        return true;
    if (h->depth == DEPTH_MAX)
        return false;
    h->open[h->depth++] = name;
    if (!name_is(name, "style"))
        return true;
    h->p = strstr(h->p, "</");
    return h->p != NULL;
}

static bool end_tag(struct html *h)
{
    h->p++;
    return h->depth > 0 && same(take_name(h), h->open[--h->depth]) && *h->p++ == '>';
}

const char *well_formed_html(const char *text)
{
    static const char doctype[] = "<!DOCTYPE html>\n";
    struct html h = {.p = text};

    if (strncmp(text, doctype, sizeof doctype - 1) != 0)
        return text;
    h.p += sizeof doctype - 1;
    while (*h.p) {
        const char *from = h.p;
        bool good = true;

        if (*h.p == '<') {
            h.p++;
            good = *h.p == '/' ? end_tag(&h) : start_tag(&h);
        } else if (*h.p == '&') {
            good = reference(&h);
        } else {
            good = *h.p != '>';
            h.p++;
        }
        if (!good)
            return from;
    }
    return h.depth == 0 ? NULL : h.p;
}
