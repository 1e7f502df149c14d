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

/* True if `address` may be dialled: public unicast, or inside one of the
 * `allowed` networks. Everything of the special-purpose registries (RFC 6890)
 * is refused, and so is an IPv4 address of that kind embedded in IPv6 (mapped,
 * compatible, NAT64, 6to4). */
bool guard_allows(const struct sockaddr *address, const struct network *allowed, size_t count);

/* The same for a numeric address, as libcurl reports a reused connection's. */
bool guard_allows_text(const char *address, const struct network *allowed, size_t count);

/* guard_allows(), and the port too: 80 and 443, any if `any_port`, and any at an
 * address inside an `allowed` network. */
bool guard_may_dial(const struct sockaddr *address, bool any_port, const struct network *allowed,
                    size_t count);

/* Makes an address of its numeric form; an IPv6 zone ("%eth0") is dropped. Returns
 * false if it is none. */
bool guard_address(const char *text, uint16_t port, struct sockaddr_storage *out);

#endif
