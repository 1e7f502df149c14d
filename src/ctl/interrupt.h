/* SPDX-License-Identifier: MIT
 *
 * SIGINT and SIGTERM for commands that have something to say before they leave.
 */
#ifndef VISAGE_CTL_INTERRUPT_H
#define VISAGE_CTL_INTERRUPT_H

#include <poll.h>
#include <stdint.h>

/* From now on the two are counted, and come through only while interrupt_poll() waits. Returns 0 or
 * a negative errno. */
int interrupt_install(void);

/* For a child: both are ignored there, and it lets its parent tell it when to leave. */
void interrupt_leave_to_parent(void);

/* How many have come. */
unsigned interrupt_count(void);

/* poll(2) that a signal ends at once. `timeout_ms` below 0: no end. Returns as poll(2), with -EINTR
 * and other errors negative. */
int interrupt_poll(struct pollfd *fds, nfds_t count, int64_t timeout_ms);

#endif
