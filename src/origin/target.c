/* SPDX-License-Identifier: MIT */
#include "origin/target.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "http/url.h"

#define SIGN_IN "/_signin"

/* The part as a string to be freed with curl_free(), or NULL. */
static char *part(CURLU *target, CURLUPart which, unsigned flags)
{
    char *text = NULL;

    return curl_url_get(target, which, &text, flags) == CURLUE_OK ? text : NULL;
}

static bool has_scheme(CURLU *target, const char *scheme)
{
    char *own = part(target, CURLUPART_SCHEME, 0);
    bool same = own && strcasecmp(own, scheme) == 0;

    curl_free(own);
    return same;
}

static enum cause parse(CURLU *target, const char *url, unsigned flags)
{
    switch (curl_url_set(target, CURLUPART_URL, url, flags | CURLU_DISALLOW_USER)) {
    case CURLUE_OK:
        break;
    case CURLUE_OUT_OF_MEMORY:
        return CAUSE_INTERNAL;
    case CURLUE_UNSUPPORTED_SCHEME:
        return CAUSE_ORIGIN_FORBIDDEN;
    default:
        return CAUSE_ORIGIN_REDIRECTS;
    }
    if (!has_scheme(target, "http") && !has_scheme(target, "https"))
        return CAUSE_ORIGIN_FORBIDDEN;
    return CAUSE_NONE;
}

enum cause target_open(const char *url, CURLU **out)
{
    enum cause cause;

    *out = curl_url();
    if (!*out)
        return CAUSE_INTERNAL;
    cause = parse(*out, url, 0);
    if (cause == CAUSE_NONE)
        return CAUSE_NONE;
    curl_url_cleanup(*out);
    *out = NULL;
    /* Nobody redirected here: the configured template itself is unusable. */
    return CAUSE_INTERNAL;
}

enum cause target_redirect(CURLU *target, const char *location)
{
    bool secure = has_scheme(target, "https");
    enum cause cause;

    if (*location == '\0')
        return CAUSE_ORIGIN_REDIRECTS;
    /* Servers send spaces and UTF-8 unencoded; browsers encode them. */
    cause = parse(target, location, CURLU_URLENCODE | CURLU_ALLOW_SPACE);
    if (cause == CAUSE_NONE && secure && !has_scheme(target, "https"))
        return CAUSE_ORIGIN_FORBIDDEN;
    return cause;
}

bool target_same_origin(CURLU *a, CURLU *b)
{
    static const CURLUPart parts[] = {CURLUPART_SCHEME, CURLUPART_HOST, CURLUPART_PORT};

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        char *left = part(a, parts[i], CURLU_DEFAULT_PORT);
        char *right = part(b, parts[i], CURLU_DEFAULT_PORT);
        bool same = left && right && strcasecmp(left, right) == 0;

        curl_free(left);
        curl_free(right);
        if (!same)
            return false;
    }
    return true;
}

int target_origin(CURLU *target, char *out, size_t size)
{
    char *scheme = part(target, CURLUPART_SCHEME, 0);
    char *host = part(target, CURLUPART_HOST, 0); /* an IPv6 address keeps its brackets */
    char *port = part(target, CURLUPART_PORT, CURLU_DEFAULT_PORT);
    int n = -1;

    if (scheme && host && port)
        n = snprintf(out, size, "%s://%s:%s", scheme, host, port);
    curl_free(scheme);
    curl_free(host);
    curl_free(port);
    if (n < 0)
        return -EINVAL;
    if ((size_t)n >= size)
        return -ENAMETOOLONG;
    for (char *p = out; *p; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p - 'A' + 'a');
    return 0;
}

bool target_is_sign_in(CURLU *target)
{
    char *path = part(target, CURLUPART_PATH, 0);
    const char *found = path ? strcasestr(path, SIGN_IN) : NULL;
    bool is = found && strchr("/", found[sizeof SIGN_IN - 1]) != NULL;

    curl_free(path);
    return is;
}

bool target_host_matches(CURLU *target, char *const *patterns, size_t count)
{
    char *host = part(target, CURLUPART_HOST, 0);
    bool ascii = true, matches = false;

    if (!host)
        return false;
    for (char *p = host; *p; p++) {
        ascii = ascii && (unsigned char)*p < 0x80;
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p - 'A' + 'a');
    }
    for (size_t i = 0; i < count && !matches; i++)
        matches = (ascii || strcmp(patterns[i], "*") == 0) &&
                  http_host_matches(patterns[i], host, strlen(host));
    curl_free(host);
    return matches;
}

void target_host(CURLU *target, char *out, size_t size)
{
    char *host = part(target, CURLUPART_HOST, 0);

    if (snprintf(out, size, "%s", host ? host : "?") < 0)
        out[0] = '\0';
    curl_free(host);
}
