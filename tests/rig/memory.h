/* SPDX-License-Identifier: MIT
 *
 * How much memory a process has, as the kernel tells. For benchmarks, too: nothing here
 * knows of a test.
 */
#ifndef VISAGE_TESTS_RIG_MEMORY_H
#define VISAGE_TESTS_RIG_MEMORY_H

#include <sys/types.h>

/* Kilobytes that it has to itself and has written to, counted page by page, or a negative errno. */
long memory_private_kb(pid_t pid);

/* The most that was resident since memory_forget_peak(), in kilobytes, or a negative errno. The
 * kernel may be wrong by a few hundred: each processor counts for itself for a while. */
long memory_peak_kb(pid_t pid);

/* From now on. Returns 0 or a negative errno. */
int memory_forget_peak(pid_t pid);

#endif
