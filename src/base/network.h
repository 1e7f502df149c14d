/* SPDX-License-Identifier: MIT
 *
 * IP networks in CIDR notation (RFC 4632, RFC 4291 section 2.3).
 */
#ifndef VISAGE_BASE_NETWORK_H
#define VISAGE_BASE_NETWORK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

/* IPv4 networks are held as their IPv4-mapped IPv6 form (prefix + 96). */
struct network {
    unsigned char address[16];
    unsigned prefix; /* 0..128 leading bits that count */
};

struct network_list {
    struct network *items; /* owned by whoever holds the list */
    size_t count;
};

/* "10.0.0.0/8", "::1/128", or a plain address. Host bits must be zero.
 * Returns 0, or -EINVAL. */
int network_parse(const char *text, struct network *out);

/* The 16-byte form of an AF_INET or AF_INET6 address. Returns 0, or
 * -EAFNOSUPPORT for another family. */
int network_address(const struct sockaddr *sa, unsigned char out[16]);

/* The same for a numeric address as text, an IPv6 zone ("%eth0") apart. Returns 0, or
 * -EINVAL. */
int network_address_from_text(const char *text, unsigned char out[16]);

bool network_contains(const struct network *network, const unsigned char address[16]);

/* Whether one of the list's networks contains the address. */
bool network_list_contains(const struct network_list *list, const unsigned char address[16]);

#endif
