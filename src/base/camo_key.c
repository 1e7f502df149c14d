/* SPDX-License-Identifier: MIT */
#include "base/camo_key.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "base/hmac.h"

static int make_name(struct camo_key *key)
{
    static const struct hmac_part part = {"via", 3};
    unsigned char digest[HMAC_SHA256_SIZE];
    char hex[13];
    int rc = hmac_sha256(key->text, strlen(key->text), &part, 1, digest);

    if (rc)
        return rc;
    hex_encode(digest, 6, hex);
    snprintf(key->via, sizeof key->via, "visage-%s", hex);
    return 0;
}

int camo_key_read(const struct config_secret *from, struct camo_key *out,
                  char error[CONFIG_ERROR_MAX])
{
    char *text;
    int rc = secret_read(from, &text, error);

    *out = (struct camo_key){.text = ""};
    if (rc != 0)
        return rc > 0 ? -ENOENT : rc;
    snprintf(out->text, sizeof out->text, "%s", text);
    secret_free(&text);
    rc = make_name(out);
    if (rc) {
        explicit_bzero(out, sizeof *out);
        snprintf(error, CONFIG_ERROR_MAX, "%s", strerror(-rc));
    }
    return rc;
}
