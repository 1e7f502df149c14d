/* SPDX-License-Identifier: MIT
 *
 * The rules for what is told about sources: URL templates, header fields, id
 * patterns and credentials. No message here repeats a value: a password may
 * have been written where it does not belong.
 */
#include "base/config_value.h"

#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/config.h"

#define DIGITS "0123456789"
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

static bool is_control(char c)
{
    return (unsigned char)c < 0x20 || c == 0x7f;
}

/* field-value without obs-fold, RFC 9110 section 5.5: no CR, LF or NUL, and the
 * other control bytes but TAB are not wanted either. */
int config_origin_check_field(const char *text, char why[CONFIG_WHY_MAX])
{
    for (const char *p = text; *p; p++)
        if (is_control(*p) && *p != '\t')
            return WRONG(why, "control byte 0x%02x in it", (unsigned char)*p);
    return 0;
}

/* Fields that frame the message, that belong to one connection (RFC 9110 section
 * 7.6.1), or that decide what comes back: the fetch itself says those. */
static const char *const refused_headers[] = {
    "Host", "Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive", "TE", "Trailer",
    "Upgrade", "Expect", "Proxy-Connection", "Proxy-Authorization", "Accept-Encoding", "Range",
};

int config_origin_parse_header(const char *text, char **out, char why[CONFIG_WHY_MAX])
{
    /* token, RFC 9110 section 5.6.2 */
    size_t name = strspn(text, "!#$%&'*+-.^_`|~" DIGITS LETTERS);
    const char *value;
    size_t length;

    *out = NULL;
    if (name == 0 || text[name] != ':')
        return WRONG(why, "a header that is not a name, a colon and a value");
    value = text + name + 1;
    value += strspn(value, " \t");
    length = strlen(value);
    while (length > 0 && (value[length - 1] == ' ' || value[length - 1] == '\t'))
        length--;
    for (size_t i = 0; i < length; i++)
        if (is_control(value[i]) && value[i] != '\t')
            return WRONG(why, "control byte 0x%02x in the header %.*s", (unsigned char)value[i],
                         (int)(name < 60 ? name : 60), text);
    if (strncasecmp(text, "Authorization", name) == 0 && name == strlen("Authorization"))
        return WRONG(why, "the header Authorization is not given here: use bearer_file or "
                          "username and password_file");
    for (size_t i = 0; i < sizeof refused_headers / sizeof *refused_headers; i++)
        if (name == strlen(refused_headers[i]) &&
            strncasecmp(text, refused_headers[i], name) == 0)
            return WRONG(why, "the header %s is set by the fetch itself", refused_headers[i]);
    if (length == 0)
        return WRONG(why, "the header %.*s has no value", (int)(name < 60 ? name : 60), text);
    if (asprintf(out, "%.*s: %.*s", (int)name, text, (int)length, value) < 0) {
        *out = NULL;
        return -ENOMEM;
    }
    return 0;
}

/* host [":" port], RFC 3986 section 3.2, without userinfo. */
static int check_authority(const char *text, size_t length, char *why)
{
    size_t host;

    if (memchr(text, '@', length))
        return WRONG(why, "a user name or password in the url: use username and password_file");
    if (memchr(text, '{', length))
        return WRONG(why, "{id} within the host: it may stand in the path or the query only");
    if (text[0] == '[') {
        host = strspn(text + 1, "0123456789abcdefABCDEF:.");
        if (host < 2 || text[1 + host] != ']')
            return WRONG(why, "the url's host is not an IPv6 address in brackets");
        host += 2;
    } else {
        host = strspn(text, "-._" DIGITS LETTERS);
        if (host == 0 || host > 253)
            return WRONG(why, "the url has no host");
    }
    if (host < length) {
        size_t digits = strspn(text + host + 1, DIGITS);
        long port = digits > 0 && digits < 6 ? strtol(text + host + 1, NULL, 10) : 0;

        if (text[host] != ':' || host + 1 + digits != length)
            return WRONG(why, "a byte in the url's host that no host name has");
        if (port < 1 || port > 65535)
            return WRONG(why, "the url's port is not a number from 1 to 65535");
    }
    return 0;
}

/* Scheme and authority; *rest is what follows them. */
static int check_address(const char *text, const char **rest, char *why)
{
    const char *authority;

    for (const char *p = text; *p; p++)
        if ((unsigned char)*p <= 0x20 || (unsigned char)*p >= 0x7f || strchr("\"<>\\^`|", *p))
            return WRONG(why, "byte 0x%02x in the url; write it as %%%02X", (unsigned char)*p,
                         (unsigned char)*p);
    if (strncasecmp(text, "http://", 7) == 0)
        authority = text + 7;
    else if (strncasecmp(text, "https://", 8) == 0)
        authority = text + 8;
    else
        return WRONG(why, "the url does not begin with http:// or https://");
    *rest = authority + strcspn(authority, "/?#");
    if (strchr(*rest, '#'))
        return WRONG(why, "a fragment in the url; it is never sent: leave \"#\" out");
    return check_authority(authority, (size_t)(*rest - authority), why);
}

