/* SPDX-License-Identifier: MIT
 *
 * The two clocks: one that never jumps, for deadlines, and the calendar.
 */
#ifndef VISAGE_BASE_CLOCK_H
#define VISAGE_BASE_CLOCK_H

#include <stdint.h>

/* Milliseconds since boot, sleep included; the same in all processes of a host. */
int64_t clock_boot_ms(void);

/* The same clock in microseconds. */
int64_t clock_boot_us(void);

/* Milliseconds since 1970-01-01 00:00:00 UTC. */
int64_t clock_wall_ms(void);

/* Sleeps about `ms` milliseconds; may wake early on a signal. */
void clock_sleep_ms(int64_t ms);

#endif
