/* SPDX-License-Identifier: MIT */
#include "base/json_edit.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/json_string.h"

enum level { OBJECT, ARRAY, ARRAY_TO_EDIT };

enum step { AT_VALUE, AFTER_VALUE, AT_END };

struct scan {
    const struct json_edit *rules;
    const char *p, *end;
    const char *copied; /* everything before this is in `out` */
    struct buffer *out;
    struct buffer unescaped, new_text;
    enum step step;
    bool to_edit; /* the next value is to be edited if it is a string */
    unsigned max_depth, depth;
    unsigned char levels[JSON_EDIT_DEPTH_MAX]; /* enum level */
};

/* NUL at the end: it begins nothing. */
static char peek(const struct scan *s)
{
    return s->p < s->end ? *s->p : '\0';
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static void skip_blanks(struct scan *s)
{
    while (s->p < s->end && is_blank(*s->p))
        s->p++;
}

static bool is_name(const char *name, const char *text, size_t length)
{
    size_t i = 0;

    while (i < length && name[i] == text[i] && name[i] != '\0')
        i++;
    return i == length && name[i] == '\0';
}

static bool is_among_names(const struct json_edit *rules, const char *text, size_t length)
{
    for (size_t i = 0; i < rules->name_count; i++)
        if (is_name(rules->names[i], text, length))
            return true;
    return false;
}

/* A string, whose opening quote is next. */
struct token {
    const char *text; /* what it means: in the document, or in `unescaped` until the next one */
    size_t length;
    bool is_text; /* and not merely JSON */
};

/* Reads one; what it means is found out only if that is wanted. */
static int read_string(struct scan *s, bool wanted, struct token *token)
{
    const char *start = s->p + 1;
    bool escaped;
    int rc;

    s->p = start;
    if (!json_string_end(&s->p, s->end, &escaped))
        return -EINVAL;
    *token = (struct token){start, (size_t)(s->p - start), wanted};
    s->p++;
    if (!wanted || !escaped)
        return 0;
    buffer_clear(&s->unescaped);
    rc = json_unescape(start, token->length, &s->unescaped);
    *token = (struct token){s->unescaped.data, s->unescaped.length, rc == 0};
    return rc == -EILSEQ ? 0 : rc;
}

static int read_name(struct scan *s)
{
    struct token name;
    int rc;

    skip_blanks(s);
    if (peek(s) != '"')
        return -EINVAL;
    rc = read_string(s, s->rules->name_count > 0, &name);
    if (rc)
        return rc;
    s->to_edit = name.is_text && is_among_names(s->rules, name.text, name.length);
    skip_blanks(s);
    if (peek(s) != ':')
        return -EINVAL;
    s->p++;
    return 0;
}

/* A member or an element is next. */
static int begin_item(struct scan *s)
{
    enum level level = s->levels[s->depth - 1];

    s->step = AT_VALUE;
    if (level == OBJECT)
        return read_name(s);
    s->to_edit = level == ARRAY_TO_EDIT;
    return 0;
}

static char closing(enum level level)
{
    return level == OBJECT ? '}' : ']';
}

static int read_opening(struct scan *s, enum level level)
{
    if (s->depth >= s->max_depth)
        return -EOVERFLOW;
    s->p++;
    skip_blanks(s);
    if (peek(s) == closing(level)) {
        s->p++;
        return 0;
    }
    s->levels[s->depth++] = (unsigned char)level;
    return begin_item(s);
}

static int replace(struct scan *s, const char *start)
{
    const char *text = s->new_text.length ? s->new_text.data : "";
    int rc = buffer_append(s->out, s->copied, (size_t)(start - s->copied));

    if (!rc)
        rc = json_quote(text, s->new_text.length, s->out);
    s->copied = s->p;
    return rc;
}

static int read_string_value(struct scan *s)
{
    const char *start = s->p;
    struct token value;
    int rc = read_string(s, s->to_edit, &value);

    if (rc || !value.is_text)
        return rc;
    buffer_clear(&s->new_text);
    rc = s->rules->edit(s->rules->context, value.text, value.length, &s->new_text);
    return rc > 0 ? replace(s, start) : rc;
}

static int read_literal(struct scan *s, const char *literal, size_t length)
{
    if ((size_t)(s->end - s->p) < length || memcmp(s->p, literal, length) != 0)
        return -EINVAL;
    s->p += length;
    return 0;
}

static int read_digits(struct scan *s)
{
    const char *start = s->p;

    while (peek(s) >= '0' && peek(s) <= '9')
        s->p++;
    return s->p > start ? 0 : -EINVAL;
}

/* Section 6. Digits after a leading zero are what follows the value then, and wrong as such. */
static int read_number(struct scan *s)
{
    int rc = 0;

    if (peek(s) == '-')
        s->p++;
    if (peek(s) == '0')
        s->p++;
    else
        rc = read_digits(s);
    if (!rc && peek(s) == '.') {
        s->p++;
        rc = read_digits(s);
    }
    if (!rc && (peek(s) == 'e' || peek(s) == 'E')) {
        s->p++;
        if (peek(s) == '+' || peek(s) == '-')
            s->p++;
        rc = read_digits(s);
    }
    return rc;
}

static int read_value(struct scan *s)
{
    s->step = AFTER_VALUE;
    skip_blanks(s);
    switch (peek(s)) {
    case '{': return read_opening(s, OBJECT);
    case '[': return read_opening(s, s->to_edit ? ARRAY_TO_EDIT : ARRAY);
    case '"': return read_string_value(s);
    case 't': return read_literal(s, "true", 4);
    case 'f': return read_literal(s, "false", 5);
    case 'n': return read_literal(s, "null", 4);
    default: return read_number(s);
    }
}

static int read_after_value(struct scan *s)
{
    skip_blanks(s);
    if (s->depth == 0) {
        s->step = AT_END;
        return s->p == s->end ? 0 : -EINVAL;
    }
    if (peek(s) == ',') {
        s->p++;
        return begin_item(s);
    }
    if (peek(s) != closing(s->levels[s->depth - 1]))
        return -EINVAL;
    s->p++;
    s->depth--;
    return 0;
}

static int read_document(struct scan *s)
{
    int rc = 0;

    while (!rc && s->step != AT_END)
        rc = s->step == AT_VALUE ? read_value(s) : read_after_value(s);
    if (!rc)
        rc = buffer_append(s->out, s->copied, (size_t)(s->end - s->copied));
    return rc;
}

int json_edit(const struct json_edit *rules, const char *json, size_t length, struct buffer *out,
              size_t *where)
{
    struct scan s; /* no initializer: most of `levels` is never touched */
    size_t before = out->length;
    int rc;

    s.rules = rules;
    s.p = s.copied = json;
    s.end = json + length;
    s.out = out;
    s.unescaped = s.new_text = (struct buffer){0};
    s.step = AT_VALUE;
    s.to_edit = false;
    s.max_depth = rules->max_depth < JSON_EDIT_DEPTH_MAX ? rules->max_depth : JSON_EDIT_DEPTH_MAX;
    s.depth = 0;
    rc = read_document(&s);
    if (where)
        *where = (size_t)(s.p - json);
    if (rc)
        buffer_truncate(out, before);
    buffer_free(&s.unescaped);
    buffer_free(&s.new_text);
    return rc;
}
