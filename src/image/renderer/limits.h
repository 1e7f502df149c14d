/* SPDX-License-Identifier: MIT
 *
 * What the kernel lets the renderer have, beside what the sandbox lets it do.
 */
#ifndef VISAGE_RENDERER_LIMITS_H
#define VISAGE_RENDERER_LIMITS_H

#include <stdbool.h>
#include <stdint.h>

/* Sets the resource limits: address space to what is in use plus `max_memory`,
 * file size, descriptors, processor time, no core. Returns 0 or a negative errno. */
int limits_set(uint64_t max_memory, int64_t timeout_ms);

/* True once so much of the processor time is used that the next picture might
 * meet the limit through no fault of its own. */
bool limits_are_near(void);

#endif
