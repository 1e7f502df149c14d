/* SPDX-License-Identifier: MIT
 *
 * IP networks in CIDR notation (RFC 4632, RFC 4291 section 2.3).
 */
#ifndef VISAGE_BASE_NETWORK_H
#define VISAGE_BASE_NETWORK_H

#include <stdbool.h>
#include <sys/socket.h>

/* IPv4 networks are held as their IPv4-mapped IPv6 form (prefix + 96). */
struct network {
    unsigned char address[16];
    unsigned prefix; /* 0..128 leading bits that count */
};

/* "10.0.0.0/8", "::1/128", or a plain address. Host bits must be zero.
 * Returns 0, or -EINVAL. */
int network_parse(const char *text, struct network *out);

/* The 16-byte form of an AF_INET or AF_INET6 address. Returns 0, or
 * -EAFNOSUPPORT for another family. */
int network_address(const struct sockaddr *sa, unsigned char out[16]);

bool network_contains(const struct network *network, const unsigned char address[16]);

#endif
