/* SPDX-License-Identifier: MIT
 *
 * From the names in a configuration to the sections that they name, which may stand
 * behind them in the file, and what must hold between the two. Private to
 * src/base/config*.c.
 */
#ifndef VISAGE_BASE_CONFIG_RESOLVE_H
#define VISAGE_BASE_CONFIG_RESOLVE_H

#include <confuse.h>

#include "base/config.h"
#include "base/config_text.h"

/* A value as it stands in the file: what libconfuse keeps for us. */
struct config_given {
    int line;
    char text[];
};

struct config_walk {
    const struct config_text *text;
    char *error;
};

/* Returns 0, or a negative errno with a message. */
int config_resolve(const struct config_walk *w, cfg_t *cfg, struct config *c);

#endif
