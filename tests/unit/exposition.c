/* SPDX-License-Identifier: MIT */
#include "unit/exposition.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FAMILIES_MAX 128

struct family {
    char name[96];
    const char *type;
    bool united, helped, used;
};

struct reader {
    struct exposition *out;
    struct family families[FAMILIES_MAX];
    size_t count;
    bool open, ended;
};

__attribute__((format(printf, 2, 3))) static bool wrong(struct reader *r, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    vsnprintf(r->out->error, sizeof r->out->error, format, ap);
    va_end(ap);
    return false;
}

static bool starts(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static bool ends(const char *text, const char *with)
{
    size_t a = strlen(text), b = strlen(with);

    return a >= b && strcmp(text + a - b, with) == 0;
}

static bool is_name(const char *text)
{
    size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyz_0123456789");

    return islower((unsigned char)*text) && text[length] == '\0';
}

/* The family that is being read: its lines stand together. */
static struct family *current(struct reader *r, const char *name)
{
    struct family *last = r->count ? &r->families[r->count - 1] : NULL;

    if (last && strcmp(last->name, name) == 0)
        return last;
    for (size_t i = 0; i < r->count; i++)
        if (strcmp(r->families[i].name, name) == 0)
            return NULL;
    if (r->count == FAMILIES_MAX)
        return NULL;
    last = &r->families[r->count++];
    snprintf(last->name, sizeof last->name, "%s", name);
    return last;
}

static bool read_type(struct reader *r, struct family *f, const char *type)
{
    static const char *const types[] = {"counter", "gauge", "histogram", "info"};

    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(type, types[i]) == 0 && (r->open || i < 3))
            f->type = types[i];
    if (!f->type)
        return wrong(r, "%s: no such type: %s", f->name, type);
    if (!r->open && strcmp(type, "counter") == 0 && !ends(f->name, "_total"))
        return wrong(r, "%s: a counter's name ends with _total", f->name);
    if ((r->open || strcmp(type, "counter") != 0) && ends(f->name, "_total"))
        return wrong(r, "%s: _total is of the samples of counters", f->name);
    return true;
}

static bool read_metadata(struct reader *r, const char *line)
{
    char word[8], name[96], rest[256];
    struct family *f;

    if (r->open && strcmp(line, "# EOF") == 0) {
        r->ended = true;
        return true;
    }
    if (sscanf(line, "# %7s %95s %255[^\n]", word, name, rest) != 3 || !is_name(name))
        return wrong(r, "unreadable: %s", line);
    f = current(r, name);
    if (!f || f->used)
        return wrong(r, "%s is not in one piece", name);
    if (strcmp(word, "TYPE") == 0 && !f->type)
        return read_type(r, f, rest);
    if (strcmp(word, "HELP") == 0 && !f->helped) {
        f->helped = true;
        return true;
    }
    if (r->open && strcmp(word, "UNIT") == 0 && !f->united) {
        f->united = ends(name, rest) && name[strlen(name) - strlen(rest) - 1] == '_';
        return f->united ? true : wrong(r, "%s does not end with its unit", name);
    }
    return wrong(r, "not expected: %s", line);
}

/* name="value",...: NULL if it is not. Stops at the closing brace. */
static const char *skip_labels(const char *p)
{
    do {
        const char *from = p;

        while (islower((unsigned char)*p) || *p == '_')
            p++;
        if (p == from || *p++ != '=' || *p++ != '"')
            return NULL;
        for (; *p && *p != '"'; p++)
            if (*p == '\\' && !strchr("\\\"n", *++p))
                return NULL;
        if (*p++ != '"')
            return NULL;
    } while (*p++ == ',');
    return p[-1] == '}' ? p - 1 : NULL;
}

static bool fits_family(const struct reader *r, const struct exposed_sample *s)
{
    const struct family *f = &r->families[r->count - 1];
    size_t length = strlen(f->name);
    const char *suffix = s->name + length;

    if (!starts(s->name, f->name) || !f->type || !f->helped)
        return false;
    if (strcmp(f->type, "counter") == 0)
        return strcmp(suffix, r->open ? "_total" : "") == 0;
    if (strcmp(f->type, "info") == 0)
        return strcmp(suffix, "_info") == 0;
    if (strcmp(f->type, "gauge") == 0)
        return suffix[0] == '\0';
    if (strcmp(suffix, "_bucket") == 0)
        return strstr(s->labels, "le=\"") != NULL;
    return strcmp(suffix, "_sum") == 0 || strcmp(suffix, "_count") == 0;
}

static bool is_number(const char *text)
{
    size_t whole = strspn(text, "0123456789"), part;

    if (whole == 0 || text[whole] == '\0')
        return whole > 0;
    part = strspn(text + whole + 1, "0123456789");
    return text[whole] == '.' && part > 0 && text[whole + 1 + part] == '\0';
}

static bool read_sample(struct reader *r, const char *line)
{
    struct exposed_sample *s = &r->out->samples[r->out->count];
    size_t length = strcspn(line, "{ ");
    const char *p = line + length;

    if (r->out->count == EXPOSITION_SAMPLES_MAX || length >= sizeof s->name)
        return wrong(r, "too much: %s", line);
    memcpy(s->name, line, length);
    s->name[length] = '\0';
    s->labels[0] = '\0';
    if (*p == '{') {
        const char *end = skip_labels(p + 1);

        if (!end || (size_t)(end - p) >= sizeof s->labels)
            return wrong(r, "labels: %s", line);
        memcpy(s->labels, p + 1, (size_t)(end - p - 1));
        s->labels[end - p - 1] = '\0';
        p = end + 1;
    }
    if (*p != ' ' || strlen(p + 1) >= sizeof s->value || !is_number(p + 1))
        return wrong(r, "value: %s", line);
    strcpy(s->value, p + 1);
    if (!is_name(s->name) || r->count == 0 || !fits_family(r, s))
        return wrong(r, "does not belong here: %s", line);
    if (exposition_value(r->out, s->name, s->labels))
        return wrong(r, "twice: %s", line);
    r->families[r->count - 1].used = true;
    r->out->count++;
    return true;
}

struct exposition *exposition_read(const char *text, bool open_metrics)
{
    struct reader r = {.out = calloc(1, sizeof *r.out), .open = open_metrics};
    bool good = true;

    if (!r.out)
        abort();
    while (good && *text) {
        size_t length = strcspn(text, "\n");
        char line[2048];

        if (text[length] != '\n' || length == 0 || length >= sizeof line || r.ended) {
            good = wrong(&r, "a line too short, too long, not ended or after the end");
            break;
        }
        memcpy(line, text, length);
        line[length] = '\0';
        good = line[0] == '#' ? read_metadata(&r, line) : read_sample(&r, line);
        text += length + 1;
    }
    if (good && r.ended != open_metrics)
        wrong(&r, "no end");
    return r.out;
}

const char *exposition_value(const struct exposition *e, const char *name, const char *labels)
{
    for (size_t i = 0; i < e->count; i++)
        if (strcmp(e->samples[i].name, name) == 0 && strcmp(e->samples[i].labels, labels) == 0)
            return e->samples[i].value;
    return NULL;
}

bool exposition_has(const struct exposition *e, const char *name, size_t length)
{
    for (size_t i = 0; i < e->count; i++)
        if (strlen(e->samples[i].name) == length && memcmp(e->samples[i].name, name, length) == 0)
            return true;
    return false;
}
