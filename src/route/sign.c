/* SPDX-License-Identifier: MIT */
#include "route/sign.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "http/form.h"

#define EXPIRY "?exp="

static int sign(const struct sign_key *key, const char *path, size_t length, const char *expires,
                unsigned char out[HMAC_SHA256_SIZE])
{
    const struct hmac_part parts[] = {
        {path, length}, {EXPIRY, strlen(EXPIRY)}, {expires, strlen(expires)}};

    return hmac_sha256(key->bytes, key->length, parts, *expires ? 3 : 1, out);
}

/* The value of a parameter that may be there once. Returns its length, -ENOENT, or -EINVAL for what
 * no signer writes. */
static ssize_t get_once(const struct http_request *request, const char *name, char *out, size_t size)
{
    ssize_t n;

    if (http_form_count(request->query, request->query_length, name) > 1)
        return -EINVAL;
    n = http_form_get(request->query, request->query_length, name, out, size);
    return n >= 0 || n == -ENOENT ? n : -EINVAL;
}

bool sign_number(const char *text, size_t length, int64_t *out)
{
    *out = 0;
    if (length == 0 || length > SIGN_DIGITS_MAX || (*text == '0' && length > 1))
        return false;
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        *out = *out * 10 + (text[i] - '0');
    }
    return true;
}

/* False where it has expired, or is no time. */
static bool is_in_time(const struct http_request *request, char expires[SIGN_DIGITS_MAX + 1],
                       int64_t now_ms)
{
    ssize_t n = get_once(request, "exp", expires, SIGN_DIGITS_MAX + 1);
    int64_t time_s;

    if (n == -ENOENT) {
        expires[0] = '\0';
        return true;
    }
    return n > 0 && sign_number(expires, (size_t)n, &time_s) && now_ms < time_s * 1000;
}

static bool matches_a_key(const struct sign_keys *keys, const struct http_request *request,
                          const char *expires, const unsigned char given[HMAC_SHA256_SIZE])
{
    unsigned char wanted[HMAC_SHA256_SIZE];

    for (size_t i = 0; i < keys->count; i++)
        if (sign(&keys->keys[i], request->path, request->path_length, expires, wanted) == 0 &&
            hmac_equal(wanted, given, sizeof wanted))
            return true;
    return false;
}

enum cause sign_check(enum sign_mode mode, const struct sign_keys *keys,
                      const struct http_request *request, int64_t now_ms)
{
    char text[SIGN_TEXT_SIZE], expires[SIGN_DIGITS_MAX + 1];
    unsigned char given[HMAC_SHA256_SIZE];
    ssize_t n;

    if (mode == SIGN_OFF)
        return CAUSE_NONE;
    n = get_once(request, "sig", text, sizeof text);
    if (n == -ENOENT)
        return mode == SIGN_REQUIRED ? CAUSE_SIGNATURE : CAUSE_NONE;
    if (n < 0 || base64url_decode(text, (size_t)n, given, sizeof given) != (ssize_t)sizeof given ||
        !is_in_time(request, expires, now_ms) || !matches_a_key(keys, request, expires, given))
        return CAUSE_SIGNATURE;
    return CAUSE_NONE;
}

int sign_path(const struct sign_key *key, const char *path, size_t length, int64_t expires_s,
              char out[SIGN_TEXT_SIZE])
{
    unsigned char signature[HMAC_SHA256_SIZE];
    char expires[24] = "";
    int rc;

    if (expires_s != SIGN_NEVER)
        snprintf(expires, sizeof expires, "%" PRId64, expires_s);
    rc = sign(key, path, length, expires, signature);
    if (rc == 0)
        base64url_encode(signature, sizeof signature, out);
    return rc;
}

int sign_append(struct buffer *path, const struct signer *signer)
{
    char signature[SIGN_TEXT_SIZE];
    int rc;

    if (!signer->key)
        return 0;
    rc = sign_path(signer->key, path->data, path->length, signer->expires_s, signature);
    if (rc)
        return rc;
    return signer->expires_s == SIGN_NEVER
               ? buffer_join(path, "?sig=", signature, (char *)NULL)
               : buffer_printf(path, "?exp=%" PRId64 "&sig=%s", signer->expires_s, signature);
}
