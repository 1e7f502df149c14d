/* SPDX-License-Identifier: MIT
 *
 * The web servers' configuration: a frame of what a system's own would give, with
 * the shipped snippet in it. Private to the rig.
 */
#ifndef VISAGE_TESTS_RIG_FRAME_H
#define VISAGE_TESTS_RIG_FRAME_H

#include "rig/rig.h"

/* Writes what the server needs for rig->port, and starts it. */
void frame_start(struct rig *rig);

/* Skips the test if a program or module that this kind needs is not there. */
void frame_require(enum rig_kind kind);

/* Where spawn-fcgi listens. */
void frame_socket(const struct rig *rig, char path[FILES_PATH_MAX]);

#endif
