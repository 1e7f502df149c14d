/* SPDX-License-Identifier: MIT
 *
 * Gives up, for good, every right that decoding a picture does not need. One
 * file implements it with seccomp, another says that it cannot.
 */
#ifndef VISAGE_RENDERER_SANDBOX_H
#define VISAGE_RENDERER_SANDBOX_H

#include <stdbool.h>

enum sandbox_mode {
    SANDBOX_OFF,
    SANDBOX_KILL, /* a call that is not allowed ends the process */
    SANDBOX_TRAP, /* the same, but its name is written to standard error first */
};

/* Returns 0 with *in_force telling whether the filter is installed (the kernel
 * or the build may lack it), or a negative errno when it should have been. */
int sandbox_enter(enum sandbox_mode mode, bool *in_force);

/* Takes away all rights on files, where the kernel has Landlock; best effort,
 * since the system call filter denies opening anything anyway. */
void sandbox_landlock(void);

#endif
