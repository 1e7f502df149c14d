/* SPDX-License-Identifier: MIT
 *
 * One pass over the field keeps the best weight seen for each configured format
 * and for the two wildcards; the choice is made from those few numbers. An
 * element that cannot be read is passed over, as if it had not been sent.
 */
#include "http/accept.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#define FORMATS_MAX 8 /* more than can be written; the rest would not be looked at */
#define UNSEEN (-1)

struct weights {
    int named[FORMATS_MAX]; /* thousandths, or UNSEEN */
    int image;              /* image slash star */
    int any;                /* star slash star */
};

/* A piece of the field: [begin, end). */
struct piece {
    const char *begin, *end;
};

/* One element of the field: a media range and its parameters. */
struct element {
    struct piece range;      /* empty: there is none */
    struct piece parameters;
};

static struct piece trimmed(struct piece s)
{
    while (s.begin < s.end && (*s.begin == ' ' || *s.begin == '\t'))
        s.begin++;
    while (s.begin < s.end && (s.end[-1] == ' ' || s.end[-1] == '\t'))
        s.end--;
    return s;
}

static bool piece_is(struct piece s, const char *text)
{
    size_t n = strlen(text);

    return (size_t)(s.end - s.begin) == n && strncasecmp(s.begin, text, n) == 0;
}

/* The first `stop` or `end` at or after `p`, outside of quoted strings. */
static const char *find_outside_quotes(const char *p, const char *end, char stop)
{
    bool quoted = false;

    for (; p < end && (quoted || *p != stop); p++) {
        if (*p == '"')
            quoted = !quoted;
        else if (quoted && *p == '\\' && p + 1 < end)
            p++;
    }
    return p;
}

/* A qvalue in thousandths (RFC 9110 section 12.4.2), or UNSEEN for what is none.
 * ".2" is read as well, which some clients send, and digits past the third are
 * dropped. */
static int weight_value(struct piece s)
{
    const char *p = s.begin;
    int value = 0, scale = 100;
    bool digits = false;

    if (p < s.end && (*p == '0' || *p == '1')) {
        value = (*p++ - '0') * 1000;
        digits = true;
    }
    if (p < s.end && *p == '.') {
        for (p++; p < s.end && *p >= '0' && *p <= '9'; p++) {
            value += (*p - '0') * scale;
            scale /= 10;
            digits = true;
        }
    }
    return digits && p == s.end && value <= 1000 ? value : UNSEEN;
}

/* The weight among an element's parameters: 1000 without one, UNSEEN for a bad
 * one. What follows a weight is an extension and says nothing here. */
static int element_weight(struct piece parameters)
{
    const char *p = parameters.begin;

    while (p < parameters.end) {
        const char *next = find_outside_quotes(p, parameters.end, ';');
        struct piece parameter = trimmed((struct piece){p, next});

        if (parameter.end - parameter.begin >= 2 &&
            (*parameter.begin == 'q' || *parameter.begin == 'Q') && parameter.begin[1] == '=')
            return weight_value((struct piece){parameter.begin + 2, parameter.end});
        p = next < parameters.end ? next + 1 : next;
    }
    return 1000;
}

static void raise_to(int *weight, int value)
{
    if (*weight < value)
        *weight = value;
}

/* The element at *p, which then stands behind its comma. */
static struct element next_element(const char **p, const char *end)
{
    const char *comma = find_outside_quotes(*p, end, ',');
    const char *semicolon = find_outside_quotes(*p, comma, ';');
    struct element element = {
        .range = trimmed((struct piece){*p, semicolon}),
        .parameters = {semicolon < comma ? semicolon + 1 : semicolon, comma}};

    *p = comma < end ? comma + 1 : comma;
    return element;
}

static void read_element(struct element element, const enum picture_type *formats, size_t count,
                         struct weights *w)
{
    struct piece range = element.range;
    int value;

    if (range.begin == range.end)
        return;
    value = element_weight(element.parameters);
    /* A lone star is what some clients send for any type. */
    if (piece_is(range, "*/*") || piece_is(range, "*"))
        raise_to(&w->any, value);
    else if (piece_is(range, "image/*"))
        raise_to(&w->image, value);
    else
        for (size_t i = 0; i < count; i++)
            if (piece_is(range, picture_media_type(formats[i])))
                raise_to(&w->named[i], value);
}

