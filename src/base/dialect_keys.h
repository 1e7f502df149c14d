/* SPDX-License-Identifier: MIT
 *
 * What the signatures of dialects are checked with, read from the files that the configuration
 * names.
 */
#ifndef VISAGE_BASE_DIALECT_KEYS_H
#define VISAGE_BASE_DIALECT_KEYS_H

#include <stdbool.h>

#include "base/camo_key.h"
#include "base/config.h"
#include "base/imgproxy_keys.h"

/* Zeroed: nothing that has to be signed is taken. */
struct dialect_keys {
    bool unchecked; /* signatures are not looked at: for tools that answer nobody */
    struct camo_key camo;
    struct imgproxy_keys imgproxy;
};

/* Returns 0, or a negative errno and a message, with no keys. */
int dialect_keys_load(const struct config *config, struct dialect_keys *out,
                      char error[CONFIG_ERROR_MAX]);

void dialect_keys_wipe(struct dialect_keys *keys);

#endif
