/* SPDX-License-Identifier: MIT */
#include "http/credentials.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "base/base64.h"

#define BASIC_MAX 8192

/* The rest of the field after the scheme and its blanks, or NULL. */
static const char *after_scheme(const char *field, const char *scheme)
{
    size_t length = strlen(scheme);

    if (strncasecmp(field, scheme, length) != 0 || field[length] != ' ')
        return NULL;
    return field + length + strspn(field + length, " ");
}

static int copy(const char *text, size_t length, char *out, size_t size)
{
    if (length == 0)
        return -EINVAL;
    if (length >= size)
        return -ENOSPC;
    memcpy(out, text, length);
    out[length] = '\0';
    return 0;
}

static int take_password(const char *encoded, size_t length, char *out, size_t size)
{
    char plain[BASIC_MAX];
    ssize_t n = base64_decode(encoded, length, plain, sizeof plain);
    const char *colon = n > 0 ? memchr(plain, ':', (size_t)n) : NULL;

    if (n < 0 || !colon || memchr(plain, '\0', (size_t)n))
        return n == -ENOSPC ? -ENOSPC : -EINVAL;
    colon++;
    return copy(colon, (size_t)n - (size_t)(colon - plain), out, size);
}

/* One word and nothing after it. Returns its length, or 0. */
static size_t only_word(const char *text)
{
    size_t length = strcspn(text, " ");

    return text[length + strspn(text + length, " ")] ? 0 : length;
}

int http_credentials_token(const char *field, char *out, size_t size)
{
    const char *rest;

    if (!field)
        return -EINVAL;
    if ((rest = after_scheme(field, "Bearer")) != NULL)
        return copy(rest, only_word(rest), out, size);
    if ((rest = after_scheme(field, "Basic")) != NULL)
        return take_password(rest, only_word(rest), out, size);
    return -EINVAL;
}

bool http_credentials_is_bearer(const char *field)
{
    return field && after_scheme(field, "Bearer") != NULL;
}
