/* SPDX-License-Identifier: MIT
 *
 * Signed native URLs:
 *
 *   {path}?sig={signature}
 *   {path}?exp={unix seconds}&sig={signature}
 *
 * The signature is HMAC-SHA256, as base64url without padding, over the path as the client sends it,
 * undecoded and with its prefix, followed by "?exp={unix seconds}" where there is one. Other
 * parameters are not signed, and mean nothing to the native dialect. Pure: the clock and the keys are
 * arguments.
 */
#ifndef VISAGE_ROUTE_SIGN_H
#define VISAGE_ROUTE_SIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base64.h"
#include "base/buffer.h"
#include "base/cause.h"
#include "base/hmac.h"
#include "base/sign_keys.h"
#include "http/message.h"

#define SIGN_NEVER INT64_C(-1)                       /* it does not expire */
#define SIGN_DIGITS_MAX 15                           /* of a number that is signed */
#define SIGN_NUMBER_MAX INT64_C(999999999999999)     /* so many; a time of it in ms fits, too */
#define SIGN_TEXT_SIZE BASE64URL_SIZE(HMAC_SHA256_SIZE) /* room for a signature, NUL included */

/* Whether a request may be answered: CAUSE_NONE or CAUSE_SIGNATURE. A signature that is wrong or
 * has expired is refused in every mode but SIGN_OFF, a missing one in SIGN_REQUIRED. */
enum cause sign_check(enum sign_mode mode, const struct sign_keys *keys,
                      const struct http_request *request, int64_t now_ms);

/* Signs a path. `expires_s` is SIGN_NEVER or a time in seconds since 1970. Returns 0 or -EIO. */
int sign_path(const struct sign_key *key, const char *path, size_t length, int64_t expires_s,
              char out[SIGN_TEXT_SIZE]);

/* What makes a path a signed URL. */
struct signer {
    const struct sign_key *key; /* NULL: it stays as it is */
    int64_t expires_s;          /* as above */
};

/* Appends the signature to a path, which is all that *path is. Returns 0, -EIO or -ENOMEM. */
int sign_append(struct buffer *path, const struct signer *signer);

/* Reads 1 to SIGN_DIGITS_MAX decimal digits without a leading 0, so that a number is written in one
 * way. False for anything else. */
bool sign_number(const char *text, size_t length, int64_t *out);

#endif
