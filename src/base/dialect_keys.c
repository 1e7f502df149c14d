/* SPDX-License-Identifier: MIT */
#include "base/dialect_keys.h"

#include <stdio.h>
#include <string.h>

/* "SECTION: keys_file: REASON". A path may fill the whole reason: the cut is then at its end. */
static void tell(const char *section, const char *reason, char error[CONFIG_ERROR_MAX])
{
    if (snprintf(error, CONFIG_ERROR_MAX, "%s: keys_file: %s", section, reason) < 0)
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
        tell("imgproxy", reason, error);
    return rc;
}

void dialect_keys_wipe(struct dialect_keys *keys)
{
    explicit_bzero(keys, sizeof *keys);
}
