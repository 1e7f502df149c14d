/* SPDX-License-Identifier: MIT
 *
 * Libraries open files when they are first used: plug-in directories, message
 * catalogues, the list of processors. It is done once before the sandbox closes.
 */
#ifndef VISAGE_RENDERER_WARM_UP_H
#define VISAGE_RENDERER_WARM_UP_H

#include <stdint.h>

/* Takes a small picture of each type through everything that a job does, good
 * ones and broken ones. Sets in *types bit (1 << enum picture_type) for each
 * input type that really decodes here. Returns 0 or a negative errno. */
int warm_up(uint32_t *types);

#endif