int config_origin_check_base(const char *text, char why[CONFIG_WHY_MAX])
{
    const char *rest;
    int rc = check_address(text, &rest, why);

    if (rc == 0 && strpbrk(rest, "?{}"))
        return WRONG(why, "a query or a brace in the url");
    return rc;
}

int config_origin_check_site(const char *text, char why[CONFIG_WHY_MAX])
{
    const char *rest;
    int rc = check_address(text, &rest, why);

    if (rc == 0 && rest[strspn(rest, "/")])
        return WRONG(why, "a path or a query in the url");
    return rc;
}

int config_origin_check_beginning(const char *text, char why[CONFIG_WHY_MAX])
{
    const char *rest;

    return check_address(text, &rest, why);
}

int config_origin_check_url(const char *text, char why[CONFIG_WHY_MAX])
{
    static const char id[] = "{id}";
    const char *rest, *place;
    size_t ids = 0;
    int rc = check_address(text, &rest, why);

    if (rc < 0)
        return rc;
    for (place = rest; (place = strchr(place, '{')); ids++) {
        if (strncmp(place, id, strlen(id)) != 0)
            return WRONG(why, "\"{\" in the url that does not begin {id}");
        place += strlen(id);
    }
    if (ids != 1)
        return WRONG(why, ids == 0 ? "the url has no {id}" : "the url has {id} more than once");
    place = strstr(rest, id);
    if (memchr(rest, '}', (size_t)(place - rest)) || strchr(place + strlen(id), '}'))
        return WRONG(why, "\"}\" in the url that does not end {id}");
    return 0;
}

/* Extended expressions have no back-references. Where the library has them all the same,
 * matching can take exponential time. */
static bool has_back_reference(const char *pattern)
{
    for (const char *p = pattern; *p; p++) {
        if (*p != '\\')
            continue;
        p++;
        if (*p >= '1' && *p <= '9')
            return true;
        if (!*p)
            break;
    }
    return false;
}

int config_origin_check_pattern(const char *text, char why[CONFIG_WHY_MAX])
{
    regex_t compiled;
    char reason[120];
    int rc;

    if (!*text)
        return WRONG(why, "the pattern is empty");
    if (has_back_reference(text))
        return WRONG(why, "the pattern has a back-reference");
    rc = regcomp(&compiled, text, REG_EXTENDED | REG_NOSUB);
    if (rc == 0) {
        regfree(&compiled);
        return 0;
    }
    if (rc == REG_ESPACE)
        return -ENOMEM;
    regerror(rc, &compiled, reason, sizeof reason);
    return WRONG(why, "the pattern does not compile: %s", reason);
}

/* RFC 7617 section 2: a user-id has no colon, and neither part control characters. */
int config_origin_check_username(const char *text, char why[CONFIG_WHY_MAX])
{
    for (const char *p = text; *p; p++)
        if (*p == ':' || is_control(*p))
            return WRONG(why, "\":\" or a control byte in the user name");
    return 0;
}

int config_origin_check_variable(const char *text, char why[CONFIG_WHY_MAX])
{
    size_t length = strspn(text, "_" DIGITS LETTERS);

    if (length == 0 || text[length] || strchr(DIGITS, text[0]))
        return WRONG(why, "not a name of an environment variable");
    return 0;
}

/* A port or a URL is a likely mistake, so what a host is made of is looked at closely. */
int config_origin_parse_host(const char *text, char **out, char why[CONFIG_WHY_MAX])
{
    const char *name = strncmp(text, "*.", 2) == 0 ? text + 2 : text;
    size_t length = strlen(name);
    bool good = length > 0 && length <= 253;

    *out = NULL;
    if (good && name[0] == '[')
        good = name == text && name[length - 1] == ']' &&
               strspn(name + 1, "0123456789abcdefABCDEF:.") == length - 2;
    else if (good && strcmp(text, "*") != 0)
        good = strspn(name, "-._" DIGITS LETTERS) == length && name[0] != '.' &&
               name[length - 1] != '.';
    if (!good)
        return WRONG(why, "\"%.60s\" is no host", text);
    *out = strdup(text);
    if (!*out)
        return -ENOMEM;
    for (char *p = *out; *p; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p - 'A' + 'a');
    return 0;
}

