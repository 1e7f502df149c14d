/* SPDX-License-Identifier: MIT
 *
 * Which addresses may be dialled. The decision is about the address a socket
 * connects to, never about a name: names can change between check and use.
 */
#ifndef VISAGE_ORIGIN_GUARD_H
#define VISAGE_ORIGIN_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/network.h"

/* True if `address` may be dialled: public unicast at port 80 or 443 (any port if `any_port`),
 * or inside one of the `allowed` networks. Everything of the special-purpose registries
 * (RFC 6890) is refused, and so is an IPv4 address of that kind embedded in IPv6 (mapped,
 * compatible, NAT64, 6to4). */
bool guard_may_dial(const struct sockaddr *address, bool any_port, const struct network *allowed,
                    size_t count);

/* Makes an address of its numeric form; an IPv6 zone ("%eth0") is dropped. Returns
 * false if it is none. */
bool guard_address(const char *text, uint16_t port, struct sockaddr_storage *out);

#endif
