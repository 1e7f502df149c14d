/* SPDX-License-Identifier: MIT
 *
 * A disk of a few megabytes for a state directory: a tmpfs in a mount namespace of the
 * test's own, so that nothing stays mounted. Where there can be none the test is skipped.
 */
#ifndef VISAGE_TESTS_RIG_SMALL_DISK_H
#define VISAGE_TESTS_RIG_SMALL_DISK_H

#include "rig/files.h"

/* Makes the directory. */
void small_disk_mount(char directory[FILES_PATH_MAX], unsigned megabytes);

/* Takes all the room that is left; and gives it back. */
void small_disk_fill(const char *directory);
void small_disk_empty(const char *directory);

/* Removes the directory, too. */
void small_disk_unmount(const char *directory);

#endif
