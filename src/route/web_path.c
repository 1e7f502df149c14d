/* SPDX-License-Identifier: MIT
 *
 * The picture's URL stands encoded in the path: nothing on the way then takes one of
 * its "//" or "%2F" for something of its own.
 */
#include "route/web_path.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/base64.h"
#include "base/hex.h"
#include "base/hmac.h"
#include "route/sign.h"

int web_path_camo(struct buffer *out, const struct config *config, const struct camo_key *key,
                  const char *url)
{
    const struct hmac_part part = {url, strlen(url)};
    unsigned char digest[HMAC_SHA1_SIZE];
    char hex[2 * HMAC_SHA1_SIZE + 1];
    int rc = hmac_sha1(key->text, strlen(key->text), &part, 1, digest);

    if (rc)
        return rc;
    hex_encode(digest, sizeof digest, hex);
    rc = buffer_join(out, config->camo.prefix, "/", hex, "/", (char *)NULL);
    if (!rc)
        rc = buffer_reserve(out, 2 * part.length);
    if (rc)
        return rc;
    hex_encode(url, part.length, out->data + out->length);
    out->length += 2 * part.length;
    return 0;
}

/* What is signed: options and URL. */
static int append_options(struct buffer *out, const struct rendering *r, int64_t expires_s,
                          const char *url)
{
    size_t length = strlen(url);
    int rc = buffer_printf(out, "/rs:%s:%" PRIu32 ":%" PRIu32 "/q:%" PRIu32,
                           r->fit == FIT_COVER ? "fill" : "fit", r->width, r->height, r->quality);

    /* Native presets that cover enlarge, those that contain do not. */
    if (!rc && r->fit == FIT_COVER)
        rc = buffer_puts(out, "/el:1");
    if (!rc && expires_s != SIGN_NEVER)
        rc = buffer_printf(out, "/exp:%" PRId64, expires_s);
    if (!rc)
        rc = buffer_puts(out, "/");
    if (!rc)
        rc = buffer_reserve(out, BASE64URL_SIZE(length));
    if (rc)
        return rc;
    base64url_encode(url, length, out->data + out->length);
    out->length += BASE64URL_SIZE(length) - 1;
    return 0;
}

static int sign(const struct config *config, const struct imgproxy_keys *keys,
                const struct buffer *path, char out[BASE64URL_SIZE(HMAC_SHA256_SIZE)])
{
    const struct imgproxy_pair *pair = &keys->pairs[0];
    const struct hmac_part parts[] = {{pair->salt, pair->salt_length},
                                      {path->data, path->length}};
    unsigned char digest[HMAC_SHA256_SIZE];
    int rc;

    if (config->imgproxy.insecure) {
        strcpy(out, "insecure");
        return 0;
    }
    if (keys->count == 0)
        return -EIO;
    rc = hmac_sha256(pair->key, pair->key_length, parts, 2, digest);
    if (!rc)
        base64url_encode(digest, config->imgproxy.signature_size, out);
    return rc;
}

int web_path_imgproxy(struct buffer *out, const struct config *config,
                      const struct imgproxy_keys *keys, const struct rendering *rendering,
                      int64_t expires_s, const char *url)
{
    char signature[BASE64URL_SIZE(HMAC_SHA256_SIZE)];
    struct buffer path = {0};
    int rc = append_options(&path, rendering, expires_s, url);

    if (!rc)
        rc = sign(config, keys, &path, signature);
    if (!rc)
        rc = buffer_join(out, config->imgproxy.prefix, "/", signature, path.data, (char *)NULL);
    buffer_free(&path);
    return rc;
}
