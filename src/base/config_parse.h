/* SPDX-License-Identifier: MIT
 *
 * libconfuse behind one function: confuse.h is included in config_parse.c and
 * config_resolve.c only.
 * Private to src/base/config*.c.
 */
#ifndef VISAGE_BASE_CONFIG_PARSE_H
#define VISAGE_BASE_CONFIG_PARSE_H

#include "base/config.h"
#include "base/config_text.h"

/* Fills `c` from the text, and with the defaults of what the text does not set.
 * Returns 0, -ENOMEM, or -EINVAL with `error` filled; what was stored until then
 * stays in `c`. Not reentrant, as libconfuse's scanner is not. */
int config_parse(const struct config_text *text, struct config *c, char error[CONFIG_ERROR_MAX]);

#endif
