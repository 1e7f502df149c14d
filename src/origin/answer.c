/* SPDX-License-Identifier: MIT */
#include "origin/answer.h"

#include <string.h>
#include <strings.h>

#include "http/date.h"

static bool is_html(const char *type)
{
    static const char html[] = "text/html";

    return type && strncasecmp(type, html, sizeof html - 1) == 0 &&
           strchr("; \t", type[sizeof html - 1]) != NULL;
}

enum cause answer_cause(long status, const char *type)
{
    switch (status) {
    case 404:
    case 410:
        return CAUSE_ORIGIN_NOT_FOUND;
    case 401:
    case 403:
    case 407:
        return CAUSE_ORIGIN_DENIED;
    case 203:
        /* Azure DevOps answers a bad credential with its sign-in page under this status. */
        return is_html(type) ? CAUSE_ORIGIN_DENIED : CAUSE_ORIGIN_BAD_STATUS;
    case 429:
    case 503:
        return CAUSE_ORIGIN_BUSY;
    default:
        return status >= 500 && status <= 599 ? CAUSE_ORIGIN_ERROR : CAUSE_ORIGIN_BAD_STATUS;
    }
}

int64_t answer_retry_after_ms(const char *value, int64_t now_s)
{
    int64_t seconds = 0;

    if (!value || *value == '\0')
        return 0;
    if (value[strspn(value, "0123456789")] == '\0') {
        for (; *value && seconds * 1000 <= ANSWER_RETRY_MAX_MS; value++)
            seconds = seconds * 10 + (*value - '0');
    } else {
        int64_t then_s;

        if (http_date_parse(value, now_s, &then_s) != 0 || then_s <= now_s)
            return 0;
        seconds = then_s - now_s;
    }
    return seconds > ANSWER_RETRY_MAX_MS / 1000 ? ANSWER_RETRY_MAX_MS : seconds * 1000;
}

void answer_etag(const char *value, char out[FETCH_ETAG_MAX])
{
    size_t length = value ? strlen(value) : 0;
    size_t open = length > 2 && value[0] == 'W' && value[1] == '/' ? 2 : 0;

    out[0] = '\0';
    if (length < open + 2 || length >= FETCH_ETAG_MAX)
        return;
    if (value[open] != '"' || value[length - 1] != '"')
        return;
    for (size_t i = open + 1; i + 1 < length; i++) {
        unsigned char c = (unsigned char)value[i];

        if (c <= 0x20 || c == 0x7f || c == '"')
            return;
    }
    memcpy(out, value, length + 1);
}

bool answer_line_is_sound(const char *line, size_t length)
{
    const char *colon;

    if (length > 0 && line[length - 1] == '\n')
        length--;
    if (length > 0 && line[length - 1] == '\r')
        length--;
    if (memchr(line, '\r', length) || memchr(line, '\0', length))
        return false;
    if (length == 0 || line[0] == ' ' || line[0] == '\t' ||
        (length > 5 && memcmp(line, "HTTP/", 5) == 0))
        return true;
    colon = memchr(line, ':', length);
    if (!colon || colon == line)
        return false;
    for (; line < colon; line++)
        if (*line == ' ' || *line == '\t')
            return false;
    return true;
}

bool answer_length(const char *value, uint64_t *out)
{
    *out = 0;
    if (*value == '\0' || value[strspn(value, "0123456789")] != '\0')
        return false;
    for (; *value; value++)
        if (__builtin_mul_overflow(*out, UINT64_C(10), out) ||
            __builtin_add_overflow(*out, (uint64_t)(*value - '0'), out)) {
            *out = UINT64_MAX;
            return true;
        }
    return true;
}

bool answer_is_plain(const char *encoding)
{
    return !encoding || *encoding == '\0' || strcasecmp(encoding, "identity") == 0;
}
