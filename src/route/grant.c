/* SPDX-License-Identifier: MIT */
#include "route/grant.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/hmac.h"

#define FORMAT "1." /* its version */
#define SIGNED_BEFORE "visage-grant\n1\n"

/* The parts of a grant's text, as they stand there. */
struct part {
    const char *text;
    size_t length;
};
enum { USER, EXPIRES, MAX, SIGNATURE, PARTS };

static int sign(const struct sign_key *key, const char *source, const struct part part[PARTS],
                unsigned char out[HMAC_SHA256_SIZE])
{
    const struct hmac_part message[] = {
        {SIGNED_BEFORE, strlen(SIGNED_BEFORE)},
        {source, strlen(source)},
        {"\n", 1},
        {part[USER].text, part[USER].length},
        {"\n", 1},
        {part[EXPIRES].text, part[EXPIRES].length},
        {"\n", 1},
        {part[MAX].text, part[MAX].length},
    };

    return hmac_sha256(key->bytes, key->length, message, sizeof message / sizeof *message, out);
}

static bool user_is_good(const char *user, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)user[i] < 0x20 || user[i] == 0x7f)
            return false;
    return length > 0 && length <= PICTURE_ID_MAX;
}

/* ---- reading ---- */

/* False unless there are exactly so many, behind the version. */
static bool split(const char *text, size_t length, struct part part[PARTS])
{
    size_t version = strlen(FORMAT);

    if (length < version || memcmp(text, FORMAT, version) != 0)
        return false;
    text += version;
    length -= version;
    for (int i = 0; i < PARTS; i++) {
        const char *dot = memchr(text, '.', length);

        if (!dot == (i < PARTS - 1))
            return false;
        part[i] = (struct part){text, dot ? (size_t)(dot - text) : length};
        if (dot) {
            text = dot + 1;
            length -= part[i].length + 1;
        }
    }
    return true;
}

static bool read_parts(const struct part part[PARTS], struct grant *out)
{
    ssize_t n = base64url_decode(part[USER].text, part[USER].length, out->user,
                                 sizeof out->user - 1);
    int64_t max;

    if (n < 0 || !user_is_good(out->user, (size_t)n) ||
        !sign_number(part[EXPIRES].text, part[EXPIRES].length, &out->expires_s) ||
        !sign_number(part[MAX].text, part[MAX].length, &max))
        return false;
    out->user[n] = '\0';
    out->max_bytes = (uint64_t)max;
    return true;
}

static bool matches_a_key(const struct sign_keys *keys, const char *source,
                          const struct part part[PARTS])
{
    unsigned char given[HMAC_SHA256_SIZE], wanted[HMAC_SHA256_SIZE];

    if (base64url_decode(part[SIGNATURE].text, part[SIGNATURE].length, given, sizeof given) !=
        (ssize_t)sizeof given)
        return false;
    for (size_t i = 0; i < keys->count; i++)
        if (sign(&keys->keys[i], source, part, wanted) == 0 &&
            hmac_equal(wanted, given, sizeof wanted))
            return true;
    return false;
}

enum cause grant_check(const struct sign_keys *keys, const char *source, const char *text,
                       size_t length, int64_t now_ms, struct grant *out)
{
    struct part part[PARTS];
    enum cause cause = CAUSE_GRANT_WRONG;

    memset(out, 0, sizeof *out);
    if (length < GRANT_TEXT_SIZE && split(text, length, part) &&
        matches_a_key(keys, source, part) && read_parts(part, out))
        cause = now_ms < out->expires_s * 1000 ? CAUSE_NONE : CAUSE_GRANT_OVER;
    if (cause != CAUSE_NONE)
        memset(out, 0, sizeof *out);
    return cause;
}

/* ---- making ---- */

int grant_make(const struct sign_key *key, const char *source, const char *user, int64_t expires_s,
               uint64_t max_bytes, char out[GRANT_TEXT_SIZE])
{
    char encoded[BASE64URL_SIZE(PICTURE_ID_MAX)], expires[24], max[24], signature[SIGN_TEXT_SIZE];
    unsigned char raw[HMAC_SHA256_SIZE];
    struct part part[PARTS];
    int rc, n;

    if (!user_is_good(user, strlen(user)) || expires_s < 0 || expires_s > SIGN_NUMBER_MAX ||
        max_bytes > SIGN_NUMBER_MAX)
        return -EINVAL;
    base64url_encode(user, strlen(user), encoded);
    snprintf(expires, sizeof expires, "%" PRId64, expires_s);
    snprintf(max, sizeof max, "%" PRIu64, max_bytes);
    part[USER] = (struct part){encoded, strlen(encoded)};
    part[EXPIRES] = (struct part){expires, strlen(expires)};
    part[MAX] = (struct part){max, strlen(max)};
    rc = sign(key, source, part, raw);
    if (rc < 0)
        return rc;
    base64url_encode(raw, sizeof raw, signature);
    n = snprintf(out, GRANT_TEXT_SIZE, FORMAT "%s.%s.%s.%s", encoded, expires, max, signature);
    return n > 0 && (size_t)n < GRANT_TEXT_SIZE ? 0 : -EINVAL;
}
