/* SPDX-License-Identifier: MIT
 *
 * Upload grants: whoever holds one may upload or delete the picture of one user, until it expires.
 *
 *   1.{user}.{expires}.{max}.{signature}
 *
 * `user` is the user's id as base64url without padding, `expires` a time in seconds since 1970,
 * `max` the largest upload in bytes, or 0 for what the source allows. The signature is HMAC-SHA256,
 * as base64url without padding, over
 *
 *   visage-grant\n1\n{source}\n{user}\n{expires}\n{max}
 *
 * with `source` as the configuration names it. No signed URL begins like that, so that neither
 * passes for the other even where both have one key. Pure: the clock and the keys are arguments.
 */
#ifndef VISAGE_ROUTE_GRANT_H
#define VISAGE_ROUTE_GRANT_H

#include <stddef.h>
#include <stdint.h>

#include "base/cause.h"
#include "base/sign_keys.h"
#include "route/request.h"
#include "route/sign.h"

/* Room for a grant, NUL included. */
#define GRANT_TEXT_SIZE \
    (2 + BASE64URL_SIZE(PICTURE_ID_MAX) + 2 * (SIGN_DIGITS_MAX + 1) + SIGN_TEXT_SIZE)

struct grant {
    char user[PICTURE_ID_MAX + 1]; /* not empty, no control bytes; what id_pattern says of it is
                                      the caller's to ask */
    int64_t expires_s;             /* seconds since 1970 */
    uint64_t max_bytes;            /* 0: as the source says */
};

/* Reads a grant to upload into `source`. Returns CAUSE_NONE if one of the keys has signed it and it
 * has not expired; else, with *out zeroed, CAUSE_GRANT_OVER for one that has, and CAUSE_GRANT_WRONG for
 * all others, what no signer writes among them. */
enum cause grant_check(const struct sign_keys *keys, const char *source, const char *text,
                       size_t length, int64_t now_ms, struct grant *out);

/* Makes a grant. Returns 0; -EINVAL for a user that none can be for, or a number that is negative
 * or above SIGN_NUMBER_MAX; or -EIO. */
int grant_make(const struct sign_key *key, const char *source, const char *user, int64_t expires_s,
               uint64_t max_bytes, char out[GRANT_TEXT_SIZE]);

#endif