/* Bytes that stand in a URL's path as they are, and that no store is known to read otherwise. */
int config_origin_check_bucket(const char *text, char why[CONFIG_WHY_MAX])
{
    if (!*text || text[strspn(text, "-._" DIGITS LETTERS)] || text[0] == '.')
        return WRONG(why, "a name with other bytes than letters, digits, - . and _");
    return 0;
}

/* Segments that are taken out of a path on its way, or of which stores think differently. */
static bool has_odd_segment(const char *key)
{
    for (;;) {
        size_t length = strcspn(key, "/");

        if (length == 0 || (key[0] == '.' && (length == 1 || (length == 2 && key[1] == '.'))))
            return true;
        key += length;
        if (!*key)
            return false;
        key++;
    }
}

int config_origin_check_object(const char *text, char why[CONFIG_WHY_MAX])
{
    const char *id = strstr(text, "{id}");
    size_t before = id ? (size_t)(id - text) : 0;

    if (!id || has_odd_segment(text) || strspn(text, "-._~/+@=" DIGITS LETTERS) < before ||
        id[4 + strspn(id + 4, "-._~/+@=" DIGITS LETTERS)])
        return WRONG(why, "a key that is not of letters, digits and - . _ ~ / + @ = with {id} once, or "
                          "with a segment that is empty, \".\" or \"..\"");
    return 0;
}

/* What belongs to a type of source and what does not. The credentials of one with many hosts would
 * go to whoever is named in a URL. */
static int check_type(const struct config_source *source, char *why)
{
    if (source->type == SOURCE_HTTP && !source->url)
        return WRONG(why, "url is missing; give http:// or https://, a host, and {id}");
    if (source->type != SOURCE_HTTP && source->url)
        return WRONG(why, "url is for type http only");
    if (source->type == SOURCE_LIBRAVATAR && !source->domain)
        return WRONG(why, "domain is missing; give that of the mail addresses");
    if (source->type != SOURCE_LIBRAVATAR && source->domain)
        return WRONG(why, "domain is for type libravatar only");
    if (source->type != SOURCE_STORE &&
        (source->store.writers || source->store.api_key_file || source->store.preset_name ||
         source->store.origins.count > 0))
        return WRONG(why, "writers, api_key_file, upload_preset and origins are for type store only");
    if (source->type != SOURCE_STORE && source->store.grant_key_file)
        return WRONG(why, "grant_key_file is for type store only");
    if (source->store.writers & WRITER_GRANT && !source->store.grant_key_file)
        return WRONG(why, "writers has grant, and there are no keys; give grant_key_file");
    if (source->store.writers & WRITER_API_KEY && !source->store.api_key_file)
        return WRONG(why, "writers has api-key, and there are no keys; give api_key_file");
    if (source->type == SOURCE_S3 && (!source->s3.endpoint || !source->s3.bucket))
        return WRONG(why, "type s3 needs an endpoint and a bucket");
    if (source->type != SOURCE_S3 && (source->s3.endpoint || source->s3.bucket ||
                                      source->s3.access_key_file || source->s3.secret_key_file))
        return WRONG(why, "endpoint, bucket and their keys are for type s3 only (uploads are kept as "
                          "the section store says)");
    if (!source->s3.access_key_file != !source->s3.secret_key_file)
        return WRONG(why, "one of access_key_file and secret_key_file; give both");
    if (source->store.min_bytes > source->store.max_bytes)
        return WRONG(why, "upload_min is above upload_max: nothing would be taken");
    if (source->type != SOURCE_WEB && source->host_count > 0)
        return WRONG(why, "hosts is for type web only");
    if (source->type != SOURCE_HTTP &&
        (source->header_count > 0 || source->username || source->password.file ||
         source->password.env || source->bearer.file || source->bearer.env))
        return WRONG(why, "headers and credentials are for type http only");
    return 0;
}

int config_origin_check_source(const struct config_source *source, char why[CONFIG_WHY_MAX])
{
    bool password = source->password.file || source->password.env;
    bool bearer = source->bearer.file || source->bearer.env;

    if (check_type(source, why) < 0)
        return -EINVAL;
    if (source->password.file && source->password.env)
        return WRONG(why, "both password_file and password_env; give one of them");
    if (source->bearer.file && source->bearer.env)
        return WRONG(why, "both bearer_file and bearer_env; give one of them");
    if (bearer && (password || source->username))
        return WRONG(why, "both a bearer token and a user name or password; give one of them");
    if (source->username && !password)
        return WRONG(why, "username without a password; give password_file or password_env");
    if (password && !source->username)
        return WRONG(why, "a password without username; give username, which may be \"\"");
    if (source->sign != SIGN_OFF && !source->sign_key_file)
        return WRONG(why, "sign without keys; give sign_key_file");
    if (source->ttl_min_ms > source->ttl_max_ms)
        return WRONG(why, "ttl_min is more than ttl_max");
    return 0;
}
