/* SPDX-License-Identifier: MIT */
#include "base/dialect_keys.h"

#include <stdio.h>
#include <string.h>

/* "SECTION: KEY: REASON". A path may fill the whole reason: the cut is then at its end. */
static void tell(const char *whose, const char *reason, char error[CONFIG_ERROR_MAX])
{
    if (snprintf(error, CONFIG_ERROR_MAX, "%s: %s", whose, reason) < 0)
        error[0] = '\0';
}

int dialect_keys_load(const struct config *config, struct dialect_keys *out,
                      char error[CONFIG_ERROR_MAX])
{
    char reason[CONFIG_ERROR_MAX];
    int rc = 0;

    memset(out, 0, sizeof *out);
    if (config->imgproxy.prefix && config->imgproxy.keys_file)
        rc = imgproxy_keys_read(config->imgproxy.keys_file, &out->imgproxy, reason);
    if (rc != 0)
        tell("imgproxy: keys_file", reason, error);
    if (rc == 0 && config->camo.prefix) {
        rc = camo_key_read(&config->camo.key, &out->camo, reason);
        if (rc != 0)
            tell("camo: key_file", reason, error);
    }
    if (rc != 0)
        dialect_keys_wipe(out);
    return rc;
}

void dialect_keys_wipe(struct dialect_keys *keys)
{
    explicit_bzero(keys, sizeof *keys);
}
