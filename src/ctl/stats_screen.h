/* SPDX-License-Identifier: MIT
 *
 * An observation on a terminal, as much of it as there is room for: what matters
 * most stands first, lines are cut, and what is nought is left out.
 */
#ifndef VISAGE_CTL_STATS_SCREEN_H
#define VISAGE_CTL_STATS_SCREEN_H

#include "serve/observation.h"

/* Draws it over what was drawn before. `before` (NULL: nothing) is what had been counted some time
 * earlier, `every_ms` how often this is called. */
void stats_screen(const struct observation *o, const struct scoreboard_sample *before,
                  int64_t every_ms);

#endif
