/* SPDX-License-Identifier: MIT
 *
 * write(2) until everything is written.
 */
#ifndef VISAGE_BASE_WRITE_ALL_H
#define VISAGE_BASE_WRITE_ALL_H

#include <stddef.h>

/* Writes `length` bytes where the file stands. Returns 0, or a negative errno; then some of them may
 * have been written. */
int write_all(int fd, const void *bytes, size_t length);

#endif
