/* SPDX-License-Identifier: MIT */
#include "http/media_type.h"

#include <string.h>

/* A token (RFC 9110 section 5.6.2). */
static size_t token_length(const char *text)
{
    return strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                        "!#$%&'*+-.^_`|~");
}

size_t http_media_type_length(const char *field)
{
    size_t type, subtype, rest;

    if (!field)
        return 0;
    type = token_length(field);
    if (type == 0 || field[type] != '/')
        return 0;
    subtype = token_length(field + type + 1);
    rest = type + 1 + subtype;
    rest += strspn(field + rest, " \t");
    if (subtype == 0 || (field[rest] && field[rest] != ';'))
        return 0;
    return type + 1 + subtype;
}
