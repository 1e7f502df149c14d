/* SPDX-License-Identifier: MIT */
#include "http/media_type.h"

#include <string.h>

#include "http/parameter.h"

size_t http_media_type_length(const char *field)
{
    size_t length, type, subtype, rest;

    if (!field)
        return 0;
    length = strlen(field);
    type = http_token_length(field, length);
    if (type == 0 || field[type] != '/')
        return 0;
    subtype = http_token_length(field + type + 1, length - type - 1);
    rest = type + 1 + subtype;
    rest += strspn(field + rest, " \t");
    if (subtype == 0 || (field[rest] && field[rest] != ';'))
        return 0;
    return type + 1 + subtype;
}
