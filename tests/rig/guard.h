/* SPDX-License-Identifier: MIT
 *
 * The process between a test and a server; see process.h. Private to it.
 */
#ifndef VISAGE_TESTS_RIG_GUARD_H
#define VISAGE_TESTS_RIG_GUARD_H

#include <sys/types.h>

/* Runs in the guard and never returns. `start` is run in the program's process, and does
 * not return either. The program's pid is written to `report`. */
void guard_run(pid_t test, int report, void (*start)(const void *context), const void *context)
    __attribute__((noreturn));

#endif
