/* SPDX-License-Identifier: MIT */
#include "http/parameter.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

static bool is_token_character(char c)
{
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
        return true;
    return c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL;
}

size_t http_token_length(const char *text, size_t length)
{
    size_t n = 0;

    while (n < length && is_token_character(text[n]))
        n++;
    return n;
}

static void step(const char **text, size_t *length, size_t n)
{
    *text += n;
    *length -= n;
}

static void skip_blanks(const char **text, size_t *length)
{
    while (*length > 0 && (**text == ' ' || **text == '\t'))
        step(text, length, 1);
}

/* What stands between quotes; *text is behind the first one. A backslash takes the byte after it
 * along, whatever that is. */
static int take_quoted(const char **text, size_t *length, struct http_parameter *out)
{
    size_t n = 0;

    while (n < *length && (*text)[n] != '"')
        n += (*text)[n] == '\\' ? 2 : 1;
    if (n >= *length)
        return -EINVAL;
    out->value = *text;
    out->value_length = n;
    step(text, length, n + 1);
    return 1;
}

static int take_value(const char **text, size_t *length, struct http_parameter *out)
{
    size_t n;

    if (*length > 0 && **text == '"') {
        step(text, length, 1);
        return take_quoted(text, length, out);
    }
    n = http_token_length(*text, *length);
    if (n == 0)
        return -EINVAL;
    out->value = *text;
    out->value_length = n;
    step(text, length, n);
    return 1;
}

int http_parameter_next(const char **text, size_t *length, struct http_parameter *out)
{
    size_t n;

    skip_blanks(text, length);
    if (*length == 0)
        return 0;
    if (**text != ';')
        return -EINVAL;
    while (*length > 0 && **text == ';') {
        step(text, length, 1);
        skip_blanks(text, length);
    }
    if (*length == 0)
        return 0;
    n = http_token_length(*text, *length);
    if (n == 0 || n == *length || (*text)[n] != '=')
        return -EINVAL;
    out->name = *text;
    out->name_length = n;
    step(text, length, n + 1);
    return take_value(text, length, out);
}

bool http_parameter_is(const struct http_parameter *parameter, const char *name)
{
    return parameter->name_length == strlen(name) &&
           strncasecmp(parameter->name, name, parameter->name_length) == 0;
}

ssize_t http_parameter_value(const struct http_parameter *parameter, char *out, size_t size)
{
    size_t used = 0;

    for (size_t i = 0; i < parameter->value_length; i++) {
        if (parameter->value[i] == '\\') /* always one of two, see take_quoted() */
            i++;
        if (used + 1 >= size)
            return -ENOSPC;
        out[used++] = parameter->value[i];
    }
    if (used >= size)
        return -ENOSPC;
    out[used] = '\0';
    return (ssize_t)used;
}
