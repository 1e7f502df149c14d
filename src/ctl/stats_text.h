/* SPDX-License-Identifier: MIT
 *
 * An observation as lines of a name and a value, for people and for awk.
 */
#ifndef VISAGE_CTL_STATS_TEXT_H
#define VISAGE_CTL_STATS_TEXT_H

#include "serve/observation.h"

/* Prints it. With `before`, what had been counted some time earlier, rates stand beside the
 * counters. */
void stats_print(const struct observation *o, const struct scoreboard_sample *before);

#endif
