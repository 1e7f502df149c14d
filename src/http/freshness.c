/* SPDX-License-Identifier: MIT
 *
 * One pass over Cache-Control notes what each directive says; what that means
 * together is decided afterwards. Dates are compared in whole seconds, as the
 * standard does: a Date says nothing about the rest of its second.
 */
#include "http/freshness.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "http/date.h"

#define DELTA_MAX_S INT64_C(2147483648) /* section 1.2.2: whatever is more counts as this */
#define UNSAID INT64_C(-1)
#define MS_PER_S INT64_C(1000)

/* A piece of a field: [begin, end). */
struct piece {
    const char *begin, *end;
};

struct directives {
    bool no_store, is_private, no_cache, must_revalidate, must_understand;
    int64_t s_maxage_s, max_age_s, while_revalidate_s, if_error_s; /* UNSAID where there is none */
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static struct piece trimmed(struct piece s)
{
    while (s.begin < s.end && is_blank(*s.begin))
        s.begin++;
    while (s.begin < s.end && is_blank(s.end[-1]))
        s.end--;
    return s;
}

static bool piece_is(struct piece s, const char *text)
{
    size_t n = strlen(text);

    return (size_t)(s.end - s.begin) == n && strncasecmp(s.begin, text, n) == 0;
}

/* 1*DIGIT, or UNSAID. */
static int64_t delta_seconds(struct piece s)
{
    int64_t value = 0;

    if (s.begin == s.end)
        return UNSAID;
    for (; s.begin < s.end; s.begin++) {
        if (*s.begin < '0' || *s.begin > '9')
            return UNSAID;
        if (value < DELTA_MAX_S)
            value = value * 10 + (*s.begin - '0');
    }
    return value < DELTA_MAX_S ? value : DELTA_MAX_S;
}

/* The end of the quoted-string that begins at `p`, or NULL if none does. One that is not
 * closed is none: no directive may hide behind it. */
static const char *quoted_end(const char *p)
{
    if (*p != '"')
        return NULL;
    for (p++; *p && *p != '"'; p++)
        if (*p == '\\' && p[1])
            p++;
    return *p ? p + 1 : NULL;
}

/* Cuts the next member off the list. False at its end. An argument keeps its quotes. */
static bool next_directive(const char **list, struct piece *name, struct piece *argument)
{
    const char *p = *list + strspn(*list, ", \t");

    if (!*p)
        return false;
    *name = (struct piece){p, p + strcspn(p, "=,")};
    p = name->end;
    *argument = (struct piece){p, p};
    if (*p == '=') {
        const char *begin = p + 1, *end = quoted_end(begin);

        p = end ? end : begin;
        p += strcspn(p, ",");
        *argument = trimmed((struct piece){begin, p});
    }
    *name = trimmed(*name);
    *list = p;
    return true;
}

/* Section 5.2: the token and the quoted form of a number mean the same. */
static int64_t argument_seconds(struct piece argument)
{
    if (argument.end - argument.begin >= 2 && *argument.begin == '"' && argument.end[-1] == '"') {
        argument.begin++;
        argument.end--;
    }
    return delta_seconds(argument);
}

/* Field names as arguments of private and no-cache are not looked at: without them both
 * mean the whole answer, which is the stricter reading. */
static bool note_flag(struct directives *d, struct piece name)
{
    const struct {
        const char *name;
        bool *flag;
    } flags[] = {
        {"no-store", &d->no_store},
        {"private", &d->is_private},
        {"no-cache", &d->no_cache},
        {"must-revalidate", &d->must_revalidate},
        {"proxy-revalidate", &d->must_revalidate},
        {"must-understand", &d->must_understand},
    };

    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        if (piece_is(name, flags[i].name)) {
            *flags[i].flag = true;
            return true;
        }
    }
    return false;
}

/* Section 4.2.1: of several values for one directive the first counts, and a lifetime
 * that cannot be read is over. */
static void note_number(struct directives *d, struct piece name, struct piece argument)
{
    const struct {
        const char *name;
        int64_t *seconds;
        int64_t unreadable;
    } numbers[] = {
        {"s-maxage", &d->s_maxage_s, 0},
        {"max-age", &d->max_age_s, 0},
        {"stale-while-revalidate", &d->while_revalidate_s, UNSAID},
        {"stale-if-error", &d->if_error_s, UNSAID},
    };

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        int64_t value;

        if (!piece_is(name, numbers[i].name) || *numbers[i].seconds != UNSAID)
            continue;
        value = argument_seconds(argument);
        *numbers[i].seconds = value == UNSAID ? numbers[i].unreadable : value;
    }
}

static void read_directives(const char *list, struct directives *d)
{
    struct piece name, argument;

    *d = (struct directives){.s_maxage_s = UNSAID, .max_age_s = UNSAID,
                             .while_revalidate_s = UNSAID, .if_error_s = UNSAID};
    while (next_directive(&list, &name, &argument))
        if (!note_flag(d, name))
            note_number(d, name, argument);
}

/* Section 5.4, of use where there is no Cache-Control. */
static bool pragma_no_cache(const char *list)
{
    struct piece name, argument;

    while (next_directive(&list, &name, &argument))
        if (piece_is(name, "no-cache"))
            return true;
    return false;
}