/* What "any picture" comes to among the configured formats, without those that the client
 * does not want (q=0). If it wants none of them, it gets what it would get without asking. */
static enum picture_type any_picture(const enum picture_type *formats, const int *named,
                                     size_t count)
{
    bool jpeg = false, png = false;
    enum picture_type other = PICTURE_UNKNOWN;

    for (size_t i = 0; i < count; i++) {
        if (named && named[i] == 0)
            continue;
        jpeg |= formats[i] == PICTURE_JPEG;
        png |= formats[i] == PICTURE_PNG;
        if (other == PICTURE_UNKNOWN)
            other = formats[i];
    }
    if (jpeg && png)
        return PICTURE_AUTO;
    if (jpeg || png)
        return jpeg ? PICTURE_JPEG : PICTURE_PNG;
    if (other != PICTURE_UNKNOWN)
        return other;
    return any_picture(formats, NULL, count);
}

enum picture_type http_accept_choose(const char *accept, const enum picture_type *formats,
                                     size_t count)
{
    struct weights w = {.image = UNSEEN, .any = UNSEEN};
    enum picture_type chosen;
    int best;
    const char *p, *end;

    if (count == 0)
        return PICTURE_AUTO;
    if (count == 1)
        return formats[0];
    if (!accept)
        return any_picture(formats, NULL, count);
    if (count > FORMATS_MAX)
        count = FORMATS_MAX;
    for (size_t i = 0; i < count; i++)
        w.named[i] = UNSEEN;

    end = accept + strlen(accept);
    for (p = accept; p < end;)
        read_element(next_element(&p, end), formats, count, &w);

    /* The more specific wildcard speaks for pictures (section 12.5.1). A named
     * format needs to be as good, and to be wanted at all. */
    chosen = any_picture(formats, w.named, count);
    best = w.image != UNSEEN ? w.image : w.any;
    if (best < 1)
        best = 1;
    for (size_t i = 0; i < count; i++) {
        if (w.named[i] >= best) {
            chosen = formats[i];
            best = w.named[i] + 1;
        }
    }
    return chosen;
}

/* Whether the parameters ask for no version, or for this one. */
static bool version_fits(struct piece parameters, const char *version)
{
    static const char name[] = "version=";
    const char *p = parameters.begin;

    while (p < parameters.end) {
        const char *next = find_outside_quotes(p, parameters.end, ';');
        struct piece parameter = trimmed((struct piece){p, next});

        if ((size_t)(parameter.end - parameter.begin) >= sizeof name - 1 &&
            strncasecmp(parameter.begin, name, sizeof name - 1) == 0) {
            parameter.begin += sizeof name - 1;
            if (parameter.end - parameter.begin >= 2 && *parameter.begin == '"') {
                parameter.begin++;
                parameter.end--;
            }
            return piece_is(parameter, version);
        }
        p = next < parameters.end ? next + 1 : next;
    }
    return true;
}

/* How closely a range describes the type: 3 names it, 2 names its kind, 1 takes anything, 0 does
 * not fit. */
static int closeness(struct piece range, const char *media_type)
{
    size_t kind = strcspn(media_type, "/") + 1;

    if (piece_is(range, media_type))
        return 3;
    if (piece_is(range, "*/*") || piece_is(range, "*"))
        return 1;
    if ((size_t)(range.end - range.begin) == kind + 1 && range.end[-1] == '*' &&
        strncasecmp(range.begin, media_type, kind) == 0)
        return 2;
    return 0;
}

int http_accept_weight(const char *accept, const char *media_type, const char *version,
                       bool *named)
{
    const char *p = accept, *end;
    int best = 0, weight = 0;

    *named = false;
    if (!accept)
        return 1000;
    for (end = accept + strlen(accept); p < end;) {
        struct element element = next_element(&p, end);
        int close = closeness(element.range, media_type);
        int value = element_weight(element.parameters);

        if (close == 0 || close < best || value == UNSEEN ||
            !version_fits(element.parameters, version))
            continue;
        if (close > best || value > weight)
            weight = value;
        best = close;
    }
    *named = best == 3;
    return weight;
}
