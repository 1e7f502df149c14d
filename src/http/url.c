/* SPDX-License-Identifier: MIT
 *
 * Stricter than the parser that dials: where it takes a host at all, both find the
 * same one, since nothing is left in it that could be read in two ways.
 */
#include "http/url.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "base/hex.h"

#define HOST_MAX 253 /* RFC 1035 section 3.1, as text */

struct writer {
    char *out;
    size_t used, size;
    bool full;
};

static void put(struct writer *w, char c)
{
    if (w->used + 1 >= w->size)
        w->full = true;
    else
        w->out[w->used++] = c;
}

static void put_escaped(struct writer *w, char c)
{
    static const char digits[] = "0123456789ABCDEF";

    put(w, '%');
    put(w, digits[(unsigned char)c >> 4]);
    put(w, digits[(unsigned char)c & 15]);
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return lower(c) >= 'a' && lower(c) <= 'z';
}

/* "http://" or "https://"; 0 for anything else. */
static size_t scheme_length(const char *url, size_t length)
{
    if (length > 7 && strncasecmp(url, "http://", 7) == 0)
        return 7;
    return length > 8 && strncasecmp(url, "https://", 8) == 0 ? 8 : 0;
}

static bool is_name_byte(char c)
{
    return is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '_';
}

/* How much of the authority is its host; 0 if it has none. */
static size_t host_length(const char *authority, size_t length)
{
    size_t n = 0;

    if (length > 0 && authority[0] == '[') {
        for (n = 1; n < length && (hex_value(authority[n]) >= 0 || authority[n] == ':' ||
                                   authority[n] == '.');)
            n++;
        return n > 2 && n < length && authority[n] == ']' ? n + 1 : 0;
    }
    while (n < length && is_name_byte(authority[n]))
        n++;
    return n > 0 && n <= HOST_MAX && authority[0] != '.' ? n : 0;
}

/* ":" and digits, of which there may be none (RFC 3986 section 3.2.3). -1 if it is no port, 0 for
 * the scheme's own. */
static long read_port(const char *text, size_t length, bool secure)
{
    long port = 0;

    if (length == 0)
        return 0;
    if (text[0] != ':' || length > 6)
        return -1;
    if (length == 1)
        return 0;
    for (size_t i = 1; i < length; i++) {
        if (!is_digit(text[i]))
            return -1;
        port = port * 10 + (text[i] - '0');
    }
    if (port < 1 || port > 65535)
        return -1;
    return port == (secure ? 443 : 80) ? 0 : port;
}

static void put_port(struct writer *w, long port)
{
    char digits[5];
    size_t n = 0;

    if (port == 0)
        return;
    put(w, ':');
    for (; port > 0; port /= 10)
        digits[n++] = (char)('0' + port % 10);
    while (n > 0)
        put(w, digits[--n]);
}

/* pchar, '/' and '?' of RFC 3986 section 3.3 and 3.4, and brackets, which many leave as they are. */
static bool stands_for_itself(char c)
{
    return is_letter(c) || is_digit(c) || (c != '\0' && strchr("-._~!$&'()*+,;=:@/?[]", c));
}

static int put_rest(struct writer *w, const char *rest, size_t length)
{
    const char *end = memchr(rest, '#', length);

    if (end)
        length = (size_t)(end - rest);
    if (length == 0 || rest[0] != '/')
        put(w, '/');
    for (size_t i = 0; i < length; i++) {
        char c = rest[i];
        bool escape = c == '%' && length - i > 2 && hex_value(rest[i + 1]) >= 0 &&
                      hex_value(rest[i + 2]) >= 0;

        if ((unsigned char)c < 0x20 || c == 0x7f)
            return -EINVAL;
        if (escape || stands_for_itself(c))
            put(w, c);
        else
            put_escaped(w, c);
    }
    return 0;
}

ssize_t http_url_normalise(const char *url, size_t length, char *out, size_t size)
{
    struct writer w = {.out = out, .size = size};
    size_t scheme = scheme_length(url, length), authority = 0, host;
    long port;

    if (scheme == 0 || size == 0)
        return -EINVAL;
    while (scheme + authority < length && !strchr("/?#", url[scheme + authority]))
        authority++;
    host = host_length(url + scheme, authority);
    if (host == 0)
        return -EINVAL;
    port = read_port(url + scheme + host, authority - host, scheme == 8);
    if (port < 0)
        return -EINVAL;
    for (size_t i = 0; i < scheme + host; i++)
        put(&w, lower(url[i]));
    put_port(&w, port);
    if (put_rest(&w, url + scheme + authority, length - scheme - authority) != 0)
        return -EINVAL;
    if (w.full)
        return -ENOSPC;
    out[w.used] = '\0';
    return (ssize_t)w.used;
}

size_t http_url_host(const char *url, const char **host)
{
    const char *at = strstr(url, "://");

    *host = at ? at + 3 : "";
    if (**host == '[')
        return strcspn(*host, "]") + 1;
    return strcspn(*host, ":/?#");
}

bool http_host_matches(const char *pattern, const char *host, size_t length)
{
    size_t n = strlen(pattern);

    if (strcmp(pattern, "*") == 0)
        return true;
    if (pattern[0] == '*')
        return length > n - 1 && memcmp(host + length - (n - 1), pattern + 1, n - 1) == 0;
    return length == n && memcmp(host, pattern, n) == 0;
}