/* Section 5.1: of a list the first member counts; one that cannot be read is ignored. */
static int64_t age_value_s(const char *field)
{
    int64_t age;

    if (!field)
        return 0;
    age = delta_seconds(trimmed((struct piece){field, field + strcspn(field, ",")}));
    return age == UNSAID ? 0 : age;
}

static int64_t at_most(int64_t value, int64_t most)
{
    return value < most ? value : most;
}

static int64_t at_least(int64_t value, int64_t least)
{
    return value > least ? value : least;
}

/* A Date in the second in which it was asked for, or later, is that of an answer made since, whose age
 * is the delay: that this second has ended on the way does not make it a second older. */
static int64_t apparent_age_ms(int64_t date_s, int64_t asked_ms, int64_t answered_ms)
{
    if (date_s >= asked_ms / MS_PER_S)
        return 0;
    return (answered_ms / MS_PER_S - date_s) * MS_PER_S;
}

/* Section 4.2.3. */
static int64_t initial_age_ms(const struct freshness_fields *fields, int64_t date_s,
                              int64_t asked_ms, int64_t answered_ms)
{
    int64_t apparent_ms = apparent_age_ms(date_s, asked_ms, answered_ms);
    int64_t delay_ms = at_least(answered_ms - asked_ms, 0);
    int64_t corrected_ms = age_value_s(fields->age) * MS_PER_S + delay_ms;

    return at_most(at_least(apparent_ms, corrected_ms), DELTA_MAX_S * MS_PER_S);
}

/* Section 4.2.1; UNSAID if the fields do not tell. */
static int64_t lifetime_s(const struct freshness_fields *fields, const struct directives *d,
                          int64_t date_s, int64_t now_s)
{
    int64_t expires_s;

    if (d->s_maxage_s != UNSAID)
        return d->s_maxage_s;
    if (d->max_age_s != UNSAID)
        return d->max_age_s;
    if (!fields->expires)
        return UNSAID;
    /* Section 5.3: what is no date, "0" above all, lies in the past. */
    if (http_date_parse(fields->expires, now_s, &expires_s) != 0 || expires_s < date_s)
        return 0;
    return at_most(expires_s - date_s, DELTA_MAX_S);
}

static int64_t window_ms(int64_t seconds)
{
    return seconds == UNSAID ? -1 : seconds * MS_PER_S;
}

void freshness_read(const struct freshness_fields *fields, int64_t asked_ms, int64_t answered_ms,
                    struct freshness *out)
{
    int64_t now_s = answered_ms / MS_PER_S;
    int64_t date_s, lifetime;
    struct directives d;

    read_directives(fields->cache_control ? fields->cache_control : "", &d);
    if (!fields->cache_control && fields->pragma)
        d.no_cache = pragma_no_cache(fields->pragma);
    if (!fields->date || http_date_parse(fields->date, now_s, &date_s) != 0)
        date_s = now_s;
    lifetime = lifetime_s(fields, &d, date_s, now_s);
    *out = (struct freshness){
        /* Section 5.2.2.3: with must-understand, no-store is for caches that do not know
         * the status. Nothing but 200 and 304 is kept here. */
        .no_store = d.no_store && !d.must_understand,
        .is_private = d.is_private,
        .no_cache = d.no_cache,
        .must_revalidate = d.must_revalidate || d.no_cache || d.s_maxage_s != UNSAID,
        .is_explicit = lifetime != UNSAID,
        .lifetime_ms = at_least(lifetime, 0) * MS_PER_S,
        .age_ms = initial_age_ms(fields, date_s, asked_ms, answered_ms),
        .while_revalidate_ms = window_ms(d.while_revalidate_s),
        .if_error_ms = window_ms(d.if_error_s),
    };
}

static int64_t fresh_ms(const struct freshness *said, const struct freshness_policy *policy,
                        bool overruled)
{
    int64_t left_ms = policy->ttl_ms;

    if (!overruled && said->no_cache)
        left_ms = 0;
    else if (!overruled && said->is_explicit)
        left_ms = said->lifetime_ms - said->age_ms;
    return at_least(at_most(left_ms, policy->ttl_max_ms), policy->ttl_min_ms);
}

static int64_t shortened(int64_t stale_ms, int64_t said_ms)
{
    return said_ms < 0 ? stale_ms : at_most(stale_ms, said_ms);
}

void freshness_apply(const struct freshness *said, const struct freshness_policy *policy,
                     int64_t answered_ms, struct freshness_times *out)
{
    bool unwilling = said->no_store || said->is_private;
    bool overruled = unwilling && policy->keep_private;
    int64_t refresh_ms = policy->stale_ms, if_error_ms = policy->stale_ms;

    if (!overruled && said->must_revalidate) {
        refresh_ms = if_error_ms = 0;
    } else if (!overruled) {
        refresh_ms = shortened(refresh_ms, said->while_revalidate_ms);
        if_error_ms = shortened(if_error_ms, said->if_error_ms);
    }
    out->store = !unwilling || overruled;
    out->expires_ms = answered_ms + fresh_ms(said, policy, overruled);
    out->refresh_until_ms = out->expires_ms + refresh_ms;
    out->stale_until_ms = out->expires_ms + if_error_ms;
}
