/* SPDX-License-Identifier: MIT
 *
 * What workers leave to the keeper while none can be: how much that is can be counted, where waiting
 * for a keeper that does not come would prove nothing. Trouble ends the test.
 */
#ifndef VISAGE_TESTS_RIG_UNATTENDED_H
#define VISAGE_TESTS_RIG_UNATTENDED_H

#include <stdint.h>

#include "rig/rig.h"

struct unattended {
    int locks;
};

/* Ends the keepers; none can be started until unattended_end(). */
void unattended_begin(struct unattended *u, const struct rig *rig);
void unattended_end(struct unattended *u);

/* How many tasks wait. */
uint64_t unattended_count(const struct rig *rig);

#endif
