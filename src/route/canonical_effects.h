/* SPDX-License-Identifier: MIT
 *
 * The part of a canonical text that only renderings with effects have.
 */
#ifndef VISAGE_ROUTE_CANONICAL_EFFECTS_H
#define VISAGE_ROUTE_CANONICAL_EFFECTS_H

#include <stdbool.h>

#include "base/picture.h"

#define CANONICAL_EFFECTS_MAX 640 /* bytes of the longest, NUL included */

/* Writes "&name=value" for each of effects_that_show(). Returns the end, where there is no NUL. */
char *canonical_put_effects(char *at, const struct rendering *rendering);

/* Reads them from *at on, which moves behind them. False for a value that is none; whether it is
 * the spelling that would be written, the caller has to find out. */
bool canonical_take_effects(const char **at, struct effects *out);

#endif
