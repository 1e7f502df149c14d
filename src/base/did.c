/* SPDX-License-Identifier: MIT */
#include "base/did.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define PLC "did:plc:"
#define WEB "did:web:"
#define HOST_MAX 253

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter_or_digit(char c)
{
    return is_lower(c) || (c >= 'A' && c <= 'Z') || is_digit(c);
}

/* ^did:[a-z]+:[a-zA-Z0-9._:%-]*[a-zA-Z0-9._-]$ */
bool did_is_valid(const char *text, size_t length)
{
    size_t i = 4;

    if (length < 4 || length > DID_MAX || memcmp(text, "did:", 4) != 0)
        return false;
    while (i < length && is_lower(text[i]))
        i++;
    if (i == 4 || i >= length || text[i] != ':' || i + 1 == length)
        return false;
    for (i++; i < length; i++)
        if (!is_letter_or_digit(text[i]) && !memchr("._:%-", text[i], 5))
            return false;
    return text[length - 1] != ':' && text[length - 1] != '%';
}

bool did_is_plc(const char *did)
{
    return strncmp(did, PLC, strlen(PLC)) == 0;
}

/* What is behind "did:plc:" stays one segment of a path, whatever it is. */
static int plc_url(const char *plc, const char *did, char out[DID_URL_MAX])
{
    const char *id = did + strlen(PLC);
    int n;

    if (strchr(id, '%') || strchr(id, ':'))
        return -EINVAL;
    n = snprintf(out, DID_URL_MAX, "%s/%s", plc, did);
    return n < 0 ? -EINVAL : n >= DID_URL_MAX ? -ENAMETOOLONG : 0;
}

/* 0 if it is none; all of the text counts. */
static unsigned port_of(const char *text)
{
    unsigned port = 0;

    if (!*text || strlen(text) > 5)
        return 0;
    for (; *text; text++) {
        if (!is_digit(*text))
            return 0;
        port = port * 10 + (unsigned)(*text - '0');
    }
    return port <= 65535 ? port : 0;
}

/* The name's letters are those of host names; no address in another spelling gets through, since
 * the guard looks at what is dialled. */
static bool is_host(const char *text, size_t length)
{
    if (length == 0 || length > HOST_MAX || text[0] == '.' || text[0] == '-')
        return false;
    for (size_t i = 0; i < length; i++)
        if (!is_letter_or_digit(text[i]) && text[i] != '.' && text[i] != '-')
            return false;
    return true;
}

static int web_url(const char *did, char out[DID_URL_MAX])
{
    const char *host = did + strlen(WEB), *rest;
    size_t length = strcspn(host, ":%");
    char port[8] = "";
    bool local;

    if (!is_host(host, length))
        return -EINVAL;
    rest = host + length;
    if (strncasecmp(rest, "%3a", 3) == 0) {
        unsigned number = port_of(rest + 3);

        if (number == 0)
            return -EINVAL;
        snprintf(port, sizeof port, ":%u", number);
    } else if (*rest) {
        return -EINVAL; /* a path: atproto has none */
    }
    local = length == strlen("localhost") && strncasecmp(host, "localhost", length) == 0;
    snprintf(out, DID_URL_MAX, "http%s://%.*s%s/.well-known/did.json", local ? "" : "s",
             (int)length, host, port);
    return 0;
}

int did_document_url(const char *plc, const char *did, char out[DID_URL_MAX])
{
    if (did_is_plc(did))
        return plc_url(plc, did, out);
    return strncmp(did, WEB, strlen(WEB)) == 0 ? web_url(did, out) : -EINVAL;
}
