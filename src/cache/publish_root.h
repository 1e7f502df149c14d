/* SPDX-License-Identifier: MIT
 *
 * Whether a directory can be publish_root: Visage's own, of this state directory alone, so
 * that whole trees may be moved out of it; and where links from the blobs lead.
 */
#ifndef VISAGE_CACHE_PUBLISH_ROOT_H
#define VISAGE_CACHE_PUBLISH_ROOT_H

#include <stdbool.h>

#define PUBLISH_ROOT_MARKER ".visage" /* a file in it: the state directory whose it is */
#define PUBLISH_ROOT_WHY_MAX 300

/* Looks at `root`, for the state directory `state` (both absolute). With `claim` makes it, and its
 * marker, where they are missing. An operator's dot-files in it are let be. Returns 0; 1 where it
 * is not there yet and nothing speaks against making it; or a negative errno with what is wrong
 * with it in `why`. */
int publish_root_check(const char *root, const char *state, bool claim,
                       char why[PUBLISH_ROOT_WHY_MAX]);

#endif
